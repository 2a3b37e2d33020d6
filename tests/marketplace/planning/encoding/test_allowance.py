"""What one organisation asks for takes at most its share of a run: the rest of it is left out and named."""

from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from core.time.timing import Flexible
from marketplace.planning.encoding.allowance import PER_TIME, Allowance
from marketplace.planning.encoding.build import Built, build
from marketplace.planning.options.policy import POLICIES
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import Snapshot
from marketplace.runs.set_aside import Fault
from tests.marketplace.planning.snapshots import at, need, offer, snapshot

ROOMS = 3
OFFERS = [offer() for _ in range(ROOMS)]
ONE, MANY = ROOMS + 1 + PER_TIME + ROOMS, 40
"""A fixed time: three rooms, which are all free at the same, so one time of these, one time made, three options."""


def flexible(organisation_id: UUID, **values: object) -> OpenNeed:
    """A need with 40 possible times."""
    return need(organisation_id=organisation_id, timing=Flexible(at(7), at(7, 20, 30), 60, 30), **values)


def built(here: Snapshot, work: int, monkeypatch: pytest.MonkeyPatch) -> Built:
    monkeypatch.setattr("marketplace.planning.encoding.allowance.WORK_PER_S", work)
    monkeypatch.setattr("marketplace.planning.encoding.allowance.SHARE", 1)
    return build(here, POLICIES["balanced"], name="test", seed=1, allowance=Allowance(1.0))


def left_out(found: Built) -> set[UUID | None]:
    assert {each.fault for each in found.set_aside} <= {Fault.TOO_MUCH}
    return {each.need_id for each in found.set_aside}


def test_whoever_asks_for_too_much_is_left_out_and_the_others_get_what_they_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("marketplace.planning.candidates.filters.MOST_NEEDS", 1)
    greedy, modest = uuid7(), uuid7()
    needs = [*(need(organisation_id=greedy) for _ in range(MANY)), *(need(organisation_id=modest) for _ in range(2))]
    found = built(snapshot(needs, OFFERS), 10 * ONE, monkeypatch)
    assert left_out(found) == {each.need_id for each in needs[10:MANY]}
    assert {each.organisation_id for each in found.set_aside} == {greedy}
    alone = built(snapshot(needs[MANY:], OFFERS), 10 * ONE, monkeypatch)
    options = {each.need.need_id: len(each.demands[0].options) for each in found.considered}
    assert {each.need.need_id: len(each.demands[0].options) for each in alone.considered}.items() <= options.items()


def test_the_needs_with_the_fewest_times_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.planning.candidates.filters.MOST_NEEDS", 1)
    home = uuid7()
    costly, plain = [flexible(home) for _ in range(3)], [need(organisation_id=home) for _ in range(3)]
    assert left_out(built(snapshot([*costly, *plain], OFFERS), 3 * ONE, monkeypatch)) == {
        each.need_id for each in costly
    }
    assert left_out(built(snapshot([*costly, *plain], OFFERS), 3 * ONE + 1, monkeypatch)) == {
        each.need_id for each in costly[1:]
    }


def test_a_bundle_of_which_a_need_is_left_out_is_left_out_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.planning.candidates.filters.MOST_NEEDS", 1)
    home, request_id = uuid7(), uuid7()
    bundle = [need(organisation_id=home, request_id=request_id, together=True, position=n) for n in (1, 2)]
    found = built(snapshot(bundle, OFFERS), ONE, monkeypatch)
    assert left_out(found) == {bundle[1].need_id}
    assert not found.considered


def test_of_more_times_than_can_be_looked_at_some_are_that_lie_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = flexible(uuid7())
    whole = build(snapshot([asked], OFFERS), POLICIES["balanced"], name="test", seed=1).filters.apply(asked)
    assert len(whole.pattern.starts) == MANY
    monkeypatch.setattr("marketplace.planning.candidates.filters.MOST_CELLS", 21 * ROOMS)
    some = build(snapshot([asked], OFFERS), POLICIES["balanced"], name="test", seed=1).filters.apply(asked)
    starts = whole.pattern.starts.tolist()
    assert len(some.pattern.starts) == 21
    assert set(some.pattern.starts.tolist()) <= set(starts)
    assert (some.pattern.starts[0], some.pattern.starts[-1]) == (starts[0], starts[-1])
    steps = {after - before for before, after in zip(some.pattern.starts, some.pattern.starts[1:], strict=False)}
    assert steps == {30, 60}
    assert len(some) == ROOMS
