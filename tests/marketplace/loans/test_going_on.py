"""A loan of a person ends before its time with notice, and goes on only when it is asked for and agreed anew."""

from datetime import date, time, timedelta

import pytest
from sqlmodel import Session, col, select

from core.database.audit import history
from core.errors import BadInput, Conflict, NotAllowed
from core.time import clock
from core.time.interval import from_range
from core.time.timing import Period, Weekly, to_json
from marketplace.bookings import service as bookings
from marketplace.loans.ending import end_early, last_of
from marketplace.loans.extending import ask_to_extend
from marketplace.loans.queries import confirmations, loans_of_proposal, waiting_extensions
from marketplace.notices.models import Notice
from marketplace.proposals import service
from marketplace.proposals.models import Proposal, ProposalState, Side
from marketplace.requests.models import NeedState
from marketplace.requests.queries import needs_of
from resources.clashes import Wanted, among
from tests import builders
from tests.marketplace.loans.agreeing import agreed, day, lent
from tests.marketplace.proposals.deals import Deal, accept, confirming, deal, told

WHY = "capacity_needed_ourselves"


# A month's notice (Rörlighet i staten: mallar för personallån), told on 29 November, ends on 29 December; told on
# 30 January, with February.
@pytest.mark.parametrize(
    ("told_on", "months", "last"),
    [("2026-11-29", 1, "2026-12-29"), ("2027-01-30", 1, "2027-02-28"), ("2026-11-29", 0, "2026-11-29")],
)
def test_a_notice_of_a_month_ends_a_month_later(told_on: str, months: int, last: str) -> None:
    assert last_of(date.fromisoformat(told_on), months).isoformat() == last


@pytest.mark.parametrize("who", ["lister", "requester"])
def test_either_side_ends_it_early_and_the_time_after_is_free(session: Session, who: str) -> None:
    found = lent(session, 7, 150)
    booking = agreed(session, found)
    earliest = last_of(clock.today(), 1)
    unit = builders.unit_of(session, builders.resource_of(session, found.offers[0]))
    after = Wanted(unit.id, 100, builders.days((earliest - clock.today()).days + 1, 157))
    assert among(session, [after])
    end_early(session, getattr(found, who), booking.id, earliest, code=WHY, words="Vi behöver personen")
    assert from_range(booking.during).end == builders.at((earliest - clock.today()).days + 1)
    assert not among(session, [after]), "it is free for others"
    assert among(session, [Wanted(unit.id, 100, builders.days(7, (earliest - clock.today()).days))])
    for actor in (found.lister, found.requester):
        assert told(session, actor)[-1] == "ended_early"
    entry = history(session, "booking", booking.id)[-1]
    assert (entry.reason_code, entry.words, entry.details["reason"]) == ("ended_early", "Vi behöver personen", WHY)


def test_a_day_that_will_not_do_is_told_and_nothing_is_changed(session: Session) -> None:
    found = lent(session, 7, 150)
    booking = agreed(session, found)
    before = booking.during
    for last_day, why in (
        (day(20), "with the notice it is"),
        (day(3), "cancel it instead"),
        (day(156), "it ends on"),
    ):
        with pytest.raises(BadInput, match=why):
            end_early(session, found.lister, booking.id, last_day, code=WHY)
    with pytest.raises(BadInput, match="say in words why"):
        end_early(session, found.lister, booking.id, day(60), code="other")
    stranger = builders.actor(session, builders.home_of(session, found.offers[0]), roles=[])
    with pytest.raises(NotAllowed):
        end_early(session, stranger, booking.id, day(60), code=WHY)
    assert booking.during == before
    room = deal(session)
    with pytest.raises(Conflict, match="loans of people alone"):
        end_early(session, room.lister, agreed(session, room).id, day(60), code=WHY)
    bookings.cancel(session, found.lister, booking.id, "no_longer_available")
    with pytest.raises(Conflict, match="is over"):
        end_early(session, found.lister, booking.id, day(60), code=WHY)


def test_it_goes_on_when_both_have_assessed_it_anew(session: Session) -> None:
    found = lent(session, 7, 150)
    booking = agreed(session, found)
    request = ask_to_extend(session, found.requester, booking.id, day(200))
    proposal = session.exec(select(Proposal).where(col(Proposal.request_id) == request.id)).one()
    assert proposal.state is ProposalState.PROPOSED
    assert proposal.locked_at, "no run replaces it"
    [need] = needs_of(session, [request.id])[request.id]
    assert (need.state, need.amount) == (NeedState.PROPOSED, 100)
    [loan] = loans_of_proposal(session, proposal)
    assert (loan.loan.first, loan.loan.last, loan.since) == (day(157), day(200), day(7))
    asked = session.exec(select(Notice).where(Notice.code == "extension_asked")).all()
    assert {each.organisation_id for each in asked} == {found.coordinator.organisation_id}
    with pytest.raises(Conflict, match="asked already"):
        ask_to_extend(session, found.requester, booking.id, day(210))
    service.approve(session, found.coordinator, proposal.id)
    for actor in (found.lister, found.requester):
        assert "extension" in {code for codes in confirming(session, actor, proposal).values() for code in codes}
        with pytest.raises(BadInput, match="extension: confirm it first"):
            service.accept(session, actor, proposal.id)
        made = accept(session, actor, proposal).bookings
    assert [each.offer_id for each in made] == [booking.offer_id]
    assert not waiting_extensions(session, booking.id)
    kept = confirmations(session, [proposal.id])[loan.parts]
    assert [each.row.rule for each in kept].count("extension") == 2


@pytest.mark.parametrize("gap", [0, 29, 30])
def test_loans_that_follow_one_another_are_assessed_in_whatever_order_they_are_agreed(
    session: Session, gap: int
) -> None:
    """A loan that begins within 30 days after the other's last, so with up to 29 between, goes on from it; 170 days
    are no longer than six months, and 340 are.
    """
    follows = gap < 30
    later = lent(session, 180 + gap, 170)
    first = lent(session, 10, 170, after=later)
    for each in (later, first):
        assert "extension" not in asked(session, each)
    agreed(session, later)
    [loan] = loans_of_proposal(session, first.proposal)
    assert loan.until == (day(349 + gap) if follows else None)
    assert ("extension" in asked(session, first), "long" in [each.rule.code for each in loan.findings]) == (
        follows,
    ) * 2
    agreed(session, first)
    assert ("extension" in asked(session, later)) is follows
    [loan] = loans_of_proposal(session, later.proposal)
    assert (loan.since, loan.until) == (day(10) if follows else None, None), "it was agreed first"


def test_of_two_in_one_proposal_the_second_goes_on(session: Session) -> None:
    """For two needs, 170 days each, of which the second begins on the day after the first ends."""
    found, period = lent(session, 10, 170), Period(day(180), day(349))
    need = builders.need(session, found.request, period, family="staff", amount=100)
    both = builders.approved(session, (found.needs[0], found.offers[0]), (need, found.offers[0]), amount=100)
    loans = {each.loan.first: each for each in loans_of_proposal(session, both)}
    assert [loans[day(10)].since, loans[day(180)].since] == [None, day(10)]
    assert [each.until for each in loans.values()] == [None, None]


def asked(session: Session, found: Deal) -> set[str]:
    """Return what the lender confirms."""
    return {
        each.rule.code for loan in loans_of_proposal(session, found.proposal) for each in loan.asked_of(Side.LISTER)
    }


def test_what_cannot_go_on_is_told_and_nothing_is_asked(session: Session) -> None:
    """The person is lent to somebody else from the 300th day on."""
    found = lent(session, 7, 150)
    booking = agreed(session, found)
    unit = builders.unit_of(session, builders.resource_of(session, found.offers[0]))
    builders.claim(session, unit, builders.days(300, 310), amount=100)
    with pytest.raises(Conflict, match="not free for all") as error, session.begin_nested():
        ask_to_extend(session, found.requester, booking.id, day(305))
    assert error.value.code == "taken"
    with pytest.raises(BadInput, match="or a later day"):
        ask_to_extend(session, found.requester, booking.id, day(150))
    with pytest.raises(NotAllowed, match="Only the borrower"):
        ask_to_extend(session, found.lister, booking.id, day(200))
    found.needs[0].timing = to_json(Weekly(day(7), day(156), (day(158).weekday(),), time(8), time(12)))
    for last, why in ((day(157), "no date in the pattern"), (date(2999, 1, 1), "at most"), (date.max, "the year")):
        with pytest.raises(BadInput, match=why) as wrong, session.begin_nested():
            ask_to_extend(session, found.requester, booking.id, last)
        assert [each.property for each in wrong.value.parameters] == ["through"]
    assert not waiting_extensions(session, booking.id)


def test_an_extension_is_no_longer_than_a_loan(session: Session) -> None:
    found = lent(session, 7, 30)
    booking = agreed(session, found)
    with pytest.raises(Conflict, match="at most 6 months"), session.begin_nested():
        ask_to_extend(session, found.requester, booking.id, clock.today() + timedelta(days=7 + 30 + 190))
    short = builders.offer(session, builders.staff(session), builders.days(0, 60))
    soon = lent(session, 7, 30, person=short)
    with pytest.raises(Conflict, match="not offered for all"), session.begin_nested():
        ask_to_extend(session, soon.requester, agreed(session, soon).id, day(90))
