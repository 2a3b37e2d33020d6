"""Somebody with every role that looks at pages, signed in as in development."""

import re

import httpx
from sqlmodel import Session, col, select

from core.roles import Role
from marketplace.organisations.models import Member, Organisation

EMAIL = "den.andra@example.se"


def visitor(session: Session) -> Member:
    """Return the member of the first organisation who lists, asks and coordinates; made where there is none."""
    member = session.exec(select(Member).where(col(Member.email) == EMAIL)).one_or_none()
    if member is None:
        home = session.exec(select(Organisation).order_by(col(Organisation.id)).limit(1)).one()
        roles: list[str] = [Role.LISTER, Role.REQUESTER, Role.COORDINATOR]
        member = Member(organisation_id=home.id, name="Den andra", email=EMAIL, roles=roles)
        session.add(member)
        session.flush()
    return member


def sign_in(client: httpx.Client, member: Member) -> None:
    """Sign in through the page, which leaves its cookies in the client."""
    form = client.get("/sign-in", headers={"accept": "text/html"})
    form.raise_for_status()
    found = re.search(r'name="_csrf_token" value="([^"]+)"', form.text)
    assert found is not None
    answer = client.post("/sign-in", data={"member": str(member.id), "_csrf_token": found[1]}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
