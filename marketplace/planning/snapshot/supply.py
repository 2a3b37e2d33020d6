"""What is offered and what is taken of it, read once however many needs are then held against it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import structlog
from sqlmodel import Session

from competence.queries import counting
from competence.rules import counted_with
from core import geo
from core.serialization import Dataclass
from core.time import clock
from core.time.interval import Interval, from_range, intersect
from core.time.opening import ALWAYS_OPEN
from marketplace.offers.homes import codes_around
from marketplace.offers.queries import OfferView, offer_views
from marketplace.offers.rules import Audience, visible_tier, widens_of
from marketplace.planning.snapshot import queries
from marketplace.planning.snapshot.calendar import Calendar
from marketplace.planning.snapshot.queries import ProposalClaim
from marketplace.planning.snapshot.snapshot import OpenOffer, Taken
from marketplace.runs.set_aside import Fault, SetAside
from resources.availability import MinutesTaken
from resources.families.staff import StaffFacts
from resources.queries import minutes_taken, unit_amounts

log = structlog.get_logger()


@dataclass(frozen=True, eq=False)
class Supply:
    """Open offers with the capacities of their units, and what claims and waiting proposals hold of these.

    `set_aside` are the offers that it is without because what is stored of them cannot be read.
    """

    now: datetime
    offers: Sequence[OpenOffer]
    capacities: dict[UUID, int]
    claims: Mapping[UUID, MinutesTaken]
    proposed: Sequence[ProposalClaim]
    set_aside: Sequence[SetAside] = ()

    def offers_until(self, end: datetime) -> list[OpenOffer]:
        """Return the offers that begin before then."""
        return [offer for offer in self.offers if offer.during.start < end]

    def taken(self, calendar: Calendar, replaced: Collection[UUID] | None) -> dict[UUID, list[Taken]]:
        """Return what is held of units in minutes, but for what replaced proposals hold (None: all that may be)."""
        found: dict[UUID, list[Taken]] = defaultdict(list)
        found |= {unit_id: calendar.all_held(claims) for unit_id, claims in self.claims.items()}
        for each in self.proposed:
            stays = each.kept if replaced is None else each.proposal_id not in replaced
            if stays:
                found[each.unit_id].append((*calendar.held(from_range(each.during)), each.amount))
        return found


def supply(
    session: Session,
    now: datetime,
    until: datetime | None = None,
    only: Collection[UUID] | None = None,
    *,
    coarse: bool = False,
) -> Supply:
    """Return what is open at some time from now on, or until then; only these offers if told; four queries and some.

    With `coarse`, for whoever may ask again and again, people of whom others are told the county alone are in all of
    it.
    """
    aside: list[SetAside] = []
    offers, capacities = _open_offers(session, now, until, only, aside)
    if coarse:
        offers = [_in_all_of_its_counties(each) for each in offers]
    return Supply(
        now=now,
        offers=offers,
        capacities=capacities,
        claims=minutes_taken(session, capacities, Interval(now, None)),
        proposed=queries.proposal_claims(session, capacities),
        set_aside=aside,
    )


def _open_offers(
    session: Session, now: datetime, until: datetime | None, only: Collection[UUID] | None, aside: list[SetAside]
) -> tuple[list[OpenOffer], dict[UUID, int]]:
    """Return the open offers of what is there to be lent, with the capacities of their units.

    A person's time is only there when all three say yes to it.
    """
    views = offer_views(session, None, queries.offers_open_between(now, until, only))
    amounts = unit_amounts(session, {view.offer.resource_id for view in views})
    near = counting(session, {code for view in views if view.card for code in view.card.facts.skills})
    offers, capacities = [], {}
    for view in views:
        held = amounts.get(view.offer.resource_id, ())
        try:
            facts = _facts(view, near)
            during = _lendable(view)
            found = _open_offer(view, facts, tuple(held), during) if facts is not None and held and during else None
        except Exception:  # whatever it is, it is this row's, and not to be everybody's
            log.warning("offer_set_aside", offer=str(view.offer.id), exc_info=True)
            aside.append(SetAside(Fault.OFFER, view.offer.organisation_id, offer_id=view.offer.id))
            continue
        if found is not None:
            offers.append(found)
            capacities.update({unit.id: unit.capacity for unit in view.units})
    return offers, capacities


def _in_all_of_its_counties(offer: OpenOffer) -> OpenOffer:
    facts = offer.facts
    if not isinstance(facts, StaffFacts) or not facts.few_are_meant:
        return offer
    around = [geo.municipality(code) for code in codes_around(facts.municipality_codes)]
    facts = replace(facts, municipality_codes=tuple(each.code for each in around))
    return replace(offer, facts=facts, positions=tuple(each.position for each in around))


def _facts(view: OfferView, near: Mapping[str, Mapping[str, int]]) -> Dataclass | None:
    """Return what is told of a thing, or nothing of a card that may not be shown: also what its skills count as."""
    if not (view.lent.family.anonymous and view.lent.has_readable_facts):
        return view.lent.facts
    if view.card is None:
        return None
    return counted_with(view.card.facts, near) if view.card.may_be_shown else None


def _lendable(view: OfferView) -> Interval | None:
    """Return when something may be lent: a person only while all three say yes to it."""
    during = from_range(view.offer.during)
    if view.card is None or view.card.approved is None:
        return during
    return next(iter(intersect([during], [from_range(view.card.approved)])), None)


def _open_offer(view: OfferView, facts: Dataclass, units: tuple[tuple[UUID, int], ...], during: Interval) -> OpenOffer:
    """Return an offer as it is matched: at the seat of its municipality, so that no outcome tells where its site is."""
    offer, resource, site, opening = view.offer, view.lent.resource, view.lent.site, view.lent.opening
    return OpenOffer(
        offer_id=offer.id,
        resource_id=resource.id,
        organisation_id=offer.organisation_id,
        organisation_kind=view.owner.kind,
        audience=Audience(
            tier=visible_tier(offer.visibility, widens_of(offer), clock.today()),
            organisation_id=offer.organisation_id,
            county_code=site.municipality_code[:2] if site else view.owner.county_code,
            department=resource.department,
        ),
        family=resource.family,
        kind=resource.kind,
        terms=offer.terms,
        price_basis=offer.price_basis,
        price_sek=offer.price_sek,
        conditions=offer.conditions,
        during=during,
        opening=None if opening == ALWAYS_OPEN else opening,
        positions=tuple(each.position for each in view.municipalities),
        facts=facts,
        units=units,
        for_need_id=offer.for_need_id,
        stamp=".".join(str(row.version) for row in (offer, resource, site) if row is not None),
    )
