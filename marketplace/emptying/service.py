"""Looking through what emptying a building would do, doing it, and taking it back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.database import bulk
from core.database.undo import check_in_time
from core.errors import BadInput, Conflict, InvalidParameter
from core.time import clock
from marketplace.emptying import queries
from marketplace.emptying.queries import Thing, site_to_empty, things_at
from marketplace.emptying.rules import EmptyingDraft, LeftOut, Line, Otherwise, made
from marketplace.offers import service as offers
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.rules import OfferDraft, not_offered_twice
from resources.models import Resource


@dataclass(frozen=True)
class Plan:
    """What would become of each thing at a site, and what of them has bookings in that time, which stay."""

    things: Sequence[Thing]
    lines: Sequence[Line]

    @property
    def made(self) -> list[Line]:
        """What would be offered."""
        return made(self.lines)

    @property
    def booked(self) -> list[Thing]:
        """What would be offered, though others have some of it in times to come."""
        return [
            thing for thing, line in zip(self.things, self.lines, strict=True) if thing.bookings and not line.left_out
        ]

    @property
    def seal(self) -> str:
        """What tells this plan from others, so that what was looked through is what is done."""
        return hashlib.sha256(repr(self.made).encode()).hexdigest()[:32]


def plan(session: Session, actor: Actor, site_id: UUID, draft: EmptyingDraft) -> Plan:
    """Return what emptying a site would do, which nothing is changed by.

    Raises
    ------
    NotFound, NotAllowed
        As their names say.
    BadInput
        An exception is for nothing that stands there.
    Conflict
        ``too_many_offers``: the organisation would have more offers than it may.
    """
    site_to_empty(session, actor, site_id)
    things = things_at(session, actor, site_id)
    unknown = draft.otherwise.keys() - {each.resource.id for each in things}
    if unknown:
        raise BadInput.of([InvalidParameter("exceptions", str(key), "nothing such stands there") for key in unknown])
    lines = [_line(session, each, draft) for each in things]
    there = {each.resource.id: each for each in things}
    more = sum(len(there[line.key].each) for line in made(lines))
    offers.refuse_too_many(session, actor, actor.organisation_id, more=more)
    return Plan(things, lines)


def empty(
    session: Session,
    actor: Actor,
    site_id: UUID,
    draft: EmptyingDraft,
    state: OfferState = OfferState.OPEN,
    *,
    seal: str | None = None,
) -> tuple[Plan, datetime]:
    """Offer what stands at a site, all of it or nothing; return what was done, and when, by which it is taken back.

    Offers that are there, drafts too, stay as they are. With the `seal` of a plan that was looked through nothing else
    is done than that.

    Raises
    ------
    Conflict
        ``plan_changed``: it would be another one by now. ``nothing_to_offer``: all is left out.
    NotFound, NotAllowed, BadInput
        As `plan`.
    """
    site_to_empty(session, actor, site_id)
    bulk.lock_all(session, Resource, [each.resource.id for each in things_at(session, actor, site_id)])
    found = plan(session, actor, site_id, draft)
    if seal is not None and seal != found.seal:
        raise Conflict("plan_changed", "Something has changed since you looked it through. Look it through once more.")
    if not found.made:
        raise Conflict("nothing_to_offer", "There is nothing to offer: all that stands there is left out.")
    made_at = clock.now()
    lines = {line.key: line for line in found.made}
    with bulk.together(session):
        for thing in found.things:
            if line := lines.get(thing.resource.id):
                for each in thing.each:
                    known = thing.offers.get(each.id, ())
                    offer = offers.add_offer(session, actor, each, known, line.offer, state=state)
                    offer.created_at = made_at  # the same for all, by which they are found again
    return found, made_at


def take_back(session: Session, actor: Actor, site_id: UUID, made_at: datetime) -> int:
    """Close what was offered in one go; return how many offers. Done twice it is as once.

    Raises
    ------
    Conflict
        ``undo_too_late``: it was too long ago.
    """
    site_to_empty(session, actor, site_id)
    check_in_time(made_at)
    found = queries.made_at_once(session, actor, site_id, made_at)
    bulk.lock_all(session, Offer, [offer.id for offer, _ in found])
    with bulk.together(session):
        for offer, resource in found:
            offers.move_offer(session, actor, offer, resource, OfferState.CLOSED)
    return len(found)


def _line(session: Session, thing: Thing, draft: EmptyingDraft) -> Line:
    resource = thing.resource
    offer = draft.offer_of(resource.id, resource.family)
    if draft.otherwise.get(resource.id, Otherwise()).left_out:
        return Line(resource.id, resource.name, offer, LeftOut.CHOSEN)
    if _is_offered(thing, offer):
        return Line(resource.id, resource.name, offer, LeftOut.OFFERED)
    faults = tuple(offers.new_faults(session, offer, resource))
    return Line(resource.id, resource.name, offer, LeftOut.REFUSED if faults else None, faults)


def _is_offered(thing: Thing, offer: OfferDraft) -> bool:
    try:
        for each in thing.each:
            not_offered_twice(offer.during, thing.offers.get(each.id, ()))
    except Conflict:
        return True
    return False
