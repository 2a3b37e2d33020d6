"""Making up a market: lifelike in its clustering, sizes, durations and scarcity, and the same for the same seed."""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlmodel import Session

from competence.queries import listed_skills
from competence.service import add_skills
from core.database import db
from core.errors import BadInput
from core.time import clock
from marketplace.demo.chance import Chance, Keys
from marketplace.demo.demand import Demand
from marketplace.demo.rows import Progress, Rows
from marketplace.demo.supply import Supply
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.requests.models import Need, Request

MOST = 1_000_000


@dataclass(frozen=True)
class Made:
    """How much was made."""

    organisations: int
    offers: int
    requests: int
    needs: int


def generate(
    session: Session,
    *,
    organisations: int,
    offers: int,
    requests: int,
    seed: int = 1,
    progress: Progress = lambda _written, _total: None,
) -> Made:
    """Write a made-up market beside what is there. On the same day the same numbers and seed give the same market.

    Raises
    ------
    BadInput
        A number is out of reach.
    Conflict
        This seed's market is there already.
    """
    _check(organisations, offers, requests, seed)
    add_skills(session)
    chance, rows = Chance(seed), Rows()
    midnight = datetime.combine(clock.today(), time.min, UTC)
    # The seed is in the keys' time as well, so that markets of two seeds never share one.
    instant_ms = int(midnight.timestamp()) * 1000 + seed % 86_400_000
    keys = Keys(chance, instant_ms)
    supply = Supply(chance, keys, rows, seed, {skill.code: skill.id for skill in listed_skills(session)})
    for number in range(1, organisations + 1):
        supply.organisation(number)
    for _ in range(offers):
        supply.offer()
    demand = Demand(chance, keys, rows, supply.houses, supply.popular)
    for number in range(1, requests + 1):
        demand.request(number)
    supply.coordinator(Keys(Chance(f"coordinator {seed}"), instant_ms).next())
    with db.translated():
        rows.write(session, progress)
    return Made(rows.count(Organisation), rows.count(Offer), rows.count(Request), rows.count(Need))


def _check(organisations: int, offers: int, requests: int, seed: int) -> None:
    for name, number, least in (
        ("organisations", organisations, 1),
        ("offers", offers, 0),
        ("requests", requests, 0),
        ("seed", seed, 0),
    ):
        if not least <= number <= MOST:
            raise BadInput(name, number, f"it has to be from {least} through {MOST}")
