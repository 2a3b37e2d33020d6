"""From a plan to what will be proposed: which offers serve which needs, one draft for each proposal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from uuid import UUID

from core.time.interval import Interval
from marketplace.planning.encoding.build import Built, Considered, Demand
from marketplace.planning.options.options import Option
from marketplace.planning.snapshot.calendar import Calendar
from marketplace.planning.snapshot.snapshot import Taken
from matching.problem.needs import Match


@dataclass(frozen=True, slots=True)
class Taking:
    """An amount of a unit taken from one minute until another, or for good."""

    unit: UUID
    start: int
    end: int
    amount: int
    for_good: bool = False

    def interval(self, calendar: Calendar) -> Interval:
        """Return its time, without an end if it is for good."""
        return calendar.interval(self.start, self.end, for_good=self.for_good)


@dataclass(frozen=True, slots=True, eq=False)
class DraftLine:
    """An option taken for a need, or for one date of it. `amount` is desks, things or percent, else 1."""

    demand: Demand
    option: Option
    amount: int
    score: int

    @property
    def need_id(self) -> UUID:
        """The need that it serves."""
        return self.demand.need.need_id

    @property
    def takings(self) -> list[Taking]:
        """What it takes."""
        return takings_of(self.option, self.amount)

    def during(self, calendar: Calendar) -> list[Interval]:
        """Return when it takes something, each time once, however many units that is."""
        return [calendar.interval(start, end, for_good=self.option.for_good) for start, end in self.option.during]

    @property
    def shared(self) -> list[Taking]:
        """What it takes of what nobody can claim."""
        return _takings(self.option, self.amount, self.option.shared)


@dataclass(frozen=True, slots=True, eq=False)
class ProposalDraft:
    """What one proposal will say: all needs of a bundle, or one need of a list."""

    request_id: UUID
    lines: Sequence[DraftLine]

    @property
    def need_ids(self) -> set[UUID]:
        """The needs that it serves."""
        return {line.need_id for line in self.lines}


def takings_of(option: Option, amount: int) -> list[Taking]:
    """Return what so much of an option takes."""
    return _takings(option, amount, option.takings)


def _takings(option: Option, amount: int, units: Iterable[tuple[UUID, int]]) -> list[Taking]:
    times = amount // option.amount
    return [
        Taking(unit, start, end, of_one * times, option.for_good)
        for unit, of_one in units
        for start, end in option.during
    ]


def take_if_it_fits(
    capacities: Mapping[UUID, int], taken: dict[UUID, Sequence[Taken]], takings: Sequence[Taking]
) -> bool:
    """Tell whether all of it fits beside what is taken, and if so take it."""
    beside = {each.unit: list(taken.get(each.unit, ())) for each in takings}
    for each in takings:
        if _most_held(beside[each.unit], each.start, each.end) + each.amount > capacities.get(each.unit, 0):
            return False
        beside[each.unit].append((each.start, each.end, each.amount))
    taken.update(beside)
    return True


def _most_held(taken: Iterable[Taken], start: int, end: int) -> int:
    """Return the most that is held at any moment of `[start, end)`: few hold a unit at once, too few for arrays."""
    at_once = [each for each in taken if each[0] < end and start < each[1]]
    steps = sorted(step for since, until, amount in at_once for step in ((max(since, start), amount), (until, -amount)))
    return max(accumulate(change for _, change in steps), default=0)


def lines_of(built: Built, matches: Iterable[Match]) -> list[DraftLine]:
    """Return what the matches mean, a line each, also for a series of which too few dates were won."""
    return [_chosen(built, match) for match in matches]


def proposal_drafts(built: Built, matches: Iterable[Match]) -> list[ProposalDraft]:
    """Return what the matches mean: a series of which fewer than half of the dates were won is not proposed."""
    lines = lines_of(built, matches)
    lines.sort(key=lambda line: (line.demand.need.opened_at, line.demand.need.position, line.demand.on or date.min))
    thin = _thin(built, lines)
    grouped: dict[UUID, list[DraftLine]] = {}
    for line in lines:
        need = line.demand.need
        if need.need_id not in thin:
            grouped.setdefault(need.request_id if need.together else need.need_id, []).append(line)
    return [ProposalDraft(group[0].demand.need.request_id, tuple(group)) for group in grouped.values()]


def _chosen(built: Built, match: Match) -> DraftLine:
    demand = built.demand_of[match.need]
    option = demand.options.named(match.option)
    return DraftLine(demand, option, option.amount * match.amount, demand.score(option) * match.amount)


def _thin(built: Built, lines: Iterable[DraftLine]) -> set[UUID]:
    won: dict[UUID, set[date | None]] = {}
    for line in lines:
        won.setdefault(line.need_id, set()).add(line.demand.on)
    considered = {each.need.need_id: each for each in built.considered}
    return {need_id for need_id, on in won.items() if is_thin(considered[need_id], len(on))}


def is_thin(considered: Considered, dates_won: int) -> bool:
    """Tell whether too few dates of a need were won for it to be proposed: fewer than half."""
    return 2 * dates_won < considered.dates
