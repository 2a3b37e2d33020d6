"""Local runs with a real database: one request is served at once, neighbours move but never fall."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from core.actor import Actor
from core.database import db
from core.database.audit import AuditEntry
from core.errors import Conflict, NotAllowed
from core.time import clock, timing
from marketplace.organisations.models import Member, Organisation
from marketplace.planning import attempts, service
from marketplace.planning.execution import local
from marketplace.planning.jobs import sweep_deadlines
from marketplace.planning.rules import RunDraft
from marketplace.planning.snapshot import queries as snapshot_queries
from marketplace.proposals import service as proposals
from marketplace.proposals.models import Proposal, ProposalLine, ProposalState
from marketplace.requests import service as requests
from marketplace.requests.models import Need, NeedState, Request
from marketplace.runs import queries
from marketplace.runs.models import MatchingRun, NeedOutcome, RunKind, RunState
from resources import service as resources
from resources.drafts import ResourceDraft
from resources.families.staff import StaffTime
from tests import builders
from tests.counting import counted

SMALL, LARGE = 8, 30
TO_UNDO = timedelta(minutes=10)
STATEMENTS = 30
"""Of reading what stands around a request: the same for one need as for sixty."""


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The runs that were sent to a worker, instead of sending them; with time enough for a machine that is busy."""
    monkeypatch.setattr(service, "LOCAL_LIMIT_S", 600.0)
    found: list[UUID] = []
    monkeypatch.setattr(service, "enqueue", lambda _session, _job, run_id: found.append(UUID(run_id)))
    return found


def room(seats: int) -> UUID:
    with db.unit_of_work() as session:
        return builders.offer(session, builders.space(session, seats=seats)).id


def asked(people: int, **rest: object) -> UUID:
    """A need for a room at one and the same time, of an organisation of its own."""
    with db.unit_of_work() as session:
        return builders.need(session, builders.request(session, **rest), requirements={"people": people}).id


def whole_run() -> None:
    attempts.run_now(RunDraft(time_limit_s=600))


def owner(need_id: UUID) -> tuple[Actor, UUID]:
    with db.unit_of_work() as session:
        request = session.get_one(Request, session.get_one(Need, need_id).request_id)
        return builders.actor_of(session, session.get_one(Member, request.member_id)), request.id


def found_now(need_id: UUID) -> MatchingRun:
    """The run that its requester asked for, when it has been done."""
    actor, request_id = owner(need_id)
    with db.unit_of_work() as session:
        run_id = service.queue_local_run(session, actor, request_id).id
    return done(run_id)


def done(run_id: UUID) -> MatchingRun:
    attempts.execute(run_id)
    with db.unit_of_work() as session:
        run = queries.run(session, run_id)
    assert (run.state, run.failure_code) == (RunState.DONE, None)
    return run


def proposed() -> dict[UUID, tuple[UUID, UUID]]:
    """Of every need with a standing proposal: that proposal and the offer."""
    with db.unit_of_work() as session:
        rows = session.execute(
            select(ProposalLine, Proposal)
            .join(Proposal, Proposal.id == ProposalLine.proposal_id)
            .where(Proposal.state == ProposalState.PROPOSED)
        )
        return {line.need_id: (proposal.id, line.offer_id) for line, proposal in rows}


def offers() -> dict[UUID, UUID]:
    return {need_id: offer_id for need_id, (_, offer_id) in proposed().items()}


def test_what_is_free_is_proposed_and_the_run_says_what_it_was_for(engine: Engine) -> None:
    small, need = room(SMALL), asked(5)
    run = found_now(need)
    assert offers() == {need: small}
    assert (run.kind, run.request_id, run.needs, run.served) == (RunKind.LOCAL, owner(need)[1], 1, 1)
    assert run.member_id == owner(need)[0].member_id
    with db.unit_of_work() as session:
        assert session.get_one(Need, need).state is NeedState.PROPOSED
        moves = session.scalars(select(AuditEntry.to_state).where(AuditEntry.run_id == run.id)).all()
    assert {"queued", "running", "done", "proposed"} <= set(moves)


def test_a_neighbour_moves_and_everybody_else_keeps_the_very_proposal(engine: Engine) -> None:
    # The five take the large room, for there is no other; then a small one comes, and thirty who need the large one.
    large, first = room(LARGE), asked(5)
    whole_run()
    far, elsewhere = asked(5), room(SMALL)
    found_now(far)
    before = proposed()
    assert offers() == {first: large, far: elsewhere}
    small, many = room(SMALL), asked(25)
    run = found_now(many)
    after = proposed()
    assert offers() == {first: small, far: elsewhere, many: large}
    assert after[far] == before[far]
    assert after[first][0] != before[first][0]
    assert (run.needs, run.served) == (2, 2), "the run is about those two"


def test_what_a_coordinator_locked_stays(engine: Engine) -> None:
    large, first = room(LARGE), asked(5)
    whole_run()
    room(SMALL)
    with db.unit_of_work() as session:
        proposals.lock(session, builders.coordinator(session), proposed()[first][0])
    many = asked(25)
    run = found_now(many)
    assert offers() == {first: large}
    assert (run.needs, run.served) == (1, 0)


def test_nobody_is_dropped_for_somebody_worth_more(engine: Engine) -> None:
    large, _ = room(LARGE), asked(5)
    whole_run()
    before = proposed()
    crisis = asked(25, priority="crisis")
    found_now(crisis)
    assert proposed() == before
    with db.unit_of_work() as session:
        outcome = session.scalars(select(NeedOutcome).where(NeedOutcome.need_id == crisis)).one()
    assert not outcome.served
    whole_run()
    assert offers() == {crisis: large}, "a run over everything may"


def test_what_a_withdrawn_request_leaves_is_offered_to_who_waits(engine: Engine, sent: list[UUID]) -> None:
    large, first = room(LARGE), asked(25)
    whole_run()
    waiting = asked(20)
    actor, request_id = owner(first)
    with db.unit_of_work() as session:
        requests.withdraw_request(session, actor, request_id)
    runs = len(sent)
    sweep_deadlines()
    assert (len(sent), offers()) == (runs, {first: large}), "it may be undone still"
    with clock.frozen(clock.now() + TO_UNDO):
        sweep_deadlines()
        sweep_deadlines()
        assert len(sent) == runs + 1
        run = done(sent[-1])
    assert offers() == {waiting: large}
    assert (run.kind, run.request_id) == (RunKind.LOCAL, request_id)


def test_a_request_that_held_nothing_is_withdrawn_without_a_run(engine: Engine, sent: list[UUID]) -> None:
    actor, request_id = owner(asked(5))
    with db.unit_of_work() as session:
        requests.withdraw_request(session, actor, request_id)
    with clock.frozen(clock.now() + TO_UNDO):
        sweep_deadlines()
    assert sent == []


def test_only_who_may_and_only_where_something_waits(engine: Engine) -> None:
    room(SMALL)
    need = asked(5)
    actor, request_id = owner(need)
    with db.unit_of_work() as session:
        stranger, coordinator = builders.actor(session), builders.coordinator(session)
        first = service.queue_local_run(session, coordinator, request_id)
        again = service.queue_local_run(session, actor, request_id)
        assert first.id == again.id, "one that waits is as good"
        lister = builders.actor(session, session.get_one(Organisation, actor.organisation_id), roles=["lister"])
        with pytest.raises(NotAllowed):
            service.queue_local_run(session, lister, request_id)
        with pytest.raises(Exception, match="request"):
            service.queue_local_run(session, stranger, request_id)
    done(first.id)
    with db.unit_of_work() as session, pytest.raises(Conflict, match="waits for a proposal"):
        service.queue_local_run(session, actor, request_id)
    with db.unit_of_work() as session:
        repeated = service.run_again(session, coordinator, first.id)
        assert (repeated.kind, repeated.request_id) == (RunKind.LOCAL, request_id)
        requests.withdraw_request(session, actor, request_id)
    assert done(repeated.id).needs == 0, "nobody waits for the like"


def test_options_that_are_gone_meanwhile_are_not_published(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    room(SMALL)
    need = asked(5)
    honest, calls = local.build, []

    def without_options(*args: object, **values: object) -> object:
        """Of what is built of the needs around, of what changes, and of what was asked for, the second has none."""
        calls.append(args)
        built = honest(*args, **values)
        if len(calls) == 2:
            built.option_of.clear()
        return built

    monkeypatch.setattr(local, "build", without_options)
    assert found_now(need).served == 0
    assert len(calls) == 3


@pytest.mark.parametrize("neighbours", [1, 6])
def test_what_is_offered_is_read_once_however_many_needs_there_are(engine: Engine, neighbours: int) -> None:
    """Needs, their proposals and what was refused are read for each ring, and what is offered before all of them."""
    for _ in range(neighbours):
        room(LARGE)
        asked(25)
    whole_run()
    actor, request_id = owner(asked(25))
    with db.unit_of_work() as session:
        run_id = service.queue_local_run(session, actor, request_id).id
    with db.unit_of_work() as session, counted(session) as sent:
        found = local.surroundings(
            session, queries.run(session, run_id), snapshot_queries.open_needs_of(session, request_id)
        )
    assert len(found.needs) == neighbours + 1
    assert len([each for each in sent if "FROM offer" in each]) == 1
    assert len(sent) == STATEMENTS


def test_a_local_run_puts_its_problem_together_twice_however_many_needs_wait(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once with all that stand around, and once with what changes."""
    honest, calls = local.build, []
    monkeypatch.setattr(local, "build", lambda *args, **values: calls.append(args) or honest(*args, **values))
    with db.unit_of_work() as session:
        request = builders.request(session)
        for _ in range(4):
            builders.need(session, request, requirements={"people": 5})
    for _ in range(4):
        room(SMALL)
    with db.unit_of_work() as session:
        actor = builders.actor_of(session, session.get_one(Member, request.member_id))
        run_id = service.queue_local_run(session, actor, request.id).id
    assert done(run_id).served == 4
    assert len(calls) == 2
    assert len(calls) == 2


@pytest.mark.parametrize("weights", [{}, {"skillsMust": {"procurement": 3}}, {"skillsShould": {"procurement": 4}}])
def test_a_person_is_found_at_once(engine: Engine, weights: dict[str, object]) -> None:
    with db.unit_of_work() as session:
        card = builders.offer(session, builders.staff(session)).id
        request = builders.request(session)
        need = builders.need(session, request, family="staff", amount=10, requirements=weights).id
    assert found_now(need).served == 1
    assert offers() == {need: card}


@pytest.mark.parametrize(("last", "amount", "served"), [(40, 50, 1), (41, 50, 0), (41, 20, 1), (41, 21, 0)])
def test_a_person_is_found_for_as_much_as_the_extent_is_then(
    engine: Engine, last: int, amount: int, served: int
) -> None:
    """50 percent, and 20 from the fortieth day on."""
    changes = {clock.today() + timedelta(days=40): 20}
    with db.unit_of_work() as session:
        person = builders.staff(session, extent_percent=50)
        draft = ResourceDraft("staff", "staff", person.name, StaffTime(50, changes))
        resources.update_resource(session, None, person.id, draft)
        builders.offer(session, person)
        when = timing.Fixed(builders.at(20), builders.at(last))
        need = builders.need(session, builders.request(session), when, family="staff", amount=amount).id
    assert found_now(need).served == served


def test_a_room_and_a_person_that_belong_together_are_found_at_once(engine: Engine) -> None:
    with db.unit_of_work() as session:
        offered = {builders.offer(session).id, builders.offer(session, builders.staff(session)).id}
        request = builders.request(session, together=True)
        needs = [builders.need(session, request).id]
        needs.append(builders.need(session, request, family="staff", amount=10).id)
    assert found_now(needs[0]).served == 2
    assert set(offers().values()) == offered


def test_a_person_is_offered_to_who_waits_when_a_request_is_withdrawn(engine: Engine, sent: list[UUID]) -> None:
    with db.unit_of_work() as session:
        card = builders.offer(session, builders.staff(session, extent_percent=50)).id
    wanted = {"family": "staff", "amount": 50, "requirements": {"skillsMust": {"procurement": 1}}}
    with db.unit_of_work() as session:
        first, second = (builders.need(session, builders.request(session), **wanted).id for _ in range(2))
    found_now(first)
    assert offers() == {first: card}
    actor, request_id = owner(first)
    with db.unit_of_work() as session:
        requests.withdraw_request(session, actor, request_id)
    with clock.frozen(clock.now() + TO_UNDO):
        sweep_deadlines()
        done(sent[-1])
    assert offers() == {second: card}


def test_a_local_run_tells_who_holds_what_it_would_take_and_what_that_would_cost_them(engine: Engine) -> None:
    """Not only of what is free: of one that gets nothing, and of an alternative that somebody else has."""
    room(LARGE)
    many, few = asked(LARGE), asked(SMALL)
    found_now(many)
    run = found_now(few)
    with db.unit_of_work() as session:
        told = session.get_one(NeedOutcome, (run.id, few)).reasons
        assert session.get_one(NeedOutcome, (run.id, few)).code == "lost_to_others"
        assert [each.need_id for each in told.taken_by or ()] == [many]
        assert told.loss is not None
        assert (told.loss.kind, told.loss.fell) == ("exact", (many,))
    room(SMALL)
    run = found_now(few)
    with db.unit_of_work() as session:
        [line] = session.scalars(select(ProposalLine).where(ProposalLine.need_id == few)).all()
        [other] = line.reasons.alternatives or ()
        assert (other.cost.kind, other.cost.fell) == ("exact", (many,))
        assert (other.cost.to_others or 0) > 0
        assert session.get(NeedOutcome, (run.id, many)) is None, "nothing changes for who stays as it was"
