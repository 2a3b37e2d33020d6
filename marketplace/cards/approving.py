"""The yeses to a capacity card in the market: what time they are to, and what ends when one is taken back."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from competence import queries as competence
from competence.approvals import service as approvals
from competence.approvals.models import Approver, CardApproval
from competence.approvals.service import Yes
from competence.queries import HeldCard
from core.actor import Actor, Permission, check_may
from core.errors import BadInput, Conflict, NotFound
from core.serialization import to_json
from core.time import clock
from core.time.interval import Interval, to_range
from core.time.opening import local_instant
from marketplace.cards import withdrawing
from marketplace.offers import queries as offers
from marketplace.offers.models import Offer, OfferState
from marketplace.proposals.deadlines import end_unapproved
from resources.models import Resource


def give(
    session: Session,
    actor: Actor | None,
    resource: Resource,
    who: Approver,
    evidence: str = "",
    *,
    until: date | None = None,
) -> None:
    """Write down that somebody has said yes to a card: the employee first, then the manager, then HR.

    It is to being lent while the card is offered, or through a day of that time.

    Raises
    ------
    BadInput
        There is no word on how it is known, or the day is past, or after what is offered.
    Conflict
        ``consent_order``: somebody has to be asked before. ``same_person``: the actor said or noted the other two.
    NotAllowed, NotFound
        The actor is neither HR there nor, for the manager's yes, a manager; the resource has no card.
    """
    held = held_card(session, resource.id)
    covers = covered(session, resource.id, until)
    approvals.note_approval(session, actor, resource, held, Yes(who, evidence, covers))


def withdraw(session: Session, actor: Actor | None, resource: Resource, who: Approver) -> None:
    """Write down that somebody takes a yes back: the card is shown no more, and what waits for an answer ends now.

    Of what is agreed already the lender's HR decides, see `withdrawing`.

    Raises
    ------
    NotAllowed, NotFound
        The actor is neither a lister, a manager nor HR there; the resource has no card.
    """
    check_may(actor, Permission.WITHDRAW_APPROVAL, resource.organisation_id, resource.department)
    take_back(session, actor, resource, who)


def take_back(session: Session, actor: Actor | None, resource: Resource, who: Approver) -> None:
    """Do as `withdraw` says, for whoever may."""
    row = competence.card_to_change(session, resource.id)
    if approvals.withdraw(session, actor, resource, row, who):
        end_unapproved(session, resource.id)
        withdrawing.begin(session, actor, resource.id, who)


def held_card(session: Session, resource_id: UUID) -> HeldCard:
    """Return a card with what is asked and said of it, its row locked until the transaction ends; NotFound for none."""
    competence.card_to_change(session, resource_id)
    found = competence.held_cards(session, [resource_id]).get(resource_id)
    if found is None:
        raise NotFound("capacity card", resource_id)
    return found


def covered(session: Session, resource_id: UUID, until: date | None = None) -> Range[datetime] | None:
    """Return what a yes is to: the time in which the card is offered, through a day of it; None: nothing is said.

    Raises
    ------
    BadInput
        The day is past, or none of those on which the card is offered.
    """
    offered = offered_during(session, resource_id)
    end = local_instant(until + timedelta(days=1), time.min) if until else None
    if end is not None and end <= clock.now():
        raise BadInput("until", str(until), "it has passed: choose today or a later day")
    if offered is None:
        return to_range(Interval(clock.now(), end)) if end else None
    if end is not None and not (offered.start < end and end - offered.limit < timedelta(days=1)):
        raise BadInput("until", str(until), "the card is not offered then: choose a day on which it is")
    return to_range(Interval(offered.start, offered.end if end is None or end > offered.limit else end))


def runs_short(said: CardApproval, offered: Interval | None) -> bool:
    """Tell whether a yes ends before a card is offered no more, so that it may be said for longer."""
    ends = said.covers.upper if said.covers is not None else None
    return ends is not None and offered is not None and (offered.end is None or offered.end > ends)


def reading(held: HeldCard, during: Interval | None) -> str:
    """Return what is the same as long as a card says the same, and is offered for the same time."""
    said = to_json(held.card.facts), during and (during.start.isoformat(), during.end and during.end.isoformat())
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def check_read(seen: str | None, now: str) -> None:
    """Refuse a yes to what the card has said before: what it says was changed while somebody read it."""
    if seen not in {None, now}:
        raise Conflict("card_changed", "The card was changed while you read it. Read it again, and answer then.")


def offered_during(session: Session, resource_id: UUID) -> Interval | None:
    """Return from when until when a card is offered, in drafts too; None where it is not."""
    return spanned(offers.offers_of(session, [resource_id]))


def spanned(offered: Iterable[Offer]) -> Interval | None:
    """Return from when until when the offers of a card are that are not closed; None without any."""
    spans = [each.during for each in offered if each.state is not OfferState.CLOSED]
    if not spans:
        return None
    ends = [each.upper for each in spans]
    start = min(each.lower for each in spans if each.lower is not None)
    return Interval(start, None if None in ends else max(filter(None, ends)))
