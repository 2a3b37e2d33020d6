"""The models that the product is measured against find the same, proven best, plans on small markets."""

import shutil

import pytest

from benchmarks.contestants import constraint, linear, timefold
from benchmarks.contestants.contestants import CONTESTANTS, RunParams
from benchmarks.harness.judging import judged
from benchmarks.markets.markets import market
from matching.search.serial import most_valuable_first

ARRAYS = market(40, options=6, bundles=0.2, alternatives=0.1, pieces=0.2, forbidden=0.02, fixed=0.1)
BEST = linear.whole(ARRAYS)


def test_the_whole_number_program_finds_the_best_plan():
    value, _ = judged(ARRAYS, BEST.taken)
    assert value == round(BEST.bound)
    assert value >= judged(ARRAYS, most_valuable_first(ARRAYS).taken)[0]


@pytest.mark.parametrize("capacity", ["rows", "intervals"])
def test_cp_sat_finds_it_too(capacity):
    found = constraint.solve(ARRAYS, capacity)
    assert judged(ARRAYS, found.taken)[0] == round(BEST.bound) == round(found.bound)


@pytest.mark.parametrize("method", ["highs", "pdlp"])
def test_the_linear_bound_is_above_every_plan(method):
    assert linear.bound(ARRAYS, method) >= BEST.bound * (1 - 1e-6)


def test_these_models_refuse_what_they_do_not_know():
    stable = market(20, previous=0.5)
    with pytest.raises(ValueError, match="stability"):
        linear.whole(stable)
    with pytest.raises(ValueError, match="stability"):
        constraint.solve(stable, "rows")
    assert linear.bound(stable) > 0


@pytest.mark.skipif(timefold.missing() is not None, reason="an extra: Timefold and a Java development kit")
def test_timefold_finds_a_right_plan():
    found = timefold.solve(ARRAYS, time_limit_s=2)
    assert 0 < judged(ARRAYS, found.taken)[0] <= round(BEST.bound)


def test_what_timefold_lacks_is_told(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert "Java" in timefold.missing()


def test_the_product_is_asked_as_the_others_are():
    found = CONTESTANTS["platsverket"].solve(ARRAYS, RunParams(10))
    assert judged(ARRAYS, found.taken)[0] <= round(BEST.bound) <= found.bound
    assert found.progress[-1][1] == judged(ARRAYS, found.taken)[0]
