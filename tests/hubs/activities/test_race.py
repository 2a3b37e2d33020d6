"""Many register, answer and give back at once: never over capacity, in order, groups whole."""

import random
from collections.abc import Callable
from functools import partial

import pytest
from sqlmodel import col, select

from core.actor import Actor
from core.database import db
from core.errors import Conflict, NotFound
from hubs.activities import registering
from hubs.activities.models import HubRegistration
from hubs.activities.registering import SeatAnswer
from hubs.activities.rules import IN_LINE
from hubs.waiting.line import Place, Standing, next_offers
from tests import builders
from tests.hubs import rows
from tests.racing import WRITERS, at_once, connections

__all__ = ["connections"]

SEATS, PEOPLE, ACTIONS = 40, 60, 1000


@pytest.mark.long
def test_32_writers_race_for_seats(connections: None) -> None:
    """Sixty people, of whom every fourth brings a group of up to eight, do a thousand things in no order."""
    with db.unit_of_work() as session:
        home = builders.organisation(session)
        actors = [builders.actor(session, home) for _ in range(PEOPLE)]
        talk = rows.activity(session, rows.hub(session), seats=SEATS).id

    def act(number: int) -> None:
        chance = random.Random(number)
        try:
            with db.unit_of_work() as session:
                _something(chance)(session, chance.choice(actors), talk)
        except NotFound:
            pass
        except Conflict as refused:
            if refused.code not in {"already_registered", "nothing_offered", "nothing_missing"}:
                raise

    def _something(chance: random.Random) -> Callable[..., object]:
        seats = chance.choice([1, 1, 1, chance.randint(2, 8)])
        if chance.random() < 0.5:
            return partial(registering.register, seats=seats)
        said = chance.choice([SeatAnswer.ACCEPT, SeatAnswer.ACCEPT, SeatAnswer.WAIT, SeatAnswer.DECLINE])
        return partial(registering.answer, said=said)

    at_once([partial(act, number) for number in range(ACTIONS)])
    assert WRITERS == 32
    with db.unit_of_work() as session:
        found = session.scalars(select(HubRegistration).order_by(col(HubRegistration.number))).all()
        assert [each.number for each in found] == list(range(1, len(found) + 1)), "one was lost, or two are one place"
        assert len(found) > PEOPLE, "nobody came anew"
        line = [each for each in found if each.state in IN_LINE]
        assert sum(each.taken + each.offered for each in line) <= SEATS
        assert len({each.member_id for each in line}) == len(line)
        places = [Place(each.seats, each.taken, each.offered, each.lets_pass) for each in line]
        assert next_offers(SEATS, places) == [], "seats are free that somebody waits for"
        waits = [place for place in places if place.standing is Standing.WAITING]
        assert waits, "nobody had to wait"


def test_nobody_over_what_one_actor_may_have(connections: None) -> None:
    """One member registers from many windows at once: it is there once."""
    with db.unit_of_work() as session:
        actor: Actor = builders.actor(session)
        talk = rows.activity(session, rows.hub(session), seats=5).id
    outcomes: list[str] = []

    def register() -> None:
        try:
            with db.unit_of_work() as session:
                registering.register(session, actor, talk)
            outcomes.append("registered")
        except Conflict as refused:
            outcomes.append(refused.code)

    at_once([register] * 12)
    assert sorted(outcomes) == ["already_registered"] * 11 + ["registered"]
