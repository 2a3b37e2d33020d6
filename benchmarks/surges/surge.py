"""`python -m benchmarks.surges.surge`: how soon an alert has a plan, and how soon an answer counts and is planned with.

A made-up market in an embedded PostgreSQL: thousands of capacity cards on rosters that leave different floors, and an
alert for hundreds of people. The run is done in this process as a worker does it; that one picks it up within a second
is not counted, and the processor's time is that of this process, without PostgreSQL's. Then some answer, some after the
time, and some take their yes back, round after round. After each plan it is counted, from the rows alone, at which
rosters more is proposed or agreed to be away than their floor leaves.
"""

import os
import random
import tempfile
import time
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import create_engine, select, text
from sqlmodel import Session, col

from api.cli.database import ready
from benchmarks.harness.reports import Row, seconds, show, write
from benchmarks.surges import market
from core.database import db
from core.database.postgres import roles
from core.time import clock
from core.time.interval import from_range
from marketplace.organisations.queries import actor_for
from marketplace.planning import attempts, surging
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalState
from marketplace.runs.models import MatchingRun
from marketplace.runs.queries import surge_run_to_come
from marketplace.surges.calls import called_counts
from marketplace.surges.fill import fill_of
from marketplace.surges.models import CallState, Roster, RosterCard, SurgeCall
from marketplace.surges.pool import shares_of
from resources.models import ResourceUnit

SEED = 1
ANSWERED = 0.1
"""Of the calls in each round: seven of ten say yes."""


def main(
    cards: Annotated[int, typer.Option(min=10)] = 5000,
    people: Annotated[int, typer.Option(min=10)] = 500,
    lenders: Annotated[int, typer.Option(min=1)] = 50,
    rounds: Annotated[int, typer.Option(min=1)] = 5,
    to: Annotated[Path, typer.Option("--to", help="The folder for results.")] = Path("bench-results"),
) -> None:
    """Raise an alert, and have answers come."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"PLATSVERKET_DATA_DIR": folder, "PLATSVERKET_ENVIRONMENT": "development"}
        with ready():
            with db.unit_of_work() as session:
                coordinator, home = market.store(session, cards, lenders, SEED)
            _know_what_there_is()
            rows = [_alerted(coordinator, home, people)]
            surge_id = rows[0].pop("surge")
            chance = random.Random(SEED)  # noqa: S311
            rows += [_round(surge_id, chance, n) for n in range(1, rounds + 1)]
    times = ("counted_s", "planned_s", "processor_s")
    table = [[row["what"], *(seconds(row.get(name)) for name in times), *_told(row)] for row in rows]
    names = ("what", "counted, s", "planned, s", "processor, s", "proposed", "said yes", "needed", "floors broken")
    show("An alert", names, table)
    write(to, "surge", rows)


def _told(row: Row) -> list[str]:
    return [str(row[name]) for name in ("proposed", "accepted", "needed", "broken")]


def _alerted(coordinator: UUID, home: UUID, people: int) -> Row:
    begun, processor = time.perf_counter(), time.process_time()
    with db.unit_of_work() as session:
        surge_id = surging.raise_alert(session, actor_for(session, coordinator), market.alert(home, people, SEED)).id
    raised = {"counted_s": time.perf_counter() - begun, "raising_processor_s": time.process_time() - processor}
    _plan(surge_id)
    planned = {"planned_s": time.perf_counter() - begun, "processor_s": time.process_time() - processor}
    return {"what": "the alert", "surge": surge_id, **raised, **planned, **_stand(surge_id)}


def _round(surge_id: UUID, chance: random.Random, n: int) -> Row:
    """Some answer, some of those who said yes take it back, and in the third round the time is over for the rest."""
    with db.unit_of_work() as session:
        if n == 3:
            surging.expire_calls(session, clock.now() + timedelta(days=1))
        by_home = _by_home(session, surge_id)
    begun, latest = time.perf_counter(), 0.0
    for home, calls in by_home.items():
        for state, keys in _answers(chance, calls).items():
            answered = time.perf_counter()
            with db.unit_of_work() as session:
                surging.answer_calls(session, actor_for(session, home), surge_id, keys, state)
            with db.unit_of_work() as session:
                fill_of(session, surge_id)
            latest = max(latest, time.perf_counter() - answered)
    begun, processor = time.perf_counter(), time.process_time()
    _plan(surge_id)
    planned = {"planned_s": time.perf_counter() - begun, "processor_s": time.process_time() - processor}
    what = f"round {n}" + (", late" if n >= 3 else "")
    return {"what": what, "counted_s": latest, **planned, **_stand(surge_id)}


def _by_home(session: Session, surge_id: UUID) -> dict[UUID, list[SurgeCall]]:
    """The calls by who keeps the roster."""
    found: dict[UUID, list[SurgeCall]] = defaultdict(list)
    keeper = select(col(Roster.id), col(Roster.member_id))
    keepers = {roster: member for roster, member in session.execute(keeper)}  # noqa: C416
    for call in session.scalars(select(SurgeCall).where(col(SurgeCall.surge_id) == surge_id)):
        found[keepers[call.roster_id]].append(call)
    session.expunge_all()
    return found


def _answers(chance: random.Random, calls: list[SurgeCall]) -> dict[CallState, list[UUID]]:
    found: dict[CallState, list[UUID]] = defaultdict(list)
    for call in calls:
        if call.state in {CallState.ASKED, CallState.EXPIRED} and chance.random() < ANSWERED:
            found[CallState.ACCEPTED if chance.random() < 0.7 else CallState.DECLINED].append(call.id)
        elif call.state is CallState.ACCEPTED and chance.random() < ANSWERED:
            found[CallState.WITHDRAWN].append(call.id)
    return found


def _plan(surge_id: UUID) -> None:
    with db.unit_of_work() as session:
        run = surge_run_to_come(session, surge_id)
        assert run is not None
        key = run.id
    attempts.execute(key)
    with db.unit_of_work() as session:
        assert session.get_one(MatchingRun, key).state == "done"


def _stand(surge_id: UUID) -> Row:
    with db.unit_of_work() as session:
        fills = fill_of(session, surge_id)
        states = called_counts(session, surge_id)
        return {
            "proposed": sum(each.proposed for each in fills),
            "needed": sum(each.role.number for each in fills),
            "accepted": states.get(CallState.ACCEPTED, 0),
            "called": sum(states.values()),
            "broken": _broken(session),
        }


def _broken(session: Session) -> int:
    """Count the rosters of which more is proposed to be away at some time than their floor leaves."""
    rows = session.execute(
        select(col(RosterCard.roster_id), col(LineClaim.amount), col(LineClaim.during))
        .join(ProposalLine, col(ProposalLine.id) == col(LineClaim.line_id))
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .join(ResourceUnit, col(ResourceUnit.unit_id) == col(LineClaim.unit_id))
        .join(RosterCard, col(RosterCard.resource_id) == col(ResourceUnit.resource_id))
        .where(col(Proposal.state).in_((ProposalState.PROPOSED, ProposalState.APPROVED)))
    )
    steps: dict[UUID, list[tuple[float, int]]] = defaultdict(list)
    for roster, amount, during in rows:
        span = from_range(during)
        steps[roster] += [(span.start.timestamp(), amount), (span.limit.timestamp(), -amount)]
    shares = shares_of(session, steps)
    return sum(_peak(changes) > shares[roster].percent for roster, changes in steps.items())


def _peak(changes: list[tuple[float, int]]) -> int:
    now = most = 0
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most


def _know_what_there_is() -> None:
    """Let the planner know what was written, as autovacuum does within a minute."""
    owner = create_engine(roles.owner_url(), isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text("analyze"))
    owner.dispose()


if __name__ == "__main__":
    typer.run(main)
