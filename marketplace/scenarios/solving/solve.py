"""What a scenario comes to: near the changes at once, and with everything decided anew."""

from collections.abc import Callable, Sequence

from marketplace.scenarios.solving.applied import Applied, apply
from marketplace.scenarios.solving.base import Base
from marketplace.scenarios.solving.changes import Change
from marketplace.scenarios.solving.comparison import Comparison
from marketplace.scenarios.solving.outcome import Extent, Outcome
from matching import solve as solver
from matching.mip.limits import Limits
from matching.params.solve import SolveParams
from matching.problem.plan import Plan
from matching.repair import repair
from matching.search.state import Progress

NEAR_S = 0.8
"""Seconds that a first answer may search, beside reading and writing."""


def near(base: Base, changes: Sequence[Change], limit_s: float = NEAR_S) -> Outcome:
    """Return what the changes come to when only what stands around them is decided anew.

    The incumbent refuses whatever does not fit. The independent checker, which takes as long as all the rest together,
    looks at what is decided as a whole: nothing of either is published.

    Raises
    ------
    BadInput
        Some changes are about what the run did not look at, or go too far.
    """
    limits = Limits(limit_s)
    applied = apply(base, changes)
    plan = repair(applied.arrays, base.plan.matches, applied.touched, Limits(limit_s))
    return _outcome(base, applied, plan, Extent.NEAR, limits)


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
    started = repair(applied.arrays, base.plan.matches, applied.touched, Limits(10 * NEAR_S, should_stop))
    result = solver.solve(applied.arrays, params, progress=tell, should_stop=should_stop, start=started.matches)
    return _outcome(base, applied, result.plan, Extent.WHOLE, limits)


def _outcome(base: Base, applied: Applied, plan: Plan, scope: Extent, limits: Limits) -> Outcome:
    compared = Comparison.of(base, applied.arrays, applied.policy, plan.matches)
    return Outcome(
        scope=scope,
        before=compared.figures(compared.before),
        after=compared.figures(compared.after),
        needs=compared.changes(),
        bound=plan.bound if scope is Extent.WHOLE else None,
        unfitting=applied.unfitting,
        seconds=round(limits.seconds(), 2),
    )
