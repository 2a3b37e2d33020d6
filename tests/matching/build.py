"""Short spellings of problems for tests: only what a test is about needs to be said."""

from matching.problem.checker import value
from matching.problem.plan import Plan
from matching.problem.problem import Claim, Interval, Match, Need, Option, Problem, Unit


def claim(unit: str, *during: tuple[int, int], amount: int = 1) -> Claim:
    """A claim on a unit, by default during [0, 10)."""
    return Claim(unit, amount, tuple(Interval(start, end) for start, end in during or ((0, 10),)))


def option(id_: str, *claims: Claim, score: int = 0, most: int | None = None) -> Option:
    """An option; without claims it takes all of the unit of the same name during [0, 10)."""
    return Option(id_, score, claims or (claim(id_),), most)


def need(id_: str, *options: Option, value: int = 100, amount: int = 1, parts: int = 1) -> Need:
    """A need worth 100."""
    return Need(id_, value, amount, options, parts)


def problem(*needs: Need, units: dict[str, int] | tuple[Unit, ...] = (), **fields: object) -> Problem:
    """A problem whose units have these capacities; units that are not named have 1."""
    if isinstance(units, dict):
        units = tuple(Unit(id_, capacity) for id_, capacity in units.items())
    named = {unit.id for unit in units}
    claimed = (claim.unit for need in needs for option in need.options for claim in option.claims)
    others = tuple(Unit(id_, 1) for id_ in dict.fromkeys(claimed) if id_ not in named)
    return Problem("test", units + others, needs, **fields)  # type: ignore[arg-type]


def plan_of(asked: Problem, *matches: Match, **figures: object) -> Plan:
    """A plan of these matches with the figures that are true of it, as far as they are not given."""
    worth = value(asked, matches)
    true = {"problem": asked.name, "objective": worth, "bound": worth, "status": "feasible", "seed": 0, "runtime_s": 0}
    return Plan(matches=matches, **(true | figures))  # type: ignore[arg-type]
