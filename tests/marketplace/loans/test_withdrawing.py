"""A yes that is taken back after the loan was agreed: the booking stands until the lender's HR decides, or is late."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from competence.approvals.models import Approver
from competence.models import StaffCapacity
from competence.service import describe_staff
from core.actor import Actor
from core.errors import BadInput, Conflict, NotAllowed
from core.settings import settings
from core.time import clock
from core.time.interval import from_range
from marketplace.bookings.models import Booking, BookingState
from marketplace.cards import approving, asking, lapsing, mine, withdrawing
from marketplace.cards.models import LoanWithdrawal, WithdrawalState
from marketplace.loans.ending import last_of
from marketplace.loans.rules import days_of
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import actor_for
from marketplace.organisations.service import deactivate_member
from marketplace.requests.models import Need, NeedState
from resources.families.staff import StaffFacts
from resources.models import Claim
from tests import builders
from tests.marketplace.loans.agreeing import agreed, day, lent
from tests.marketplace.proposals.deals import Deal, begin, moves

FORM = "Blankett dnr 1"


class Withdrawn:
    """A loan of 100 days from the 14th day on, agreed, to which the employee no longer says yes."""

    def __init__(self, session: Session, days: int = 100, *, begun: bool = False) -> None:
        self.session = session
        self.deal: Deal = lent(session, days=days)
        self.booking: Booking = agreed(session, self.deal)
        self.offer: Offer = self.deal.offers[0]
        home = session.get_one(Organisation, self.offer.organisation_id)
        self.hr: Actor = builders.actor(session, home, roles=["hr"])
        if begun:
            begin(session, self.booking)
            self.booking.state = BookingState.HANDED_OVER
            session.flush()
        card = builders.resource_of(session, self.offer)
        approving.withdraw(session, self.hr, card, Approver.EMPLOYEE)

    def decide(self, to: WithdrawalState, last_day: date | None = None) -> None:
        withdrawing.decide(self.session, self.hr, self.booking.id, to, last_day)
        self.session.refresh(self.booking)

    @property
    def last(self) -> date:
        return days_of(from_range(self.booking.during))[1]

    @property
    def row(self) -> LoanWithdrawal:
        return self.session.exec(select(LoanWithdrawal)).one()


def test_the_booking_stands_and_all_three_are_told(session: Session) -> None:
    found = Withdrawn(session)
    assert found.booking.state is BookingState.AGREED
    told = session.exec(select(Notice).where(Notice.code == "loan_withdrawn")).all()
    coordinating = {each.organisation_id for each in told if each.permission == "decide"}
    assert {(each.organisation_id, each.permission) for each in told if each.permission != "decide"} == {
        (found.booking.lender_id, "note_approval"),
        (found.booking.borrower_id, None),
    }
    assert coordinating == {found.deal.coordinator.organisation_id}
    assert found.row.decide_by <= clock.now() + timedelta(days=settings().withdrawal_answer_days)


def _today() -> date:
    return clock.today()


@pytest.mark.parametrize(
    ("to", "given", "begun", "state", "last"),
    [
        # The notice is a month from today, about the 30th day: of 14 + 100 days it takes the rest.
        (WithdrawalState.NOTICE, None, False, BookingState.AGREED, lambda: last_of(clock.today(), 1)),
        (WithdrawalState.ENDED, lambda: day(20), False, BookingState.AGREED, lambda: day(20)),
        (WithdrawalState.ENDED, lambda: day(5), False, BookingState.CANCELLED, None),  # before it begins
        (WithdrawalState.CANCELLED, None, False, BookingState.CANCELLED, None),
        (WithdrawalState.CANCELLED, None, True, BookingState.HANDED_OVER, _today),
    ],
)
def test_what_hr_decides_is_done(
    session: Session,
    to: WithdrawalState,
    given: Callable[[], date] | None,
    begun: bool,
    state: BookingState,
    last: Callable[[], date] | None,
) -> None:
    found = Withdrawn(session, begun=begun)
    found.decide(to, given() if given else None)
    assert found.booking.state is state
    assert found.row.state is to
    need = session.get_one(Need, found.booking.need_id)
    if last is None:
        assert need.state is NeedState.OPEN
        assert moves(session, found.booking, "booking")[-1] == ("agreed", "cancelled", "staff_declined")
    else:
        assert found.last == last()
        claims = session.exec(
            select(Claim).where(Claim.booking_id == found.booking.id, col(Claim.released_at).is_(None))
        )
        assert all(each.during.upper <= found.booking.during.upper for each in claims), "what is left is free"
    assert session.exec(select(Notice).where(Notice.code == "loan_withdrawal_decided")).all()
    with pytest.raises(Conflict) as refused:
        found.decide(to)
    assert refused.value.code == "nothing_to_decide"


def test_it_goes_on_as_agreed_only_after_a_new_yes(session: Session) -> None:
    found = Withdrawn(session)
    before = found.booking.during
    with pytest.raises(Conflict) as refused:
        found.decide(WithdrawalState.KEPT)
    assert refused.value.code == "no_new_yes"
    card = builders.resource_of(session, found.offer)
    approving.give(session, found.hr, card, Approver.EMPLOYEE, FORM)
    found.decide(WithdrawalState.KEPT)
    assert (found.booking.state, found.booking.during) == (BookingState.AGREED, before)


def test_without_an_answer_it_goes_on_until_the_notice_has_run(session: Session) -> None:
    found = Withdrawn(session)
    withdrawing.end_due(session, found.row.decide_by - timedelta(minutes=1))
    assert found.row.state is WithdrawalState.WAITING
    withdrawing.end_due(session, found.row.decide_by)
    session.refresh(found.booking)
    assert found.row.state is WithdrawalState.NOTICE
    assert found.last == last_of(clock.today(), 1)


def test_a_loan_that_ends_before_the_notice_has_run_is_as_it_was(session: Session) -> None:
    found = Withdrawn(session, days=5)
    before = found.booking.during
    found.decide(WithdrawalState.NOTICE)
    assert found.booking.during == before


def test_only_hr_of_the_lender_and_coordinators_decide(session: Session) -> None:
    found = Withdrawn(session)
    for each in (found.deal.requester, found.deal.lister):
        with pytest.raises(NotAllowed):
            withdrawing.decide(session, each, found.booking.id, WithdrawalState.CANCELLED)
    for wrong in (None, clock.today() - timedelta(days=1), found.last + timedelta(days=1)):
        with pytest.raises(BadInput):
            found.decide(WithdrawalState.ENDED, wrong)
    withdrawing.decide(session, found.deal.coordinator, found.booking.id, WithdrawalState.CANCELLED)
    assert found.row.state is WithdrawalState.CANCELLED


def test_a_no_to_a_card_that_was_changed_since_is_one_to_the_loan(session: Session) -> None:
    deal = lent(session)
    booking = agreed(session, deal)
    card = builders.resource_of(session, deal.offers[0])
    person = builders.member(session, session.get_one(Organisation, card.organisation_id))
    session.get_one(StaffCapacity, card.id).member_id = person.id
    describe_staff(session, None, card, StaffFacts(100, True, skills={"procurement": 5}))
    asking.ask_anew(session)
    assert session.exec(select(LoanWithdrawal)).all() == [], "an edit takes nothing back"
    mine.decline(session, actor_for(session, person.id), card.id)
    [asked] = session.exec(select(LoanWithdrawal)).all()
    assert (asked.booking_id, asked.who, asked.state) == (booking.id, Approver.EMPLOYEE, WithdrawalState.WAITING)


def test_a_yes_that_runs_out_during_a_loan_is_for_hr_to_decide_and_not_one_that_lasts(session: Session) -> None:
    """The loan is through the 114th day; HR says yes anew, first as long as the card is offered, then for 20 days.

    That it ends is told three weeks ahead, once, as the loan goes on, and the card is offered, for longer.
    """
    found = agreed(session, deal := lent(session, days=100))
    card = builders.resource_of(session, deal.offers[0])
    hr = builders.actor(session, session.get_one(Organisation, card.organisation_id), roles=["hr"])
    lapsing.warn(session, builders.at(890))
    assert told_of_end(session) == [], "all three are to as long as it is offered"
    approving.give(session, hr, card, Approver.HR, FORM, until=day(20))
    for when in (builders.at(-1), clock.now(), clock.now()):
        lapsing.warn(session, when)
    ahead = {"who": "hr", "lastDay": day(20).isoformat(), "lent": True}
    assert told_of_end(session) == [("card_runs_out", "note_approval", None, ahead)]
    lapsing.run_out(session, builders.at(20))
    assert session.exec(select(LoanWithdrawal)).all() == [], "through the day it stands"
    lapsing.run_out(session, builders.at(22))
    [asked] = session.exec(select(LoanWithdrawal)).all()
    assert (asked.booking_id, asked.who, asked.state) == (found.id, Approver.HR, WithdrawalState.WAITING)


def told_of_end(session: Session) -> list[tuple[str, str | None, UUID | None, dict[str, Any]]]:
    codes = (NoticeCode.CARD_RUNS_OUT, NoticeCode.CARD_YOURS_RUNS_OUT)
    found = session.exec(select(Notice).where(col(Notice.code).in_(codes)).order_by(col(Notice.sequence))).all()
    return [(each.code, each.permission, each.member_id, each.facts) for each in found]


def test_the_end_of_a_yes_is_told_to_who_can_say_it_anew(session: Session) -> None:
    """The employee and the manager say yes for ten days of a card that is offered for longer; then for all of it."""
    home = builders.organisation(session)
    card = builders.staff(session, home, department="Enhet A")
    person = builders.member(session, home)
    session.get_one(StaffCapacity, card.id).member_id = person.id
    builders.offer(session, card, builders.days(0, 100))
    hr = builders.actor(session, home, roles=["hr"])
    for who in (Approver.EMPLOYEE, Approver.MANAGER):
        approving.give(session, hr, card, who, FORM, until=day(9))
    own = builders.actor_of(session, person)
    [shown] = mine.my_cards(session, own)
    assert shown.runs_short
    lapsing.warn(session, clock.now())
    facts = {"lastDay": day(9).isoformat(), "lent": False}
    employee, manager = {"who": "employee", **facts}, {"who": "manager", **facts}
    assert told_of_end(session) == [
        ("card_runs_out", "note_approval", None, employee),
        ("card_yours_runs_out", None, person.id, employee),
        ("card_runs_out", "note_approval", None, manager),
        ("card_runs_out", "approve_card", None, manager),
    ]
    assert {each.department for each in session.exec(select(Notice)) if each.permission} == {"Enhet A"}
    mine.agree(session, own, card.id)
    [shown] = mine.my_cards(session, own)
    assert not shown.runs_short
    lapsing.warn(session, clock.now())
    assert len(told_of_end(session)) == 4, "said anew it is told no more"


def test_who_is_kept_out_is_lent_no_more_until_somebody_says_yes_anew(session: Session) -> None:
    found = agreed(session, deal := lent(session))
    card = builders.resource_of(session, deal.offers[0])
    home = session.get_one(Organisation, card.organisation_id)
    person, hr = builders.member(session, home, roles=[]), builders.actor(session, home, roles=["hr"])
    row = session.get_one(StaffCapacity, card.id)
    row.member_id = person.id
    lapsing.take_back_of_left(session)
    assert row.approved_during is not None, "who takes part is lent"
    deactivate_member(session, None, person.id)
    lapsing.take_back_of_left(session)
    assert row.approved_during is None
    [asked] = session.exec(select(LoanWithdrawal)).all()
    assert (asked.booking_id, asked.who) == (found.id, Approver.EMPLOYEE)
    for who in Approver:
        noting = builders.actor(session, home, roles=["hr"]) if who is Approver.HR else hr
        approving.give(session, noting, card, who, FORM)
    for change in ({}, {"name": "Någon annan", "updated_at": clock.now() + timedelta(days=1)}):
        for field, value in change.items():
            setattr(person, field, value)
        lapsing.take_back_of_left(session)
        assert row.approved_during is not None, "what HR notes of who is no member stands, whatever is changed later"


def test_a_yes_taken_back_twice_is_asked_about_once(session: Session) -> None:
    found = Withdrawn(session)
    card = builders.resource_of(session, found.offer)
    approving.give(session, found.hr, card, Approver.EMPLOYEE, FORM)
    approving.withdraw(session, found.hr, card, Approver.EMPLOYEE)
    assert found.row.state is WithdrawalState.WAITING
    assert mine.my_cards(session, found.hr) == []
