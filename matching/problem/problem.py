"""The question: which options should be taken, of what, and under which agreements."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cached_property

from matching.problem.errors import ProblemError
from matching.problem.fixed import FixedSet
from matching.problem.needs import Claim, Forbidden, Match, Need, Option
from matching.problem.units import Interval, Piece, Unit
from matching.problem.validation import LARGEST, LARGEST_EXACT, check_different, check_name, check_whole

__all__ = ["Claim", "Forbidden", "Interval", "Match", "Need", "Option", "Piece", "Problem", "ProblemError", "Unit"]

LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Problem:
    """Units, needs and what binds them; see docs/matching-format.md for the meaning of every field.

    Raises
    ------
    ProblemError
        A name is not known, something is given twice, the fixed matches do not fit beside each other, or some plan's
        worth is no whole number of at most 2**53; the error names the place.
    """

    name: str
    units: tuple[Unit, ...]
    needs: tuple[Need, ...]
    seed: int = 0
    together: tuple[tuple[str, ...], ...] = ()
    alternatives: tuple[tuple[str, ...], ...] = ()
    fixed: tuple[Match, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    previous: tuple[Match, ...] = ()
    stability: int = 0

    def __post_init__(self) -> None:
        check_head(self.name, self.seed, self.stability)
        check_different("units", (unit.id for unit in self.units), "the unit")
        check_different("needs", (need.id for need in self.needs), "the need")
        for position, need in enumerate(self.needs):
            check_units(position, need, self.unit_of)
        check_worth(need.largest_worth() + self.stability for need in self.needs)
        self._check_groups("together", self.together)
        self._check_groups("alternatives", self.alternatives)
        self._check_one_together_group()
        for field in ("fixed", "forbidden", "previous"):
            self._check_choices(field, getattr(self, field))
        fixed = FixedSet(self.fixed, self.unit_of, self.need_of, self.option_of)
        fixed.check(self.forbidden, self.alternatives)

    @cached_property
    def unit_of(self) -> dict[str, Unit]:
        """Units by id."""
        return {unit.id: unit for unit in self.units}

    @cached_property
    def need_of(self) -> dict[str, Need]:
        """Needs by id."""
        return {need.id: need for need in self.needs}

    @cached_property
    def option_of(self) -> dict[tuple[str, str], Option]:
        """Options by the ids of need and option."""
        return {(need.id, option.id): option for need in self.needs for option in need.options}

    def _check_groups(self, field: str, groups: tuple[tuple[str, ...], ...]) -> None:
        for g, group in enumerate(groups):
            where = f"{field}[{g}]"
            if not group:
                raise ProblemError(where, "is empty; a group names at least one need")
            check_different(where, group, "the need")
            for position, need in enumerate(group):
                self._check_need(f"{where}[{position}]", need)

    def _check_one_together_group(self) -> None:
        group_of: dict[str, int] = {}
        for g, group in enumerate(self.together):
            for position, need in enumerate(group):
                if group_of.setdefault(need, g) != g:
                    where = f"together[{g}][{position}]"
                    raise ProblemError(where, f"the need {need!r} is already in together[{group_of[need]}]")

    def _check_choices(self, field: str, choices: Iterable[Match | Forbidden]) -> None:
        for position, choice in enumerate(choices):
            where = f"{field}[{position}]"
            self._check_need(f"{where}.need", choice.need)
            if (choice.need, choice.option) not in self.option_of:
                message = f"the need {choice.need!r} has no option {choice.option!r}"
                raise ProblemError(f"{where}.option", message)
        check_different(field, ((choice.need, choice.option) for choice in choices), "the need and option")

    def _check_need(self, where: str, need: object) -> None:
        if need not in self.need_of:
            raise ProblemError(where, f"there is no need {need!r}")


def check_head(name: str, seed: int, stability: int) -> None:
    """Refuse a name, seed or stability that no problem has."""
    check_name("name", name)
    check_whole("seed", seed, 0, LARGEST_SEED)
    check_whole("stability", stability, 0, LARGEST)


def check_units(position: int, need: Need, known: Container[str]) -> None:
    """Refuse a claim of the need on a unit that is not known; `position` is that of the need."""
    for o, option in enumerate(need.options):
        for c, claim in enumerate(option.claims):
            if claim.unit not in known:
                where = f"needs[{position}].options[{o}].claims[{c}].unit"
                raise ProblemError(where, f"there is no unit {claim.unit!r}")


def check_worth(of_needs: Iterable[int]) -> None:
    """Refuse needs whose largest worths, in either direction, add up to more than figures can hold exactly."""
    largest = 0
    for position, worth in enumerate(of_needs):
        largest += worth
        if largest > LARGEST_EXACT:
            raise ProblemError(f"needs[{position}]", "values and scores times amounts add up to more than 2**53")
