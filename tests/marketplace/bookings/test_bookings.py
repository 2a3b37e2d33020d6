"""What each side may do with a booking, and what follows from it."""

import pytest
from sqlalchemy import select
from sqlmodel import Session

from api.schemas.agreements.bookings import ContactOut, booking_out
from core.errors import BadInput, Conflict, NotAllowed, NotFound, VersionChanged
from core.time import clock
from core.time.interval import from_range
from marketplace.bookings import queries, service
from marketplace.bookings.ledger import MovementKind
from marketplace.bookings.models import Booking, BookingKind, BookingState
from marketplace.bookings.movements import note
from marketplace.bookings.queries import BookingSearch, booking_view, bookings_page
from marketplace.bookings.rules import BookingRole, possible_movements, possible_moves
from marketplace.offers.models import Offer, PriceBasis, Terms
from marketplace.organisations.models import Member
from marketplace.proposals.service import accept, approve
from marketplace.requests.models import NeedState, RequestState
from resources.models import Claim
from tests import builders
from tests.marketplace.proposals.deals import Deal, begin, deal, moves, told
from tests.marketplace.proposals.test_queries import counted

S, K = BookingState, MovementKind


def agreed(session: Session, *offers: Offer, **values: object) -> tuple[Deal, Booking]:
    found = deal(session, *offers, **values)
    accept(session, found.lister, found.proposal.id)
    return found, accept(session, found.requester, found.proposal.id).bookings[0]


def do(session: Session, actor, booking: Booking, to: BookingState) -> Booking:
    """Make a move with an ordinary reason where it needs one."""
    if to is S.CANCELLED:
        return service.cancel(session, actor, booking.id, "no_longer_needed")
    if to is S.DISPUTED:
        return service.dispute(session, actor, booking.id, "damaged", "Repa i bordet")
    with clock.frozen(max(from_range(booking.during).start, clock.now())):
        if to is S.CLOSED:
            return service.close(session, actor, booking.id)
        note(session, actor, booking.id, K.OUT if to is S.HANDED_OVER else K.BACK)
        return booking


def possible(session: Session, actor, booking: Booking) -> set[BookingState]:
    """Return where the actor may move it, itself or by what moves of it."""
    noted = possible_movements(actor, booking, {}, queries.ledger(session, booking))
    moved = {K.OUT: S.HANDED_OVER, K.BACK: S.RETURNED}
    return {*possible_moves(actor, booking, {}), *(moved[kind] for kind in noted if kind in moved)}


def counting(session: Session, booking: Booking) -> list[Claim]:
    found = select(Claim).where(Claim.booking_id == booking.id, Claim.released_at.is_(None))
    return list(session.scalars(found.execution_options(populate_existing=True)))


def test_the_whole_way_of_a_loan_by_its_lender(session: Session) -> None:
    found, booking = agreed(session)
    for to in (S.HANDED_OVER, S.RETURNED, S.CLOSED):
        assert do(session, found.lister, booking, to).state is to
    assert moves(session, booking, "booking") == [
        (None, "agreed", None),
        ("agreed", "handed_over", None),
        ("handed_over", "returned", None),
        ("returned", "closed", None),
    ]
    assert booking.version == 4


@pytest.mark.parametrize(
    ("way", "wrong"),
    [
        ([], S.RETURNED),
        ([], S.CLOSED),
        ([], S.DISPUTED),
        ([S.HANDED_OVER], S.CANCELLED),
        ([S.HANDED_OVER], S.HANDED_OVER),
        ([S.HANDED_OVER, S.RETURNED], S.HANDED_OVER),
        ([S.HANDED_OVER, S.RETURNED, S.CLOSED], S.DISPUTED),
        ([S.CANCELLED], S.HANDED_OVER),
        ([S.CANCELLED], S.CANCELLED),
    ],
)
def test_moves_that_do_not_follow(session: Session, way: list[BookingState], wrong: BookingState) -> None:
    found, booking = agreed(session)
    for to in way:
        do(session, found.lister, booking, to)
    with pytest.raises(Conflict) as refused:
        do(session, found.lister, booking, wrong)
    assert refused.value.code in {"state_changed", "nothing_out", "nothing_left"}


def test_a_loan_has_to_come_back_before_it_is_closed(session: Session) -> None:
    found, booking = agreed(session)
    do(session, found.lister, booking, S.HANDED_OVER)
    with pytest.raises(Conflict) as refused:
        service.close(session, found.lister, booking.id)
    assert refused.value.code == "not_returned"


def test_nothing_goes_out_or_comes_back_before_its_time(session: Session) -> None:
    found, booking = agreed(session)  # begins in 14 days at 09
    with clock.frozen(builders.at(12, 23, 59)), pytest.raises(Conflict) as early:
        note(session, found.lister, booking.id, K.OUT)
    assert early.value.code == "too_early"
    assert S.HANDED_OVER not in possible(session, found.lister, booking)
    with clock.frozen(builders.at(13)):
        assert S.HANDED_OVER in possible(session, found.lister, booking)
        note(session, found.lister, booking.id, K.OUT)
    with clock.frozen(builders.at(14, 8, 59)), pytest.raises(Conflict) as before:
        note(session, found.lister, booking.id, K.BACK)
    assert before.value.code == "not_begun"
    with clock.frozen(builders.at(14, 9)):
        note(session, found.lister, booking.id, K.BACK)
        assert booking.state is S.RETURNED


def test_what_is_handed_over_for_good_never_comes_back(session: Session) -> None:
    lot = builders.offer(session, builders.furniture(session), terms=Terms.HAND_OVER)
    found, booking = agreed(session, lot, when=[builders.days(1, None)], amount=12)
    do(session, found.lister, booking, S.HANDED_OVER)
    with pytest.raises(Conflict) as refused:
        note(session, found.lister, booking.id, K.BACK)
    assert refused.value.code == "not_for_return"
    do(session, found.lister, booking, S.CLOSED)
    (claim,) = counting(session, booking)
    assert claim.during.upper is None


@pytest.mark.parametrize(
    ("way", "to", "borrower_may"),
    [
        ([], S.HANDED_OVER, False),
        ([], S.CANCELLED, True),
        ([S.HANDED_OVER], S.RETURNED, False),
        ([S.HANDED_OVER], S.DISPUTED, True),
        ([S.HANDED_OVER, S.RETURNED], S.CLOSED, False),
        ([S.HANDED_OVER, S.DISPUTED], S.CLOSED, False),
    ],
)
def test_what_the_borrower_and_a_coordinator_may_do(
    session: Session, way: list[BookingState], to: BookingState, borrower_may: bool
) -> None:
    found, booking = agreed(session)
    for step in way:
        do(session, found.lister, booking, step)
    with clock.frozen(from_range(booking.during).start):
        assert (to in possible(session, found.requester, booking)) == borrower_may
        assert to in possible(session, found.coordinator, booking)
    if borrower_may:
        assert do(session, found.requester, booking, to).state is to
    else:
        with pytest.raises(NotAllowed):
            do(session, found.requester, booking, to)
        assert do(session, found.coordinator, booking, to).state is to


def test_the_lender_does_not_close_what_is_disputed(session: Session) -> None:
    found, booking = agreed(session)
    for to in (S.HANDED_OVER, S.DISPUTED):
        do(session, found.lister, booking, to)
    with pytest.raises(NotAllowed) as refused:
        service.close(session, found.lister, booking.id)
    assert refused.value.code == "not_coordinator"
    assert not possible(session, found.lister, booking)


def test_the_role_counts_and_not_only_the_organisation(session: Session) -> None:
    found, booking = agreed(session)
    colleague = builders.actor(session, builders.home_of(session, found.offers[0]), roles=["requester"])
    with pytest.raises(NotAllowed):
        note(session, colleague, booking.id, K.OUT)


def test_a_stranger_knows_of_no_booking(session: Session) -> None:
    _, booking = agreed(session)
    stranger = builders.actor(session)
    with pytest.raises(NotFound):
        service.cancel(session, stranger, booking.id, "no_longer_needed")
    with pytest.raises(NotFound):
        booking_view(session, stranger, booking.id)
    assert bookings_page(session, stranger, BookingSearch()).total == 0


def test_a_booking_that_was_changed_since_it_was_read_is_not_moved(session: Session) -> None:
    found, booking = agreed(session)
    begin(session, booking)
    note(session, found.lister, booking.id, K.OUT, if_version=1)
    with pytest.raises(VersionChanged):
        note(session, found.lister, booking.id, K.BACK, if_version=1)


def test_cancelling_releases_and_opens_the_need(session: Session) -> None:
    found, booking = agreed(session)
    service.cancel(session, found.requester, booking.id, "no_longer_needed", "Projektet är inställt")
    assert counting(session, booking) == []
    session.refresh(found.needs[0])
    session.refresh(found.request)
    assert found.needs[0].state is NeedState.OPEN
    assert found.request.state is RequestState.OPEN
    assert moves(session, booking, "booking")[-1] == ("agreed", "cancelled", "no_longer_needed")
    assert told(session, found.lister)[-1] == told(session, found.requester)[-1] == "cancelled"
    # What was released can be booked by somebody else.
    assert agreed(session, *found.offers)[1].state is S.AGREED


def test_a_need_that_several_bookings_serve_opens_with_the_last(session: Session) -> None:
    home = builders.site(session)
    lots = [builders.offer(session, builders.furniture(session, home)) for _ in range(2)]
    member = builders.member(session)
    need = builders.need(session, builders.request(session, member), family="furniture", parts=2, amount=20)
    made = builders.approved(session, *[(need, lot) for lot in lots], amount=10)
    lister = builders.actor(session, builders.home_of(session, lots[0]))
    requester = builders.actor_of(session, member)
    accept(session, lister, made.id)
    first, second = accept(session, requester, made.id).bookings
    service.cancel(session, lister, first.id, "no_longer_available")
    session.refresh(need)
    assert need.state is NeedState.AGREED
    service.cancel(session, lister, second.id, "no_longer_available")
    session.refresh(need)
    assert need.state is NeedState.OPEN


def test_what_comes_back_early_is_free_from_then_on(session: Session) -> None:
    dates = [builders.days(14, 15), builders.days(21, 22), builders.days(28, 29)]
    found, booking = agreed(session, when=dates)
    do(session, found.lister, booking, S.HANDED_OVER)
    with clock.frozen(builders.at(21, 12)):
        note(session, found.lister, booking.id, K.BACK)
    left = sorted((from_range(claim.during) for claim in counting(session, booking)), key=lambda one: one.start)
    assert left == [builders.days(14, 15), builders.Interval(builders.at(21), builders.at(21, 12))]


def test_a_loan_without_an_end_ends_when_it_comes_back(session: Session) -> None:
    found, booking = agreed(session, when=[builders.days(1, None)])
    note(session, found.lister, booking.id, K.OUT)
    with clock.frozen(builders.at(50)):
        note(session, found.lister, booking.id, K.BACK)
    (claim,) = counting(session, booking)
    assert claim.during.upper == builders.at(50)


def test_what_is_disputed_before_it_came_back_is_free_when_closed(session: Session) -> None:
    found, booking = agreed(session, when=[builders.days(1, None)])
    for to in (S.HANDED_OVER, S.DISPUTED):
        do(session, found.requester if to is S.DISPUTED else found.lister, booking, to)
    assert told(session, found.lister)[-1] == "disputed"
    with clock.frozen(builders.at(50)):
        service.close(session, found.coordinator, booking.id)
    assert counting(session, booking)[0].during.upper == builders.at(50)


@pytest.mark.parametrize("use_case", [service.cancel, service.dispute])
@pytest.mark.parametrize(("code", "words", "field"), [("because", "", "code"), ("other", "", "words")])
def test_a_reason_is_from_the_list_or_in_words(session: Session, use_case, code: str, words: str, field: str) -> None:
    found, booking = agreed(session)
    with pytest.raises(BadInput) as refused:
        use_case(session, found.lister, booking.id, code, words)
    assert refused.value.parameters[0].property == field


def test_each_side_and_coordinators_see_it_and_lists_narrow(session: Session) -> None:
    found, booking = agreed(session)
    for actor in (found.lister, found.requester, found.coordinator):
        assert booking_view(session, actor, booking.id).booking.id == booking.id

    def seen(actor, **search: object) -> int:
        return bookings_page(session, actor, BookingSearch(**search)).total

    assert seen(found.lister, part=BookingRole.LENDER) == seen(found.requester, part=BookingRole.BORROWER) == 1
    assert seen(found.lister, part=BookingRole.BORROWER) == 0
    assert seen(found.lister, state=S.AGREED) == 1
    assert seen(found.lister, state=S.CLOSED) == 0
    assert seen(found.coordinator, request_id=found.request.id) == 1


def test_a_view_names_everything(session: Session) -> None:
    found, booking = agreed(session)
    view = booking_view(session, found.requester, booking.id)
    assert view.lender.id == found.lister.organisation_id
    assert view.borrower.id == found.requester.organisation_id
    assert view.proposal_id == found.proposal.id
    assert view.need.id == found.needs[0].id
    assert [one.claim.during for one in view.claims] == [booking.during]


def test_what_is_over_comes_last_and_what_begins_first_comes_first(session: Session) -> None:
    def of(first: int) -> tuple[Deal, Booking]:
        return agreed(session, when=[builders.days(first, first + 1)])

    (_, late), (_, soon), (found, over) = of(20), of(10), of(5)
    service.cancel(session, found.lister, over.id, "no_longer_available")
    listed = [view.booking.id for view in bookings_page(session, found.coordinator, BookingSearch()).items]
    assert listed == [soon.id, late.id, over.id]


def test_a_list_of_many_takes_as_many_queries_as_one_of_one(session: Session) -> None:
    found, _ = agreed(session)
    with counted(session) as of_one:
        bookings_page(session, found.coordinator, BookingSearch())
    for _ in range(5):
        agreed(session)
    session.expire_all()
    with counted(session) as of_six:
        assert bookings_page(session, found.coordinator, BookingSearch()).total == 6
    assert len(of_six) == len(of_one) <= 9


@pytest.mark.parametrize("when", ["proposed", "approved", "agreed"])
def test_a_later_change_of_the_offer_touches_neither_price_nor_kind(session: Session, when: str) -> None:
    lot = builders.offer(
        session, builders.furniture(session), price_basis="fixed", price_sek=100, conditions="Bär själva"
    )
    found = deal(session, lot, approved=False)

    def make_dear() -> None:
        lot.price_basis, lot.price_sek, lot.terms, lot.conditions = PriceBasis.HOUR, 5000, Terms.HAND_OVER, "Nytt"
        session.flush()

    if when == "proposed":
        make_dear()
    approve(session, found.coordinator, found.proposal.id)
    accept(session, found.requester, found.proposal.id)
    if when == "approved":
        make_dear()
    (made,) = accept(session, found.lister, found.proposal.id).bookings
    make_dear()
    view = booking_view(session, found.requester, made.id)
    assert (view.cost_sek, view.booking.kind) == (100, BookingKind.ITEM_LOAN)
    assert (view.line.price_sek, view.line.conditions) == (100, "Bär själva")


def disputed(session: Session, *way: BookingState) -> tuple[Deal, Booking]:
    found, booking = agreed(session)
    for to in (S.HANDED_OVER, *way):
        do(session, found.requester if to is S.DISPUTED else found.lister, booking, to)
    return found, booking


def test_damage_is_told_to_coordinators_and_what_is_lent_comes_back_all_the_same(session: Session) -> None:
    found, booking = disputed(session, S.DISPUTED)
    assert told(session, found.coordinator)[-1] == "disputed"
    assert do(session, found.lister, booking, S.RETURNED).state is S.RETURNED
    assert booking.returned_at is not None
    assert booking.disputed_at is not None
    with pytest.raises(NotAllowed):
        service.close(session, found.lister, booking.id)
    assert S.CLOSED in possible(session, found.coordinator, booking)
    assert do(session, found.coordinator, booking, S.CLOSED).state is S.CLOSED


def test_what_has_come_back_before_it_is_disputed_does_not_come_back_twice(session: Session) -> None:
    found, booking = disputed(session, S.RETURNED, S.DISPUTED)
    with clock.frozen(from_range(booking.during).start):
        assert S.RETURNED not in possible(session, found.lister, booking)
        with pytest.raises(Conflict) as refused:
            note(session, found.lister, booking.id, K.BACK)
    assert refused.value.code == "already_returned"


def test_both_sides_read_whom_to_call(session: Session) -> None:
    offer = builders.offer(session)
    answers = builders.member(session, builders.home_of(session, offer))
    offer.member_id = answers.id
    found, booking = agreed(session, offer)
    asked = session.get_one(Member, found.request.member_id)
    for actor in (found.lister, found.requester, found.coordinator):
        shown = booking_out(booking_view(session, actor, booking.id))
        assert shown.lender_contact == ContactOut(name=answers.name, email=answers.email)
        assert shown.borrower_contact == ContactOut(name=asked.name, email=asked.email)
    answers.active = False
    session.flush()
    accepted = session.get_one(Member, found.lister.member_id)
    contact = booking_out(booking_view(session, found.requester, booking.id)).lender_contact
    assert contact == ContactOut(name=accepted.name, email=accepted.email), "whoever said yes in their place"


def test_of_an_offer_from_a_file_whoever_accepted_is_to_be_called(session: Session) -> None:
    found, booking = agreed(session, builders.offer(session, member_id=None))
    accepted, asked = (session.get_one(Member, actor.member_id) for actor in (found.lister, found.requester))
    for actor in (found.lister, found.requester):
        shown = booking_out(booking_view(session, actor, booking.id))
        assert shown.lender_contact == ContactOut(name=accepted.name, email=accepted.email)
        assert shown.borrower_contact == ContactOut(name=asked.name, email=asked.email)
    accepted.active = False
    session.flush()
    assert booking_out(booking_view(session, found.requester, booking.id)).lender_contact is None, "nobody is left"
