"""Many writers at once: no unit is ever over its capacity, and everybody who is refused is told so in our words.

The answer is checked by a sweep over the rows that shares no code with the product.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from core.database import db
from core.errors import CapacityExceeded, Conflict
from core.settings import settings
from core.time.interval import Interval
from resources import queries, service
from resources.claims import Wanted, change_period, release, set_capacity, take
from resources.models import Claim, ClaimSource
from tests import builders
from tests.racing import at_once, connections

__all__ = ["connections"]

START = datetime(2027, 3, 1, tzinfo=UTC)
HOURS = 24 * 5


@dataclass
class Market:
    """Units of each kind, by id."""

    rooms: list[UUID]
    halls: list[list[UUID]]
    counted: dict[UUID, int]

    def bundle(self, chance: random.Random) -> list[tuple[UUID, int]]:
        """Return something to take at once, in no particular order."""
        parts = {
            "room": [(chance.choice(self.rooms), 1)],
            "hall": [(half, 1) for half in chance.choice(self.halls)],
            "half": [(chance.choice(chance.choice(self.halls)), 1)],
            "things": [
                (unit, chance.randint(1, self.counted[unit] // 2))
                for unit in chance.sample(list(self.counted), chance.randint(1, 2))
            ],
        }
        chosen = [each for name in chance.sample(list(parts), chance.choice((1, 1, 2, 3))) for each in parts[name]]
        bundle = list(dict(chosen).items())
        chance.shuffle(bundle)
        return bundle


@dataclass
class Outcomes:
    """What became of the writers' attempts."""

    accepted: dict[str, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    claims: list[UUID] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def market() -> Market:
    with db.unit_of_work() as session:
        rooms = [builders.unit_of(session, builders.space(session)).id for _ in range(4)]
        halls = [builders.hall(session).id for _ in range(2)]
        units = queries.units_of(session, halls)
        counted = [builders.furniture(session), builders.space(session, capacity=12), builders.staff(session)]
        held = [builders.unit_of(session, each) for each in counted]
        return Market(
            rooms, [[unit.id for unit, _ in units[hall]] for hall in halls], {unit.id: unit.capacity for unit in held}
        )


def period(chance: random.Random) -> Interval:
    start = START + timedelta(hours=chance.randrange(HOURS))
    for_good = chance.random() < 0.001
    return Interval(start, None if for_good else start + timedelta(hours=chance.randint(1, 8)))


def sweep(engine: Engine) -> Counter[str]:
    """Return how many claims count of each attempt, once it is sure that they fit in every moment."""
    with engine.connect() as connection:
        capacities = dict(connection.execute(text("select id, capacity from unit")).all())  # type: ignore[arg-type]
        rows = connection.execute(
            text("select unit_id, lower(during), upper(during), amount, note from claim where released_at is null")
        ).all()
    by_unit = defaultdict(list)
    for unit, start, end, amount, _ in rows:
        by_unit[unit].append((start, end, amount))
    for unit, held in by_unit.items():
        for moment, _, _ in held:  # most is taken in a moment in which something starts
            taken = sum(amount for start, end, amount in held if start <= moment and (end is None or moment < end))
            assert taken <= capacities[unit], f"{taken} of {capacities[unit]} taken at {moment}"
    return Counter(note for *_, note in rows)


def claim(units: Market, outcomes: Outcomes, number: int) -> None:
    chance = random.Random(number)
    during, bundle = period(chance), units.bundle(chance)
    wanted = [Wanted(unit, amount, during) for unit, amount in bundle]
    try:
        with db.unit_of_work() as session:
            taken = take(session, wanted, ClaimSource.OWNER, note=str(number))
    except CapacityExceeded as refusal:
        clashes = refusal.details["clashes"]
        assert {clash["unitId"] for clash in clashes} <= {str(unit) for unit, _ in bundle}  # type: ignore[attr-defined]
        outcomes.refused.add(str(number))
    else:
        outcomes.accepted[str(number)] = len(bundle)
        outcomes.claims += [each.id for each in taken]


def move(outcomes: Outcomes, number: int) -> None:
    chance = random.Random(number)
    try:
        with db.unit_of_work() as session:
            change_period(session, chance.choice(outcomes.claims), period(chance))
    except CapacityExceeded:
        outcomes.counts["moves refused"] += 1
    else:
        outcomes.counts["moves"] += 1


def change(units: Market, outcomes: Outcomes, number: int) -> None:
    chance = random.Random(number)
    unit, most = chance.choice(list(units.counted.items()))
    try:
        with db.unit_of_work() as session:
            set_capacity(session, unit, chance.randint(most // 2, most))
    except CapacityExceeded:
        outcomes.counts["capacities refused"] += 1
    else:
        outcomes.counts["capacities"] += 1


@pytest.mark.long
def test_32_writers_race_1000_overlapping_claims(connections: None) -> None:
    units, outcomes = market(), Outcomes()
    actions: list[Callable[[], None]] = []
    for number in range(1000):
        actions.append(partial(claim, units, outcomes, number))
        if number % 10 == 9 and number > 300:  # once there is something to move
            actions.append(partial(move, outcomes, number))
        if number % 50 == 49:
            actions.append(partial(change, units, outcomes, number))
    at_once(actions)

    assert len(outcomes.accepted) + len(outcomes.refused) == 1000
    assert sweep(db.engine()) == outcomes.accepted, "a bundle was taken in part, or a refused one was taken"
    assert len(outcomes.accepted) > 100
    assert len(outcomes.refused) > 300
    assert all(outcomes.counts[action] for action in ("moves", "moves refused", "capacities", "capacities refused"))


def test_two_who_exchange_their_rooms_crosswise(connections: None) -> None:
    """Units are locked in order within one take, not over several. PostgreSQL ends one of the two: try again."""
    rooms = market().rooms[:2]
    both_have_released = Barrier(2)
    now = Interval(START, START + timedelta(hours=1))
    with db.unit_of_work() as session:
        held = take(session, [Wanted(room, 1, now) for room in rooms], ClaimSource.OWNER)
    outcomes: list[str] = []

    def exchange(mine: Claim, other: UUID) -> None:
        try:
            with db.unit_of_work() as session:
                release(session, [mine])
                both_have_released.wait()
                take(session, [Wanted(other, 1, now)], ClaimSource.OWNER)
        except Conflict as refusal:
            outcomes.append(refusal.code)
        else:
            outcomes.append("exchanged")

    at_once([partial(exchange, held[0], rooms[1]), partial(exchange, held[1], rooms[0])])
    # The one who goes on finds the other's room taken, for the other's release was undone with the rest.
    assert sorted(outcomes) == ["busy", "capacity_exceeded"]
    sweep(db.engine())


def test_no_more_than_there_may_be_by_asking_at_once(connections: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dozen close a period of an organisation that may have three, which are all counted before any is there."""
    monkeypatch.setenv("PLATSVERKET_ORGANISATION_CLOSED_PERIODS", "3")
    settings.cache_clear()
    with db.unit_of_work() as session:
        home = builders.organisation(session)
        actor = builders.actor(session, home, roles=["lister"])
        rooms = [builders.space(session, builders.site(session, home)).id for _ in range(12)]
    outcomes: list[str] = []

    def close(room: UUID) -> None:
        try:
            with db.unit_of_work() as session:
                service.close_period(session, actor, room, Interval(START, START + timedelta(hours=1)))
        except Conflict as refusal:
            outcomes.append(refusal.code)
        else:
            outcomes.append("closed")

    at_once([partial(close, room) for room in rooms])
    assert Counter(outcomes) == {"closed": 3, "too_many_closed_periods": 9}


@pytest.mark.parametrize("capacity", [1, 5])
def test_writers_that_lock_nothing_are_held_back_too(connections: None, capacity: int) -> None:
    """Plain SQL, as an import or a person at the prompt would write it."""
    with db.unit_of_work() as session:
        unit = builders.unit_of(session, builders.furniture(session, capacity=capacity))
    counts: Counter[str] = Counter()
    statement = text(
        "insert into claim (id, unit_id, unit_capacity, amount, during, source, note, created_at, updated_at) values"
        " (gen_random_uuid(), :unit, :capacity, 1, tstzrange(:start, :end), 'owner', '', now(), now())"
    )

    def insert(number: int) -> None:
        start = START + timedelta(hours=random.Random(number).randrange(20))
        values = {"unit": unit.id, "capacity": capacity, "start": start, "end": start + timedelta(hours=3)}
        try:
            with db.unit_of_work() as session:
                session.execute(statement, values)
        except Conflict as refusal:
            counts[refusal.code] += 1
        else:
            counts["taken"] += 1

    at_once([partial(insert, number) for number in range(150)])
    assert sum(counts.values()) == 150
    assert set(counts) <= {"taken", "capacity_exceeded", "busy"}
    assert sweep(db.engine())[""] == counts["taken"]
