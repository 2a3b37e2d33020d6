"""What a scenario comes to: near the changes at once, and with everything decided anew."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from marketplace.scenarios.solving.applied import Applied, apply
from marketplace.scenarios.solving.base import Base
from marketplace.scenarios.solving.changes import Change
from marketplace.scenarios.solving.comparison import Comparison
from marketplace.scenarios.solving.outcome import Extent, Outcome
from matching import solve as solver
from matching.arrays.arrays import Ints
from matching.arrays.conversion import amounts_at, matches_at
from matching.mip.limits import Limits
from matching.params.solve import SolveParams
from matching.repair import repair
from matching.search.state import Progress

NEAR_S = 0.8
"""Seconds that a first answer may search at most; it has mostly done its work in less."""


def near(base: Base, changes: Sequence[Change], search_s: float = NEAR_S) -> Outcome:
    """Return what the changes come to when only what stands around them is decided anew.

    The incumbent refuses whatever does not fit. The independent checker, which takes as long as all the rest together,
    looks at what is decided as a whole: nothing of either is published.

    Raises
    ------
    BadInput
        Some changes are about what the run did not look at, or go too far.
    """
    limits = Limits(None)
    applied = apply(base, changes)
    taken = repair(applied.arrays, base.taken, applied.touched, search_s)
    return replace(_outcome(base, applied, taken, Extent.NEAR), seconds=_since(limits))


def whole(
    base: Base,
    changes: Sequence[Change],
    params: SolveParams,
    tell: Callable[[Progress], None],
    should_stop: Callable[[], bool],
) -> Outcome:
    """Return what the changes come to when everything is decided anew, from the run's plan on."""
    limits = Limits(None)
    applied = apply(base, changes)
    arrays = applied.arrays
    start = matches_at(arrays, repair(arrays, base.taken, applied.touched, 10 * NEAR_S, should_stop))
    plan = solver.solve(arrays, params, progress=tell, should_stop=should_stop, start=start).plan
    found = _outcome(base, applied, amounts_at(arrays, plan.matches), Extent.WHOLE)
    return replace(found, bound=plan.bound, seconds=_since(limits))


def _outcome(base: Base, applied: Applied, taken: Ints, scope: Extent) -> Outcome:
    compared = Comparison.of(base, applied.arrays, applied.policy, taken)
    return Outcome(
        scope=scope,
        before=compared.figures(compared.before),
        after=compared.figures(compared.after),
        needs=compared.changes(),
        unfitting=applied.unfitting,
    )


def _since(limits: Limits) -> float:
    return round(limits.seconds(), 2)
