"""What a local run decides: one request's needs, beside whoever holds what they could take, and one ring more.

A request that is open is to be served; where one has ended, others that wait for the like are offered what it left.
Nobody who has a proposal loses it, but some are proposed something else. Only what changes is published.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlmodel import Session

from core.database import db
from core.time import clock
from core.time.interval import from_range
from marketplace.planning.encoding.build import Built, build, demand_key
from marketplace.planning.options.policy import Policy
from marketplace.planning.snapshot import load, queries
from marketplace.planning.snapshot.snapshot import Snapshot
from marketplace.proposals.deadlines import expire_due
from marketplace.runs.models import MatchingRun
from matching.mip.limits import Limits
from matching.problem import checker
from matching.problem.needs import Match
from matching.problem.plan import Plan
from matching.search.insertion import as_plan, insert

log = structlog.get_logger()

MOST_NEEDS = 60
MOST_NEIGHBOURS = 30
"""Needs that wait and are offered what an ended request left."""
RINGS = 2


@dataclass(frozen=True)
class Asked:
    """The needs to be served, and whether they are told of it if they are not."""

    need_ids: tuple[UUID, ...]
    told: bool


def decide(run: MatchingRun, limits: Limits) -> tuple[Built, Plan]:
    """Return the problem of what was asked for and what changes for it, and the plan that is found for it."""
    with db.unit_of_work() as session:
        expire_due(session, clock.now())  # what an ended request was proposed is free
        asked = _asked(session, run)
        around = _around(session, run, set(asked.need_ids))
    before = around.problem.previous
    after = _inserted(around, asked.need_ids, limits)
    touched = _touched(around, before, after) | (set(asked.need_ids) if asked.told else set())
    built = _looked_at(run, touched)
    known = [match for match in after if match.need in built.demand_of]
    if any((match.need, match.option) not in built.option_of for match in known):
        log.info("market_changed_meanwhile", run=str(run.id))
        built, known = _looked_at(run, asked.need_ids if asked.told else ()), []
    return built, as_plan(built.problem, known, limits)


def _asked(session: Session, run: MatchingRun) -> Asked:
    """The needs of the run's request, or of those that wait for the like where none is open any more."""
    if run.request_id is None:
        return Asked((), told=True)
    own = queries.open_needs_of(session, run.request_id)
    if own:
        return Asked(tuple(own), told=True)
    others = queries.waiting_for_the_like(session, run.request_id, MOST_NEIGHBOURS)
    return Asked(tuple(others), told=False)


def _around(session: Session, run: MatchingRun, asked: Collection[UUID]) -> Built:
    """The snapshot of the needs and their neighbours, as it would be if all of these had nothing yet."""
    inside, ring = set(asked), set(asked)
    for _ in range(RINGS):
        wanted = _built(run, load.load(session, None, ring, unproposed=True))
        ring = set()
        for need_ids in _holding(session, wanted):
            if not need_ids <= inside and len(inside | need_ids) <= MOST_NEEDS:
                ring |= need_ids - inside
                inside |= need_ids
    found = _built(run, load.load(session, None, inside))
    strange = set(_strange(found)) - set(asked)
    if strange:  # they stay as they are, and so do those who share a proposal with them
        kept = {each.need.need_id for each in found.considered if each.need.request_id not in strange}
        found = _built(run, load.load(session, None, kept | set(asked)))
    return found


def _holding(session: Session, wanted: Built) -> Iterator[set[UUID]]:
    """The needs of each proposal that holds something of what is wanted, at about the time."""
    spans = _spans(wanted)
    calendar = wanted.snapshot.calendar
    found = dict.fromkeys(
        each.proposal_id
        for each in queries.replaceable_claims(session, spans)
        for start, end in [calendar.held(from_range(each.during))]
        if start < spans[each.unit_id][1] and spans[each.unit_id][0] < end
    )
    needs: dict[UUID, set[UUID]] = {proposal_id: set() for proposal_id in found}
    for line in queries.lines_of(session, needs):
        needs[line.proposal_id].add(line.need_id)
    return iter(needs.values())


def _spans(wanted: Built) -> dict[UUID, tuple[int, int]]:
    """From when until when each unit is wanted, in minutes."""
    spans: dict[UUID, tuple[int, int]] = {}
    for option in wanted.option_of.values():
        first, last = option.during[0][0], option.during[-1][1]
        for unit, _ in option.takings:
            start, end = spans.get(unit, (first, last))
            spans[unit] = min(start, first), max(end, last)
    return spans


def _strange(found: Built) -> Iterator[UUID]:
    """The requests with a proposal that cannot be said by the options there are now."""
    request_of = {each.need.need_id: each.need.request_id for each in found.considered}
    for each in found.snapshot.earlier:
        key = demand_key(each.need_id, each.on)
        if (key, each.option_key) not in found.option_of and each.need_id in request_of:
            yield request_of[each.need_id]


def _inserted(around: Built, need_ids: Collection[UUID], limits: Limits) -> tuple[Match, ...]:
    """The matches after one need after the other has been served, where that is possible."""
    matches = around.problem.previous
    keys = [key for key, demand in around.demand_of.items() if demand.need.need_id in need_ids]
    for key in keys:
        if key not in checker.served(around.problem, matches):
            try:
                plan = insert(around.problem, matches, key, limits)
            except ValueError as error:  # what was proposed earlier no longer fits beside what has been agreed since
                log.info("proposals_no_longer_fit", need=key, error=str(error))
                return around.problem.previous
            matches = plan.matches if plan else matches
    return matches


def _touched(around: Built, before: Iterable[Match], after: Iterable[Match]) -> set[UUID]:
    """The needs for which something changes, with those that belong together with one."""
    changed = {match.need for match in set(before) ^ set(after)}
    needs = {around.demand_of[key].need for key in changed}
    bundles = {need.request_id for need in needs if need.together}
    fellows = {each.need.need_id for each in around.considered if each.need.request_id in bundles}
    return {need.need_id for need in needs} | fellows


def _looked_at(run: MatchingRun, need_ids: Collection[UUID]) -> Built:
    with db.unit_of_work() as session:
        return _built(run, load.load(session, None, need_ids))


def _built(run: MatchingRun, snapshot: Snapshot) -> Built:
    return build(snapshot, Policy.from_json(run.policy), name=f"run {run.id}", seed=run.seed)
