"""What keeps an option from simply being added to a plan."""

from collections.abc import Iterable, Iterator

from matching.explain.reasons import Blocker
from matching.problem.capacity import levels, takings_by_unit
from matching.problem.checker import served
from matching.problem.needs import Match, Need, Option
from matching.problem.problem import Problem


class Blockers:
    """Finds what blocks options beside the given matches, which must be a right plan."""

    def __init__(self, problem: Problem, matches: Iterable[Match]) -> None:
        matches = tuple(matches)
        self._problem = problem
        self._served = served(problem, matches)
        self._fixed = frozenset(problem.fixed)
        self._forbidden = {(pair.need, pair.option) for pair in problem.forbidden}
        taken = ((match, problem.option_of[match.need, match.option]) for match in matches)
        self._takings = takings_by_unit(taken)

    def of(self, need: Need, option: Option) -> tuple[Blocker, ...]:
        """Everything that blocks the option of an unserved need, rules of the need and agreements first."""
        if (need.id, option.id) in self._forbidden:
            return (Blocker("forbidden"),)
        held = [match for match in self._problem.fixed if match.need == need.id]
        missing = need.amount - sum(match.amount for match in held)
        parts = need.parts - len(held)
        if not parts:
            return (Blocker("no_parts_left"),)
        most = min(missing, need.most(option))
        too_small = [Blocker("max_too_small", wanted=missing, free=most)] if parts == 1 and most < missing else []
        return (*too_small, *self._agreements(need), *self._capacity(Match(need.id, option.id, most), option))

    def _agreements(self, need: Need) -> Iterator[Blocker]:
        for group in self._problem.alternatives:
            rivals = tuple(other for other in group if other in self._served and other != need.id)
            if need.id in group and rivals:
                yield Blocker("alternative_served", needs=rivals)
        for group in self._problem.together:
            mates = tuple(other for other in group if other not in self._served and other != need.id)
            if need.id in group and mates:
                yield Blocker("together_unserved", needs=mates)

    def _capacity(self, wanted: Match, option: Option) -> Iterator[Blocker]:
        for unit, own in takings_by_unit([(wanted, option)]).items():
            for level in levels(self._problem.unit_of[unit], [*self._takings.get(unit, ()), *own]):
                amount = sum(taking.amount for taking in level.takings if taking.match is wanted)
                if amount and level.load > level.capacity:
                    others = dict.fromkeys(taking.match for taking in level.takings if taking.match is not wanted)
                    yield Blocker(
                        "capacity",
                        unit=unit,
                        during=level.during,
                        wanted=amount,
                        free=level.capacity - (level.load - amount),
                        holders=tuple(match for match in others if match not in self._fixed),
                        fixed_holders=tuple(match for match in others if match in self._fixed),
                    )
