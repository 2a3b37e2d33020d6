"""One new need in a market that has its plan: how long until it has its answer, and how good that is.

The last needs of a market are held out by forbidding their options. The rest is planned; then each of them comes alone
to that same plan, which has been put into rows once, as a service would keep it.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from benchmarks.contestants.contestants import RunParams, options_taken
from benchmarks.harness.judging import judged
from benchmarks.harness.measuring import apart
from benchmarks.harness.reports import Row, console, percent, show
from benchmarks.markets.markets import market
from matching.arrays.arrays import Arrays, Ints
from matching.mip.limits import Limits
from matching.model.formulation import formulate
from matching.params.solve import SolveParams
from matching.problem.plan import Plan
from matching.search.insertion import Insertion, InsertionSearch, incumbent_of
from matching.solve import solve


@dataclass(frozen=True, slots=True)
class Trial:
    """So many new needs, one at a time, in a market of `needs`; each `rerun_each`-th is re-run in full too."""

    needs: int
    new: int
    params: RunParams
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
    whole = market(trial.needs + trial.new, seed=trial.params.seed)
    new = range(trial.needs, trial.needs + trial.new)
    plan = _planned(without(whole, new), trial.params)
    before, _ = judged(whole, options_taken(whole, plan.matches))
    search = InsertionSearch(incumbent_of(formulate(whole), whole, plan.matches))
    answers = []
    for number, need in enumerate(new):
        answer = _answer(search, need, before)
        rerun = trial.rerun_each and number % trial.rerun_each == 0
        alone = without(whole, [other for other in new if other != need]) if rerun else None
        gain = _planned(alone, trial.params).objective - before if alone else None
        answers.append({**answer, "rerun_gain": gain})
    console.print(f"{len(new)} new needs", style="dim")
    return {"needs": trial.needs, "value": before, "answers": answers}


def without(arrays: Arrays, needs: Sequence[int]) -> Arrays:
    """The market as it is when these needs have not come yet: none of their options may be taken."""
    options = [np.arange(arrays.option_from[need], arrays.option_from[need + 1]) for need in needs]
    return replace(arrays, forbidden=np.unique(np.concatenate([arrays.forbidden, *options])))


def _answer(search: InsertionSearch, need: int, before: int) -> dict[str, Any]:
    """What the need is told, and when; the plan stays as it was."""
    f = search.incumbent.formulation
    started = time.perf_counter()
    place = np.flatnonzero(f.needs.need == need)
    insertion = search.insert(int(place[0]), Limits(None)) if len(place) else None
    took = 1000 * (time.perf_counter() - started)
    had, now = _taken(search), _taken(search, insertion)
    after, _ = judged(f.arrays, now)
    held, has = (_served(f.arrays, options) for options in (had, now))
    return {"ms": round(took, 3), "gain": after - before, "served": need in has, "dropped": len(held - has)}


def _taken(search: InsertionSearch, insertion: Insertion | None = None) -> Ints:
    """The plan with an insertion as rows [option, amount]."""
    f, amounts = search.incumbent.formulation, search.incumbent.amounts.copy()
    if insertion:
        amounts[insertion.columns] = insertion.amounts
    columns = np.flatnonzero(amounts)
    rows = np.column_stack([f.columns.option[columns], amounts[columns] * f.needs.size[f.columns.owner[columns]]])
    rows = np.concatenate([f.arrays.fixed, rows])
    return rows[np.argsort(rows[:, 0])]


def _planned(arrays: Arrays, params: RunParams) -> Plan:
    return solve(arrays, SolveParams(**asdict(params))).plan


def _served(arrays: Arrays, taken: Ints) -> set[int]:
    owner = np.searchsorted(arrays.option_from, taken[:, 0], side="right") - 1
    amount = np.bincount(owner, taken[:, 1], len(arrays.value))
    return set(np.flatnonzero(amount == arrays.amount).tolist())
