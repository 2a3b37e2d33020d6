"""What an employee does with the card that is its own: reads it, agrees, declines, takes back, pauses."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from competence.approvals import service as approvals
from competence.approvals.models import ApprovalState, Approver, CardApproval, Channel
from competence.approvals.queries import of_cards
from competence.approvals.service import Yes
from competence.models import Skill, StaffCapacity
from competence.queries import HeldCard, held_cards, skills_of
from core.actor import Actor
from core.database.audit import latest_moves
from core.errors import NotFound
from marketplace.cards import withdrawing
from marketplace.cards.approving import (
    check_read,
    covered,
    held_card,
    offered_during,
    reading,
    runs_short,
    spanned,
    take_back,
)
from marketplace.cards.asking import tell_hr
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.queries import offers_of
from marketplace.offers.rules import OFFER
from resources.models import Resource

PAUSED, RESUMED = "paused_by_person", "resumed_by_person"
"""Of moves that name nobody: who reads what happened to an offer learns not whose card it is."""


@dataclass(frozen=True)
class MyCard:
    """One's own card: what it says, when it is offered, who says yes now and what was said before."""

    resource: Resource
    held: HeldCard
    skills: Sequence[tuple[Skill, int]]
    offers: Sequence[Offer]
    said: Sequence[CardApproval]

    def stands(self, who: Approver) -> CardApproval | None:
        """Return what is asked or given of one of the three."""
        of_theirs = [each for each in self.held.live if each.who == who]
        return max(of_theirs, key=lambda each: each.state is ApprovalState.GIVEN, default=None)

    @property
    def reading(self) -> str:
        """What tells whether it is still what its owner has read; see `check_read`."""
        return reading(self.held, spanned(self.offers))

    @property
    def asked(self) -> bool:
        """Whether the one whose card it is has not said yes yet."""
        stands = self.stands(Approver.EMPLOYEE)
        return stands is None or stands.state is ApprovalState.ASKED

    @property
    def runs_short(self) -> bool:
        """Whether its owner's yes ends before the card is offered no more, so that it may be said for longer."""
        stands = self.stands(Approver.EMPLOYEE)
        given = stands is not None and stands.state is ApprovalState.GIVEN
        return stands is not None and given and runs_short(stands, spanned(self.offers))


def my_cards(session: Session, actor: Actor) -> list[MyCard]:
    """Return the cards that are the actor's, by name."""
    own = select(Resource).join(StaffCapacity, col(StaffCapacity.resource_id) == col(Resource.id))
    found = session.exec(own.where(StaffCapacity.member_id == actor.member_id).order_by(col(Resource.name))).all()
    keys = [each.id for each in found]
    if not keys:
        return []
    held, skills, offers = held_cards(session, keys), skills_of(session, keys), offers_of(session, keys)
    said = [each for each in of_cards(session, keys) if each.at is not None]
    over = _that_came_to_nothing(offers)
    return [
        MyCard(
            each,
            held[each.id],
            skills[each.id],
            [offer for offer in offers if offer.resource_id == each.id],
            [answer for answer in said if answer.resource_id == each.id],
        )
        for each in found
        if each.id not in over
    ]


def agree(session: Session, actor: Actor, resource_id: UUID, seen: str | None = None) -> None:
    """Say yes to one's own card as it was `seen`, while it is offered. HR is told, and asks the manager.

    Raises
    ------
    NotFound
        It is nobody's, or somebody else's.
    Conflict
        ``card_changed``: it says something else by now, or is offered for another time.
    """
    resource, held = _own(session, actor, resource_id)
    check_read(seen, reading(held, offered_during(session, resource_id)))
    said = Yes(Approver.EMPLOYEE, covers=covered(session, resource_id), channel=Channel.SIGNED_IN)
    approvals.say_yes(session, actor, resource, held, said)
    tell_hr(session, resource, Approver.EMPLOYEE, ApprovalState.GIVEN)


def decline(session: Session, actor: Actor, resource_id: UUID, words: str = "") -> None:
    """Say no to what is asked, or take back the yes that was said; raises as `agree`.

    Where a card was changed after a loan of it was agreed, the no to the card as it is now is one to the loan as well.
    """
    resource, held = _own(session, actor, resource_id)
    stands = next((each for each in held.live if each.who is Approver.EMPLOYEE), None)
    if stands is None:
        return
    if stands.state is ApprovalState.ASKED:
        no = Yes(Approver.EMPLOYEE, words, channel=Channel.SIGNED_IN)
        approvals.decline(session, actor, resource, held, no)
        withdrawing.begin(session, None, resource_id, Approver.EMPLOYEE)
        to = ApprovalState.DECLINED
    else:
        take_back(session, None, resource, Approver.EMPLOYEE)  # the audit names nobody whose own card it is
        to = ApprovalState.WITHDRAWN
    tell_hr(session, resource, Approver.EMPLOYEE, to)


def pause(session: Session, actor: Actor, resource_id: UUID) -> None:
    """Let nobody find one's own card for the time being; the yeses stand, and what waits for an answer goes on."""
    _own(session, actor, resource_id)
    found = [each.id for each in offers_of(session, [resource_id]) if each.state is OfferState.OPEN]
    OFFER.move_all(session, None, found, OfferState.PAUSED, reason_code=PAUSED)


def resume(session: Session, actor: Actor, resource_id: UUID) -> None:
    """Let one's own card be found again, as far as one has paused it oneself."""
    _own(session, actor, resource_id)
    paused = [each.id for each in offers_of(session, [resource_id]) if each.state is OfferState.PAUSED]
    moves = latest_moves(session, OFFER.entity, paused)
    found = [key for key in paused if key in moves and moves[key].reason_code == PAUSED]
    OFFER.move_all(session, None, found, OfferState.OPEN, reason_code=RESUMED)


def _that_came_to_nothing(offered: Sequence[Offer]) -> set[UUID]:
    """Return the cards that were made for one need alone, and are offered to it no more."""
    made = {each.resource_id for each in offered if each.for_need_id}
    return made - {each.resource_id for each in offered if each.state is not OfferState.CLOSED}


def _own(session: Session, actor: Actor, resource_id: UUID) -> tuple[Resource, HeldCard]:
    row = session.get(StaffCapacity, resource_id)
    if row is None or row.member_id != actor.member_id:
        raise NotFound("capacity card", resource_id)
    return session.get_one(Resource, resource_id), held_card(session, resource_id)
