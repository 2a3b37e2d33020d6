"""From a plan to proposals, in one transaction that either happens whole or not at all.

Two runs publish one after the other. What has changed since a run took its snapshot is looked at again here: what
no longer fits is dropped, and its needs are told that it was taken meanwhile.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlmodel import Session, SQLModel
from uuid_utils.compat import uuid7

from core.actor import Permission
from core.settings import settings
from core.time import clock
from core.time.interval import to_range
from marketplace.notices.queries import unread_about
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.planning.encoding import documents
from marketplace.planning.encoding.build import Built, Watch
from marketplace.planning.encoding.decode import DraftLine, ProposalDraft, take_if_it_fits
from marketplace.planning.execution.adding_up import added_up
from marketplace.planning.execution.planners import planning_organisations
from marketplace.planning.reasons.collect import Outcome, Reasons
from marketplace.planning.snapshot import queries
from marketplace.planning.snapshot.open_needs import open_needs
from marketplace.planning.snapshot.pool import floors_of
from marketplace.planning.snapshot.snapshot import Taken
from marketplace.planning.snapshot.supply import supply
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalParty, ProposalState, Side
from marketplace.proposals.price import cost_sek, put_forward
from marketplace.proposals.rules import PROPOSAL, answer_by
from marketplace.requests.queries import locked
from marketplace.requests.service import needs_open_again, needs_proposed
from marketplace.runs.leases import Attempt, hold
from marketplace.runs.models import MatchingRun, NeedOutcome, ReasonsState, RunKind, RunState
from marketplace.runs.queries import published_for
from marketplace.runs.rules import RUN
from marketplace.runs.set_aside import SetAside, to_json
from marketplace.surges.pool import who_may_come
from matching.problem.plan import Plan
from resources.clashes import Wanted

Row = dict[str, Any]
PUBLISHING = 0x706C6174  # "plat": the one advisory lock of the product
LONGEST_WAIT_S = 300
ROWS_AT_A_TIME = 2000


def publish(
    session: Session,
    attempt: Attempt,
    built: Built,
    plan: Plan,
    *,
    whole: Plan,
    drafts: Sequence[ProposalDraft],
    reasons: Reasons,
    watch: Watch,
    settle: Callable[[], None],
) -> None:
    """Write a checked plan's proposals and every need's outcome, and call the run done.

    The plan is kept as it is for the `whole` problem that was kept. `watch` is called with how far it has come, and may
    raise to end it, so that nothing is written. The run's own row is locked last of all, after `settle`: until then it
    can be told how far it is, and be cancelled.

    Raises
    ------
    LeaseLostError
        The run is no longer this attempt's: nothing is written.
    """
    session.execute(text(f"set local lock_timeout = '{LONGEST_WAIT_S}s'"))
    run, steps = attempt.run, 2 * len(drafts)
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": PUBLISHING})
    needs = [each.need for each in built.considered]
    overtaken = _is_overtaken(session, run)
    replaced = [] if overtaken else queries.replaceable(session, [need.need_id for need in needs], lock=True)
    locked(session, {need.request_id for need in needs})

    wanted = () if overtaken else drafts
    kept = list(_that_still_fit(session, run, built, wanted, replaced, looked_at=lambda done: watch(done, steps)))
    _replace(session, run, replaced)
    _write(session, run, built, kept, reasons, written=lambda share: watch(round(len(drafts) * (1 + share)), steps))
    served = {need_id for draft in kept for need_id in draft.need_ids}
    needs_proposed(session, served, run.id)
    dropped = {need_id for draft in drafts for need_id in draft.need_ids} - served
    _write_outcomes(session, run, reasons.outcomes(served, dropped))
    documents.keep_plan(session, run.id, whole)
    if run.kind is RunKind.WHOLE:  # drafts are made of it
        documents.keep_packed(session, run.id, built.arrays, whole)
    settle()
    run = hold(session, attempt)
    lines = [line for draft in kept for line in draft.lines]
    costs = [cost_sek(line.option.offer, line.during(built.snapshot.calendar)) for line in lines]
    run.published = added_up(session, run.id, map(reasons.of_line, lines), costs)
    _finish(session, run, built, plan, len(served))
    _tell_of_set_aside(session, run, list(dict.fromkeys(built.set_aside)))
    if kept and run.kind is not RunKind.SURGE:  # whoever raised the alert follows it, and plans come by the minute
        homes, told = planning_organisations(session, run), Permission.PLAN
        count, name = len(kept), run.name
        notify(session, homes, NoticeCode.PUBLISHED, "run", run.id, permission=told, proposals=count, run=name)


def _is_overtaken(session: Session, run: MatchingRun) -> bool:
    """Tell whether a later run for the same alert has published: it knew of more answers, so its proposals stand."""
    last = published_for(session, run.surge_id) if run.surge_id is not None else None
    return last is not None and last.sequence > run.sequence


def _that_still_fit(
    session: Session,
    run: MatchingRun,
    built: Built,
    wanted: Sequence[ProposalDraft],
    replaced: Sequence[Proposal],
    *,
    looked_at: Callable[[int], None],
) -> Iterator[ProposalDraft]:
    """Yield what can still be had as things are now, the one after the other."""
    calendar, now = built.snapshot.calendar, clock.now()
    asked = {draft.request_id for draft in wanted}
    needs = {
        need.need_id: need for need in open_needs(session, run.county_code, request_ids=asked, surge_id=run.surge_id)
    }
    bundles: dict[UUID, set[UUID]] = {}
    for need in needs.values():
        if need.together:
            bundles.setdefault(need.request_id, set()).add(need.need_id)
    named = {line.option.offer.offer_id for draft in wanted for line in draft.lines}
    offered = supply(session, now, calendar.instant(calendar.horizon), named)
    stamps, capacities = {offer.offer_id: offer.stamp for offer in offered.offers}, offered.capacities
    gone = {proposal.id for proposal in replaced}
    taken: dict[UUID, Sequence[Taken]] = {**offered.taken(calendar, gone)}
    if run.surge_id is not None:  # who has said no meanwhile does not come, and another alert may have had the rest
        pool = who_may_come(session, run.surge_id)
        floors = floors_of(session, calendar, {card.roster_id for card in pool.values()}, gone)
        stamps = {offer_id: stamp for offer_id, stamp in stamps.items() if offer_id in pool}
        capacities, taken = capacities | floors.capacities, taken | floors.taken
    for done, draft in enumerate(wanted):
        looked_at(done)
        lines = draft.lines
        unchanged = all(
            needs.get(line.need_id) == line.demand.need
            and stamps.get(line.option.offer.offer_id) == line.option.offer.stamp
            for line in lines
        )
        whole = bundles.get(draft.request_id, draft.need_ids) == draft.need_ids
        ahead = all(line.option.during[0][0] >= calendar.floor(now) for line in lines)
        takings = [taking for line in lines for taking in (*line.takings, *line.shared)]
        if unchanged and whole and ahead and take_if_it_fits(capacities, taken, takings):
            yield draft


def _replace(session: Session, run: MatchingRun, replaced: Sequence[Proposal]) -> None:
    """End the proposals that this run's take the place of, and let their needs be proposed anew."""
    ids = [proposal.id for proposal in replaced]
    PROPOSAL.move_all(session, None, ids, ProposalState.SUPERSEDED, run_id=run.id)
    need_ids = {line.need_id for line in queries.lines_of(session, ids)}
    needs_open_again(session, need_ids, reason_code="superseded")


def _write(
    session: Session,
    run: MatchingRun,
    built: Built,
    kept: Sequence[ProposalDraft],
    reasons: Reasons,
    *,
    written: Callable[[float], None],
) -> None:
    """Write all proposals, then all lines, then all that stands below them: a statement for thousands of rows.

    As rows and not as objects: there are tens of thousands.
    """
    now, days = clock.now(), settings().proposal_answer_days
    pairs = [(uuid7(), each) for each in kept]
    lines = [(uuid7(), proposal_id, chosen) for proposal_id, each in pairs for chosen in each.lines]
    proposals = [
        {
            "id": proposal_id,
            "run_id": run.id,
            "request_id": each.request_id,
            "answer_by": answer_by(now, days, _wanted(built, each)),
        }
        for proposal_id, each in pairs
    ]
    below: tuple[tuple[type[SQLModel], list[Row]], ...] = (
        (Proposal, proposals),
        (ProposalLine, [_line(*each, reasons) for each in lines]),
        (LineClaim, [claim for line_id, _, chosen in lines for claim in _claims(built, line_id, chosen)]),
        (ProposalParty, [party for proposal_id, each in pairs for party in _parties(proposal_id, each)]),
    )
    done, total = 0, sum(len(rows) for _, rows in below)
    for table, rows in below:
        for first in range(0, len(rows), ROWS_AT_A_TIME):
            some = rows[first : first + ROWS_AT_A_TIME]
            session.execute(insert(table.__table__), some)  # type: ignore[attr-defined]
            done += len(some)
            written(done / total)


def _line(line_id: UUID, proposal_id: UUID, chosen: DraftLine, reasons: Reasons) -> Row:
    return {
        "id": line_id,
        "proposal_id": proposal_id,
        "need_id": chosen.need_id,
        "offer_id": chosen.option.offer.offer_id,
        "occurs_on": chosen.demand.on,
        "amount": chosen.amount,
        "option_key": chosen.option.key,
        **put_forward(chosen.option.offer),
        "score": chosen.score,
        "reasons": reasons.of_line(chosen),
    }


def _wanted(built: Built, draft: ProposalDraft) -> list[Wanted]:
    takings = [taking for line in draft.lines for taking in line.takings]
    return [Wanted(each.unit, each.amount, each.interval(built.snapshot.calendar)) for each in takings]


def _claims(built: Built, line_id: UUID, chosen: DraftLine) -> Iterator[Row]:
    for each in chosen.takings:
        during = to_range(each.interval(built.snapshot.calendar))
        yield {"line_id": line_id, "unit_id": each.unit, "amount": each.amount, "during": during}


def _parties(proposal_id: UUID, draft: ProposalDraft) -> Iterator[Row]:
    requester = draft.lines[0].demand.need.organisation_id
    yield {"proposal_id": proposal_id, "organisation_id": requester, "side": Side.REQUESTER}
    for lister in sorted({line.option.offer.organisation_id for line in draft.lines}):
        yield {"proposal_id": proposal_id, "organisation_id": lister, "side": Side.LISTER}


def _write_outcomes(session: Session, run: MatchingRun, outcomes: Mapping[UUID, Outcome]) -> None:
    rows = [
        {"run_id": run.id, "need_id": need_id, "served": each.served, "code": each.code, "reasons": each.reasons}
        for need_id, each in outcomes.items()
    ]
    if rows:
        session.execute(insert(NeedOutcome), rows)


def _tell_of_set_aside(session: Session, run: MatchingRun, rows: Sequence[SetAside]) -> None:
    """Tell whoever can mend a row that it was left out, unless that waits unread already; coordinators of new ones."""
    known = unread_about(session, NoticeCode.SET_ASIDE, {each.entity_id for each in rows})
    new = [each for each in rows if (each.organisation_id, each.entity_id) not in known]
    for each in {each.entity_id: each for each in new}.values():
        facts: dict[str, Any] = {"fault": each.fault.value, "count": 1}
        notify(session, [each.organisation_id], NoticeCode.SET_ASIDE, each.entity, each.entity_id, **facts)
    if new:
        homes, to_all = planning_organisations(session, run), dict[str, Any](fault=None, count=len(rows))
        notify(session, homes, NoticeCode.SET_ASIDE, "run", run.id, permission=Permission.PLAN, **to_all)


def _finish(session: Session, run: MatchingRun, built: Built, plan: Plan, served: int) -> None:
    now = clock.now()
    RUN.move(
        session,
        None,
        run.id,
        RunState.DONE,
        run_id=run.id,
        finished_at=now,
        reasons_state=ReasonsState.LOOKING,
        status=plan.status,
        objective=plan.objective,
        bound=plan.bound,
        needs=len(built.considered),
        served=served,
        options=len(built.arrays.score),
        runtime_s=(now - (run.started_at or now)).total_seconds(),
        progress=run.progress | {"step": "explaining"},
        set_aside=to_json(built.set_aside),
    )
