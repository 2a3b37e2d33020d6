"""What is told of needs that got nothing: who took the last ones, at what cost they could have, what would help."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.encoding.build import Built, Considered, Demand
from marketplace.planning.encoding.decode import take_if_it_fits, takings_of
from marketplace.planning.reasons.alternatives import Holders
from marketplace.planning.reasons.smallest_change import ChangeSearch, searches
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import Snapshot, Taken
from marketplace.runs.reasons import OutcomeReasons, StoredLoss, TakenBy
from marketplace.runs.rules import SEARCHED
from matching.explain.loss import UNKNOWN, Loss
from matching.explain.what_if import Losses
from matching.mip.limits import Limits
from matching.problem.problem import Problem

MOST_TAKEN_BY = 10


class Unserved:
    """The needs without an offer. What has to be searched for is told as far as its time reaches, all else always."""

    def __init__(self, built: Built, served: Collection[UUID], holders: Holders) -> None:
        self._built = built
        self._served = served
        self._lost = [each for each in built.considered if each.need.need_id not in served]
        self._holders = holders
        self._left = CandidateFilter(replace(built.snapshot, taken=holders.taken()))
        self._any_left: dict[UUID, bool] = {}
        self._of_request: dict[UUID, list[Considered]] = {}
        for each in built.considered:
            self._of_request.setdefault(each.need.request_id, []).append(each)
        self.codes: Mapping[UUID, str] = {each.need.need_id: self._code(each) for each in self._lost}
        """Why each is not served: a code of `NeedOutcome`."""

    def told(self, losses: Callable[[], Losses], limits: Callable[[], Limits]) -> dict[UUID, OutcomeReasons]:
        """Return what is told of each, with two searches that have a time of their own."""
        wanted = [each.need for each in self._lost if self.codes[each.need.need_id] in SEARCHED]
        found = searches(self._left, wanted, limits().ended)
        costs = losses()
        return {each.need.need_id: self._told(each, found.get(each.need.need_id), costs) for each in self._lost}

    def _told(self, each: Considered, search: ChangeSearch | None, losses: Losses) -> OutcomeReasons:
        found = search.found if search else []
        return OutcomeReasons(
            emptied_by=next((step for step, left in each.left.items() if not left), None),
            blocked_by=each.blocked_by,
            taken_by=tuple(self._taken_by(each)),
            loss=stored_loss(self._loss(each, losses)),
            changes=tuple(change.told for change in found),
            searched=search is not None and search.is_over,
            also_missing=tuple(self._also_missing(each)) if found else (),
        )

    def _code(self, each: Considered) -> str:
        if each.blocked_by:
            return "bundle_broken"
        if not each.demands:
            return "no_option"
        if any(sibling.need.need_id in self._served for sibling in self._alternatives(each)):
            return "alternative_served"
        return "lost_to_others" if self._could_be_served(each) else "no_option"

    def _alternatives(self, each: Considered) -> Iterator[Considered]:
        group = each.need.alternative_group
        if group is not None:
            yield from (one for one in self._of_request[each.need.request_id] if one.need.alternative_group == group)

    def _could_be_served(self, each: Considered) -> bool:
        """Whether it could with its bundle, if everybody else gave way. One option that is free then is enough."""
        if not each.need.together and each.need.parts == 1:
            return True
        fellows = self._of_request[each.need.request_id] if each.need.together else [each]
        return could_be_served(self._built, [demand for fellow in fellows for demand in fellow.demands])

    def _loss(self, each: Considered, losses: Losses) -> Loss:
        best = next((demand for demand in each.demands if demand.options), None)
        if best is None or self.codes[each.need.need_id] != "lost_to_others":
            return UNKNOWN
        return losses.of_taking(best.key, best.options[0].key)

    def _taken_by(self, each: Considered) -> list[TakenBy]:
        """The matches that hold what the need's options would have taken, each once."""
        found: dict[tuple[UUID, UUID], TakenBy] = {}
        for demand in each.demands:
            for option in demand.options:
                for line in self._holders.in_the_way(option):
                    offer_id = line.option.offer.offer_id
                    found[line.need_id, offer_id] = TakenBy(line.need_id, line.demand.need.request_id, offer_id)
                if len(found) >= MOST_TAKEN_BY:
                    return list(found.values())[:MOST_TAKEN_BY]
        return list(found.values())

    def _also_missing(self, each: Considered) -> Iterator[UUID]:
        """The other needs of the bundle for which nothing is left either, so that one change is not enough."""
        if each.need.together:
            for fellow in self._of_request[each.need.request_id]:
                if fellow is not each and not self._has_any_left(fellow.need):
                    yield fellow.need.need_id

    def _has_any_left(self, need: OpenNeed) -> bool:
        if need.need_id not in self._any_left:
            self._any_left[need.need_id] = len(self._left.apply(need)) > 0
        return self._any_left[need.need_id]


def could_be_served(built: Built, demands: Sequence[Demand]) -> bool:
    """Tell whether the demands of a bundle, or those of one need, could be served beside each other.

    Mostly each can simply be given its best; only else has it to be solved.
    """
    choices = any(demand.need.alternative_group is not None for demand in demands)
    return (not choices and _fit_in_order(built.snapshot, demands)) or not _is_impossible(built, demands)


def _fit_in_order(snapshot: Snapshot, demands: Sequence[Demand]) -> bool:
    taken = dict(snapshot.taken)
    return all(_take(snapshot.capacities, taken, demand) for demand in demands)


def _take(capacities: Mapping[UUID, int], taken: dict[UUID, Sequence[Taken]], demand: Demand) -> bool:
    """Take the best options that fit, or the largest lots; tell whether that is enough."""
    missing, parts = demand.amount, demand.parts
    options = demand.options if parts == 1 else sorted(demand.options, key=lambda option: -option.most)
    for option in options:
        amount = min(option.most, missing)
        if take_if_it_fits(capacities, taken, takings_of(option, option.amount * amount)):
            missing, parts = missing - amount, parts - 1
        if not missing or not parts:
            break
    return not missing


def _is_impossible(built: Built, demands: Sequence[Demand]) -> bool:
    """Solve what belongs together by itself, as if there were nobody else."""
    keys = tuple(demand.key for demand in demands)
    needs = tuple(built.problem.need_of[key] for key in keys)
    units = dict.fromkeys(claim.unit for need in needs for option in need.options for claim in option.claims)
    known = frozenset(keys)
    alone = Problem(
        name=keys[0],
        units=tuple(built.problem.unit_of[unit] for unit in units),
        needs=needs,
        together=(keys,) if demands[0].need.together else (),
        alternatives=tuple(group for group in built.problem.alternatives if known.issuperset(group)),
    )
    return Losses(alone, (), Limits(None), 0, len(keys)).why_unserved(keys[0]) == "no_option"


def stored_loss(loss: Loss) -> StoredLoss:
    """Return what a choice costs: all in all, and others; with the needs that would move, fall or rise."""
    return StoredLoss(
        kind=loss.kind,
        amount=loss.amount,
        to_others=loss.to_others,
        moved=_need_ids(loss.moved),
        fell=_need_ids(loss.fell),
        rose=_need_ids(loss.rose),
    )


def _need_ids(keys: Collection[str]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(UUID(key.partition("@")[0]) for key in keys))
