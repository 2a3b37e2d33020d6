"""What becomes of needs that HR was asked about: somebody says no, the need is gone, or a loan is agreed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from competence.approvals.models import ApprovalState, Approver, CardApproval
from competence.approvals.queries import of_cards
from competence.models import StaffCapacity
from core.database.tables import any_of
from marketplace.bookings.models import Booking
from marketplace.mobility import interests, queries, wishes
from marketplace.mobility.models import InterestState, MobilityInterest, MobilityWish, WishState
from marketplace.mobility.rules import INTEREST, WISH
from marketplace.notices.rules import NoticeCode
from marketplace.offers.models import Offer, OfferState
from marketplace.proposals.refused import refused_pairs
from marketplace.requests.models import Need


@dataclass(frozen=True)
class Cards:
    """The cards that were made for needs, and what has come of them; asked for all at once."""

    offers: Mapping[UUID, Offer]
    rows: Mapping[UUID, StaffCapacity]
    said: Mapping[tuple[UUID, Approver], ApprovalState]
    """What each said last, or is asked, by the card."""
    booked: frozenset[UUID]
    refused: frozenset[tuple[UUID, UUID]]
    needs: Mapping[UUID, Need]
    asked_for: frozenset[UUID]


def follow(session: Session) -> list[UUID]:
    """Move what something has come of, tell its owner, and return of which requests a card may be proposed by now.

    As many queries however many interests nothing has come of.
    """
    requests, taken = [], set()
    found = queries.to_follow(session)
    cards = _cards(session, [row for row, _wish in found])
    for row, wish in found:
        to = None if wish.id in taken else _becomes(cards, row, wish)
        if to is InterestState.OFFERED:
            requests.append(cards.needs[row.need_id].request_id)
        if to in {InterestState.OFFERED, InterestState.ASKED}:
            INTEREST.move(session, None, row.id, to)
        elif to is not None:
            _ended(session, row, wish, to, cards.needs[row.need_id].title)
            if to is InterestState.AGREED:
                taken.add(wish.id)  # with which the others of it have ended
    return requests


def _ended(session: Session, row: MobilityInterest, wish: MobilityWish, to: InterestState, need: str) -> None:
    interests.end(session, row, to)
    if to is InterestState.AGREED and wish.state in WISH.sources(WishState.TAKEN):
        WISH.move(session, None, wish.id, WishState.TAKEN)
        interests.let_go(session, wish.id, InterestState.WITHDRAWN)
    wishes.tell(session, wish, NoticeCode.WISH_ENDED, to=to.value, need=need)


def _cards(session: Session, rows: Sequence[MobilityInterest]) -> Cards:
    offer_ids, need_ids = [each.offer_id for each in rows if each.offer_id], [each.need_id for each in rows]
    afresh = {"populate_existing": True}
    offers = session.scalars(select(Offer).where(any_of(col(Offer.id), offer_ids)), execution_options=afresh).all()
    resource_ids = [each.resource_id for each in offers]
    found = select(StaffCapacity).where(any_of(col(StaffCapacity.resource_id), resource_ids))
    booked = select(col(Booking.offer_id)).where(any_of(col(Booking.offer_id), offer_ids))
    return Cards(
        offers={each.id: each for each in offers},
        rows={each.resource_id: each for each in session.scalars(found, execution_options=afresh)},
        said=_last(of_cards(session, resource_ids)),
        booked=frozenset(session.scalars(booked)),
        refused=frozenset(refused_pairs(session, need_ids)),
        needs={each.id: each for each in session.scalars(select(Need).where(any_of(col(Need.id), need_ids)))},
        asked_for=frozenset(queries.asked_for(session, need_ids)),
    )


def _last(said: Sequence[CardApproval]) -> dict[tuple[UUID, Approver], ApprovalState]:
    return {(each.resource_id, each.who): each.state for each in reversed(said)}


def _becomes(cards: Cards, row: MobilityInterest, wish: MobilityWish) -> InterestState | None:
    """Return what has become of it, nothing where it is as it was."""
    offer = cards.offers.get(row.offer_id) if row.offer_id else None
    if offer is None:
        return None
    card = cards.rows[offer.resource_id]
    if offer.id in cards.booked:
        return InterestState.AGREED
    if card.member_id != wish.member_id or not _agrees(cards, card.resource_id):
        return InterestState.WITHDRAWN
    if (row.need_id, offer.id) in cards.refused or _is_declined(cards, offer):
        return InterestState.DECLINED
    if row.need_id not in cards.asked_for:
        return InterestState.LAPSED
    to = InterestState.OFFERED if card.approved_during and offer.state is OfferState.OPEN else InterestState.ASKED
    return to if to is not row.state else None


def _agrees(cards: Cards, resource_id: UUID) -> bool:
    """Tell whether the employee says yes, or is asked anew as the card says something else."""
    last = cards.said.get((resource_id, Approver.EMPLOYEE))
    return last is not None and last not in {ApprovalState.DECLINED, ApprovalState.WITHDRAWN}


def _is_declined(cards: Cards, offer: Offer) -> bool:
    """Tell whether the manager has declined and nobody is asked since, or HR has closed the offer."""
    declined = cards.said.get((offer.resource_id, Approver.MANAGER)) is ApprovalState.DECLINED
    return declined or offer.state is OfferState.CLOSED
