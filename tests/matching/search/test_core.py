"""The core of a market: all of its needs by few columns, one more every turn, for its share of the work."""

import numpy as np
import pytest

from benchmarks.experiments.assignments import assignment
from matching.mip.block_mip import MipResult
from matching.model.formulation import formulate
from matching.params.blocks import CoreParams
from matching.params.search import SearchParams
from matching.search.operator import Task
from matching.search.primal_operators import Core
from matching.search.state import SearchState

PARAMS = SearchParams(core=CoreParams(columns=2, work_limit=3.0, most_work=0.25))


@pytest.fixture
def core() -> Core:
    state = SearchState(formulate(assignment(5, 20)), 1, PARAMS)
    return Core(state, np.arange(20))


def turn(core: Core, work: float) -> Task:
    """The next block, which takes so much work and finds nothing."""
    task = core.next()
    assert task is not None
    task.done(MipResult(task.mip.hint, np.zeros_like(task.mip.hint), np.zeros(1, dtype=np.int64), work, None))
    core.state.work += work
    return task


def test_each_job_may_have_its_two_best_agents_then_three_then_all_five(core: Core) -> None:
    columns = [len(turn(core, 1.0).mip.hint) for _ in range(5)]
    assert columns == [2 * 20, 3 * 20, 4 * 20, 5 * 20, 5 * 20]


def test_it_goes_first_until_it_has_had_its_share_and_gets_that_share_the_next_time(core: Core) -> None:
    """A quarter: after 8 of its own it waits until there are 32 in all, and may then take 8; never less than 3."""
    assert core.priority == (True, float("inf"))
    assert turn(core, 8.0).mip.work_limit == 3.0
    core.state.work = 31.0
    assert core.priority[1] < float("inf")
    core.state.work = 33.0
    assert core.priority == (True, float("inf"))
    assert turn(core, 0.0).mip.work_limit == pytest.approx(33 / 4)


def test_one_is_out_at_a_time(core: Core) -> None:
    task = core.next()
    assert (task is not None, core.priority[0]) == (True, False)
