"""Whether the fixed matches fit: their needs, each other, and the capacity."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matching.problem.capacity import overloads, takings_by_unit
from matching.problem.errors import ProblemError
from matching.problem.needs import Forbidden, Match, Need, Option
from matching.problem.units import Unit


@dataclass(frozen=True, slots=True)
class FixedSet:
    """The fixed matches of a problem beside what they must fit."""

    matches: tuple[Match, ...]
    unit_of: Mapping[str, Unit]
    need_of: Mapping[str, Need]
    option_of: Mapping[tuple[str, str], Option]

    def check(self, forbidden: Iterable[Forbidden], alternatives: Sequence[tuple[str, ...]]) -> None:
        """Refuse a set that no plan could keep; the ProblemError names what clashes."""
        self._check_not_forbidden({(pair.need, pair.option) for pair in forbidden})
        self._check_most()
        self._check_needs()
        self._check_alternatives(alternatives)
        self._check_capacity()

    def _check_not_forbidden(self, forbidden: set[tuple[str, str]]) -> None:
        for position, match in enumerate(self.matches):
            if (match.need, match.option) in forbidden:
                message = f"the option {match.option!r} of the need {match.need!r} is also forbidden"
                raise ProblemError(f"fixed[{position}]", message)

    def _check_most(self) -> None:
        for position, match in enumerate(self.matches):
            most = self.need_of[match.need].most(self.option_of[match.need, match.option])
            if match.amount > most:
                message = f"{match.amount} is more than the {most} that {match.need!r} can take of {match.option!r}"
                raise ProblemError(f"fixed[{position}].amount", message)

    def _check_needs(self) -> None:
        parts: dict[str, int] = {}
        for match in self.matches:
            parts[match.need] = parts.get(match.need, 0) + 1
        for id_, amount in self._amounts().items():
            need = self.need_of[id_]
            if amount > need.amount:
                raise ProblemError("fixed", f"holds {amount} for the need {id_!r}, which asks for {need.amount}")
            if parts[id_] > need.parts:
                message = f"holds {parts[id_]} options for the need {id_!r}, which allows {need.parts}"
                raise ProblemError("fixed", message)

    def _check_alternatives(self, alternatives: Sequence[tuple[str, ...]]) -> None:
        amounts = self._amounts()
        for position, group in enumerate(alternatives):
            serves = [need for need in group if amounts.get(need) == self.need_of[need].amount]
            if len(serves) > 1:
                message = f"serves {' and '.join(serves)}, of which alternatives[{position}] allows one"
                raise ProblemError("fixed", message)

    def _check_capacity(self) -> None:
        taken = [(match, self.option_of[match.need, match.option]) for match in self.matches]
        for unit, takings in takings_by_unit(taken).items():
            for level in overloads(self.unit_of[unit], takings):
                needs = ", ".join(dict.fromkeys(taking.match.need for taking in level.takings))
                raise ProblemError(
                    "fixed",
                    f"takes {level.load} of the unit {unit!r} during [{level.during.start}, {level.during.end}),"
                    f" where there is {level.capacity}; the needs are {needs}",
                )

    def _amounts(self) -> dict[str, int]:
        amounts: dict[str, int] = {}
        for match in self.matches:
            amounts[match.need] = amounts.get(match.need, 0) + match.amount
        return amounts
