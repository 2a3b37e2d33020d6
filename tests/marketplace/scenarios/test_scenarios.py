"""Scenarios on a real run: who gains and loses by each kind of change, near by and as a whole; nothing is published."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import Engine, func, select

from core.actor import Actor
from core.database import db
from core.errors import BadInput, Conflict, NotAllowed, NotFound, StateChanged
from marketplace.bookings.models import Booking
from marketplace.planning import attempts
from marketplace.planning.rules import RunDraft
from marketplace.proposals.models import Proposal
from marketplace.runs.models import RunDocument
from marketplace.scenarios import queries, rules, service, told
from marketplace.scenarios.models import Scenario, ScenarioState
from marketplace.scenarios.solving.changes import Add, Change, Close, Forbid, Lock, Weigh
from marketplace.scenarios.solving.outcome import Effect, Extent, Outcome
from tests import builders

F, M, R, G, L = Effect.FELL, Effect.MOVES, Effect.ROSE, Effect.GAINS, Effect.LOSES


@dataclass(frozen=True)
class Market:
    """A small and a large room; a few fit the small one, many only the large, and some others were left without."""

    small: UUID
    large: UUID
    few: UUID
    many: UUID
    others: UUID
    run: UUID
    coordinator: Actor
    colleague: Actor


def room(seats: int) -> UUID:
    with db.unit_of_work() as session:
        return builders.offer(session, builders.space(session, seats=seats)).id


def asked(people: int, **rest: object) -> UUID:
    with db.unit_of_work() as session:
        return builders.need(session, builders.request(session, **rest), requirements={"people": people}).id


@pytest.fixture
def market(engine: Engine) -> Market:
    rooms = room(8), room(30)
    needs = asked(5), asked(25, priority="statutory"), asked(20)
    run = attempts.run_now(RunDraft(time_limit_s=600))
    with db.unit_of_work() as session:
        members = [builders.member(session, roles=["coordinator"]) for _ in range(2)]
        return Market(*rooms, *needs, run, *(builders.actor_of(session, each) for each in members))


def near(market: Market, *wanted: Change) -> tuple[UUID, Outcome]:
    with db.unit_of_work() as session:
        key = service.create(session, market.coordinator, market.run, "Utkast", wanted).id
    return key, outcome(key)


def outcome(key: UUID) -> Outcome:
    with db.unit_of_work() as session:
        return queries.outcomes(session, [key])[key]


def effects(found: Outcome) -> dict[UUID, Effect]:
    return {each.need_id: each.effect for each in found.needs}


def test_each_change_shows_who_gains_and_who_loses_near_by_as_in_all(market: Market) -> None:
    m = market
    cases: list[tuple[list[Change], dict[UUID, Effect], int]] = [
        ([Lock(need_id=m.few)], {}, 0),
        ([Close(offer_id=m.small)], {m.few: F}, -1),
        ([Close(offer_id=m.large)], {m.many: F}, -1),
        ([Forbid(need_id=m.many, offer_id=m.large)], {m.many: F, m.others: R}, 0),
        ([Add(offer_id=m.large, amount=1)], {m.others: R}, 1),
        ([Lock(need_id=m.few, offer_id=m.large)], {m.many: F, m.few: L}, -1),
        ([Lock(need_id=m.few, offer_id=m.large), Weigh(criterion="fit", points=0)], {m.many: F, m.few: M}, -1),
        ([Lock(need_id=m.others, offer_id=m.large), Close(offer_id=m.small)], {m.many: F, m.others: R, m.few: F}, -1),
    ]
    with db.unit_of_work() as session:
        before = [session.scalar(select(func.count()).select_from(table)) for table in (Proposal, Booking)]
    for wanted, expected, more in cases:
        key, found = near(m, *wanted)
        assert (effects(found), found.after.served - found.before.served) == (expected, more), wanted
        assert found.before.value + sum(each.gain for each in found.needs) == found.after.value
        with db.unit_of_work() as session:
            service.solve(session, m.coordinator, key)
        service.work_on(key)
        whole = outcome(key)
        assert (whole.scope, whole.after, whole.bound) == (Extent.WHOLE, found.after, found.after.value)
        assert effects(whole) == expected
    with db.unit_of_work() as session:
        assert [session.scalar(select(func.count()).select_from(table)) for table in (Proposal, Booking)] == before
        [rose] = [each for each in told.parties(session, found) if Effect.ROSE in each.needs]
        assert (rose.lends_before, rose.lends_after, rose.gain > 0) == (0, 0, True)
        page = told.needs_told(session, found)
        assert [len(each.before) for each in page.items] == [1, 1, 0]


def test_a_first_answer_is_the_same_though_what_is_kept_for_it_is_not_there_or_is_damaged(market: Market) -> None:
    """By another version, or cut: it is made of the run's problem and plan again, and is there the next time."""
    wanted = Close(offer_id=market.large)
    found, before = near(market, wanted)[1].needs, b""
    older = gzip.compress(msgspec.msgpack.encode([1, b"", {}, {}, {}]))
    for damage in (None, b"", b"cut", gzip.compress(b"\x95"), older):
        with db.unit_of_work() as session:
            row = session.get_one(RunDocument, (market.run, "packed"))
            assert row.body != before, "as it was damaged the last time"
            if damage is None:
                session.delete(row)
            else:
                row.body = before = damage
        assert near(market, wanted)[1].needs == found, damage


def test_what_does_not_fit_beside_what_was_asked_for_first_is_named(market: Market) -> None:
    wanted = [Lock(need_id=market.many), Lock(need_id=market.few, offer_id=market.large)]
    assert near(market, *wanted)[1].unfitting == (1,)


def test_wrong_changes_are_refused_all_at_once_and_nothing_is_written(market: Market) -> None:
    m, nobody = market, UUID(int=1)
    wrong: list[Change] = [
        Lock(need_id=nobody),
        Lock(need_id=m.others),
        Lock(need_id=m.many, offer_id=m.small),
        Close(offer_id=nobody),
        Add(offer_id=m.large, amount=0),
        Weigh(criterion="amount", points=1),
        Weigh(criterion="fit", points=40_000),
    ]
    with pytest.raises(BadInput) as refused, db.unit_of_work() as session:
        service.create(session, m.coordinator, m.run, "Utkast", wrong)
    named = [each.property for each in refused.value.parameters]
    fields = ["needId", "needId", "offerId", "offerId", "amount", "criterion", "points"]
    assert named == [f"changes[{n}].{field}" for n, field in enumerate(fields)]
    for too in ([Weigh(criterion="fit", points=30_000)], [Lock(need_id=m.few)] * (rules.MOST_CHANGES + 1)):
        with pytest.raises(BadInput), db.unit_of_work() as session:
            service.create(session, m.coordinator, m.run, "Utkast", too)
    with db.unit_of_work() as session:
        assert queries.kept_of(session, m.coordinator) == 0


def test_a_draft_is_its_makers_alone_and_may_be_cancelled_and_thrown_away(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    m, (key, _) = market, near(market, Close(offer_id=market.small))

    def refused(kind: type[Exception], call: Callable[..., object], *args: object) -> None:
        with pytest.raises(kind), db.unit_of_work() as session:
            call(session, *args)

    def done(call: Callable[..., object], *args: object) -> None:
        with db.unit_of_work() as session:
            call(session, *args)

    refused(NotFound, service.solve, m.colleague, key)
    refused(NotFound, service.discard, m.colleague, key)
    refused(Conflict, service.cancel, m.coordinator, key)
    done(service.solve, m.coordinator, key)
    refused(StateChanged, service.solve, m.coordinator, key)
    done(service.cancel, m.coordinator, key)
    service.work_on(key)  # too late
    assert outcome(key).scope is Extent.NEAR
    done(service.solve, m.coordinator, key)
    done(service.add, m.coordinator, key, Weigh(criterion="fit", points=1))  # ends it too
    with db.unit_of_work() as session:
        row = queries.scenario(session, m.coordinator, key)
        assert (row.state, len(row.changes)) == (ScenarioState.DRAFT, 2)
    done(service.discard, m.coordinator, key)
    refused(NotFound, queries.scenario, m.coordinator, key)
    monkeypatch.setattr(rules, "MOST_KEPT", 0)
    refused(Conflict, service.create, m.coordinator, m.run, "Utkast")
    with db.unit_of_work() as session:
        lister = builders.actor_of(session, builders.member(session))
    refused(NotAllowed, queries.scenarios_page, lister)


def test_two_sweeps_at_once_leave_to_each_other_what_they_are_at(market: Market) -> None:
    key, _ = near(market, Close(offer_id=market.small))
    with db.unit_of_work() as session:
        service.solve(session, market.coordinator, key)
    with db.unit_of_work() as session:
        row = session.get_one(Scenario, key)
        row.heard_at, row.attempts = row.heard_at - timedelta(days=1), service.MOST_ATTEMPTS - 1

    with db.unit_of_work() as first:
        service.send_lost_again(first)
        with db.unit_of_work() as other:
            service.send_lost_again(other)
    service.work_on(key)  # the last attempt that there is, and nobody gives it up
    with db.unit_of_work() as session:
        row = session.get_one(Scenario, key)
        assert (row.state, row.attempts) == (ScenarioState.SOLVED, service.MOST_ATTEMPTS)
