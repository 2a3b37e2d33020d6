"""From a snapshot to the problem that the optimiser gets, keeping what every name in it stands for."""

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import combinations, product
from uuid import UUID

import structlog

from core.settings import settings
from marketplace.planning.candidates import eligibility
from marketplace.planning.candidates.candidates import Filter
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.candidates.network_hours import network_of
from marketplace.planning.encoding.allowance import Allowance
from marketplace.planning.encoding.encode import arrays_of
from marketplace.planning.encoding.months import with_months
from marketplace.planning.options.options import Option, Options, options_of
from marketplace.planning.options.policy import MOST_EARLY, Policy, value_of
from marketplace.planning.options.rotation import taking_turns
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import Snapshot
from marketplace.runs.set_aside import Fault, SetAside
from matching.arrays.arrays import Arrays
from matching.arrays.conversion import amounts_at, problem_of
from matching.problem.needs import Match
from matching.problem.problem import Problem

Watch = Callable[[int, int], None]
"""What is told how many needs of how many have been looked at; it may raise to end it."""
log = structlog.get_logger()
OPTIONS_APART = 60
"""Of each need that is one of hundreds alike, or asks a network: more than is enough for others, as they share."""


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """What the optimiser decides about: a need, or one date of a need whose dates are served apart.

    `amount` and `parts` are as in the problem: 1 and 1 unless lots may be put together. `share` is among how many
    matches the points of an option for the whole need are shared.
    """

    key: str
    need: OpenNeed
    on: date | None
    value: int
    amount: int
    parts: int
    share: int
    options: Options

    def score(self, option: Option) -> int:
        """What the option is worth to the optimiser, for each one that is taken of it."""
        return round(option.points / self.share)

    def terms(self, option: Option, times: int) -> dict[str, int]:
        """Return what each criterion gives to that, for so many taken: whole points that add up to the score."""
        each = {name: points // self.share for name, points in option.terms.items()}
        lost = sorted(each, key=lambda name: each[name] * self.share - option.terms[name])  # the largest first
        for name in lost[: self.score(option) - sum(each.values())]:
            each[name] += 1
        return {name: points * times for name, points in each.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Considered:
    """A need, how many offers were left after each filter, and of these that its requester may see, and its demands.

    Without demands it cannot be served. `dates` is how many are to come if they are served apart, else 0; `blocked_by`
    are the needs of its bundle that no offer could serve.
    """

    need: OpenNeed
    left: Mapping[Filter, int]
    seen: Mapping[Filter, int]
    demands: Sequence[Demand]
    dates: int
    blocked_by: tuple[UUID, ...] = ()


@dataclass(frozen=True, eq=False)
class Built:
    """The problem with what stands behind it.

    `previous` is what the proposals that it replaces had chosen, `set_aside` are the rows that it is without.
    """

    snapshot: Snapshot
    policy: Policy
    arrays: Arrays
    previous: Sequence[Match]
    considered: Sequence[Considered]
    filters: CandidateFilter
    set_aside: Sequence[SetAside] = ()

    @cached_property
    def problem(self) -> Problem:
        """The problem as objects, where there are few or somebody has to look at them."""
        return problem_of(self.arrays)

    @cached_property
    def demand_of(self) -> dict[str, Demand]:
        """What each need of the problem stands for."""
        return {demand.key: demand for each in self.considered for demand in each.demands}

    @cached_property
    def option_of(self) -> dict[tuple[str, str], Option]:
        """What each option of the problem stands for, by the keys of demand and option."""
        return {(key, option.key): option for key, demand in self.demand_of.items() for option in demand.options}

    def stability(self, demand: Demand, options: Collection[str]) -> int:
        """Return the points for taking just these options, which are some if the proposals replaced had them all."""
        return self.arrays.stability if self._kept.get(demand.key) == frozenset(options) else 0

    @cached_property
    def _kept(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for match in self.previous:
            found.setdefault(match.need, set()).add(match.option)
        return {key: frozenset(options) for key, options in found.items()}


def build(
    snapshot: Snapshot,
    policy: Policy,
    *,
    name: str,
    seed: int,
    watch: Watch | None = None,
    allowance: Allowance | None = None,
) -> Built:
    """Find the options of every need and make them one problem; `watch` is called with how far that has come."""
    return build_from(CandidateFilter(snapshot), policy, name=name, seed=seed, watch=watch, allowance=allowance)


def build_from(
    filters: CandidateFilter,
    policy: Policy,
    *,
    name: str,
    seed: int,
    watch: Watch | None = None,
    allowance: Allowance | None = None,
) -> Built:
    """Make one problem of what filters leave for the needs of their snapshot, as far as their allowance goes."""
    snapshot, aside = filters.snapshot, list(filters.snapshot.set_aside)
    with _collector_paused():
        considered = _taking_turns(snapshot, policy, consider(filters, policy, aside, watch, allowance))
    demands = [demand for each in considered for demand in each.demands]
    at = {demand.key: position for position, demand in enumerate(demands)}
    previous = tuple(_previous(snapshot, demands))
    asking = [n for n, demand in enumerate(demands) if network_of(demand.need)]
    arrays = with_months(arrays_of(snapshot, filters.free, demands, name, seed), snapshot, demands, asking)
    arrays = replace(
        arrays,
        stability=policy.weights.stability,
        together=tuple(_together(considered, at)),
        alternatives=tuple(_alternatives(considered, at)),
        previous=amounts_at(arrays, previous),
    )
    return Built(snapshot, policy, arrays, previous, considered, filters, aside)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Make hundreds of thousands of objects, none of them in a cycle, without looking for cycles among them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def consider(
    filters: CandidateFilter,
    policy: Policy,
    aside: list[SetAside] | None = None,
    watch: Watch | None = None,
    allowance: Allowance | None = None,
) -> tuple[Considered, ...]:
    """Find the options of every need of a snapshot; `aside` gets those for which that cannot be done."""
    needs = _earliest_first(filters.snapshot.needs)
    early = _early(needs)
    found: dict[UUID, Considered] = {}
    broken, done = set(), 0
    for alike in filters.alike(needs):
        for need, outcome in _consider_each(filters, policy, alike, early, allowance):
            if isinstance(outcome, Considered):
                found[need.need_id] = outcome
                continue
            broken |= {need.request_id} if need.together else set()
            if aside is not None:
                aside.append(SetAside(outcome, need.organisation_id, need.request_id, need.need_id))
        done += len(alike)
        if watch is not None:
            watch(done, len(needs))
    usable = [found[need.need_id] for need in needs if need.need_id in found and need.request_id not in broken]
    return tuple(_without_broken_bundles(usable))


def _consider_each(
    filters: CandidateFilter,
    policy: Policy,
    needs: Sequence[OpenNeed],
    early: Mapping[UUID, int],
    allowance: Allowance | None,
) -> Iterator[tuple[OpenNeed, Considered | Fault]]:
    """Consider needs together, but for those of organisations that have spent their allowance.

    Where that fails, one half after the other, until it is known which need cannot be.
    """
    if allowance is not None:
        yield from ((need, Fault.TOO_MUCH) for need in needs if allowance.is_spent(need.organisation_id))
        needs = [need for need in needs if not allowance.is_spent(need.organisation_id)]
    if not needs:
        return
    try:
        found = list(_consider(filters, policy, needs, early, allowance))
    except MemoryError:
        raise
    except Exception:  # whatever it is, it is one need's, and not to be everybody's
        if len(needs) == 1:
            log.exception("need_set_aside", need=str(needs[0].need_id))
            yield needs[0], Fault.UNUSABLE
            return
        middle = len(needs) // 2
        for half in (needs[:middle], needs[middle:]):
            yield from _consider_each(filters, policy, half, early, allowance)
    else:
        yield from zip(needs, found, strict=True)


def demand_key(need_id: UUID, on: date | None) -> str:
    """Return the name of a need, or of one date of it, in the problem."""
    return f"{need_id}@{on}" if on else str(need_id)


def _earliest_first(needs: Iterable[OpenNeed]) -> list[OpenNeed]:
    return sorted(needs, key=lambda need: (need.opened_at, need.request_id, need.position))


def _early(needs: Sequence[OpenNeed]) -> dict[UUID, int]:
    """The tie-breaker of each of the needs, given in order: 99 points for who asked first, 0 for who asked last."""
    most = max(len(needs) - 1, 1)
    return {need.need_id: MOST_EARLY * (len(needs) - 1 - rank) // most for rank, need in enumerate(needs)}


def _consider(
    filters: CandidateFilter,
    policy: Policy,
    needs: Sequence[OpenNeed],
    early: Mapping[UUID, int],
    allowance: Allowance | None,
) -> Iterator[Considered]:
    snapshot, now = filters.snapshot, filters.snapshot.now
    share = snapshot.alike or network_of(needs[0])  # needs of a group all ask networks, or none does
    most = OPTIONS_APART if share else settings().options_per_need
    for block in filters.blocks(needs):
        by_date = block.patterns.shape.by_date
        ahead = block.patterns.counts(block.patterns.starts >= now).tolist()
        for n, options in enumerate(options_of(snapshot, policy, block, most)):
            need, dates = block.needs[n], ahead[n] if by_date else 0
            value = value_of(policy, need.priority, eligibility.size_of(need), early[need.need_id]) // (dates or 1)
            ordered = sorted(options.items(), key=lambda item: item[0] or date.min)
            demands = tuple(_demand(need, on, value, dates, of_date) for on, of_date in ordered)
            if allowance is not None:
                allowance.charge(block, n, options.values())
            yield Considered(need, block.left_of(n), block.seen_of(n), demands, dates)


def _demand(need: OpenNeed, on: date | None, value: int, dates: int, options: Options) -> Demand:
    amount = need.amount if need.parts > 1 else 1
    return Demand(demand_key(need.need_id, on), need, on, value, amount, need.parts, amount * (dates or 1), options)


def _taking_turns(snapshot: Snapshot, policy: Policy, considered: Sequence[Considered]) -> tuple[Considered, ...]:
    """Tell the needs that ask networks whose turn it is: it depends on all of them. Each has one demand at most."""
    asking = {each.need.need_id: each for each in considered if network_of(each.need) and each.demands}
    options = {key: (each.need, each.demands[0].options) for key, each in asking.items()}
    turns = taking_turns(snapshot, policy, options) if options else {}
    return tuple(
        replace(each, demands=(replace(each.demands[0], options=turns[each.need.need_id]),))
        if each.need.need_id in turns
        else each
        for each in considered
    )


def _without_broken_bundles(considered: Sequence[Considered]) -> Iterator[Considered]:
    """Of a bundle in which a need cannot be served, none can: it names the needs that stand in its way."""
    blocking: dict[UUID, list[UUID]] = {}
    for each in considered:
        if each.need.together and not each.demands:
            blocking.setdefault(each.need.request_id, []).append(each.need.need_id)
    for each in considered:
        blocked_by = tuple(blocking.get(each.need.request_id, ())) if each.demands and each.need.together else ()
        yield replace(each, demands=(), blocked_by=blocked_by) if blocked_by else each


def _together(considered: Sequence[Considered], at: Mapping[str, int]) -> Iterator[tuple[int, ...]]:
    bundles: dict[UUID, list[int]] = {}
    for each in considered:
        if each.need.together:
            bundles.setdefault(each.need.request_id, []).extend(at[demand.key] for demand in each.demands)
    return (tuple(needs) for needs in bundles.values() if len(needs) > 1)


def _alternatives(considered: Sequence[Considered], at: Mapping[str, int]) -> Iterator[tuple[int, ...]]:
    """At most one of each group. A need served date by date stands against the others with every date."""
    groups: dict[tuple[UUID, int], list[list[int]]] = {}
    for each in considered:
        if each.need.alternative_group is not None and each.demands:
            group = groups.setdefault((each.need.request_id, each.need.alternative_group), [])
            group.append([at[demand.key] for demand in each.demands])
    for group in groups.values():
        if all(len(needs) == 1 for needs in group):
            yield from [tuple(needs[0] for needs in group)] if len(group) > 1 else []
        else:
            for one, other in combinations(group, 2):
                yield from product(one, other)


def _previous(snapshot: Snapshot, demands: Sequence[Demand]) -> Iterator[Match]:
    demand_of = {demand.key: demand for demand in demands}
    amounts: dict[tuple[str, str], int] = {}
    for each in snapshot.earlier:
        key = demand_key(each.need_id, each.on)
        if key in demand_of and each.option_key in demand_of[key].options.keys:
            amounts[key, each.option_key] = each.amount
    for (key, option_key), amount in amounts.items():
        yield Match(key, option_key, amount if demand_of[key].parts > 1 else 1)
