"""What is wanted: needs, the options that could serve them, and the matches that do."""

from dataclasses import dataclass

from matching.problem.errors import ProblemError
from matching.problem.units import Interval, check_apart
from matching.problem.validation import LARGEST, check_different, check_name, check_whole


@dataclass(frozen=True, slots=True)
class Claim:
    """Takes `amount` of a unit, times the amount of the option that is taken, during every one of the intervals."""

    unit: str
    amount: int
    during: tuple[Interval, ...]

    def __post_init__(self) -> None:
        check_name("unit", self.unit)
        check_whole("amount", self.amount, 1, LARGEST)
        if not self.during:
            raise ProblemError("during", "is empty; a claim needs at least one interval")
        check_apart("during", self.during)


@dataclass(frozen=True, slots=True)
class Option:
    """One way to serve a need: worth `score` for each of the amount taken, at most `max` of it (None: no such limit).

    Several claims on one unit add up. An option without claims takes nothing from anybody.
    """

    id: str
    score: int
    claims: tuple[Claim, ...]
    max: int | None = None

    def __post_init__(self) -> None:
        check_name("id", self.id)
        check_whole("score", self.score, -LARGEST, LARGEST)
        if self.max is not None:
            check_whole("max", self.max, 1, LARGEST)


@dataclass(frozen=True, slots=True)
class Need:
    """Worth `value` when exactly `amount` is taken of its options, from at most `parts` of them."""

    id: str
    value: int
    amount: int
    options: tuple[Option, ...]
    parts: int = 1

    def __post_init__(self) -> None:
        check_name("id", self.id)
        check_whole("value", self.value, -LARGEST, LARGEST)
        check_whole("amount", self.amount, 1, LARGEST)
        check_whole("parts", self.parts, 1, LARGEST)
        check_different("options", (option.id for option in self.options), "the option")

    def most(self, option: Option) -> int:
        """The largest amount of the option that this need could take, whatever the capacity."""
        return self.amount if option.max is None else min(option.max, self.amount)

    def largest_worth(self) -> int:
        """What its value and scores could add up to, if all were gains and could be had together."""
        return abs(self.value) + sum(abs(option.score) * self.most(option) for option in self.options)


@dataclass(frozen=True, slots=True)
class Match:
    """So much of an option taken for a need."""

    need: str
    option: str
    amount: int

    def __post_init__(self) -> None:
        check_name("need", self.need)
        check_name("option", self.option)
        check_whole("amount", self.amount, 1, LARGEST)


@dataclass(frozen=True, slots=True)
class Forbidden:
    """An option that may not be taken for a need."""

    need: str
    option: str

    def __post_init__(self) -> None:
        check_name("need", self.need)
        check_name("option", self.option)
