"""What is told of needs that got nothing: who took the last ones, at what cost they could have, what would help."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import replace as told

from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.encoding.build import Built, Considered
from marketplace.planning.encoding.decode import DraftLine, Taking, take_if_it_fits
from marketplace.planning.reasons.alternatives import Holders
from marketplace.planning.reasons.bundles import could_be_served, would_take
from marketplace.planning.reasons.smallest_change import ChangeSearch, searches
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import Taken
from marketplace.requests.models import Priority
from marketplace.runs.changes import KnownChange
from marketplace.runs.reasons import OutcomeReasons, StoredLoss, TakenBy
from marketplace.runs.rules import SEARCHED
from matching.explain.loss import Loss
from matching.explain.what_if import Losses
from matching.mip.limits import Limits

MOST_TAKEN_BY = 10
MOST_CHANGES = 3
PRESSING = tuple(Priority)


class Unserved:
    """The needs without an offer. What has to be searched for is told as far as its time reaches, all else always."""

    def __init__(
        self,
        built: Built,
        served: Collection[UUID],
        holders: Holders,
        plan: Sequence[DraftLine],
        of: Collection[UUID],
    ) -> None:
        self._built = built
        self._served = served
        self._lost = [each for each in built.considered if each.need.need_id in of and each.need.need_id not in served]
        self._holders = holders
        self._plan = plan
        self._left = self._leaving(plan)
        self._advised: dict[UUID, list[tuple[UUID, Taken]]] = {}
        self._any_left: dict[UUID, bool] = {}
        self._of_request: dict[UUID, list[Considered]] = {}
        for each in built.considered:
            self._of_request.setdefault(each.need.request_id, []).append(each)
        self.codes: Mapping[UUID, str] = {each.need.need_id: self._code(each) for each in self._lost}
        """Why each is not served: a code of `NeedOutcome`."""

    @property
    def lost(self) -> Sequence[Considered]:
        """The needs without an offer, the most pressing first."""
        return sorted(self._lost, key=lambda each: PRESSING.index(each.need.priority))

    def told(
        self,
        losses: Callable[[], Losses],
        limits: Callable[[], Limits],
        of: Sequence[Considered] | None = None,
    ) -> dict[UUID, OutcomeReasons]:
        """Return what is told of each, or of some of them, with two searches that have a time of their own."""
        lost = self._lost if of is None else of
        found = self._searches([each.need for each in lost if self.codes[each.need.need_id] in SEARCHED], limits())
        costs = losses()
        return {each.need.need_id: self._told(each, found.get(each.need.need_id), costs) for each in lost}

    def at_hand(self) -> dict[UUID, OutcomeReasons]:
        """Return what is told of each without any search."""
        return {each.need.need_id: self._told(each, None, None) for each in self._lost}

    def _told(self, each: Considered, search: ChangeSearch | None, losses: Losses | None) -> OutcomeReasons:
        found = self._changes(each.need, search) if search else ()
        is_alone = not found and search is not None and not search.is_free
        return OutcomeReasons(
            emptied_by=next((step for step, left in each.left.items() if not left), None),
            blocked_by=each.blocked_by,
            taken_by=tuple(self._taken_by(each)),
            loss=self._loss(each, losses),
            changes=found,
            only_missing=(search.only_missing or None) if search else None,
            searched=search is not None and search.is_over,
            also_missing=tuple(self._also_missing(each)) if is_alone else (),
            free_now=True if search and search.is_free else UNSET,
        )

    def _searches(self, needs: Sequence[OpenNeed], limits: Limits) -> dict[UUID, ChangeSearch]:
        """Search for all at once, but for a series of which too few dates were won: these are free for itself alone."""
        won: dict[UUID, list[DraftLine]] = {}
        for line in self._plan:
            won.setdefault(line.need_id, []).append(line)
        found = searches(self._left, [each for each in needs if each.need_id not in won], limits.ended, self._takes)
        for each in needs:
            if each.need_id in won and not limits.ended():
                own = self._leaving([line for line in self._plan if line.need_id != each.need_id], each.family)
                found |= searches(own, [each], limits.ended, partial(self._takes, filters=own))
        return found

    def _leaving(self, lines: Sequence[DraftLine], family: str | None = None) -> CandidateFilter:
        """What some lines leave of the offers, of all or of those of a family."""
        snapshot = self._built.snapshot
        offers = [each for each in snapshot.offers if family in {None, each.family}]
        return CandidateFilter(replace(snapshot, offers=offers, taken=Holders(snapshot, lines).taken()))

    def _takes(self, changed: OpenNeed, filters: CandidateFilter | None = None) -> Sequence[Taking] | None:
        """What a need, as it is after a change, would get together with the rest of its bundle."""
        needs = [changed]
        if changed.together:
            fellows = [each.need for each in self._of_request[changed.request_id]]
            needs = [changed if each.need_id == changed.need_id else each for each in fellows]
        left = (filters or self._left).snapshot
        return would_take(self._built.filters, left, self._built.policy, needs)

    def _changes(self, need: OpenNeed, search: ChangeSearch) -> tuple[KnownChange, ...]:
        """The least changes, those first that take nothing of what has been advised to others, who are as pressing."""
        snapshot, advised = self._left.snapshot, []
        for change in search.found:
            beside: dict[UUID, Sequence[Taken]] = {
                each.unit: [*snapshot.taken.get(each.unit, ()), *self._advised_to_others(each.unit, need)]
                for each in change.takings
            }
            advised.append((not take_if_it_fits(snapshot.capacities, beside, change.takings), change))
        advised = sorted(advised, key=lambda each: each[0])[:MOST_CHANGES]
        for _, change in advised:
            for each in change.takings:
                self._advised.setdefault(each.unit, []).append((need.request_id, (each.start, each.end, each.amount)))
        return tuple(told(change.told, contested=True) if contested else change.told for contested, change in advised)

    def _advised_to_others(self, unit: UUID, need: OpenNeed) -> Iterator[Taken]:
        return (taken for request_id, taken in self._advised.get(unit, ()) if request_id != need.request_id)

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

    def _loss(self, each: Considered, losses: Losses | None) -> StoredLoss | None:
        """What serving it would cost; None where that is no question, or there is none for one date of many."""
        if self.codes[each.need.need_id] != "lost_to_others" or len(each.demands) > 1:
            return None
        if losses is None:
            return StoredLoss()  # not known yet
        fellows = self._of_request[each.need.request_id] if each.need.together else [each]
        return stored_loss(losses.of_serving(each.demands[0].key), {fellow.need.need_id for fellow in fellows})

    def _taken_by(self, each: Considered) -> list[TakenBy]:
        """The matches that hold what the need's options would have taken, each once."""
        found: dict[tuple[UUID, UUID], TakenBy] = {}
        for demand in each.demands:
            for option in demand.options.taking_any_of(self._holders.units):
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


def stored_loss(loss: Loss, own: Collection[UUID]) -> StoredLoss:
    """Return what a choice costs: all in all, and others than these needs; with those that would move, fall or rise.

    A need moves too where one of its dates falls or rises.
    """
    to_others = sum(points for key, points in loss.by_need.items() if _need_id(key) not in own)
    dates = [key for key in (*loss.fell, *loss.rose) if "@" in key]
    return StoredLoss(
        kind=loss.kind,
        amount=loss.amount,
        to_others=None if loss.to_others is None else to_others,
        moved=_others((*loss.moved, *dates), own),
        fell=_others((key for key in loss.fell if key not in dates), own),
        rose=_others((key for key in loss.rose if key not in dates), own),
    )


def _others(keys: Iterable[str], own: Collection[UUID]) -> tuple[UUID, ...]:
    return tuple(need_id for need_id in dict.fromkeys(map(_need_id, keys)) if need_id not in own)


def _need_id(key: str) -> UUID:
    return UUID(key.partition("@")[0])
