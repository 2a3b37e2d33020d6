"""One new need in a market that has its plan: how long until it has its answer, and how good that is.

The last needs of a market are held out by forbidding their options. The rest is planned; then each of them comes alone
to that same plan.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.contestants import Effort, options_taken
from benchmarks.judging import judged
from benchmarks.markets import market
from benchmarks.measuring import apart
from benchmarks.reports import Row, console, percent, show
from platsverket.matching.arrays import Arrays, Ints
from platsverket.matching.solve import solve


@dataclass(frozen=True, slots=True)
class Trial:
    """So many new needs, one at a time, in a market of `needs`; each `rerun_each`-th is re-run in full too."""

    needs: int
    new: int
    effort: Effort
    rerun_each: int = 0


def measured(trial: Trial) -> Row:
    """Milliseconds of each need's answer, what it gained, needs that it dropped, what a full re-run gained."""
    row: Row = apart(_measured, trial)
    return row


def print_table(rows: Sequence[Row]) -> None:
    """Medians, 95th percentiles and sums."""
    columns = ("needs", "new needs", "median ms", "95 % ms", "longest ms", "served", "dropped", "% of a re-run's gain")
    lines = []
    for row in rows:
        times = np.array([answer["ms"] for answer in row["answers"]])
        compared = [answer for answer in row["answers"] if answer["rerun_gain"] is not None]
        gained = sum(answer["gain"] for answer in compared)
        possible = sum(answer["rerun_gain"] for answer in compared)
        figures = [f"{figure:.1f}" for figure in (*np.percentile(times, [50, 95]), times.max())]
        served = sum(answer["served"] for answer in row["answers"])
        dropped = sum(answer["dropped"] for answer in row["answers"])
        share = f"{percent(gained, possible)} ({len(compared)})" if possible else "–"
        lines.append([str(row["needs"]), str(len(times)), *figures, str(served), str(dropped), share])
    show("One new need", columns, lines)


def _measured(trial: Trial) -> Row:
    whole = market(trial.needs + trial.new, seed=trial.effort.seed)
    new = range(trial.needs, trial.needs + trial.new)
    base = without(whole, new)
    taken = _planned(base, trial.effort)
    before, _ = judged(base, taken)
    answers = []
    for number, need in enumerate(new):
        arrays = without(whole, [other for other in new if other != need])
        answer = _answer(arrays, taken, need, before)
        rerun = trial.rerun_each and number % trial.rerun_each == 0
        gain = judged(arrays, _planned(arrays, trial.effort))[0] - before if rerun else None
        answers.append({**answer, "rerun_gain": gain})
        console.print(f"need {number + 1} of {len(new)}: {answer['ms']:.1f} ms", style="dim")
    return {"needs": trial.needs, "value": before, "answers": answers}


def without(arrays: Arrays, needs: Sequence[int]) -> Arrays:
    """The market as it is when these needs have not come yet: none of their options may be taken."""
    options = [np.arange(arrays.option_from[need], arrays.option_from[need + 1]) for need in needs]
    return replace(arrays, forbidden=np.unique(np.concatenate([arrays.forbidden, *options])))


def _answer(arrays: Arrays, taken: Ints, need: int, before: int) -> dict[str, Any]:
    started = time.perf_counter()
    now = serve(arrays, taken, need)
    took = 1000 * (time.perf_counter() - started)
    after, _ = judged(arrays, now)
    had, has = (_served(arrays, options) for options in (taken, now))
    dropped = len(had - has)
    return {"ms": round(took, 3), "gain": after - before, "served": need in has, "dropped": dropped}


def serve(arrays: Arrays, taken: Ints, need: int) -> Ints:
    """The product's local re-solve around a new need; rows [option, amount] of the whole plan."""
    try:
        single = import_module("platsverket.matching.single")
    except ModuleNotFoundError as missing:
        raise NotImplementedError("this version of platsverket has no local re-solve yet") from missing
    result: Ints = single.serve(arrays, taken, need)
    return result


def _planned(arrays: Arrays, effort: Effort) -> Ints:
    plan = solve(arrays, time_limit_s=effort.seconds, seed=effort.seed, workers=effort.workers)
    return options_taken(arrays, plan.matches)


def _served(arrays: Arrays, taken: Ints) -> set[int]:
    owner = np.searchsorted(arrays.option_from, taken[:, 0], side="right") - 1
    amount = np.bincount(owner, taken[:, 1], len(arrays.value))
    return set(np.flatnonzero(amount == arrays.amount).tolist())
