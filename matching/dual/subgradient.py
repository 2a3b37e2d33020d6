"""Subgradient ascent: a row costs more where more is wanted than there is, and less where less is.

The steps are those of Adam (Kingma, Ba 2015): each multiplier follows its own average of what was wanted, by its own
usual size, with steps that shrink geometrically. They count in what a whole row is usually worth, which for a store of
two hundred chairs is many needs and for a room one. (Held, Karp 1971 for the method; Fisher 1981 for the relaxation.)
"""

from collections.abc import Iterator

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Floats, Ints
from matching.dual.lagrangian import LagrangianRelaxation, LagrangianSolution
from matching.model.formulation import Formulation
from matching.params.dual import SubgradientParams
from matching.params.search import SEARCH_DEFAULTS

Step = tuple[Floats, LagrangianSolution[np.float64]]


def ascend(
    relaxation: LagrangianRelaxation, multipliers: Floats, params: SubgradientParams = SEARCH_DEFAULTS.subgradient
) -> Iterator[Step]:
    """Multipliers from the given ones on, (multipliers,) in points, each with its solution; a pass for every one.

    The dual is minimised by subgradients (Held, Karp 1971) with the steps of Adam (Kingma, Ba 2015).
    """
    capacity = np.maximum(relaxation.capacity, 1).astype(np.float64)
    usual = _usual(relaxation.formulation, len(relaxation.capacity), params.most_differences)
    passes, memory, shrinking = params.passes, params.memory, params.last_step / params.first_step
    scaled = multipliers * capacity  # what a whole row costs
    mean, square = np.zeros(len(scaled)), np.zeros(len(scaled))
    for turn in range(passes):
        solution = relaxation.evaluate(scaled / capacity)
        yield scaled / capacity, solution
        # The subgradient of the dual, in shares of the capacity: below 0 where more is wanted than there is.
        gradient = 1 - relaxation.activity(solution) / capacity
        gradient[(scaled <= 0) & (gradient > 0)] = 0
        mean += (1 - memory) * (gradient - mean)
        square += (1 - memory) * (gradient * gradient - square)
        correction = 1 - memory ** (turn + 1)  # of the bias of averages that began at 0
        step = usual * params.first_step * shrinking ** (turn / passes)
        scaled = (scaled - step * (mean / correction) / (np.sqrt(square / correction) + 1e-8)).clip(0)


def _usual(f: Formulation, multipliers: int, most_differences: float) -> Floats:
    """What the whole capacity of each row or part is worth to those who could take it, on the average; else to anybody.

    Of (multipliers,), in points.
    """
    m, needs, owner = f.matrix, f.needs, f.columns.owner[f.matrix.column]
    matters = _matters(f, most_differences)
    brings = (matters / needs.missing)[owner] / np.maximum(m.load, 1)
    worth, claims = (segments.overlap_sums(m.low, m.high, each, m.rows) for each in (brings, np.ones(len(brings))))
    usual = np.full(multipliers, matters.mean() if len(matters) else 0.0)
    usual[m.rows :] = matters[~needs.single]
    claimed = claims > 0.5
    usual[: m.rows][claimed] = (worth * m.capacity)[claimed] / claims[claimed]
    return usual


def _matters(f: Formulation, most_differences: float) -> Floats:
    """What multipliers decide about for each need: whether it is served, but no more than some times where."""
    score, needs = f.columns.score.astype(np.float64), f.needs
    best, worst = segments.maxima(score, needs.column_from, 0), -segments.maxima(-score, needs.column_from, 0)
    served = np.abs(needs.value + best * needs.missing)
    where = (best - worst) * needs.missing
    return np.where(where > 0, np.minimum(served, most_differences * where), served)


def rounded(multipliers: Floats, scale: int) -> Ints:
    """The multipliers as whole numbers of 1 / scale points."""
    return np.rint(multipliers * scale).astype(np.int64)
