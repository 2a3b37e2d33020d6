"""What a local run decides: one request's needs, beside whoever holds what they could take, and one ring more.

A request that is open is to be served; where one has ended, others that wait for the like are offered what it left.
Nobody who has a proposal loses it, but some are proposed something else. Only what changes is published.

What is offered is read once, and the needs around are put into one problem once; what changes is a part of it.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

import structlog
from sqlmodel import Session

from core.database import db, steady_clock
from core.time import clock
from core.time.interval import from_range
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.encoding.build import Built, build, consider, demand_key
from marketplace.planning.options.options import Option
from marketplace.planning.options.policy import Policy
from marketplace.planning.snapshot import queries
from marketplace.planning.snapshot.calendar import Calendar
from marketplace.planning.snapshot.load import relations, replaced_by, snapshot_of
from marketplace.planning.snapshot.open_needs import OpenNeed, open_needs
from marketplace.planning.snapshot.snapshot import Relations, Snapshot
from marketplace.planning.snapshot.supply import Supply, supply
from marketplace.proposals.deadlines import expire_due
from marketplace.runs.models import MatchingRun
from marketplace.runs.set_aside import SetAside
from matching.mip.limits import Limits
from matching.problem.needs import Match
from matching.problem.plan import Plan
from matching.search.insertion import as_plan, insert_each

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


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The needs asked for and those around them, with all that is read of them and of what is offered."""

    supply: Supply
    relations: Relations
    needs: list[OpenNeed]
    lines: list[queries.ProposedLine]
    refused: frozenset[tuple[UUID, UUID]]
    set_aside: list[SetAside]

    def snapshot(self, need_ids: Collection[UUID]) -> Snapshot:
        """Return some of the needs beside everything else as it stands, the proposals of all others included."""
        replaced = {line.proposal_id for line in self.lines if line.need_id in need_ids}
        found = snapshot_of(
            self.supply,
            self.relations,
            [need for need in self.needs if need.need_id in need_ids],
            [line for line in self.lines if line.proposal_id in replaced],
            self.refused,
        )
        return replace(found, set_aside=(*self.set_aside, *self.supply.set_aside))


@dataclass(frozen=True, eq=False)
class Decision:
    """The problem of what was asked for and of what changes for it, and the plan for it: what is published.

    `around` is that of all who hold what the needs could take, and `whole` the plan for it, what stays as it is
    included: what the reasons are told of, for they name these.
    """

    built: Built
    plan: Plan
    around: Built
    whole: Plan


def decide(run: MatchingRun, limits: Limits) -> Decision:
    """Return what is decided for the needs that a local run is asked to serve."""
    with db.unit_of_work() as session:
        expire_due(session, clock.now(), steady_clock.settled(session))  # what an ended request was proposed is free
        asked = _asked(session, run)
        around = surroundings(session, run, set(asked.need_ids))
    whole = _expressible(run, around, set(asked.need_ids))
    after = _inserted(whole, asked.need_ids, limits)
    told = set(asked.need_ids) if asked.told else set()
    built = _built(run, around.snapshot(_touched(whole, whole.previous, after) | told))
    known = [match for match in after if match.need in built.demand_of]
    if any((match.need, match.option) not in built.option_of for match in known):
        log.info("options_no_longer_listed", run=str(run.id))
        built, known = _built(run, around.snapshot(told)), []
        whole, after = built, ()
    return Decision(built, as_plan(built.arrays, known, limits), whole, as_plan(whole.arrays, after, limits))


def surroundings(session: Session, run: MatchingRun, asked: Collection[UUID]) -> Surroundings:
    """Return the needs asked for, and those who hold what they could take, ring by ring: as many queries for many."""
    offered, known = supply(session, clock.now()), relations(session)
    inside, ring = set(asked), set(asked)
    for _ in range(RINGS):
        needs = open_needs(session, None, ring)
        wanted = snapshot_of(offered, known, needs, *replaced_by(session, needs), unproposed=True)
        ring = set()
        for need_ids in _holding(session, run, wanted):
            if not need_ids <= inside and len(inside | need_ids) <= MOST_NEEDS:
                ring |= need_ids - inside
                inside |= need_ids
    aside: list[SetAside] = []
    needs = open_needs(session, None, inside, aside=aside)
    lines, refused = replaced_by(session, needs)
    return Surroundings(offered, known, needs, list(lines), refused, aside)


def _asked(session: Session, run: MatchingRun) -> Asked:
    """The needs of the run's request, or of those that wait for the like where none is open any more."""
    if run.request_id is None:
        return Asked((), told=True)
    own = queries.open_needs_of(session, run.request_id)
    if own:
        return Asked(tuple(own), told=True)
    others = queries.waiting_for_the_like(session, run.request_id, MOST_NEIGHBOURS)
    return Asked(tuple(others), told=False)


def _holding(session: Session, run: MatchingRun, wanted: Snapshot) -> Iterator[set[UUID]]:
    """The needs of each proposal that holds something of what the needs want, at about the time."""
    considered = consider(CandidateFilter(wanted), Policy.from_json(run.policy))
    spans = _spans(option for each in considered for demand in each.demands for option in demand.options)
    found = dict.fromkeys(
        each.proposal_id
        for each in queries.replaceable_claims(session, spans)
        if _overlaps(wanted.calendar, each, spans[each.unit_id])
    )
    needs: dict[UUID, set[UUID]] = {proposal_id: set() for proposal_id in found}
    for line in queries.lines_of(session, needs):
        needs[line.proposal_id].add(line.need_id)
    return iter(needs.values())


def _spans(options: Iterable[Option]) -> dict[UUID, tuple[int, int]]:
    """From when until when each unit is wanted, in minutes."""
    spans: dict[UUID, tuple[int, int]] = {}
    for option in options:
        first, last = option.during[0][0], option.during[-1][1]
        for unit, _ in option.takings:
            start, end = spans.get(unit, (first, last))
            spans[unit] = min(start, first), max(end, last)
    return spans


def _overlaps(calendar: Calendar, claim: queries.ReplaceableClaim, span: tuple[int, int]) -> bool:
    start, end = calendar.held(from_range(claim.during))
    return start < span[1] and span[0] < end


def _expressible(run: MatchingRun, around: Surroundings, asked: Collection[UUID]) -> Built:
    """The problem of the needs around, as it would be if all of these had nothing yet.

    Requests with a proposal that cannot be said by the options there are now stay as they are, and so do those who
    share a proposal with them; the problem is put together anew then.
    """
    built = _built(run, around.snapshot({need.need_id for need in around.needs}))
    strange = set(_strange(built)) - set(asked)
    if not strange:
        return built
    kept = {each.need.need_id for each in built.considered if each.need.request_id not in strange}
    return _built(run, around.snapshot(kept | set(asked)))


def _strange(found: Built) -> Iterator[UUID]:
    """The requests with a proposal that cannot be said by the options there are now."""
    request_of = {each.need.need_id: each.need.request_id for each in found.considered}
    for each in found.snapshot.earlier:
        key = demand_key(each.need_id, each.on)
        if (key, each.option_key) not in found.option_of and each.need_id in request_of:
            yield request_of[each.need_id]


def _inserted(around: Built, need_ids: Collection[UUID], limits: Limits) -> tuple[Match, ...]:
    """The matches after one need after the other has been served, where that is possible."""
    keys = [key for key, demand in around.demand_of.items() if demand.need.need_id in need_ids]
    try:
        return insert_each(around.arrays, around.previous, keys, limits)
    except ValueError as error:  # what was proposed earlier no longer fits beside what has been agreed since
        log.info("proposals_no_longer_fit", needs=keys, error=error)
        return tuple(around.previous)


def _touched(around: Built, before: Iterable[Match], after: Iterable[Match]) -> set[UUID]:
    """The needs for which something changes, with those that belong together with one."""
    changed = {match.need for match in set(before) ^ set(after)}
    needs = [around.demand_of[key].need for key in changed]
    bundles = {need.request_id for need in needs if need.together}
    fellows = {each.need.need_id for each in around.considered if each.need.request_id in bundles}
    return {need.need_id for need in needs} | fellows


def _built(run: MatchingRun, snapshot: Snapshot) -> Built:
    return build(snapshot, Policy.from_json(run.policy), name=f"run {run.id}", seed=run.seed)
