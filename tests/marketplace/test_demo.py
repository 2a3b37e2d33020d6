"""The made-up market: its size, that it repeats, that it is lifelike, and that it is quick."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from sqlalchemy import event, func
from sqlmodel import Session, SQLModel, select

from core import geo
from core.errors import BadInput, Conflict
from core.time import clock
from marketplace.demo.chance import Chance, Keys
from marketplace.demo.country import around, populations, somewhere
from marketplace.demo.service import generate
from marketplace.offers.models import Offer
from marketplace.offers.queries import search_offers
from marketplace.offers.search import OfferSearch
from marketplace.organisations.models import Member
from marketplace.planning.snapshot.open_needs import open_needs
from marketplace.requests.models import Need, Request
from resources.models import Claim, Resource, ResourceUnit, Site, Unit

MORNING = datetime(2026, 11, 21, 8, tzinfo=UTC)


def contents(session: Session) -> list[list[str]]:
    """Return what stands in the tables, in an order that follows from it."""
    tables: tuple[type[SQLModel], ...] = (Site, Resource, Unit, Offer, Request, Need)
    later = {"created_at", "updated_at", "opened_at"}
    return [
        sorted(str(sorted(row.model_dump(exclude=later).items())) for row in session.exec(select(table)))
        for table in tables
    ]


def test_it_has_the_size_that_was_asked_for_and_every_room_can_read_it(session: Session) -> None:
    made = generate(session, organisations=20, offers=150, requests=60, seed=7)
    assert (made.organisations, made.offers, made.requests) == (20, 150, 60)
    assert made.needs >= 60
    assert search_offers(session, None, OfferSearch(), limit=100).total == 150
    assert len(open_needs(session, None)) == made.needs
    assert session.exec(select(func.count()).select_from(Claim)).one() == 0


def test_the_same_seed_gives_the_same_market_on_the_same_day(session: Session) -> None:
    def market(seed: int, at: datetime) -> list[list[str]]:
        with clock.frozen(at), session.begin_nested() as attempt:
            generate(session, organisations=8, offers=40, requests=20, seed=seed)
            session.expire_all()
            found = contents(session)
            attempt.rollback()
        return found

    first = market(3, MORNING)
    assert market(3, MORNING) == first
    assert market(4, MORNING) != first
    assert market(3, MORNING + timedelta(days=1)) != first


def test_two_seeds_stand_beside_each_other_but_one_does_not_come_twice(session: Session) -> None:
    generate(session, organisations=3, offers=5, requests=5, seed=1)
    generate(session, organisations=3, offers=5, requests=5, seed=2)
    with pytest.raises(Conflict):
        generate(session, organisations=3, offers=5, requests=5, seed=1)


def test_one_member_of_each_market_coordinates(session: Session) -> None:
    for seed in (1, 2, 3):
        generate(session, organisations=3, offers=0, requests=0, seed=seed)
    members = session.exec(select(Member)).all()
    assert sorted(each.email for each in members if "coordinator" in each.roles) == [
        f"demo.{seed}.samordnare@example.se" for seed in (1, 2, 3)
    ]
    assert len(members) == 12


@pytest.mark.parametrize("wrong", [{"organisations": 0}, {"offers": -1}, {"requests": 1_000_001}, {"seed": -1}])
def test_numbers_out_of_reach(session: Session, wrong: dict[str, int]) -> None:
    with pytest.raises(BadInput):
        generate(session, **({"organisations": 1, "offers": 1, "requests": 1} | wrong))


def test_a_divided_hall_shares_its_units_with_its_parts(session: Session) -> None:
    generate(session, organisations=20, offers=400, requests=0, seed=5)
    halls = Counter(session.exec(select(Resource.part_of_id).where(Resource.part_of_id.is_not(None))))  # type: ignore[union-attr]
    assert halls
    held = Counter(session.exec(select(ResourceUnit.resource_id)))
    assert {(parts, held[hall]) for hall, parts in halls.items()} == {(2, 2)}


def test_people_and_things_are_where_the_population_is() -> None:
    chance = Chance(1)
    found = Counter(somewhere(chance).name for _ in range(5000))
    people = {each.name: number for each, number in populations().items()}
    share = people["Stockholm"] / sum(people.values())
    assert found.most_common(1)[0][0] == "Stockholm"
    assert abs(found["Stockholm"] / 5000 - share) < 0.02
    seat = geo.municipality("Östersund")
    distances = [geo.distance_m(around(chance, seat), seat.position) / 1000 for _ in range(300)]
    # Two normal offsets of 2.5 km: half within 2.5 · √(2 ln 2) = 2.9 km.
    assert 2 < median(distances) < 4


def test_sizes_are_skewed_and_keep_their_limits() -> None:
    chance = Chance(1)
    sizes = [chance.size(8, 1.6, 2, 30) for _ in range(2000)]
    assert (min(sizes), max(sizes)) == (2, 30)
    assert 7 <= median(sizes) <= 9
    assert sum(sizes) / len(sizes) > 8  # a few large ones pull the mean above the median


def test_keys_are_uuid7_in_order() -> None:
    keys = Keys(Chance(1), 1_790_000_000_000)
    made = [keys.next() for _ in range(1000)]
    assert made == sorted(made)
    assert {key.version for key in made} == {7}
    assert len(set(made)) == 1000


def test_it_is_written_in_a_handful_of_statements(session: Session) -> None:
    """What makes 20,000 offers take seconds: each table's rows go together, thousands at a time."""
    statements: list[str] = []
    seen: list[int] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *told: statements.append(told[2]))
    generate(
        session, organisations=50, offers=2_000, requests=500, seed=1, progress=lambda done, _all: seen.append(done)
    )
    # 14 tables with fewer than 5,000 rows each but units' and staff's; the vocabulary; the skills.
    assert len(statements) < 30
    assert seen == sorted(seen)
    assert seen[-1] > 8_000
