"""Movements of what is lent: what is out is never more than was agreed, and stock and claims follow.

What each movement may do is told a second time here, piece by piece: every piece is at home, out, lost or back.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session, col

from core.actor import Actor
from core.database import db
from core.errors import BadInput, CapacityExceeded, Conflict, NotAllowed, NotFound
from core.time import clock
from core.time.interval import Interval, from_range
from marketplace.bookings import overdue, queries, service
from marketplace.bookings.ledger import Ledger, MovementKind
from marketplace.bookings.models import Booking, BookingState, Movement
from marketplace.bookings.movements import note
from marketplace.later_ends.service import ask, grant
from marketplace.notices.models import Notice
from marketplace.offers.models import Offer, Terms
from marketplace.stocktakes.holding import hold_freed
from marketplace.stocktakes.models import StockDecisionKind
from marketplace.stocktakes.queries import stock_of
from marketplace.stocktakes.service import Scope, begin, close, count
from resources.claims import Wanted, take
from resources.models import ClaimSource
from resources.queries import active_claims, closed_periods
from resources.service import reopen_period
from tests import builders
from tests.marketplace.proposals.deals import Deal, accept, deal, moves

K, S = MovementKind, BookingState
SEQUENCES = st.lists(st.tuples(st.sampled_from(K), st.integers(0, 6)), max_size=14)
LATER, FEWER, MORE = "later", "fewer", "more"
"""It ends so many days later; so many fewer, or more, are counted than are to be there."""
OF_ALL_KINDS = st.lists(st.tuples(st.sampled_from([*K, LATER, FEWER, MORE]), st.integers(0, 6)), max_size=14)


class Pieces:
    """Where each piece is, by counting pieces one at a time."""

    def __init__(self, agreed: int) -> None:
        self.at, self.damaged, self.missing = Counter(home=agreed), 0, 0

    def move(self, kind: MovementKind, amount: int) -> bool:
        """Move so many, or none and tell that it cannot be."""
        tried, damaged = self.at.copy(), self.damaged
        if amount < 1 or not all(self._one(kind) for _ in range(amount)):
            self.at, self.damaged = tried, damaged
            return False
        return True

    def _one(self, kind: MovementKind) -> bool:
        ways = {K.OUT: (("home", "out"),), K.BACK: (("out", "back"), ("lost", "back")), K.LOST: (("out", "lost"),)}
        for origin, to in ways.get(kind, ()):
            if self.at[origin]:
                self.at[origin] -= 1
                self.at[to] += 1
                self.damaged = min(self.damaged, self.at["out"] + self.at["back"])
                return True
        if kind is K.DAMAGED and self.damaged < self.at["out"] + self.at["back"]:
            self.damaged += 1
            return True
        if kind is K.REPAIRED and self.damaged:
            self.damaged -= 1
            return True
        return False

    def told(self) -> tuple[int, ...]:
        """Return what a ledger tells of them."""
        return self.at["home"], self.at["out"], self.at["back"], self.at["lost"], self.damaged


@settings(max_examples=1000)
@given(agreed=st.integers(1, 8), wanted=SEQUENCES)
def test_of_any_sequence_the_ledger_tells_where_each_piece_is(agreed: int, wanted: list[tuple[K, int]]) -> None:
    ledger, pieces = Ledger(agreed), Pieces(agreed)
    for kind, amount in wanted:
        try:
            ledger, moved = ledger.after(kind, amount), True
        except (BadInput, Conflict):
            moved = False
        assert moved == pieces.move(kind, amount)
        assert (ledger.left, ledger.away, ledger.back, ledger.lost, ledger.damaged) == pieces.told()
        assert ledger.held == agreed - pieces.at["back"]


def lent(
    session: Session, amount: int = 6, lot: Offer | None = None, when: Interval | None = None
) -> tuple[Deal, Booking]:
    """Return an agreed loan of some of ten chairs, which begins tomorrow."""
    lot = lot or builders.offer(session, builders.furniture(session, capacity=10))
    found = deal(session, lot, amount=amount, when=[when or builders.days(1, 20)])
    accept(session, found.lister, found.proposal)
    return found, accept(session, found.requester, found.proposal).bookings[0]


def taken_now(session: Session, booking: Booking) -> dict[ClaimSource, int]:
    """Return how much of the unit is taken now, by why."""
    units, now = queries.amounts_of_one(session, booking), clock.now()
    found: Counter[ClaimSource] = Counter()
    for claim in active_claims(session, units, Interval(now, now + timedelta(microseconds=1))):
        found[claim.source] += claim.amount
    return dict(found)


@pytest.fixture
def loan(session: Session) -> tuple[Deal, Booking]:
    """A loan of four chairs."""
    return lent(session, 4)


@settings(max_examples=40, phases=(Phase.explicit, Phase.generate))  # to look for the shortest would take minutes
@given(wanted=OF_ALL_KINDS)
def test_of_any_sequence_ledger_stock_and_claims_agree_and_it_closes_once(
    session: Session, loan: tuple[Deal, Booking], wanted: list[tuple[str, int]]
) -> None:
    """Four of ten chairs are lent; of the other six some are lost and found at counts."""
    found, booking = loan
    with session.begin_nested() as all_of_it:
        start, pieces = from_range(booking.during).start, Pieces(4)
        for step, (kind, amount) in enumerate(wanted):
            with clock.frozen(start + timedelta(hours=step)):
                may = _may(pieces, booking, kind, amount)
                try:
                    _do(session, found, booking, kind, amount)
                    done = True
                except (BadInput, Conflict):
                    done = False
                assert done == may
                _agree(session, booking, pieces)
        with clock.frozen(start + timedelta(days=2)):
            _close(session, found, booking, pieces)
            assert taken_now(session, booking) == _gone(pieces)
        assert moves(session, booking, "booking").count((S.RETURNED.value, S.CLOSED.value, None)) == 1
        all_of_it.rollback()


def _may(pieces: Pieces, booking: Booking, kind: str, amount: int) -> bool:
    if kind == LATER:
        return amount > 0 and booking.state is not S.RETURNED
    if kind == FEWER:
        pieces.missing += min(amount, 6 - pieces.missing)
        return True
    if kind == MORE:
        may = pieces.missing > 0 or not amount
        pieces.missing -= min(amount, pieces.missing)
        return may
    return pieces.move(MovementKind(kind), amount)


def _gone(pieces: Pieces) -> dict[ClaimSource, int]:
    gone = {ClaimSource.OWNER: pieces.at["lost"], ClaimSource.MISSING: pieces.missing}
    return {source: amount for source, amount in gone.items() if amount}


def _counted(session: Session, found: Deal, kind: str, amount: int) -> None:
    """Count so many fewer or more than are to be there, as far as six are not lost already, and decide."""
    (lot,) = found.offers
    stock = stock_of(session, [lot.resource_id])[lot.resource_id]
    off = -min(amount, 6 - stock.missing) if kind == FEWER else amount
    row = begin(session, found.lister, Scope(resource_id=lot.resource_id))
    count(session, found.lister, row.id, lot.resource_id, stock.expected + off)
    decided = StockDecisionKind.LOST if off < 0 else StockDecisionKind.FOUND
    close(session, found.lister, row.id, {lot.resource_id: decided} if off else {})
    hold_freed(session, clock.now())


def _do(session: Session, found: Deal, booking: Booking, kind: str, amount: int) -> None:
    if kind in {FEWER, MORE}:
        _counted(session, found, kind, amount)
        return
    if kind != LATER:
        note(session, found.lister, booking.id, MovementKind(kind), amount)
        hold_freed(session, clock.now())
        return
    until = from_range(booking.during).limit + timedelta(days=amount)
    grant(session, found.lister, booking.id, ask(session, found.requester, booking.id, until).id)


def _agree(session: Session, booking: Booking, pieces: Pieces) -> None:
    home, out, back, lost, damaged = pieces.told()
    ledger = queries.ledger(session, booking)
    assert (ledger.left, ledger.away, ledger.back, ledger.lost, ledger.damaged) == (home, out, back, lost, damaged)
    taken = taken_now(session, booking)
    assert taken.get(ClaimSource.BOOKING, 0) == home + out + lost
    assert taken.get(ClaimSource.MISSING, 0) == pieces.missing
    key = session.get_one(Offer, booking.offer_id).resource_id
    assert stock_of(session, [key])[key].expected == 10 - out - lost - pieces.missing
    with clock.frozen(from_range(booking.during).limit):  # then its owner lacks what is lost, until it is found
        assert taken_now(session, booking) == _gone(pieces)
    been_out = out + back + lost > 0
    assert booking.state is (S.HANDED_OVER if out else S.RETURNED if been_out else S.AGREED)
    assert (booking.returned_at is not None) == (been_out and not out)


def _close(session: Session, found: Deal, booking: Booking, pieces: Pieces) -> None:
    """Let all come back that is out, or go out and come back, and close it: once."""
    if booking.state is S.AGREED:
        note(session, found.lister, booking.id, K.OUT, 1)
        pieces.move(K.OUT, 1)
    if pieces.at["out"]:
        with pytest.raises(Conflict, match="not been returned"):
            service.close(session, found.lister, booking.id)
        pieces.move(K.BACK, pieces.at["out"])
        note(session, found.lister, booking.id, K.BACK, queries.ledger(session, booking).away)
    service.close(session, found.lister, booking.id)
    for again in (lambda: service.close(session, found.lister, booking.id), lambda: one_out(session, found, booking)):
        with pytest.raises(Conflict) as refused:
            again()
        assert refused.value.code == "state_changed"


def one_out(session: Session, found: Deal, booking: Booking) -> None:
    note(session, found.lister, booking.id, K.OUT, 1)


def test_what_is_back_early_is_free_for_others_and_no_more(session: Session) -> None:
    """Of ten chairs six are lent: four are free, and when two come back six."""
    lot = builders.offer(session, builders.furniture(session, capacity=10))
    found, booking = lent(session, 6, lot)
    with clock.frozen(from_range(booking.during).start):
        note(session, found.lister, booking.id, K.OUT)
    with clock.frozen(builders.at(5)):
        note(session, found.lister, booking.id, K.BACK, 2, condition="En repa")
        (unit_id,) = queries.amounts_of_one(session, booking)
        with pytest.raises(CapacityExceeded):
            take(session, [Wanted(unit_id, 7, builders.days(5, 10))], ClaimSource.OWNER)
        take(session, [Wanted(unit_id, 6, builders.days(5, 10))], ClaimSource.OWNER)


def test_what_is_handed_over_before_its_time_is_taken_from_then_on(session: Session) -> None:
    found, booking = lent(session, 6)
    with clock.frozen(from_range(booking.during).start - timedelta(hours=9)):
        note(session, found.lister, booking.id, K.OUT, 4)
        assert taken_now(session, booking) == {ClaimSource.BOOKING: 4}
        note(session, found.lister, booking.id, K.BACK, 1)
        assert taken_now(session, booking) == {ClaimSource.BOOKING: 3}
    with clock.frozen(from_range(booking.during).start):
        assert taken_now(session, booking) == {ClaimSource.BOOKING: 5}


def test_what_somebody_else_has_is_not_handed_over(session: Session) -> None:
    """Of ten chairs six are lent until tomorrow, and eight from then on."""
    lot = builders.offer(session, builders.furniture(session, capacity=10))
    first, early = lent(session, 6, lot, builders.days(1, 2))
    second, late = lent(session, 8, lot, builders.days(2, 9))
    with clock.frozen(builders.at(1, 12)):
        note(session, first.lister, early.id, K.OUT)
        with pytest.raises(Conflict) as reserved:
            note(session, second.lister, late.id, K.OUT)
        assert reserved.value.code == "reserved"
        assert "may be asked" in str(reserved.value)
        note(session, second.lister, late.id, K.OUT, 4)  # so many are there
    with clock.frozen(builders.at(2, 12)):
        with pytest.raises(Conflict) as missing:  # it is late, and nothing is claimed for it any more
            note(session, second.lister, late.id, K.OUT)
        assert missing.value.code == "still_out"
        note(session, first.lister, early.id, K.BACK)
        assert note(session, second.lister, late.id, K.OUT).amount == 4


def test_what_went_out_early_in_several_trips_is_counted_once(session: Session) -> None:
    """Of ten chairs two are out in two trips before their time: the other eight are there for whoever has these."""
    lot = builders.offer(session, builders.furniture(session, capacity=10))
    first, few = lent(session, 2, lot, builders.days(2, 9))
    second, most = lent(session, 8, lot, builders.days(2, 9))
    with clock.frozen(builders.at(1, 12)):
        note(session, first.lister, few.id, K.OUT, 1)
        note(session, first.lister, few.id, K.OUT, 1)
        assert note(session, second.lister, most.id, K.OUT).amount == 8


def test_what_is_lost_when_it_is_closed_nobody_else_gets(session: Session) -> None:
    """Of ten chairs three are lost; eight are promised to others on days 3 to 8: then two of the three are held."""
    lot = builders.offer(session, builders.furniture(session, capacity=10))
    found, booking = lent(session, 3, lot, builders.days(1, 2))
    lent(session, 8, lot, builders.days(3, 9))
    lost_at, third, ninth = builders.at(1, 12), builders.at(3), builders.at(9)
    with clock.frozen(lost_at):
        note(session, found.lister, booking.id, K.OUT)
        note(session, found.lister, booking.id, K.LOST)
        service.close(session, found.lister, booking.id)
        held = queries.counted_claims(session, booking.id, ClaimSource.OWNER)
    assert [(each.amount, from_range(each.during)) for each in held] == [
        (3, Interval(lost_at, third)),
        (2, Interval(third, ninth)),
        (3, Interval(ninth, None)),
    ]
    assert closed_periods(session, found.lister, lot.resource_id, lost_at) == []
    with pytest.raises(NotFound):  # else its owner could have it back without a movement
        reopen_period(session, found.lister, lot.resource_id, held[0].id)
    shown = queries.booking_view(session, found.requester, booking.id).claims
    assert not {each.claim.id for each in shown} & {each.id for each in held}


def test_what_is_given_away_in_part_is_free_again_for_the_rest(session: Session) -> None:
    lot = builders.offer(session, builders.furniture(session, capacity=10), terms=Terms.HAND_OVER)
    found, booking = lent(session, 6, lot, builders.days(1, None))
    with clock.frozen(builders.at(1)):
        note(session, found.lister, booking.id, K.OUT, 4)
        assert booking.state is S.HANDED_OVER
        with pytest.raises(Conflict, match="for good"):
            note(session, found.lister, booking.id, K.LOST, 1)
        service.close(session, found.lister, booking.id)
    with clock.frozen(builders.at(30)):
        assert taken_now(session, booking) == {ClaimSource.BOOKING: 4}


@pytest.mark.parametrize(
    ("out", "back", "hours", "expected"),
    [
        (0, 0, 1, []),  # never handed over
        (4, 0, -1, []),  # not due yet
        (4, 4, 1, []),
        (4, 3, 1, [("overdue", 1), ("not_back", 1)]),
        (2, 0, 1, [("overdue", 2), ("not_back", 2)]),
    ],
)
def test_what_is_not_back_in_time_is_told_to_both_sides_once(
    session: Session, loan: tuple[Deal, Booking], out: int, back: int, hours: int, expected: list[tuple[str, int]]
) -> None:
    found, booking = loan
    during = from_range(booking.during)
    for kind, amount in ((K.OUT, out), (K.BACK, back)):
        if amount:
            with clock.frozen(during.start + timedelta(hours=1)):
                note(session, found.lister, booking.id, kind, amount)
    for later in (0, 24):
        overdue.tell(session, during.limit + timedelta(hours=hours + later if hours > 0 else hours))
    told = session.scalars(
        select(Notice).where(col(Notice.code).in_(["overdue", "not_back"])).order_by(Notice.sequence)
    )
    assert [(each.code, each.facts["away"]) for each in told] == expected


def test_a_room_begins_and_is_over_as_a_whole(session: Session) -> None:
    found = deal(session, builders.offer(session, builders.space(session)))
    accept(session, found.lister, found.proposal)
    (booking,) = accept(session, found.requester, found.proposal).bookings
    with clock.frozen(from_range(booking.during).start):
        note(session, found.lister, booking.id, K.OUT)
        with pytest.raises(Conflict) as refused:
            note(session, found.lister, booking.id, K.LOST)
        assert refused.value.code == "not_carried"
        note(session, found.lister, booking.id, K.BACK)
    assert booking.state is S.RETURNED


def test_what_is_disputed_and_closed_without_having_come_back_is_lost(session: Session) -> None:
    found, booking = lent(session, 5)
    with clock.frozen(from_range(booking.during).start):
        note(session, found.lister, booking.id, K.OUT)
        note(session, found.lister, booking.id, K.BACK, 3)
        service.dispute(session, found.requester, booking.id, "missing")
        assert booking.state is S.DISPUTED
        service.close(session, found.coordinator, booking.id)
        assert queries.ledger(session, booking).lost == 2
        assert taken_now(session, booking) == {ClaimSource.OWNER: 2}


def test_the_borrower_notes_nothing(session: Session) -> None:
    found, booking = lent(session)
    with clock.frozen(from_range(booking.during).start), pytest.raises(NotAllowed):
        note(session, found.requester, booking.id, K.OUT)


def test_movements_are_only_added(engine: Engine) -> None:
    with db.unit_of_work() as session:
        found, booking = lent(session, when=Interval(clock.now() + timedelta(minutes=1), builders.at(9)))
        note(session, found.lister, booking.id, K.OUT)
    with pytest.raises(ProgrammingError, match="permission denied"), db.unit_of_work() as session:
        session.execute(delete(Movement))


def test_of_two_who_hand_over_the_same_thing_at_once_one_does(engine: Engine) -> None:
    """Two bookings of the only one, each from tomorrow on a day of its own; two people at the counter today."""
    with db.unit_of_work() as session:
        lot = builders.offer(session, builders.furniture(session, capacity=1))
        begins = clock.now() + timedelta(minutes=5)
        first = lent(session, 1, lot, Interval(begins, builders.at(2)))
        second = lent(session, 1, lot, Interval(builders.at(2), builders.at(3)))
    barrier = Barrier(2)

    def handed_over(actor: Actor, booking: Booking) -> str:
        barrier.wait()
        try:
            with clock.frozen(builders.at(1, 12)), db.unit_of_work() as other:
                note(other, actor, booking.id, K.OUT)
        except Conflict as refused:
            return refused.code
        return "out"

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(lambda deal_: handed_over(deal_[0].lister, deal_[1]), (first, first)))
    assert sorted(outcomes) == ["nothing_left", "out"]
    with db.unit_of_work() as session:
        assert len(session.scalars(select(Movement)).all()) == 1
        with clock.frozen(builders.at(1, 13)), pytest.raises(Conflict) as refused:
            note(session, second[0].lister, second[1].id, K.OUT)
        assert refused.value.code == "reserved"


def test_at_hand_comes_first_what_is_out_or_may_go_out(session: Session) -> None:
    """Of ten chairs: two that nobody fetched, two out, one agreed for now, one for later; five are on a page."""
    lot = builders.offer(session, builders.furniture(session, capacity=10))
    times = {"a": (1, 2), "b": (2, 3), "out": (3, 20), "late": (4, 6), "now": (7, 9), "later": (30, 40)}
    made = {name: lent(session, 1, lot, builders.days(*when)) for name, when in times.items()}
    for name in ("out", "late"):
        found, booking = made[name]
        with clock.frozen(from_range(booking.during).start):
            note(session, found.lister, booking.id, K.OUT)
    names = {booking.id: name for name, (_deal, booking) in made.items()}
    with clock.frozen(builders.at(8)):
        pages = [queries.at_hand(session, made["a"][0].lister, lot.resource_id, page) for page in (1, 2)]
    shown = [[names[view.booking.id] for view in page.items] for page in pages]
    assert shown == [["out", "late", "now", "later", "a"], ["b"]]
    assert pages[0].total == 6
