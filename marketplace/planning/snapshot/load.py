"""From rows to a snapshot: the open needs and offers, in the same number of queries however many there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from core.geo import Position
from core.time import clock
from core.time.interval import Interval, from_range
from core.time.opening import ALWAYS_OPEN
from core.time.timing import Period, Timing, end_of
from marketplace.offers.queries import OfferView, offer_views
from marketplace.offers.rules import Audience, visible_tier, widens_of
from marketplace.planning.snapshot import queries
from marketplace.planning.snapshot.calendar import LONGEST_SHIFT, Calendar
from marketplace.planning.snapshot.open_needs import OpenNeed, open_needs
from marketplace.planning.snapshot.snapshot import Earlier, Facts, OpenOffer, Snapshot, Taken
from marketplace.proposals.refused import refused_pairs
from resources.queries import active_claims, unit_amounts

SLACK = LONGEST_SHIFT + timedelta(days=1)
"""How far beyond the last need a snapshot looks, so that a later time can be suggested."""


def load(
    session: Session, county_code: str | None, only: Collection[UUID] | None = None, *, unproposed: bool = False
) -> Snapshot:
    """Return what is open as it is now: a county's needs (None: all), or only those of these ids, and all open offers.

    Free is what no claim and no proposal that stays takes; `unproposed` is as if no proposal stayed that a run over
    everything would replace.
    """
    now = clock.now()
    needs = open_needs(session, county_code, only)
    calendar = calendar_for(needs, now)
    offers, capacities = open_offers(session, calendar, now)
    need_ids = {need.need_id for need in needs}
    replaced = {proposal.id for proposal in queries.replaceable(session, need_ids)}
    lines = queries.lines_of(session, replaced)
    return Snapshot(
        calendar=calendar,
        now=calendar.ceil(now),
        needs=needs,
        offers=offers,
        capacities=capacities,
        taken=taken(session, calendar, now, capacities, None if unproposed else replaced),
        partners=queries.partners(session),
        net=queries.net_lent(session),
        refused=frozenset(refused_pairs(session, need_ids)),
        earlier=[Earlier(line.need_id, line.occurs_on, line.option_key, line.amount) for line in lines],
    )


def calendar_for(needs: Iterable[OpenNeed], now: datetime) -> Calendar:
    """Return minutes counted from the last midnight (UTC), ending some time after the last need has ended.

    What is needed for good has no end: it counts with its start.
    """
    ends = (_end(need.timing) for need in needs)
    last = max([now, *filter(None, ends)])
    epoch = datetime.combine(now.astimezone(UTC), datetime.min.time(), UTC)
    return Calendar(epoch, (last + SLACK - epoch) // timedelta(minutes=1))


def _end(timing: Timing) -> datetime | None:
    if isinstance(timing, Period) and timing.last is None:
        return timing.interval.start
    return end_of(timing)


def open_offers(session: Session, calendar: Calendar, now: datetime) -> tuple[list[OpenOffer], dict[UUID, int]]:
    """Return the open offers of what is there to be lent, with the capacities of their units.

    A person's time is only there with the consent of all three.
    """
    views = offer_views(session, None, queries.offers_open_between(session, calendar.instant(calendar.horizon), now))
    amounts = unit_amounts(session, {view.offer.resource_id for view in views})
    offers, capacities = [], {}
    for view in views:
        held, facts = amounts.get(view.offer.resource_id, ()), _facts(view)
        if facts is not None and held:
            offers.append(_open_offer(view, facts, tuple(held)))
            capacities.update({unit.id: unit.capacity for unit in view.units})
    return offers, capacities


def _facts(view: OfferView) -> Facts | None:
    if view.card is None:
        return view.lent.facts
    return view.card.facts if view.card.may_be_shown else None


def _open_offer(view: OfferView, facts: Facts, units: tuple[tuple[UUID, int], ...]) -> OpenOffer:
    offer, resource, site, opening = view.offer, view.lent.resource, view.lent.site, view.lent.opening
    positions = [Position(site.latitude, site.longitude)] if site else [each.position for each in view.municipalities]
    return OpenOffer(
        offer_id=offer.id,
        resource_id=resource.id,
        organisation_id=offer.organisation_id,
        audience=Audience(
            tier=visible_tier(offer.visibility, widens_of(offer), clock.today()),
            organisation_id=offer.organisation_id,
            county_code=site.municipality_code[:2] if site else view.organisation.county_code,
            department=offer.department,
        ),
        family=resource.family,
        kind=resource.kind,
        terms=offer.terms,
        price_basis=offer.price_basis,
        price_sek=offer.price_sek,
        conditions=offer.conditions,
        during=from_range(offer.during),
        opening=None if opening == ALWAYS_OPEN else opening,
        positions=tuple(positions),
        facts=facts,
        units=units,
        stamp=".".join(str(row.version) for row in (offer, resource, site) if row is not None),
    )


def taken(
    session: Session,
    calendar: Calendar,
    now: datetime,
    unit_ids: Collection[UUID],
    replaced: Collection[UUID] | None,
) -> dict[UUID, list[Taken]]:
    """Return what claims, and proposals that stay, hold of units from now on; None: all are replaced that may be."""
    found: dict[UUID, list[Taken]] = defaultdict(list)
    for claim in active_claims(session, unit_ids, Interval(now, None)):
        found[claim.unit_id].append((*calendar.held(from_range(claim.during)), claim.amount))
    for proposed in queries.proposal_claims(session, unit_ids, replaced):
        found[proposed.unit_id].append((*calendar.held(from_range(proposed.during)), proposed.amount))
    return found
