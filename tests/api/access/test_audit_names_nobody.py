"""What somebody does with a card, a question, a call or a wish of its own is in the audit, which does not say by whom.

Nor does it by two entries of one instant: what is done and read names the card, never the member beside it.
"""

from typing import Any
from uuid import UUID

from litestar.testing import TestClient
from sqlmodel import Session, col, or_, select

from competence.approvals.models import Approver, Channel
from competence.approvals.queries import given
from core.actor import Actor
from core.database.audit import READ, AuditEntry
from core.time.interval import to_range
from marketplace.cards import answering, approving, asking, mine
from marketplace.mobility import interests, wishes
from marketplace.organisations.queries import actor_for
from marketplace.planning import surging
from marketplace.planning.execution import calling
from marketplace.questions import service as questions
from marketplace.views import reads
from resources.models import Resource
from retention import person
from tests import builders
from tests.api.access.cards import State, cards
from tests.api.conftest import Bearer, SignIn
from tests.marketplace.mobility import wishing
from tests.marketplace.questions.test_questions import draft
from tests.marketplace.surges import alerts


def named(session: Session, member: Actor) -> list[tuple[str, str | None, str | None]]:
    """Return the entries that name a member: as who did it, or whom it is about."""
    key = member.member_id
    of_it = or_(col(AuditEntry.actor_id) == key, col(AuditEntry.entity_id) == key)
    return list(session.exec(select(AuditEntry.entity, AuditEntry.to_state, AuditEntry.reason_code).where(of_it)))


def test_what_one_does_with_a_card_of_ones_own_names_nobody(session: Session) -> None:
    home = builders.organisation(session)
    owner, manager, hr = (builders.member(session, home, roles=roles) for roles in ([], ["manager"], ["hr"]))
    card = builders.staff(session, home, consented=False)
    offer = builders.offer(session, card)
    employee, keeper, approver = (actor_for(session, each.id) for each in (owner, hr, manager))
    before = len(session.exec(select(AuditEntry.id)).all())

    asking.say_whose(session, keeper, card, owner.email)
    mine.agree(session, employee, card.id)
    asked = asking.ask_manager(session, keeper, card, manager.email)
    link = answering.asked_by_link(session, approver, asked.secret)
    answering.answer(session, approver, link, yes=True, words="", channel=Channel.LINK)
    approving.give(session, keeper, card, Approver.HR, "Beslut")
    mine.pause(session, employee, card.id)
    mine.resume(session, employee, card.id)
    _question(session, keeper, employee, offer.id)
    _call(session, employee, card)
    mine.decline(session, employee, card.id)

    assert len(session.exec(select(AuditEntry.id)).all()) > before + 12
    assert named(session, employee) == []
    assert named(session, approver) == [("card_approval", "given", None)], "who decides for the employer is named"


def test_a_card_of_somebody_else_by_now_tells_each_who_read_of_it_in_their_time(session: Session) -> None:
    home = builders.organisation(session)
    first, second, hr = (builders.member(session, home, roles=roles) for roles in ([], [], ["hr"]))
    card = builders.staff(session, home, consented=False)
    keeper = actor_for(session, hr.id)
    readers = [builders.actor(session, builders.organisation(session, name=name)) for name in "ABC"]
    for whose, reader in ((None, readers[0]), (first, readers[1]), (second, readers[2])):
        if whose:
            asking.say_whose(session, keeper, card, whose.email)
        reads.names_read(session, reader, [card])
    told = {each.id: person.export(session, str(each.id))["readBy"] for each in (first, second)}
    assert [[entry["organisation"] for entry in told[each.id]] for each in (first, second)] == [["B"], ["C"]]


def _question(session: Session, hr: Actor, employee: Actor, offer_id: UUID) -> None:
    """Somebody asks about the card, and HR passes it on; the employee answers, reports it, and wants no more of it."""
    asked = questions.ask(session, builders.actor(session), draft(offer_id=offer_id))
    questions.pass_on(session, hr, asked.id)
    questions.answer(session, employee, asked.id, "Så här.", named=True)
    questions.report(session, employee, asked.id, "Hör inte hemma här.")
    questions.decline(session, employee, asked.id)


def _call(session: Session, employee: Actor, card: Resource) -> None:
    """An alert calls the card, and the employee can come."""
    builders.roster(session, card)
    needing = builders.organisation(session)
    coordinator = builders.coordinator(session)
    surge = surging.raise_alert(session, coordinator, alerts.draft(needing.id, alerts.role(1)))
    calling.snapshot_for(session, surge.id, lambda *_: None)
    call = alerts.calls(session, surge.id)[card.id]
    surging.answer_own_call(session, employee, card.id, call.id, comes=True)


def test_what_one_does_with_a_wish_names_nobody(session: Session) -> None:
    home = wishing.home(session)
    need = wishing.need(session)
    employee, wish = home.employee, home.wish
    wishes.change(session, employee, wish.id, wishing.draft(months=4))
    wishes.pause(session, employee, wish.id)
    wishes.open_(session, employee, wish.id)
    interests.dismiss(session, wish, need.id)
    interests.show_again(session, wish, need.id)
    chance = interests.Chance(need.id, "Upphandlare", 40, builders.days(30, 90), ("2380",), remote=True)
    row = interests.ask(session, employee, wish, chance)
    assert row.offer_id is not None
    wishes.end(session, employee, wish.id)
    assert named(session, employee) == []


def test_whoever_is_shown_whose_a_card_is_is_told_to_that_one_and_to_no_auditor(
    client: TestClient[Any], rows: Session, bearer: Bearer, signed_in: SignIn
) -> None:
    made = cards(rows)
    lender, members = made.lender, made.members
    auditors = [builders.member(rows, made.homes[name], roles=["auditor"]) for name in (State.AGREED, "borrower")]
    question, booking = lender.things["question"], lender.things["booking"]
    for each in given(rows, lender.resource.id):
        each.covers = to_range(builders.days(0, 15))  # it runs out before the offer does, so it is asked for anew
    hr = actor_for(rows, members["hr"].id)
    asked = asking.ask_manager(rows, hr, lender.resource, lender.people["approver"].email)
    rows.commit()

    signed_in(client, members["hr"])
    assert lender.people["person"].email in client.get(f"/offers/{lender.offer.id}").text
    assert client.get(f"/questions/{question}").status_code == 200
    client.cookies.clear()
    signed_in(client, lender.people["approver"])
    assert client.get(f"/card-links/{asked.secret}").status_code == 200
    client.cookies.clear()
    for address in (f"/api/v1/bookings/{booking}", f"/api/v1/questions/{question}"):
        told = client.get(address, headers=bearer(members["borrower"])).text
        assert lender.people["person"].name in told

    kept = person.export(rows, str(lender.people["person"].id))["readBy"]
    home, borrower = lender.home.name, made.homes["borrower"].name
    assert {(each["organisation"], each["what"]) for each in kept} == {
        *((home, what) for what in ("card_person", "capacity_card", "member")),
        *((borrower, what) for what in ("card_person", "capacity_card", "member")),
    }
    about_manager = person.export(rows, str(lender.people["approver"].id))["readBy"]
    assert [(each["organisation"], each["what"]) for each in about_manager] == [(home, "member")]

    people = {str(lender.people[name].id) for name in ("person", "approver")}
    for auditor in auditors:
        address = "/api/v1/audit-entries?limit=100"
        entries = client.get(address, headers=bearer(auditor)).json()["items"]
        reads = [each for each in entries if each["reason"] == READ]
        assert {each["entity"] for each in reads} >= {"resource", "question_answer"}
        assert not [each for each in reads if each["entityId"] in people]
