"""Sites, and resources with their offers, as rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlmodel import Session

from competence.approvals.queries import given_of
from competence.queries import HeldCard, held_cards
from core.time import opening
from core.time.opening import OpeningHours
from marketplace.importing.cells import kept
from marketplace.importing.stored.offers import offer_rows
from marketplace.offers.models import Offer
from marketplace.offers.queries import offers_of
from resources.families.field_spec import spec_of
from resources.models import Resource, Site
from resources.queries import Described, parts_of, resources_by_id

_SETS_A_PART_APART = frozenset(":;|()")


@dataclass(frozen=True)
class AtHand:
    """What there is of some resources: them with their sites, parts, offers and cards, by their ids."""

    described: Mapping[UUID, Described]
    parts: Mapping[UUID, Mapping[str, Resource]]
    offers: Mapping[UUID, Sequence[Offer]]
    cards: Mapping[UUID, HeldCard]


def site_row(stored: Site) -> dict[str, Any]:
    """Return a site as its row."""
    return {
        "name": kept(stored.name),
        "address": kept(stored.address),
        "municipality": stored.municipality_code,
        "latitude": stored.latitude,
        "longitude": stored.longitude,
        "access": frozenset(stored.access),
        "opening_hours": hours(stored.opening_hours),
    }


def resource_rows(at_hand: AtHand, key: UUID) -> list[dict[str, Any]]:
    """Return a resource as its rows, one for each of its offers that is ahead; none where it cannot be read.

    A hall is offered whole and by the part: where its parts are offered otherwise no row can say it, so that its row
    tells of no offer.
    """
    described, card = at_hand.described[key], at_hand.cards.get(key)
    if not described.has_readable_facts or (described.family.anonymous and card is None):
        return []
    stored, parts = described.resource, at_hand.parts.get(key, {})
    facts = card.card.facts if card else described.stated
    row = {each.name: getattr(facts, each.name) for each in fields(facts) if spec_of(each)} | {
        "site": kept(described.site.name if described.site else ""),
        "name": kept(stored.name),
        "kind": stored.kind,
        "parts": _parts(parts),
        "approved_by": frozenset(each.who for each in given_of(card.live)) if card else None,
        "opening_hours": hours(stored.opening_hours),
        "description": kept(stored.description),
        "department": kept(stored.department),
        "calendar_mailbox": kept(stored.calendar_mailbox),
    }
    row = {name: kept(value) if isinstance(value, str) else value for name, value in row.items()}
    offered = offer_rows(at_hand.offers.get(key, ()))
    if any(offer_rows(at_hand.offers.get(part.id, ())) != offered for part in parts.values()):
        offered = []
    return [row | offer for offer in offered] or [row]


def at_hand_of(session: Session, resource_ids: Collection[UUID]) -> AtHand:
    """Read what there is of resources."""
    parts = parts_of(session, resource_ids)
    every = [*resource_ids, *(each.id for known in parts.values() for each in known.values())]
    offers: dict[UUID, list[Offer]] = {}
    for each in offers_of(session, every):
        offers.setdefault(each.resource_id, []).append(each)
    return AtHand(resources_by_id(session, resource_ids), parts, offers, held_cards(session, resource_ids))


def hours(stored: object) -> OpeningHours | None:
    """Return opening hours from how they are stored."""
    return opening.from_json(stored) if stored else None


def _parts(parts: Mapping[str, Resource]) -> list[tuple[str, int, float | None]]:
    """Return the parts of a hall; none where the name of one has what sets parts apart in a cell."""
    if any(_SETS_A_PART_APART & set(name) for name in parts):
        return []
    return [(kept(name), part.facts["seats"], part.facts.get("areaM2")) for name, part in parts.items()]
