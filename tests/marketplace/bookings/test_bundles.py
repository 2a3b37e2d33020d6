"""What becomes of needs that belong together when the booking of one is cancelled."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from core.actor import Actor
from core.errors import Conflict, NotAllowed, NotFound
from core.time import clock
from core.time.interval import from_range
from marketplace.bookings import bundles, service
from marketplace.bookings.models import Booking, BookingState, BundleDecision, BundleState
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode
from marketplace.planning import service as planning
from marketplace.proposals.service import accept
from marketplace.requests.models import NeedState, RequestState
from marketplace.runs.models import MatchingRun, RunKind
from marketplace.views.request import request_view
from tests import builders
from tests.marketplace.proposals.deals import Deal, deal

B = BundleState


def broken(session: Session, **values: Any) -> tuple[Deal, Actor, list[Booking]]:
    """Return a bundle of two lenders, of which the second has cancelled."""
    found = deal(session, builders.offer(session), builders.offer(session), **values)
    other = builders.actor(session, builders.home_of(session, found.offers[1]))
    for actor in (found.lister, other):
        accept(session, actor, found.proposal.id)
    made = list(accept(session, found.requester, found.proposal.id).bookings)
    second = next(booking for booking in made if booking.lender_id == other.organisation_id)
    service.cancel(session, other, second.id, "no_longer_available")
    return found, other, sorted(made, key=lambda booking: booking.id == second.id)


def waiting(session: Session) -> list[BundleDecision]:
    return [each for each in session.exec(select(BundleDecision)).all() if each.state is B.WAITING]


def told(session: Session, code: NoticeCode) -> set[tuple[str, Any]]:
    session.flush()
    return {(each.entity, each.organisation_id) for each in session.exec(select(Notice)).all() if each.code == code}


def states(session: Session, found: Deal) -> tuple[RequestState, list[NeedState]]:
    session.expire_all()
    return found.request.state, [need.state for need in found.needs]


def test_the_one_who_asked_has_to_decide_in_time_and_all_parties_know(session: Session) -> None:
    found, other, (kept, _) = broken(session)
    [decision] = waiting(session)
    start = from_range(kept.during).start
    assert decision.decide_by == min(start, decision.created_at + timedelta(days=5)) or decision.decide_by <= start
    assert decision.decide_by > clock.now()
    assert told(session, NoticeCode.BUNDLE_BROKEN) == {
        ("request", found.requester.organisation_id),
        ("booking", found.lister.organisation_id),
        ("booking", other.organisation_id),
    }
    assert states(session, found)[0] is RequestState.PARTLY_AGREED
    view = request_view(session, found.requester, found.request.id)
    assert view.bundle is not None
    assert view.bundle.state is B.WAITING


def test_kept_the_rest_is_all_there_is(session: Session) -> None:
    found, _, (kept, _) = broken(session)
    planning.decide_bundle(session, found.requester, found.request.id, B.KEPT)
    assert states(session, found) == (RequestState.AGREED, [NeedState.AGREED, NeedState.DROPPED])
    assert not found.request.together
    assert kept.state is BookingState.AGREED
    assert len(told(session, NoticeCode.BUNDLE_DECIDED)) == 3


def test_replaced_it_is_looked_for_at_once(session: Session) -> None:
    found, _, (kept, _) = broken(session)
    planning.decide_bundle(session, found.requester, found.request.id, B.REPLACED)
    assert states(session, found) == (RequestState.PARTLY_AGREED, [NeedState.AGREED, NeedState.OPEN])
    runs = session.exec(select(MatchingRun).where(MatchingRun.kind == RunKind.LOCAL)).all()
    assert [run.request_id for run in runs] == [found.request.id]
    assert kept.state is BookingState.AGREED
    assert not waiting(session)


def test_cancelled_nothing_is_held_and_all_is_open_again(session: Session) -> None:
    found, _, (kept, _) = broken(session)
    planning.decide_bundle(session, found.coordinator, found.request.id, B.CANCELLED)
    assert states(session, found) == (RequestState.OPEN, [NeedState.OPEN, NeedState.OPEN])
    session.refresh(kept)
    assert kept.state is BookingState.CANCELLED
    assert found.request.together
    # What was released can be booked by somebody else.
    again = deal(session, found.offers[0])
    accept(session, again.lister, again.proposal.id)
    assert accept(session, again.requester, again.proposal.id).bookings


def test_without_an_answer_the_rest_is_kept(session: Session) -> None:
    found, _, (kept, _) = broken(session)
    [decision] = waiting(session)
    bundles.end_due(session, decision.decide_by - timedelta(seconds=1))
    assert waiting(session)
    bundles.end_due(session, decision.decide_by)
    assert states(session, found) == (RequestState.AGREED, [NeedState.AGREED, NeedState.DROPPED])
    assert kept.state is BookingState.AGREED
    with pytest.raises(Conflict, match="Nothing has to be decided"):
        bundles.decide(session, found.requester, found.request.id, B.CANCELLED)


def test_what_is_out_is_not_cancelled(session: Session) -> None:
    found, _, (kept, _) = broken(session)
    kept.state = BookingState.HANDED_OVER
    session.flush()
    with pytest.raises(Conflict) as refused:
        bundles.decide(session, found.requester, found.request.id, B.CANCELLED)
    assert refused.value.code == "in_use"
    assert waiting(session)


def test_only_the_one_who_asked_or_a_coordinator_decides(session: Session) -> None:
    found, other, _ = broken(session)
    for someone in (other, builders.actor(session)):
        with pytest.raises((NotAllowed, NotFound)):
            bundles.decide(session, someone, found.request.id, B.KEPT)


def test_nobody_is_asked_where_nothing_belongs_together_or_nothing_is_left(session: Session) -> None:
    broken(session, together=False)
    assert not waiting(session)
    found = deal(session)
    accept(session, found.lister, found.proposal.id)
    [booking] = accept(session, found.requester, found.proposal.id).bookings
    service.cancel(session, found.lister, booking.id, "no_longer_available")
    assert not waiting(session)


def test_a_second_loss_asks_no_second_time(session: Session) -> None:
    found = deal(session, builders.offer(session), builders.offer(session), builders.offer(session))
    lenders = [builders.actor(session, builders.home_of(session, offer)) for offer in found.offers]
    for actor in lenders:
        accept(session, actor, found.proposal.id)
    made = accept(session, found.requester, found.proposal.id).bookings
    by_home = {booking.lender_id: booking for booking in made}
    for actor in lenders[:2]:
        service.cancel(session, actor, by_home[actor.organisation_id].id, "no_longer_available")
    assert len(waiting(session)) == 1
