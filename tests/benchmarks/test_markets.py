import numpy as np
import pytest

from benchmarks.experiments.assignments import assignment
from benchmarks.harness.judging import judged
from benchmarks.markets.markets import market
from matching.arrays.conversion import arrays_of, problem_of
from matching.search.serial import first_come_first_served, most_valuable_first

MIXED = {
    "bundles": 0.2,
    "alternatives": 0.1,
    "pieces": 0.3,
    "forbidden": 0.02,
    "fixed": 0.1,
    "previous": 0.4,
}


def test_a_market_is_a_right_problem_of_the_size_asked_for():
    arrays = market(200, options=12)
    problem = problem_of(arrays)
    assert len(problem.needs) == 200
    assert 40 <= len(problem.units) <= 90
    options = np.diff(arrays.option_from)
    assert options.max() == 12
    assert np.median(options) >= 8


def test_a_market_of_everything_is_a_right_problem():
    problem = problem_of(market(200, options=8, **MIXED))
    assert problem.together
    assert problem.alternatives
    assert problem.fixed
    assert problem.forbidden
    assert problem.previous
    assert problem.stability
    assert any(unit.available is not None for unit in problem.units)
    assert any(need.parts > 1 for need in problem.needs)
    assert any(len(claim.during) > 1 for option in problem.option_of.values() for claim in option.claims)
    assert any(len(option.claims) > 1 for option in problem.option_of.values())


def test_the_same_seed_gives_the_same_market():
    one, other, another = market(100), market(100), market(100, seed=2)
    assert np.array_equal(one.score, other.score)
    assert np.array_equal(one.claim_start, other.claim_start)
    assert not np.array_equal(one.value, another.value)


def test_what_goes_together_is_in_one_place_and_week():
    arrays = market(300, bundles=0.5)
    members = [need for group in arrays.together for need in group]
    assert len(members) == len(set(members))
    assert 0.4 * 300 <= len(members) <= 0.5 * 300


def test_a_tight_market_has_fewer_offers_and_loses_more_to_first_come_first_served():
    normal, tight = market(600), market(600, tight=True)
    assert len(tight.capacity) < 0.75 * len(normal.capacity)
    assert (
        judged(tight, first_come_first_served(tight).taken)[1]
        < judged(normal, first_come_first_served(normal).taken)[1]
    )


@pytest.mark.parametrize("kind", ["C", "D", "E"])
def test_an_assignment_serves_every_job_if_that_can_be_done(kind):
    arrays = assignment(4, 24, kind=kind)
    problem_of(arrays)
    assert len(arrays.score) == 4 * 24
    dearest = arrays.score.min()
    assert arrays.value[0] > -dearest * 1
    assert arrays.value[0] > (arrays.score.reshape(24, 4).max(axis=1) - arrays.score.reshape(24, 4).min(axis=1)).sum()


@pytest.mark.parametrize("rule", [first_come_first_served, most_valuable_first])
def test_plans_made_by_booking_are_right(rule):
    arrays = market(200, options=8, **MIXED)
    made = rule(arrays)
    assert judged(arrays, made.taken) == (made.value, made.served.sum())
    assert made.served.sum() > 100


def test_problems_and_arrays_say_the_same():
    arrays = market(60, options=6, **MIXED)
    again = arrays_of(problem_of(arrays))
    assert judged(again, first_come_first_served(again).taken) == judged(arrays, first_come_first_served(arrays).taken)
