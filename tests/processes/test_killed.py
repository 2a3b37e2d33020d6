"""SIGKILL in the middle of what must be whole: a run being published, an acceptance being agreed."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, text
from sqlmodel import Session, SQLModel, select

from core.database import db
from marketplace.bookings.models import Booking
from marketplace.organisations import service as organisations
from marketplace.organisations.models import Member
from marketplace.organisations.rules import Scope
from marketplace.planning import service as planning
from marketplace.planning.rules import RunDraft
from marketplace.proposals.models import Proposal, ProposalLine, ProposalParty, ProposalState
from marketplace.runs.models import MatchingRun, RunState
from marketplace.scenarios import service as scenarios
from marketplace.scenarios.models import Scenario, ScenarioState
from marketplace.scenarios.solving.changes import Close
from resources.models import Claim
from tests import builders
from tests.processes.conftest import PATIENCE_S, Running, free_port, until

pytestmark = pytest.mark.processes

QUICK = {"PLATSVERKET_RUN_LEASE_S": "6", "PLATSVERKET_SWEEP_INTERVAL_S": "5"}
"""Two sweeps in five seconds are fewer than the embedded broker hands out however busy the machine is, so that none
waits until it has expired. For the same reason the scheduler starts when there is somebody to sweep."""


@contextmanager
def held(engine: Engine, table: str) -> Iterator[None]:
    """Keep everybody from writing to a table, so that who does is stopped in the middle of its transaction."""
    with engine.connect() as connection:
        connection.execute(text(f'lock table "{table}" in exclusive mode'))
        yield
        connection.rollback()


def waits_for(engine: Engine, table: str) -> bool:
    """Tell whether somebody waits to write to a table."""
    with engine.connect() as connection:
        waiting = text("select 1 from pg_locks where not granted and relation = cast(:name as regclass)")
        return connection.execute(waiting, {"name": f'"{table}"'}).first() is not None


def counted(table: type[SQLModel]) -> int:
    with db.unit_of_work() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def run_of(run_id: UUID) -> MatchingRun:
    with db.unit_of_work() as session:
        return session.get_one(MatchingRun, run_id)


def scenario_of(scenario_id: UUID) -> Scenario:
    with db.unit_of_work() as session:
        return session.get_one(Scenario, scenario_id)


def test_a_worker_killed_while_it_publishes_leaves_nothing_half_and_the_next_does_the_run(engine, start):
    """So does the next with a draft of that run whose worker is killed while it writes what all of it comes to."""
    with db.unit_of_work() as session:
        for _ in range(3):
            builders.need(session, builders.request(session))
            offer = builders.offer(session)
        closed, coordinator = Close(offer_id=offer.id), builders.coordinator(session)
    first = start("worker", env=QUICK)
    with held(engine, "proposal_party"):
        with db.unit_of_work() as session:
            run_id = planning.queue_run(session, None, RunDraft()).id
        until(lambda: waits_for(engine, "proposal_party"), "the worker publishes", first)
        first.kill()
    until(lambda: not waits_for(engine, "proposal_party"), "PostgreSQL has noticed that the worker is gone")
    assert (counted(Proposal), counted(ProposalLine), counted(ProposalParty)) == (0, 0, 0)

    start("scheduler", env=QUICK)
    second = start("worker", env=QUICK)
    until(lambda: run_of(run_id).state in {RunState.DONE, RunState.FAILED}, "the run has ended", second)
    run = run_of(run_id)
    assert (run.state, run.attempts, run.served) == (RunState.DONE, 2, 3)
    # Three requests, each with one line, and the requester's and the lister's yes to give.
    assert (counted(Proposal), counted(ProposalLine), counted(ProposalParty)) == (3, 3, 6)

    with db.unit_of_work() as session:
        key = scenarios.create(session, coordinator, run_id, "Utkast", [closed]).id
    with held(engine, "scenario_outcome"):
        with db.unit_of_work() as session:
            scenarios.solve(session, coordinator, key)
        until(lambda: waits_for(engine, "scenario_outcome"), "the worker writes what the draft comes to", second)
        second.kill()
    third = start("worker", env=QUICK)
    until(lambda: scenario_of(key).state is not ScenarioState.SOLVING, "the draft is solved", third)
    assert (scenario_of(key).state, scenario_of(key).attempts) == (ScenarioState.SOLVED, 2)


def test_a_run_whose_workers_always_die_ends_as_failed(engine, start):
    env = {**QUICK, "PLATSVERKET_RUN_ATTEMPTS": "1"}
    with db.unit_of_work() as session:
        builders.need(session, builders.request(session))
        builders.offer(session)
    worker = start("worker", env=env)
    with held(engine, "proposal_party"):
        with db.unit_of_work() as session:
            run_id = planning.queue_run(session, None, RunDraft()).id
        until(lambda: waits_for(engine, "proposal_party"), "the worker publishes", worker)
        worker.kill()
    start("scheduler", env=QUICK)
    start("worker", env=env)
    until(lambda: run_of(run_id).state is RunState.FAILED, "the run has failed")
    assert run_of(run_id).failure_code == "worker_lost"
    assert counted(Proposal) == 0


def _serve(start, port: int) -> Running:
    web = start("serve", env={"PLATSVERKET_PORT": str(port)})
    until(lambda: _answers(port), "the web server answers", web)
    return web


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def _token(member: Member) -> str:
    with db.unit_of_work() as session:
        token, _ = organisations.issue_token(session, None, member.id, "test", scopes=[Scope.READ, Scope.WRITE], days=1)
    return token


def _accept(port: int, proposal_id: UUID, token: str) -> dict | None:
    """Accept as a machine client does; None when the connection broke."""
    call = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/proposals/{proposal_id}/acceptance",
        method="POST",
        data=b"{}",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(call, timeout=PATIENCE_S) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise AssertionError(error.read().decode()) from error
    except OSError:
        return None


def test_a_web_process_killed_in_the_middle_of_the_last_acceptance_leaves_no_half_booking(engine, start):
    with db.unit_of_work() as session:
        lister, requester = builders.member(session), builders.member(session)
        place = builders.site(session, session.get_one(builders.Organisation, lister.organisation_id))
        wanted = builders.need(session, builders.request(session, requester))
        offered = builders.offer(session, builders.space(session, place))
        proposal_id = builders.approved(session, (wanted, offered)).id
    port = free_port()
    web = _serve(start, port)
    _accept(port, proposal_id, _token(lister))
    last = _token(requester)

    with held(engine, "claim"):
        client = Thread(target=_accept, args=(port, proposal_id, last))
        client.start()
        until(lambda: waits_for(engine, "claim"), "the acceptance is about to claim", web)
        web.kill()
        client.join()
    until(lambda: not waits_for(engine, "claim"), "PostgreSQL has noticed that the web process is gone")
    assert (counted(Booking), counted(Claim)) == (0, 0)

    _serve(start, port)
    _accept(port, proposal_id, last)
    assert (counted(Booking), counted(Claim)) == (1, 1)
    with Session(engine) as session:
        assert session.get_one(Proposal, proposal_id).state is ProposalState.AGREED
