"""A made-up network: cards in three towns that may be asked for some hours of a month, and needs of some hours each."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from core.geo import municipality
from core.time.clock import STOCKHOLM
from core.time.interval import Interval
from core.time.timing import Fixed
from marketplace.networks.rules import gini
from marketplace.offers.models import PriceBasis, Terms, Visibility
from marketplace.offers.rules import Audience
from marketplace.organisations.models import OrganisationKind
from marketplace.planning.encoding.decode import DraftLine
from marketplace.planning.options.turns import loads_of
from marketplace.planning.snapshot.load import calendar_for
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer, Snapshot
from marketplace.requests.models import Priority
from resources.families.staff import StaffFacts, StaffRequirements

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=STOCKHOLM).astimezone(UTC)
TOWNS = ("2380", "0180", "1480")
SKILL = "facilitation"
DAYS = 60


def network(
    seed: int, cards: int, needs: int, *, hours: int = 40, lent_before: int = 0, may_be_remote: float = 0.5
) -> Snapshot:
    """Return a market by chance: each card works in some of three towns, and half of them remotely too.

    `hours` is what may be asked for of each in a month, `lent_before` how many hours each has been lent at most.
    """
    chance = Random(seed)  # noqa: S311
    offers = [_card(chance, hours, may_be_remote) for _ in range(cards)]
    asked = [_need(chance, n, may_be_remote) for n in range(needs)]
    calendar = calendar_for(asked, NOW)
    before = {offer.units[0][0]: _lent(chance.randint(0, lent_before)) for offer in offers}
    return Snapshot(
        calendar=calendar,
        now=calendar.ceil(NOW),
        needs=asked,
        offers=offers,
        capacities={unit: _extent(offer) for offer in offers for unit, _ in offer.units},
        taken={},
        lent=before,
    )


def loads(market: Snapshot, lines: Sequence[DraftLine]) -> list[float]:
    """Return how many hours each card has been lent and is to be, by a plan."""
    found = dict.fromkeys((unit for offer in market.offers for unit, _ in offer.units), 0.0) | loads_of(market)
    for line in lines:
        for unit, _ in line.option.offer.units:
            found[unit] += sum(end - start for start, end in line.option.during) / 60
    return list(found.values())


def unevenness(market: Snapshot, lines: Sequence[DraftLine]) -> float:
    """Return the Gini coefficient of the cards' load."""
    return gini(loads(market, lines))


def _key(chance: Random) -> UUID:
    return UUID(int=chance.getrandbits(128))


def _extent(offer: OpenOffer) -> int:
    assert isinstance(offer.facts, StaffFacts)
    return offer.facts.extent_percent


def _card(chance: Random, hours: int, may_be_remote: float) -> OpenOffer:
    home, towns = _key(chance), [town for town in TOWNS if chance.random() < 0.5] or [chance.choice(TOWNS)]
    facts = StaffFacts(
        extent_percent=chance.choice([20, 50, 100]),
        remote=chance.random() < may_be_remote,
        municipality_codes=tuple(towns),
        skills={SKILL: 4},
        people_meant=9,
        network=SKILL,
        network_hours=hours,
    )
    return OpenOffer(
        offer_id=_key(chance),
        resource_id=_key(chance),
        organisation_id=home,
        organisation_kind=OrganisationKind.STATE_AGENCY,
        audience=Audience(Visibility.ALL, home, towns[0][:2], None),
        family="staff",
        kind="staff",
        terms=Terms.LOAN,
        price_basis=PriceBasis.NONE,
        price_sek=0,
        during=Interval(NOW - timedelta(days=30), NOW + timedelta(days=365)),
        opening=None,
        positions=tuple(municipality(town).position for town in towns),
        facts=facts,
        units=((_key(chance), 1),),
    )


def _need(chance: Random, number: int, may_be_remote: float) -> OpenNeed:
    day = date(2027, 3, 1) + timedelta(days=chance.randint(7, DAYS))
    start = datetime.combine(day, time(chance.randint(8, 14)), STOCKHOLM)
    town = chance.choice(TOWNS)
    return OpenNeed(
        need_id=_key(chance),
        request_id=_key(chance),
        organisation_id=_key(chance),
        organisation_kind=OrganisationKind.STATE_AGENCY,
        department=None,
        county_code=town[:2],
        priority=Priority.ORDINARY,
        together=False,
        opened_at=NOW + timedelta(minutes=number),
        position=1,
        title="",
        family="staff",
        kind=None,
        amount=100,
        parts=1,
        timing=Fixed(start, start + timedelta(hours=chance.choice([2, 3, 4]))),
        requirements=StaffRequirements(network=SKILL, remote_ok=chance.random() < may_be_remote),
        municipality_code=town,
        latitude=None,
        longitude=None,
        max_distance_km=None,
        alternative_group=None,
    )


def _lent(hours: int) -> Sequence[Interval]:
    start = NOW - timedelta(days=30)
    return [Interval(start, start + timedelta(hours=hours))] if hours else []
