"""What the owner of a wish says of a need that fits: not for me, or that HR is to be asked; and taking that back.

Asking makes an ordinary capacity card, offered for that need alone, to which the employee has said yes by asking. From
there on HR and the manager do with it as with every card; see `marketplace.cards`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from competence.approvals import service as approvals
from competence.approvals.models import Approver, Channel
from competence.approvals.service import Yes
from competence.models import StaffCapacity
from competence.service import describe_staff
from core.actor import Actor, Permission, Role
from core.errors import Conflict, StateChanged
from core.limits import LONGEST_NAME
from core.time.interval import Interval, from_range, overlaps
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import LIVE
from marketplace.cards.approving import covered, held_card, take_back
from marketplace.mobility import queries
from marketplace.mobility.models import InterestState, MobilityInterest, MobilityWish
from marketplace.mobility.rules import INTEREST, UNDER_WAY
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.offers.models import Offer, OfferState, Visibility
from marketplace.offers.queries import offers_of
from marketplace.offers.rules import OFFER, OfferDraft
from marketplace.offers.service import add_offer
from marketplace.organisations import queries as organisations
from resources.drafts import ResourceDraft
from resources.families.staff import StaffFacts, StaffKind, StaffTime
from resources.models import Resource
from resources.service import add_resource

FAMILY = "staff"


@dataclass(frozen=True)
class Chance:
    """A need as a card for it would say it: what it is called, how much, when, where, or at a distance."""

    need_id: UUID
    title: str
    percent: int
    during: Interval
    municipality_codes: tuple[str, ...]
    remote: bool


def dismiss(session: Session, wish: MobilityWish, need_id: UUID) -> MobilityInterest:
    """Note that the owner of a wish, which is locked, does not want to see a need; StateChanged if it is asked for."""
    return _said(session, wish, need_id, InterestState.DISMISSED)


def show_again(session: Session, wish: MobilityWish, need_id: UUID) -> None:
    """Let a need be shown again that was dismissed; StateChanged where it was not."""
    row = queries.interest(session, wish.id, need_id)
    if row is not None and row.state is not InterestState.DISMISSED:  # what HR is asked about is not withdrawn so
        raise StateChanged(INTEREST.entity, row.id, row.state.value, InterestState.WITHDRAWN.value)
    if row is not None:
        INTEREST.move(session, None, row.id, InterestState.WITHDRAWN)


def ask(session: Session, actor: Actor, wish: MobilityWish, chance: Chance) -> MobilityInterest:
    """Make a card of a wish, which is locked, for one need, with the employee's yes, and ask HR; asked twice it is one.

    Raises
    ------
    Conflict
        ``nobody_in_hr``: nobody else there could answer. ``card_offered``: another card of the actor's is offered or
        lent in that time. StateChanged: it was declined.
    """
    row = queries.interest(session, wish.id, chance.need_id)
    if row is not None and row.state in UNDER_WAY:
        return row
    _check_hr(session, actor)
    _check_free(session, actor, chance.during)
    row = _said(session, wish, chance.need_id, InterestState.ASKED)
    offer = _card(session, actor, wish, chance)
    row.offer_id = offer.id
    session.flush()
    home, hr = {actor.organisation_id}, Permission.NOTE_APPROVAL
    unit = actor.department or ""
    notify(session, home, NoticeCode.WISH_ASKED, "offer", offer.id, permission=hr, department=unit)
    return row


def withdraw(session: Session, wish: MobilityWish, need_id: UUID) -> None:
    """Take back that HR was asked about a need: nobody finds the card, and what waits for an answer ends."""
    row = queries.interest(session, wish.id, need_id)
    if row is not None and row.state in UNDER_WAY:
        end(session, row, InterestState.WITHDRAWN)


def let_go(session: Session, wish_id: UUID, to: InterestState) -> None:
    """End all that something may still come of by a wish."""
    for row in queries.under_way(session, wish_id):
        end(session, row, to)


def end(session: Session, row: MobilityInterest, to: InterestState) -> None:
    """End what HR was asked about, and with it the card: its offer closes, and what waits for an answer ends."""
    INTEREST.move(session, None, row.id, to)
    resource_id = card_of(session, row.offer_id)
    if resource_id is None or to is InterestState.AGREED:
        return
    take_back(session, None, session.get_one(Resource, resource_id), Approver.EMPLOYEE)
    open_ = [each.id for each in offers_of(session, [resource_id]) if each.state is not OfferState.CLOSED]
    OFFER.move_all(session, None, open_, OfferState.CLOSED)


def card_of(session: Session, offer_id: UUID | None) -> UUID | None:
    """Return the card that is offered so."""
    return session.get_one(Offer, offer_id).resource_id if offer_id else None


def _said(session: Session, wish: MobilityWish, need_id: UUID, to: InterestState) -> MobilityInterest:
    row = queries.interest(session, wish.id, need_id)
    if row is None:
        row = MobilityInterest(wish_id=wish.id, need_id=need_id, state=to)
        session.add(row)
        INTEREST.begin(session, None, row, to)
        session.flush()
    elif row.state is not to:
        INTEREST.move(session, None, row.id, to)
        session.refresh(row)
    return row


def _check_hr(session: Session, actor: Actor) -> None:
    where = actor.organisation_id, actor.department
    others = [each for each in organisations.holders(session, Role.HR, [where[0]]) if each.member_id != actor.member_id]
    if not any(each.may(Permission.NOTE_APPROVAL, *where) for each in others):
        raise Conflict(
            "nobody_in_hr", "Nobody else in your organisation has the role HR here. Talk to whoever is your HR."
        )


def _check_free(session: Session, actor: Actor, during: Interval) -> None:
    """Refuse a second card of the same person for the same days: each could be lent whole.

    The member is locked, so that of two wishes that ask at once the second finds the card of the first.
    """
    session.refresh(organisations.member(session, actor.member_id), with_for_update=True)
    own = select(col(StaffCapacity.resource_id)).where(col(StaffCapacity.member_id) == actor.member_id)
    offered = [each for each in offers_of(session, session.scalars(own).all()) if _overlaps(each, during)]
    lent = select(Booking).where(col(Booking.offer_id).in_([each.id for each in offered]))
    booked = session.scalars(lent.where(col(Booking.state).in_(LIVE))).all()
    if any(each.state is not OfferState.CLOSED for each in offered) or any(_overlaps(each, during) for each in booked):
        raise Conflict(
            "card_offered",
            "A card of yours is offered or lent in that time already. Talk to HR, so that you are not lent twice.",
        )


def _overlaps(row: Offer | Booking, during: Interval) -> bool:
    return overlaps([from_range(row.during)], [during])


def _card(session: Session, actor: Actor, wish: MobilityWish, chance: Chance) -> Offer:
    """Return the offer of a card that says what the need asks for of the wish, with the employee's yes.

    The system makes it: what is written down of things names whoever made them, and an employee lists nothing.
    """
    facts = StaffFacts(
        extent_percent=chance.percent,
        remote=chance.remote,
        municipality_codes=chance.municipality_codes,
        languages=frozenset(wish.languages),
        skills=wish.skills,
    )
    name = _free_name(session, actor.organisation_id, chance.title)
    draft = ResourceDraft(family=FAMILY, kind=StaffKind.STAFF, name=name, facts=StaffTime(chance.percent))
    resource, _ = add_resource(session, None, draft, actor.organisation_id, department=actor.department)
    describe_staff(session, None, resource, facts)
    offered = OfferDraft(during=chance.during, visibility=Visibility.ORGANISATION)
    offer = add_offer(session, None, resource, (), offered, state=OfferState.OPEN)
    offer.for_need_id = chance.need_id
    held = held_card(session, resource.id)
    held.row.member_id = actor.member_id
    session.flush()
    said = Yes(Approver.EMPLOYEE, covers=covered(session, resource.id), channel=Channel.SIGNED_IN)
    approvals.say_yes(session, actor, resource, held, said)
    return offer


def _free_name(session: Session, organisation_id: UUID, title: str) -> str:
    """Return what a card for a need is called, with a number where something is called so already."""
    begun = title[: LONGEST_NAME - 5]
    named = select(col(Resource.name)).where(col(Resource.organisation_id) == organisation_id)
    taken = set(session.scalars(named.where(col(Resource.name).startswith(begun, autoescape=True))))
    numbered: Mapping[int, str] = {n: f"{begun} {n}" for n in range(2, len(taken) + 2)}
    return next(each for each in (begun, *numbered.values()) if each not in taken)
