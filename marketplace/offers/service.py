"""Use cases of offers."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlmodel import Session

from competence.service import describe_staff
from core.actor import Actor, Permission, check_may
from core.database import bulk
from core.database.audit import latest_moves
from core.database.changes import change
from core.database.counting import take_turn
from core.database.lifecycle import UNDONE
from core.database.undo import check_in_time
from core.errors import Conflict, InvalidParameter
from core.limits import LONGEST_WORDS, refuse_if
from core.text import check_text
from core.time import clock
from core.time.interval import from_range, to_range
from marketplace.offers import queries, rules
from marketplace.offers.models import Offer, OfferState, Terms
from marketplace.offers.rules import OFFER, OfferDraft
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import offer_quota
from resources import queries as resources
from resources.drafts import ResourceDraft
from resources.families.staff import StaffFacts
from resources.models import Resource
from resources.service import add_resource, let_be_invited, let_belong, update_resource


def create_offer(
    session: Session, actor: Actor | None, resource_id: UUID, draft: OfferDraft, state: OfferState = OfferState.DRAFT
) -> Offer:
    """Put a resource of one's own up for sharing: as a draft that nobody else sees, open, or paused until it is opened.

    Raises
    ------
    BadInput
        The time is over, or the thing cannot be lent on such terms.
    Conflict
        The resource is offered in that time already, or the organisation has as many offers as it may.
    """
    resource = resources.resource(session, actor, resource_id)
    check_may(actor, Permission.OFFER, resource.organisation_id, resource.department)
    refuse_too_many(session, actor, resource.organisation_id)
    bulk.lock(session, resource)  # of two that offer it at once, the second sees the first
    return add_offer(session, actor, resource, queries.offers_of(session, [resource_id]), draft, state=state)


def add_offer(
    session: Session,
    actor: Actor | None,
    resource: Resource,
    others: Iterable[Offer],
    draft: OfferDraft,
    *,
    state: OfferState = OfferState.DRAFT,
) -> Offer:
    """Offer a resource that was found and locked, beside the other offers of it; raises as `create_offer`."""
    check_may(actor, Permission.OFFER, resource.organisation_id, resource.department)
    if draft.department:
        let_belong(session, actor, resource, draft.department)
    if draft.calendar_mailbox:
        let_be_invited(session, actor, resource, draft.calendar_mailbox)
    refuse_if(new_faults(session, draft, resource))
    rules.not_offered_twice(draft.during, others)
    offer = Offer(
        organisation_id=resource.organisation_id,
        resource_id=resource.id,
        member_id=actor.member_id if actor else None,
        **_values(draft),
    )
    session.add(offer)
    OFFER.begin(session, actor, offer, *rules.STEPS[: rules.STEPS.index(state) + 1])
    bulk.flush(session)
    return offer


def post_resource(
    session: Session,
    actor: Actor,
    resource: ResourceDraft,
    offer: OfferDraft,
    *,
    card: StaffFacts | None = None,
    open: bool = True,  # noqa: A002
) -> Offer:
    """List something new and offer it in one go: the lister's five minutes. `card` is for staff, and only for staff.

    A hall that divides is offered whole, which is the offer returned, and by the part.
    Raises as `resources.service.create_resource` and `create_offer`; nothing is kept of it then.
    """
    row, parts = add_resource(session, actor, resource, department=offer.department)
    refuse_too_many(session, actor, row.organisation_id, more=1 + len(parts))
    if card is not None:
        describe_staff(session, actor, row, card)
    state = OfferState.OPEN if open else OfferState.DRAFT
    made = add_offer(session, actor, row, (), offer, state=state)
    of_part = replace(offer, calendar_mailbox=None)  # the hall's own is not its parts'
    for each in parts.values():
        add_offer(session, actor, each, (), of_part, state=state)
    return made


def update_offer(
    session: Session, actor: Actor | None, offer_id: UUID, draft: OfferDraft, *, if_version: int | None = None
) -> Offer:
    """Let an offer say what the draft says. What is booked already stays booked.

    Raises
    ------
    VersionChanged
        Somebody else changed it since it was read as that version.
    Conflict
        The offer is closed, or the resource is offered in that time already.
    """
    offer, resource = _own(session, actor, offer_id)
    bulk.lock(session, resource)  # of two that offer it at once, the second sees the first
    write_offer(session, actor, offer, queries.offers_of(session, [resource.id]), draft, if_version=if_version)
    return offer


def write_offer(
    session: Session,
    actor: Actor | None,
    offer: Offer,
    others: Iterable[Offer],
    draft: OfferDraft,
    *,
    if_version: int | None = None,
) -> None:
    """Let an offer that was found, of a resource that is locked, say what the draft says; raises as `update_offer`."""
    resource = session.get_one(Resource, offer.resource_id)
    check_may(actor, Permission.OFFER, resource.organisation_id, resource.department)
    rules.not_closed(offer)
    refuse_if(change_faults(session, offer, draft))
    if draft.during != from_range(offer.during):
        rules.not_offered_twice(draft.during, (each for each in others if each.id != offer.id))
    change(session, actor, "offer", offer, _values(draft), if_version=if_version)
    let_belong(session, actor, resource, draft.department)
    let_be_invited(session, actor, resource, draft.calendar_mailbox)


def new_faults(session: Session, draft: OfferDraft, resource: Resource) -> Iterator[InvalidParameter]:
    """Yield why a resource may not be offered as the draft says."""
    yield from _faults(session, draft, resource)
    yield from rules.over_faults(draft.during, clock.now())


def change_faults(session: Session, offer: Offer, draft: OfferDraft) -> Iterator[InvalidParameter]:
    """Yield why an offer that is there may not say what the draft says."""
    yield from _faults(session, draft, session.get_one(Resource, offer.resource_id))
    if draft.during != from_range(offer.during):
        yield from rules.over_faults(draft.during, clock.now())


def open_offer(session: Session, actor: Actor | None, offer_id: UUID) -> Offer:
    """Show an offer to those who may see it. One of staff stays hidden until all three say yes."""
    return _moved(session, actor, offer_id, OfferState.OPEN)


def pause_offer(session: Session, actor: Actor | None, offer_id: UUID) -> Offer:
    """Hide an open offer for the time being. What is booked stays booked."""
    return _moved(session, actor, offer_id, OfferState.PAUSED)


def close_offer(session: Session, actor: Actor | None, offer_id: UUID, words: str | None = None) -> Offer:
    """Take an offer away. What is booked stays booked; what waits for an answer ends when it is too late to undo."""
    check_text("words", words or "", most=LONGEST_WORDS)
    return _moved(session, actor, offer_id, OfferState.CLOSED, words)


def reopen_offer(session: Session, actor: Actor | None, offer_id: UUID) -> Offer:
    """Undo the closing of an offer: it is what it was before, with what waits for an answer. Done twice it is as once.

    Raises
    ------
    BadInput
        Its time is over meanwhile.
    Conflict
        ``nothing_to_undo``: it is not closed. ``undo_too_late``: it was closed too long ago. ``already_offered``:
        the resource has been offered anew in that time. ``too_many_offers``, ``not_valued``: as in `create_offer`.
    """
    offer, resource = _own(session, actor, offer_id)
    bulk.lock(session, resource)
    bulk.lock(session, offer)
    closed = latest_moves(session, OFFER.entity, [offer_id]).get(offer_id)
    if closed is not None and closed.reason_code == UNDONE and offer.state is not OfferState.CLOSED:
        return offer
    if closed is None or closed.from_state is None or offer.state is not OfferState.CLOSED:
        raise Conflict("nothing_to_undo", "There is nothing to undo.")
    check_in_time(closed.at)
    refuse_too_many(session, actor, offer.organisation_id)
    before = OfferState(closed.from_state)
    if before is not OfferState.DRAFT:
        _check_can_be_shown(session, offer, resource)
    rules.not_offered_twice(from_range(offer.during), queries.offers_of(session, [resource.id]))
    OFFER.move(session, actor, offer_id, before, undo=True)
    session.refresh(offer)
    return offer


def move_offer(
    session: Session,
    actor: Actor | None,
    offer: Offer,
    resource: Resource,
    to: OfferState,
    *,
    words: str | None = None,
) -> None:
    """Bring an offer that was found, of a resource, into another state."""
    check_may(actor, Permission.OFFER, resource.organisation_id, resource.department)
    if to is OfferState.OPEN:
        _check_can_be_shown(session, offer, resource)
    bulk.soon(session, (OFFER.entity, to), lambda ids: OFFER.move_all(session, actor, ids, to, words=words), offer.id)


def change_resource(
    session: Session, actor: Actor | None, resource_id: UUID, draft: ResourceDraft, *, if_version: int | None = None
) -> Resource:
    """Let a resource be what the draft says, while what it is offered on still holds; raises as `update_resource`."""
    row = update_resource(session, actor, resource_id, draft, if_version=if_version)
    check_offered(session, row, queries.offers_of(session, [resource_id]))
    return row


def check_offered(session: Session, row: Resource, offers: Iterable[Offer]) -> None:
    """Refuse what a resource has become, where an offer of it that is not closed no longer holds."""
    for terms in {each.terms for each in offers if each.state is not OfferState.CLOSED}:
        refuse_if(_value_faults(session, terms, row))


def _faults(session: Session, draft: OfferDraft, resource: Resource) -> Iterator[InvalidParameter]:
    yield from rules.entry_faults(draft, resource.family)
    yield from rules.mailbox_faults(draft, resource.family, resource.kind)
    yield from _value_faults(session, draft.terms, resource)


def _value_faults(session: Session, terms: Terms, resource: Resource) -> Iterator[InvalidParameter]:
    if terms is Terms.HAND_OVER:
        owner = session.get_one(Organisation, resource.organisation_id)
        yield from rules.value_faults(terms, owner.kind, resources.stated_of(resource))


def _own(session: Session, actor: Actor | None, offer_id: UUID) -> tuple[Offer, Resource]:
    """Return an offer that the actor answers for, with its resource."""
    offer, resource = queries.offer_to_change(session, actor, offer_id)
    check_may(actor, Permission.OFFER, resource.organisation_id, resource.department)
    return offer, resource


def _moved(session: Session, actor: Actor | None, offer_id: UUID, to: OfferState, words: str | None = None) -> Offer:
    offer, resource = _own(session, actor, offer_id)
    move_offer(session, actor, offer, resource, to, words=words)
    session.refresh(offer)
    return offer


def refuse_too_many(session: Session, actor: Actor | None, organisation_id: UUID, more: int = 1) -> None:
    """Refuse more offers than an organisation may have, so that none makes everybody's searches and runs slow."""
    if actor is None:
        return
    take_turn(session, "offers", organisation_id)
    most = offer_quota(session, organisation_id)
    if queries.count_of(session, organisation_id) + more > most:
        raise Conflict(
            "too_many_offers",
            f"Your organisation may have {most} offers at a time. Close some of them first, or ask whoever runs the "
            "service to let it have more.",
            {"most": most},
        )


def _check_can_be_shown(session: Session, offer: Offer, resource: Resource) -> None:
    refuse_if(rules.over_faults(from_range(offer.during), clock.now()))
    if list(_value_faults(session, offer.terms, resource)):
        raise Conflict(
            "not_valued", "Furniture that a state agency hands over for good needs its value and the basis of it first."
        )


def _values(draft: OfferDraft) -> dict[str, Any]:
    return {
        "during": to_range(draft.during),
        "visibility": draft.visibility,
        "widens": rules.stored_widens(draft),
        "terms": draft.terms,
        "price_basis": draft.price_basis,
        "price_sek": draft.price_sek,
        "conditions": draft.conditions,
    }
