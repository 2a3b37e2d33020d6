"""A booking ends later only where nothing stands in the way, and all that rests on its end follows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from core.database import db
from core.errors import BadInput, Conflict, NotAllowed, NotFound, StateChanged
from core.time import clock
from core.time.interval import Interval, from_range, to_range
from core.time.opening import to_json
from core.time.opening_text import from_text
from marketplace.bookings import overdue, queries, service
from marketplace.bookings.ledger import MovementKind as K
from marketplace.bookings.models import Booking
from marketplace.bookings.movements import note
from marketplace.later_ends.models import LaterEndState as S
from marketplace.later_ends.service import ask, grant, lapse_due, refuse
from marketplace.notices.models import Notice
from marketplace.offers.models import Offer, OfferState, Terms
from marketplace.proposals.service import approve
from resources.claims import Wanted, take
from resources.models import ClaimSource
from tests import builders
from tests.marketplace.proposals.deals import Deal, accept, deal, moves, told


def lent(
    session: Session, lot: Offer, amount: int = 6, when: Interval | None = None, **values: Any
) -> tuple[Deal, Booking]:
    """Return an agreed loan of some of a lot, from tomorrow through the tenth day from now unless told."""
    found = deal(session, lot, amount=amount, when=[when or builders.days(1, 10)], **values)
    accept(session, found.lister, found.proposal)
    return found, accept(session, found.requester, found.proposal).bookings[0]


def of_ten(session: Session, **values: Any) -> Offer:
    """Return an offer of ten chairs, which any number of organisations may borrow from."""
    return builders.offer(session, builders.furniture(session, capacity=10), **values)


def utc(days: int) -> str:
    """Return the midnight so many days from today, as it is told."""
    return builders.at(days).astimezone(UTC).isoformat()


def refused(session: Session, found: Deal, booking: Booking, until: datetime) -> Conflict:
    with pytest.raises(Conflict) as raised:
        ask(session, found.requester, booking.id, until)
    return raised.value


def test_what_is_granted_changes_claims_booking_and_version_and_is_told(session: Session) -> None:
    found, booking = lent(session, of_ten(session))
    until, version = builders.at(15), booking.version
    made = ask(session, found.requester, booking.id, until, "Mässan fortsätter.")
    assert (made.state, from_range(booking.during).limit, booking.version) == (S.WAITING, builders.at(10), version)
    assert told(session, found.lister)[-1] == "later_end_asked"
    grant(session, found.lister, booking.id, made.id)
    assert from_range(booking.during) == Interval(builders.at(1), until)
    assert [from_range(each.during) for each in queries.counted_claims(session, booking.id)] == [
        Interval(builders.at(1), until)
    ]
    assert booking.version == version + 1  # by which calendars and invitations know that something is new
    for actor in (found.lister, found.requester):
        assert told(session, actor)[-1] == "later_end_decided"
    assert [reason for *_, reason in moves(session, booking, "booking")][-2:] == [
        "later_end_asked",
        "later_end_granted",
    ]
    with pytest.raises(StateChanged):
        refuse(session, found.lister, booking.id, made.id, "capacity_needed_ourselves")


def test_it_is_free_until_too_many_are_booked(session: Session) -> None:
    """Of ten chairs six are lent through day 9. Four others are booked from day 12: six are left. With five, five."""
    lot = of_ten(session)
    found, booking = lent(session, lot)
    lent(session, lot, 4, builders.days(12, 20))
    assert ask(session, found.requester, booking.id, builders.at(15)).state is S.WAITING
    other, _late = lent(session, lot, 1, builders.days(13, 14))
    why = refused(session, found, booking, builders.at(15))
    assert (why.code, why.details["until"]) == ("not_free", utc(13))
    assert str(builders.at(12).date()) in str(why)  # the end of the day before
    assert "Ask the lender" in str(why)  # the others' bookings are not for this borrower to see
    assert other.requester.organisation_id != found.requester.organisation_id
    ask(session, found.requester, booking.id, builders.at(13))


def test_who_has_it_then_is_named_to_who_may_see_that(session: Session) -> None:
    lot = of_ten(session)
    member = builders.member(session)
    found, booking = lent(session, lot, asker=member)
    lent(session, lot, 8, builders.days(12, 20), asker=member)
    assert member.email in str(refused(session, found, booking, builders.at(15)))


def test_what_is_approved_and_not_yet_agreed_is_kept_for_them(session: Session) -> None:
    lot = of_ten(session)
    found, booking = lent(session, lot)
    deal(session, lot, amount=7, when=[builders.days(11, 20)])
    assert refused(session, found, booking, builders.at(12)).details["until"] == utc(11)


@pytest.mark.parametrize(
    ("change", "code", "until"),
    [
        ({"during": to_range(builders.days(0, 12))}, "not_free", utc(12)),
        ({"during": to_range(builders.days(0, 9))}, "not_free", utc(10)),  # cut short since
        ({"state": OfferState.CLOSED}, "no_longer_offered", None),
        ({"state": OfferState.PAUSED}, None, None),  # it is only kept from new runs
    ],
)
def test_it_has_to_be_offered_then(
    session: Session, change: dict[str, Any], code: str | None, until: str | None
) -> None:
    lot = of_ten(session)
    found, booking = lent(session, lot)
    for name, value in change.items():
        setattr(lot, name, value)
    session.flush()
    if code is None:
        ask(session, found.requester, booking.id, builders.at(15))
        return
    why = refused(session, found, booking, builders.at(15))
    assert (why.code, why.details.get("until")) == (code, until)


def test_a_room_ends_later_within_its_hours(session: Session) -> None:
    """It is open until 17 and booked until 15; whole days are lent day and night, whatever the hours."""
    day = next(builders.at(n) for n in range(7, 14) if builders.at(n).astimezone(clock.STOCKHOLM).weekday() == 0)
    room = builders.space(session, opening_hours=to_json(from_text("må-fr 08:00-17:00")))
    found, booking = lent(
        session, builders.offer(session, room), 1, Interval(day + timedelta(hours=9), day + timedelta(hours=15))
    )
    why = refused(session, found, booking, day + timedelta(hours=18))
    assert (why.code, why.details["why"]) == ("not_free", "hours")
    assert "17:00" in str(why)
    ask(session, found.requester, booking.id, day + timedelta(hours=17))


def test_what_cannot_end_later_is_refused_with_the_reason(session: Session) -> None:
    given, for_good = lent(session, of_ten(session, terms=Terms.HAND_OVER), when=builders.days(1, None))
    assert refused(session, given, for_good, builders.at(15)).code == "no_end"
    found, cancelled = lent(session, of_ten(session))
    service.cancel(session, found.requester, cancelled.id, "no_longer_needed")
    assert refused(session, found, cancelled, builders.at(15)).code == "not_going_on"
    several = deal(session, builders.offer(session), when=[builders.days(1, 2), builders.days(8, 9)])
    accept(session, several.lister, several.proposal)
    series = accept(session, several.requester, several.proposal).bookings[0]
    assert refused(session, several, series, builders.at(15)).code == "several_dates"
    person = deal(session, builders.offer(session, builders.staff(session)), amount=50, when=[builders.days(1, 10)])
    accept(session, person.lister, person.proposal)
    loan = accept(session, person.requester, person.proposal).bookings[0]
    assert refused(session, person, loan, builders.at(15)).code == "assessed_anew"


@pytest.mark.parametrize(
    "until", [builders.at(9), builders.at(10), builders.at(10 + 367), datetime(9999, 1, 1, tzinfo=clock.STOCKHOLM)]
)
def test_an_end_that_is_not_later_or_too_far_away_is_refused(session: Session, until: datetime) -> None:
    found, booking = lent(session, of_ten(session, during=builders.days(0, 600)))
    with pytest.raises(BadInput, match="until"):
        ask(session, found.requester, booking.id, until)


def test_the_borrower_asks_and_the_lender_answers(session: Session) -> None:
    found, booking = lent(session, of_ten(session))
    with pytest.raises(NotAllowed):
        ask(session, found.lister, booking.id, builders.at(15))
    made = ask(session, found.requester, booking.id, builders.at(15))
    for answer in (grant, lambda *to: refuse(*to, "other", words="Nej")):
        with pytest.raises(NotAllowed):
            answer(session, found.requester, booking.id, made.id)
    with pytest.raises(NotFound):
        grant(session, builders.actor(session), booking.id, made.id)
    with pytest.raises(BadInput, match="words"):
        refuse(session, found.lister, booking.id, made.id, "other")
    assert refuse(session, found.lister, booking.id, made.id, "capacity_needed_ourselves").state is S.REFUSED
    assert from_range(booking.during).limit == builders.at(10)


def test_who_answers_for_both_sides_waits_for_nobody(session: Session) -> None:
    lot = of_ten(session)
    both = builders.member(session, builders.home_of(session, lot), roles=["lister", "requester"])
    found = deal(session, lot, amount=6, when=[builders.days(1, 10)], asker=both)
    booking = accept(session, found.requester, found.proposal).bookings[0]
    assert ask(session, found.requester, booking.id, builders.at(15)).state is S.GRANTED
    assert from_range(booking.during).limit == builders.at(15)


def test_asking_anew_takes_the_place_of_what_waits(session: Session) -> None:
    found, booking = lent(session, of_ten(session))
    first = ask(session, found.requester, booking.id, builders.at(15))
    second = ask(session, found.requester, booking.id, builders.at(13))
    assert (first.state, second.state) == (S.REPLACED, S.WAITING)
    with pytest.raises(StateChanged):
        grant(session, found.lister, booking.id, first.id)


def test_without_an_answer_in_time_or_a_booking_it_lapses(session: Session) -> None:
    found, booking = lent(session, of_ten(session))
    made = ask(session, found.requester, booking.id, builders.at(15))
    lapse_due(session, made.answer_by - timedelta(seconds=1))
    assert made.state is S.WAITING
    lapse_due(session, made.answer_by)
    assert (made.state, told(session, found.requester)[-1]) == (S.LAPSED, "later_end_decided")
    again = ask(session, found.requester, booking.id, builders.at(15))
    service.cancel(session, found.requester, booking.id, "no_longer_needed")
    lapse_due(session, clock.now())
    session.refresh(again)
    assert again.state is S.LAPSED
    assert told(session, found.requester).count("later_end_decided") == 1, "of a cancelled one nothing is told"


def test_what_is_overdue_and_back_in_part_goes_on_with_the_rest(session: Session) -> None:
    """Six are out past their end, two have come back late: four stay, for which alone there has to be room."""
    lot = of_ten(session)
    found, booking = lent(session, lot)
    lent(session, lot, 6, builders.days(11, 20))
    late, until = builders.at(10, 12), builders.at(15)
    with clock.frozen(builders.at(1, 9)):
        note(session, found.lister, booking.id, K.OUT)
    with clock.frozen(late):
        note(session, found.lister, booking.id, K.BACK, 2)
        overdue.tell(session, late)
        made = ask(session, found.requester, booking.id, until)
        grant(session, found.lister, booking.id, made.id)
        assert booking.overdue_told_at is None
    assert [each.amount for each in queries.counted_claims(session, booking.id)] == [4]
    overdue.tell(session, until)
    codes = session.scalars(
        select(Notice.code).where(col(Notice.entity_id) == booking.id, col(Notice.code) == "overdue")
    )
    assert len(codes.all()) == 2


@pytest.mark.parametrize("rival", ["proposal", "owner"])
def test_of_a_later_end_and_another_who_wants_the_same_at_once_one_gets_it(engine: Engine, rival: str) -> None:
    """Ten chairs: six lent through day 9 and asked for through day 14; another wants seven from day 11."""
    with db.unit_of_work() as session:
        lot = of_ten(session)
        found, booking = lent(session, lot)
        made = ask(session, found.requester, booking.id, builders.at(15))
        late = deal(session, lot, amount=7, when=[builders.days(11, 20)], approved=False)
        (unit_id,) = queries.amounts_of_one(session, booking)
    barrier = Barrier(2)

    def refusal_of(act: Callable[[Session], object]) -> str | None:
        barrier.wait()
        try:
            with db.unit_of_work() as own:
                act(own)
        except Conflict as why:
            return why.code
        return None

    def rivals(own: Session) -> object:
        if rival == "owner":
            return take(own, [Wanted(unit_id, 7, builders.days(11, 20))], ClaimSource.OWNER)
        return approve(own, late.coordinator, late.proposal.id)

    def granted(own: Session) -> object:
        return grant(own, found.lister, booking.id, made.id)

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(refusal_of, (granted, rivals)))
    lost = "taken" if rival == "proposal" else "capacity_exceeded"
    assert outcomes in ([None, lost], ["not_free", None])
