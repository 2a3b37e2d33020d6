"""Use cases of offers."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlmodel import Session

from competence.service import describe_staff
from core.actor import Actor, check_lists_for
from core.database.audit import record
from core.database.changes import change
from core.errors import Conflict, InvalidParameter
from core.limits import LONGEST_WORDS, refuse_if
from core.text import check_text
from core.time import clock
from core.time.interval import from_range, to_range
from marketplace.offers import queries, rules
from marketplace.offers.models import Offer, OfferState, Terms
from marketplace.offers.rules import OFFER, OfferDraft
from marketplace.organisations.models import Organisation
from resources import queries as resources
from resources.drafts import ResourceDraft
from resources.families.staff import StaffFacts
from resources.models import Resource
from resources.service import create_resource, update_resource


def create_offer(session: Session, actor: Actor | None, resource_id: UUID, draft: OfferDraft) -> Offer:
    """Put a resource of one's own up for sharing, as a draft that nobody else sees.

    Raises
    ------
    BadInput
        The time is over, or the thing cannot be lent on such terms.
    Conflict
        The resource is offered in that time already.
    """
    resource = resources.resource(session, actor, resource_id)
    check_lists_for(actor, resource.organisation_id)
    refuse_if((*_faults(session, draft, resource), *rules.over_faults(draft.during, clock.now())))
    _refuse_second_offer(session, resource, draft)
    offer = Offer(
        organisation_id=resource.organisation_id,
        resource_id=resource.id,
        member_id=actor.member_id if actor else None,
        **_values(draft),
    )
    session.add(offer)
    session.flush()
    record(session, actor, "offer", offer.id, to_state=offer.state.value)
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
    row = create_resource(session, actor, resource)
    if card is not None:
        describe_staff(session, actor, row, card)
    parts = resources.parts_of(session, [row.id]).get(row.id, {})
    made = [create_offer(session, actor, each.id, offer) for each in (row, *parts.values())]
    if open:
        for each in made:
            open_offer(session, actor, each.id)
    return made[0]


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
    rules.not_closed(offer)
    refuse_if(change_faults(session, offer, draft))
    if draft.during != from_range(offer.during):
        _refuse_second_offer(session, resource, draft, except_for=offer.id)
    change(session, actor, "offer", offer, _values(draft), if_version=if_version)
    return offer


def change_faults(session: Session, offer: Offer, draft: OfferDraft) -> Iterator[InvalidParameter]:
    """Yield why an offer that is there may not say what the draft says."""
    yield from _faults(session, draft, session.get_one(Resource, offer.resource_id))
    if draft.during != from_range(offer.during):
        yield from rules.over_faults(draft.during, clock.now())


def open_offer(session: Session, actor: Actor | None, offer_id: UUID) -> Offer:
    """Show an offer to those who may see it. One of staff stays hidden until all three have consented."""
    offer, resource = _own(session, actor, offer_id)
    refuse_if(rules.over_faults(from_range(offer.during), clock.now()))
    if list(_value_faults(session, offer.terms, resource)):
        raise Conflict(
            "not_valued", "Furniture that a state agency hands over for good needs its value and the basis of it first."
        )
    return _moved(session, actor, offer, OfferState.OPEN)


def pause_offer(session: Session, actor: Actor | None, offer_id: UUID) -> Offer:
    """Hide an open offer for the time being. What is booked stays booked."""
    offer, _ = _own(session, actor, offer_id)
    return _moved(session, actor, offer, OfferState.PAUSED)


def close_offer(session: Session, actor: Actor | None, offer_id: UUID, words: str | None = None) -> Offer:
    """Take an offer away for good. What is booked stays booked."""
    check_text("words", words or "", most=LONGEST_WORDS)
    offer, _ = _own(session, actor, offer_id)
    return _moved(session, actor, offer, OfferState.CLOSED, words)


def change_resource(
    session: Session, actor: Actor | None, resource_id: UUID, draft: ResourceDraft, *, if_version: int | None = None
) -> Resource:
    """Let a resource be what the draft says, while what it is offered on still holds; raises as `update_resource`."""
    row = update_resource(session, actor, resource_id, draft, if_version=if_version)
    for terms in queries.terms_offered(session, resource_id):
        refuse_if(_value_faults(session, terms, row))
    return row


def _faults(session: Session, draft: OfferDraft, resource: Resource) -> Iterator[InvalidParameter]:
    yield from rules.entry_faults(draft, resource.family)
    yield from _value_faults(session, draft.terms, resource)


def _value_faults(session: Session, terms: Terms, resource: Resource) -> Iterator[InvalidParameter]:
    if terms is Terms.HAND_OVER:
        owner = session.get_one(Organisation, resource.organisation_id)
        yield from rules.value_faults(terms, owner.kind, resources.stated_of(resource))


def _own(session: Session, actor: Actor | None, offer_id: UUID) -> tuple[Offer, Resource]:
    """Return an offer that the actor answers for, with its resource."""
    offer, resource = queries.offer_to_change(session, actor, offer_id)
    check_lists_for(actor, offer.organisation_id)
    return offer, resource


def _moved(session: Session, actor: Actor | None, offer: Offer, to: OfferState, words: str | None = None) -> Offer:
    OFFER.move(session, actor, offer.id, to, words=words)
    session.refresh(offer)
    return offer


def _refuse_second_offer(
    session: Session, resource: Resource, draft: OfferDraft, except_for: UUID | None = None
) -> None:
    """Refuse to offer a resource twice at once, which would show the same room as two."""
    session.refresh(resource, with_for_update=True)  # of two that offer it at once, the second sees the first
    other = queries.offer_in_time(session, resource.id, draft.during, except_for)
    if other is not None:
        raise Conflict(
            "already_offered",
            "The resource is offered in that time already. Change that offer, or close it first.",
            {"offer": str(other.id)},
        )


def _values(draft: OfferDraft) -> dict[str, Any]:
    return {
        "during": to_range(draft.during),
        "visibility": draft.visibility,
        "widens": rules.stored_widens(draft),
        "department": draft.department,
        "terms": draft.terms,
        "price_basis": draft.price_basis,
        "price_sek": draft.price_sek,
        "conditions": draft.conditions,
    }
