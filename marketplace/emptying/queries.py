"""What stands at a site, how it is offered, and what is booked of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session, col

from core.actor import Actor, Permission, check_may
from core.database.tables import any_of, by_swedish, within
from core.time import clock
from marketplace.emptying.rules import MOST_THINGS
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.queries import offers_of
from resources import queries as resources
from resources.models import Claim, ClaimSource, Resource, ResourceUnit, Site


@dataclass(frozen=True)
class Thing:
    """A resource at a site: its parts, the offers of each that are not closed or over, and until when it is booked."""

    resource: Resource
    parts: tuple[Resource, ...]
    capacity: int
    offers: Mapping[UUID, Sequence[Offer]]
    bookings: int
    booked_until: datetime | None
    """None also where it is booked without an end."""

    @property
    def each(self) -> tuple[Resource, ...]:
        """The whole and its parts, which are offered alike."""
        return (self.resource, *self.parts)

    @property
    def is_offered(self) -> bool:
        """Whether it is offered at all."""
        return bool(self.offers.get(self.resource.id))


def sites_to_empty(session: Session, actor: Actor) -> list[tuple[Site, int]]:
    """Return the sites at which the actor may offer something, by name, with how much stands there."""
    counted = func.count().label("things")
    found = (
        select(Site, counted)
        .join(Resource, col(Resource.site_id) == col(Site.id))
        .where(within(actor, Permission.OFFER, col(Resource.organisation_id), col(Resource.department)))
        .where(col(Resource.part_of_id).is_(None))
        .group_by(col(Site.id))
        .order_by(by_swedish(col(Site.name)), col(Site.id))
    )
    return [(row.Site, row.things) for row in session.execute(found)]


def site_to_empty(session: Session, actor: Actor, site_id: UUID) -> Site:
    """Return a site of the actor's organisation, some of which it may offer.

    Raises
    ------
    NotFound, NotAllowed
        As their names say.
    """
    site = resources.site(session, actor, site_id)
    check_may(actor, Permission.OFFER, None if site.organisation_id == actor.organisation_id else site.organisation_id)
    return site


def things_at(session: Session, actor: Actor, site_id: UUID) -> list[Thing]:
    """Return what stands at a site and the actor may offer, by name: what is not offered first, so much as may be."""
    offered = select(col(Offer.resource_id)).where(
        col(Offer.resource_id) == col(Resource.id), col(Offer.state) != OfferState.CLOSED
    )
    statement = (
        select(Resource)
        .where(
            col(Resource.site_id) == site_id,
            col(Resource.part_of_id).is_(None),
            within(actor, Permission.OFFER, col(Resource.organisation_id), col(Resource.department)),
        )
        .order_by(offered.exists(), by_swedish(col(Resource.name)), col(Resource.id))
        .limit(MOST_THINGS)
    )
    found = list(session.scalars(statement))
    ids = [each.id for each in found]
    parts = resources.parts_of(session, ids)
    every = [*ids, *(part.id for of_one in parts.values() for part in of_one.values())]
    offers = _standing(session, every)
    units, booked = resources.units_of(session, ids), _booked(session, ids)
    return [
        Thing(
            each,
            tuple(parts.get(each.id, {}).values()),
            units[each.id][0][0].capacity if len(units.get(each.id, ())) == 1 else 1,
            offers,
            *booked.get(each.id, (0, None)),
        )
        for each in found
    ]


def _standing(session: Session, resource_ids: Collection[UUID]) -> dict[UUID, list[Offer]]:
    found: dict[UUID, list[Offer]] = defaultdict(list)
    now = clock.now()
    for offer in offers_of(session, resource_ids):
        if offer.state is not OfferState.CLOSED and (offer.during.upper is None or offer.during.upper > now):
            found[offer.resource_id].append(offer)
    return dict(found)


def _booked(session: Session, resource_ids: Collection[UUID]) -> dict[UUID, tuple[int, datetime | None]]:
    """Return how many bookings of resources are not over, and when the last of them ends, if it does."""
    ahead = Range(clock.now(), None)
    without_end = func.bool_or(func.upper_inf(col(Claim.during)))
    rows = session.execute(
        select(
            col(ResourceUnit.resource_id),
            func.count(col(Claim.booking_id).distinct()),
            func.max(func.upper(col(Claim.during))),
            without_end,
        )
        .join(Claim, col(Claim.unit_id) == col(ResourceUnit.unit_id))
        .where(
            any_of(col(ResourceUnit.resource_id), resource_ids),
            col(Claim.source) == ClaimSource.BOOKING,
            col(Claim.released_at).is_(None),
            col(Claim.during).bool_op("&&")(ahead),
        )
        .group_by(col(ResourceUnit.resource_id))
    )
    return {key: (count, None if endless else until) for key, count, until, endless in rows}


def made_at_once(session: Session, actor: Actor, site_id: UUID, made_at: datetime) -> list[tuple[Offer, Resource]]:
    """Return the offers that the actor made of a site in one go, unless they are closed, each with its resource."""
    found = (
        select(Offer, Resource)
        .join(Resource, col(Resource.id) == col(Offer.resource_id))
        .where(
            col(Resource.site_id) == site_id,
            col(Offer.member_id) == actor.member_id,
            col(Offer.created_at) == made_at,
            col(Offer.state) != OfferState.CLOSED,
        )
        .order_by(col(Offer.id))
    )
    return [(row.Offer, row.Resource) for row in session.execute(found)]
