"""What is private × whoever reads × every address: told to those whom the table of roles names, and to nobody else.

What is personal of it is written down for whoever was shown it, at whichever address.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, col, func, select

from competence.approvals.queries import given
from competence.models import StaffCapacity
from core.actor import Actor, Role
from core.database.audit import READ, AuditEntry, reads
from core.roles import Private
from core.time import clock
from marketplace.bookings.models import Booking
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import actor_for
from marketplace.retention.person import export
from marketplace.runs.models import NeedOutcome
from tests import builders
from tests.api.access.addresses import DOORS, addresses_about
from tests.api.conftest import HTML, Bearer, SignIn
from tests.marketplace.proposals.deals import accept

MARKS = {
    Private.CARD_NAME: r"Kortets (namn|ord)",
    Private.LENT_NAME: r"Kortets (namn|ord)",
    Private.APPROVAL: r'"consents":\["',
    Private.APPROVAL_NOTE: r"Dnr 2026/114",
    Private.CLOSED_NOTE: r"Rummet renoveras",
    Private.CLOSED_CARD_NOTE: r"Sjuk till fredag",
    Private.RUN_FIGURES: r"987.?654.?321",
}
"""How each is known in what is told."""
PERSONAL = "|".join(MARKS[each] for each in Private if each not in {Private.CLOSED_NOTE, Private.RUN_FIGURES})
CONTACT = "kontakt@"
IDENTITY = r"Berit Exempelsson|berit@"
"""Who the person is, whose card it is: told to HR at the employer, and to the borrower's contact."""
TOLD_WHO_IT_IS = {"hr", "borrower"}
READERS = {
    "lister": ("lender", [Role.LISTER]),
    "hr": ("lender", [Role.HR]),
    "colleague": ("lender", [Role.REQUESTER, Role.APPROVER, Role.AUDITOR]),
    "borrower": ("borrower", [Role.REQUESTER]),
    "borrower's colleague": ("borrower", [Role.LISTER, Role.HR, Role.AUDITOR]),
    "coordinator": ("office", [Role.COORDINATOR]),
    "stranger": ("foreign", [role for role in Role if role is not Role.COORDINATOR]),
}

ON_PAGES = {"lister", "hr", "borrower"}
"""Who reads pages, too: they are made from what the API tells."""
TELLS_NOTHING = re.compile(
    r"/(scim|members|sessions|access-tokens|sites|organisations|skills|matching-policies)|text=|near="
)


@dataclass
class Lent:
    """Somebody's time that was lent, with all who may look at it."""

    homes: dict[str, Organisation]
    members: dict[str, Member]
    things: dict[str, UUID] = field(default_factory=dict)
    contact: UUID | None = None
    wanted: UUID | None = None
    """A proposal of the same time to the stranger, that nothing can come of."""

    def home_of(self, private: Private) -> UUID:
        """Return where somebody needs a permission to read it."""
        of_borrower = private in {Private.LENT_NAME, Private.RUN_FIGURES}
        return self.homes["borrower" if of_borrower else "lender"].id


def lent(session: Session) -> Lent:
    homes = {name: builders.organisation(session) for name in ("lender", "borrower", "office", "foreign")}
    people = {
        label: builders.member(session, homes[home], roles=[role.value for role in roles])
        for label, (home, roles) in READERS.items()
    }
    contact = builders.member(session, homes["lender"], email=f"{CONTACT}example.se")
    site = builders.site(session, homes["lender"])
    room, card = builders.space(session, site), builders.staff(session, homes["lender"], name="Kortets namn")
    card.description = "Kortets ord"
    person = builders.member(session, homes["lender"], name="Berit Exempelsson", email="berit@example.se")
    session.get_one(StaffCapacity, card.id).member_id = person.id
    for each in given(session, card.id):
        each.evidence, each.member_id = "Dnr 2026/114", contact.id
    offers = [builders.offer(session, each, member_id=contact.id) for each in (room, card)]
    later = builders.days(40, 41)
    closed = builders.claim(session, builders.unit_of(session, room), later, note="Rummet renoveras")
    builders.claim(session, builders.unit_of(session, card), later, note="Sjuk till fredag", amount=1)
    figures = {"objective": 987654321, "bound": 987654321, "options": 987654321, "needs": 1, "served": 1}
    run = builders.matching_run(
        session, state="done", status="optimal", finished_at=clock.now(), runtime_s=1, **figures
    )
    asked, others = (builders.request(session, people[each]) for each in ("borrower", "stranger"))
    need, other = (builders.need(session, each, family="staff", amount=100) for each in (asked, others))
    builders.added(session, NeedOutcome(run_id=run.id, need_id=need.id, served=True, code="served"))
    proposal, taken = (
        builders.approved(session, (each, offers[1]), amount=100, run_id=run.id) for each in (need, other)
    )
    for label in ("borrower", "lister"):
        accept(session, actor_for(session, people[label].id), proposal)
    accept(session, actor_for(session, people["lister"].id), taken)
    booking = session.exec(select(Booking)).one()
    made = {"resource": room, "card": card, "offer": offers[0], "card_offer": offers[1], "site": site, "run": run}
    made |= {"request": asked, "need": need, "proposal": proposal, "booking": booking, "member": contact}
    made |= {"period": closed, "photo": builders.photo(session, room), "papers": booking}
    made |= {"roster": builders.roster(session, card)}
    made |= {"surge": builders.surge(session, homes["borrower"], card)}
    things = {name: row.id for name, row in made.items()} | dict.fromkeys(
        ("notice", "draft", "token", "session", "upload", "saved_search", "scenario", "inquiry"), run.id
    )
    return Lent(homes, people, things, contact.id, taken.id)


def test_every_private_field_has_its_marks() -> None:
    assert set(MARKS) == set(Private)


def test_what_is_private_is_told_to_its_audience_and_written_down(
    app: Litestar,
    client: TestClient[Litestar],
    rows: Session,
    bearer: Bearer,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reads, "ONCE_IN", timedelta(0))
    made = lent(rows)
    addresses = [each for each in addresses_about(app, made.things, made.homes["lender"].id) if _may_tell(each)]
    addresses += [f"/offers/{made.things['card_offer']}", f"/api/v1/offers/{made.things['card_offer']}"]
    addresses += [f"/offers/{made.things['card_offer']}/change"]
    told: dict[tuple[str, str], str] = {}
    wrong, actors = [], {label: actor_for(rows, each.id) for label, each in made.members.items()}
    for label, member in made.members.items():
        client.cookies.clear()
        signed_in(client, member)
        token = bearer(member)
        for address in (each for each in addresses if label in ON_PAGES or each.startswith(DOORS)):
            before = _written(rows, member.id, made)
            answer = client.get(address, headers=token if address.startswith(DOORS) else HTML)
            assert answer.status_code < 500, (label, address, answer.text[-300:])
            told[label, address] = answer.text
            now = _written(rows, member.id, made)
            if re.search(PERSONAL, answer.text) and now["resource"] == before["resource"]:
                wrong.append(f"{label} {address}: the card is not written down")
            if CONTACT in answer.text and READERS[label][0] != "lender" and now["member"] == before["member"]:
                wrong.append(f"{label} {address}: the member is not written down")
    refused = client.post(
        f"/api/v1/proposals/{made.wanted}/acceptance", headers=bearer(made.members["stranger"]), json={}
    )
    assert refused.status_code == 409
    told["stranger", "error"] = refused.text
    for private, mark in MARKS.items():
        wrong += _strays(made, private, mark, told, actors)
    who = {key for key, text in told.items() if re.search(IDENTITY, text)}
    wrong += [f"{label} {address}: who the person is" for label, address in who if label not in TOLD_WHO_IT_IS]
    assert {label for label, _ in who} >= TOLD_WHO_IT_IS, "it is told where it may be"
    assert not wrong, "\n".join(wrong)
    kept = str(export(rows, str(made.things["card"])))
    assert all(
        re.search(MARKS[each], kept) for each in (Private.CARD_NAME, Private.APPROVAL_NOTE, Private.CLOSED_CARD_NOTE)
    )


def _may_tell(address: str) -> bool:
    return not TELLS_NOTHING.search(address)


def _strays(
    made: Lent, private: Private, mark: str, told: dict[tuple[str, str], str], actors: dict[str, Actor]
) -> list[str]:
    """Return where something private was told to somebody who is not in its audience, and to whom it never was."""
    same = [each for each in Private if MARKS[each] == mark]
    audience = {label for label, actor in actors.items() if any(actor.reads(each, made.home_of(each)) for each in same)}
    found = {key for key, text in told.items() if re.search(mark, text)}
    never = audience - {label for label, _ in found}
    strays = [f"{private}: {label} {address}" for label, address in found if label not in audience]
    return [*strays, *(f"{private} is never told to {label}" for label in never)]


def _written(rows: Session, reader: UUID, made: Lent) -> dict[str, int]:
    """Return how often it was written that somebody was shown the card, and the contact."""
    found = select(AuditEntry.entity, func.count()).where(
        col(AuditEntry.reason_code) == READ,
        col(AuditEntry.actor_id) == reader,
        col(AuditEntry.entity_id).in_([made.things["card"], made.contact]),
    )
    rows.rollback()
    return {"resource": 0, "member": 0} | dict(rows.exec(found.group_by(col(AuditEntry.entity))).all())
