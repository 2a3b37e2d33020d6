"""Many register, answer and give back at once: never over capacity, in order, groups whole."""

import os
import random
from collections.abc import Callable, Collection
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import Select, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database import db
from core.database.audit import AuditEntry
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
RACES = int(os.environ.get("RACES", "1"))
"""Activities raced for, one after another. `make race` has 32, so that each of 32 writers does a thousand things."""


@pytest.mark.long
def test_32_writers_race_for_seats(connections: None) -> None:
    """Sixty people, of whom every fourth brings a group of up to eight, do a thousand things in no order."""
    assert WRITERS == 32
    with db.unit_of_work() as session:
        home = builders.organisation(session)
        actors = [builders.actor(session, home) for _ in range(PEOPLE)]
        hub = rows.hub(session)
        talks = [rows.activity(session, hub, seats=SEATS).id for _ in range(RACES)]

    def act(number: int) -> None:
        chance, talk = random.Random(number), talks[number // ACTIONS]
        try:
            with db.unit_of_work() as session:
                _something(chance)(session, chance.choice(actors), talk)
                check(session, talk)
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

    at_once([partial(act, number) for number in range(ACTIONS * RACES)])
    for talk in talks:
        with db.unit_of_work() as session:
            line = check(session, talk)
            found = session.scalars(_of(talk)).all()
            assert [each.number for each in found] == list(range(1, len(found) + 1)), "one was lost, or two are one"
            assert len(found) > PEOPLE, "nobody came anew"
            assert len({each.member_id for each in line}) == len(line)
            assert [each for each in line if each.state is Standing.WAITING], "nobody had to wait"
            split = {each.id for each in line if 0 < each.taken < each.seats}
            assert split <= _asked(session, split), "a group was split that did not say so"


def check(session: Session, talk: UUID) -> list[HubRegistration]:
    """Return the line as it is about to be committed: within capacity, in order, and with nothing free held back."""
    found = session.scalars(_of(talk).execution_options(populate_existing=True))
    line = [each for each in found if each.state in IN_LINE]
    places = [Place(each.seats, each.taken, each.offered, each.lets_pass) for each in line]
    assert sum(each.taken + each.offered for each in line) <= SEATS
    assert next_offers(SEATS, places) == [], "seats are free that somebody waits for"
    passed = [n for n, each in enumerate(places) if each.missing > each.offered and not (each.taken or each.lets_pass)]
    after = places[passed[0] + 1 :] if passed else []
    assert not [each for each in after if each.taken or each.offered], "one was passed who was not asked"
    return line


def _of(talk: UUID) -> Select[HubRegistration]:
    mine = select(HubRegistration).where(col(HubRegistration.activity_id) == talk)
    return mine.order_by(col(HubRegistration.number))


def _asked(session: Session, keys: Collection[UUID]) -> set[UUID]:
    """Return which registrations have answered for what they were offered, as the audit has it."""
    answered = (col(AuditEntry.from_state) == Standing.OFFERED, col(AuditEntry.actor_id).is_not(None))
    found = select(col(AuditEntry.entity_id)).where(col(AuditEntry.entity_id).in_(keys), *answered)
    return set(session.scalars(found))


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
