"""Two organisations with the same names and titles: nothing of the one appears to the other's members, anywhere."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from core.actor import Role
from marketplace.offers.models import Offer, Visibility
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.models import Request
from marketplace.runs.models import NeedOutcome
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn

WORD = "Fjällrummet"
EVERY_ROLE = [role.value for role in Role if role is not Role.COORDINATOR]
LISTS = (
    "offers",
    "sites",
    "resources",
    "requests",
    "proposals",
    "bookings",
    "matching-runs",
    "notices",
    "access-tokens",
)
PAGES = ("/", "/offers", f"/offers?text={WORD}", "/requests", f"/requests?text={WORD}", "/proposals", "/bookings")
PAGES += ("/runs", "/notices", "/members", "/sessions", "/offers/new/space", "/requests/new")


def stock(session: Session, home: Organisation) -> tuple[Member, list[object]]:
    """Give an organisation a member with all roles and the same things as the other, each for itself alone."""
    member = builders.member(session, home, name=WORD, email="nagon@example.se", roles=EVERY_ROLE)
    site = builders.site(session, home, name=WORD)
    room, card = builders.space(session, site, name=WORD), builders.staff(session, home, name=f"{WORD} kort")
    own = Visibility.ORGANISATION
    offers: list[Offer] = [builders.offer(session, each, visibility=own) for each in (room, card)]
    request: Request = builders.request(session, member, title=WORD)
    need = builders.need(session, request, title=WORD)
    proposal = builders.approved(session, (builders.need(session, request, title=WORD), offers[0]))
    run = builders.matching_run(session, request_id=request.id, kind="local", member_id=member.id)
    builders.added(session, NeedOutcome(run_id=run.id, need_id=need.id, served=False, code="no_option"))
    return member, [home, member, site, room, card, *offers, request, need, proposal, run]


@pytest.mark.parametrize("are_partners", [False, True])
def test_nothing_of_the_one_appears_to_the_other(
    client: TestClient[Litestar], rows: Session, bearer: Bearer, signed_in: SignIn, are_partners: bool
) -> None:
    one, other = (
        builders.organisation(rows, name=name, short_name=WORD) for name in (f"{WORD} norra", f"{WORD} södra")
    )
    if are_partners:
        builders.partners(rows, one, other)
    (member, own), (_member, foreign) = stock(rows, one), stock(rows, other)
    token = bearer(member)
    hidden = {str(each.id) for each in foreign} - {str(other.id)}  # type: ignore[attr-defined]
    known = {str(each.id) for each in own}  # type: ignore[attr-defined]
    seen = set()
    for name in LISTS:
        answer = client.get(f"/api/v1/{name}?limit=100", headers=token)
        assert answer.status_code == 200, answer.text
        seen |= set(re.findall(r"[0-9a-f-]{36}", answer.text))
    answer = client.get(f"/api/v1/offers?text={WORD}", headers=token).json()
    assert answer["_meta"]["total"] == 2, "facets and counts are of what one may see"
    assert seen & known, "one's own things are there"
    assert not seen & hidden
    signed_in(client, member)
    for path in PAGES:
        told = client.get(path, headers=HTML)
        assert told.status_code == 200, path
        assert not set(re.findall(r"[0-9a-f-]{36}", told.text)) & hidden, path
        assert "södra" not in told.text, path
    said = {"name": "N", "email": "ny@example.se"}
    builders.member(rows, other, email=said["email"])
    rows.commit()
    adding = client.post(f"/api/v1/organisations/{one.id}/members", headers=token, json=said)
    assert adding.status_code == 201, "an address elsewhere is free here"
    for path in (f"members/{foreign[1].id}", f"sites/{foreign[2].id}", f"resources/{foreign[3].id}"):  # type: ignore[attr-defined]
        missing = client.get(f"/api/v1/{path}", headers=token)
        assert (missing.status_code, WORD in missing.text) == (404, False)
