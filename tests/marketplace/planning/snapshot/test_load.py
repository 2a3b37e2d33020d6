"""From rows to a snapshot and back to proposals: everything that only a database can show."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session

from competence.approvals.models import Approver
from competence.service import add_skills, describe_staff
from core.database import db
from core.time import clock
from core.time.interval import from_range
from core.time.timing import Period, Weekly
from marketplace.bookings.service import cancel
from marketplace.cards.approving import give
from marketplace.offers.models import Offer, Visibility
from marketplace.offers.queries import visible_to
from marketplace.organisations.models import Organisation
from marketplace.planning import attempts, service
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.execution.report import report
from marketplace.planning.rules import RunDraft
from marketplace.planning.snapshot import load
from marketplace.planning.snapshot import queries as snapshot_queries
from marketplace.proposals import service as deciding
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalParty, ProposalState, Side
from marketplace.proposals.refused import refused_pairs
from marketplace.requests.models import Need, NeedState, Request
from marketplace.runs import queries
from marketplace.runs.models import MatchingRun, NeedOutcome, RunState
from matching import solve as solver
from matching.arrays.arrays import Arrays
from matching.params.solve import SolveParams
from matching.solve import Result
from resources.families.staff import StaffFacts
from tests import builders
from tests.counting import counted

APRIL = Period(date(2032, 4, 1), date(2032, 4, 30))


@contextmanager
def written() -> Iterator[Session]:
    with db.unit_of_work() as session:
        yield session


def rows(table: type[Any]) -> list[Any]:
    with written() as session:
        return list(session.scalars(select(table)))


def done() -> MatchingRun:
    run_id = attempts.run_now(RunDraft(time_limit_s=600))
    with written() as session:
        run = queries.run(session, run_id)
    assert run.state is RunState.DONE, run.failure_code
    return run


def for_years(session: Session, resource: Any, **values: Any) -> Offer:
    return builders.offer(session, resource, builders.days(0, 365 * 100), **values)


def test_a_market_takes_as_many_queries_however_large_it_is(session: Session) -> None:
    def grow(times: int) -> int:
        for _ in range(times):
            builders.offer(session)
            builders.offer(session, builders.staff(session))
            builders.need(session, builders.request(session))
        session.expunge_all()
        with counted(session) as statements:
            snapshot = load.load(session, None)
        assert snapshot.needs
        return len(statements)

    assert grow(1) == grow(20)


def test_a_market_has_what_is_open_and_consented_and_what_is_taken(session: Session) -> None:
    room = builders.space(session)
    builders.claim(session, builders.unit_of(session, room), builders.days(14, 15))
    shown = builders.offer(session, room)
    builders.offer(session, state="paused")
    builders.offer(session, builders.staff(session, consented=False))
    builders.need(session, builders.request(session))
    builders.need(session, builders.request(session, state="draft"))
    snapshot = load.load(session, None)
    assert [offer.offer_id for offer in snapshot.offers] == [shown.id]
    assert len(snapshot.needs) == 1
    [(start, end, amount)] = snapshot.taken[builders.unit_of(session, room).id]
    assert (snapshot.calendar.instant(start), snapshot.calendar.instant(end), amount) == (
        builders.at(14),
        builders.at(15),
        1,
    )


def test_a_card_counts_for_what_is_broader_one_level_less(session: Session) -> None:
    add_skills(session)
    person = builders.staff(session)
    describe_staff(session, None, person, StaffFacts(100, remote=True, skills={"administrative_law": 4}))
    for who in Approver:
        give(session, None, person, who, "Blankett, dnr 2026/114")
    builders.offer(session, person)
    needs = [
        builders.need(session, builders.request(session), family="staff", amount=20, requirements=asked)
        for asked in (
            {"skillsMust": {"law": 3}, "remoteOk": True},
            {"skillsMust": {"law": 4}, "remoteOk": True},  # administrative law 4 is law 3
            {"skillsMust": {"labour_law": 1}, "remoteOk": True},  # beside it, and not broader
        )
    ]
    snapshot = load.load(session, None)
    found = {each.need_id: len(CandidateFilter(snapshot).apply(each).offers) for each in snapshot.needs}
    assert [found[need.id] for need in needs] == [1, 0, 0]


def test_who_asks_sees_in_a_market_what_it_sees_in_lists(session: Session) -> None:
    home, friend, neighbour = (builders.organisation(session) for _ in range(3))
    stranger = builders.organisation(session, municipality_code="0180")
    builders.partners(session, home, friend)
    for lister in (home, friend, neighbour, stranger):
        place = builders.site(session, lister, municipality_code="2380" if lister is not stranger else "0180")
        for tier in Visibility:
            builders.offer(session, builders.space(session, place), visibility=tier, department="IT")
    for day in (0, 1):  # one has been widened today, one will be tomorrow
        widens = [[(clock.today() + timedelta(days=day)).isoformat(), "all"]]
        builders.offer(session, builders.space(session), visibility="organisation", widens=widens)
    for organisation, department in ((home, None), (home, "IT"), (neighbour, "HR"), (stranger, "IT")):
        asker = builders.member(session, organisation, department=department, roles=["requester"])
        builders.need(session, builders.request(session, asker))
        snapshot = load.load(session, None)
        who = organisation.id, department
        need = next(each for each in snapshot.needs if (each.organisation_id, each.department) == who)
        in_market = {offer.offer_id for offer in CandidateFilter(snapshot).apply(need).offers}
        in_lists = set(session.scalars(visible_to(builders.actor_of(session, asker)).with_only_columns(Offer.id)))
        assert in_market == in_lists


@pytest.mark.usefixtures("engine")
class TestPublishing:
    def test_lots_that_are_handed_over_from_two_places_for_good(self) -> None:
        with written() as session:
            for count in (30, 25):
                for_years(session, builders.furniture(session, capacity=count), terms="hand_over")
            builders.need(
                session,
                builders.request(session),
                Period(clock.today() + timedelta(days=5), None),
                family="furniture",
                amount=40,
                parts=2,
                requirements={"toKeep": True},
            )
        assert done().served == 1
        [proposal], lines, claims = rows(Proposal), rows(ProposalLine), rows(LineClaim)
        assert sum(line.amount for line in lines) == sum(claim.amount for claim in claims) == 40
        assert all(claim.during.upper is None for claim in claims), "for good"
        listers = [party for party in rows(ProposalParty) if party.side is Side.LISTER]
        assert len(listers) == 2
        assert {party.proposal_id for party in listers} == {proposal.id}

    def test_a_bundle_is_one_proposal_of_all_its_needs(self) -> None:
        with written() as session:
            builders.offer(session)
            builders.offer(session, builders.vehicle(session))
            request = builders.request(session, together=True)
            builders.need(session, request)
            builders.need(session, request, family="vehicle")
        assert done().served == 2
        [proposal] = rows(Proposal)
        assert {line.proposal_id for line in rows(ProposalLine)} == {proposal.id}
        assert len(rows(ProposalLine)) == 2

    def test_a_bundle_of_which_a_part_was_taken_meanwhile_is_dropped_whole(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with written() as session:
            builders.offer(session)
            car = builders.vehicle(session)
            builders.offer(session, car)
            unit = builders.unit_of(session, car)
            request = builders.request(session, together=True)
            builders.need(session, request)
            builders.need(session, request, family="vehicle")
        honest = solver.solve

        def solve(arrays: Arrays, params: SolveParams, **how: Any) -> Result:
            with written() as session:
                builders.claim(session, unit, builders.days(14, 15))
            return honest(arrays, params, **how)

        monkeypatch.setattr(solver, "solve", solve)
        assert done().served == 0
        assert rows(Proposal) == []
        assert {outcome.code for outcome in rows(NeedOutcome)} == {"taken_meanwhile"}

    def test_dates_served_apart_are_lines_of_one_proposal(self) -> None:
        first = clock.today() + timedelta(days=7 - clock.today().weekday())
        mondays = Weekly(first, first + timedelta(days=21), (0,), time(9), time(12), same_resource=False)
        with written() as session:
            rooms = [builders.space(session) for _ in range(2)]
            for room, week in zip(rooms, (0, 2), strict=True):
                builders.offer(session, room)
                day = (first - clock.today()).days + 7 * week
                builders.claim(session, builders.unit_of(session, room), builders.days(day, day + 8))
            builders.need(session, builders.request(session), mondays)
        assert done().served == 1
        lines = rows(ProposalLine)
        assert len(rows(Proposal)) == 1
        assert sorted(line.occurs_on for line in lines) == [first + timedelta(weeks=n) for n in range(4)]
        assert len({line.offer_id for line in lines}) == 2

    def test_what_a_run_lists_as_an_alternative_can_be_swapped_to_approved_and_agreed(self) -> None:
        with written() as session:
            for _ in range(2):
                builders.offer(session)
            builders.need(session, builders.request(session))
        done()
        with written() as session:
            coordinator = builders.coordinator(session)
            [line] = session.scalars(select(ProposalLine))
            [other] = line.reasons.alternatives
            deciding.swap(session, coordinator, line.proposal_id, line.id, other.option)
            deciding.approve(session, coordinator, line.proposal_id)
        [line], [claim] = rows(ProposalLine), rows(LineClaim)
        assert (line.offer_id, line.score) == (other.offer_id, other.score)
        assert from_range(claim.during).start == builders.at(14, 9)
        assert line.reasons.terms == other.terms

    def test_a_report_tells_all_of_it(self) -> None:
        with written() as session:
            builders.offer(session, builders.space(session, name="Salen"))
            for title in ("Först", "Sedan"):
                builders.need(session, builders.request(session, title=title))
        run = done()
        with written() as session:
            told = report(session, run.id)
        assert (told.run.id, told.gap_percent) == (run.id, 0)
        [served], [unserved] = told.served, told.unserved
        assert {served.request.title, unserved.request.title} == {"Först", "Sedan"}
        assert served.lines[0].offered.lent.resource.name == "Salen"
        assert unserved.outcome.reasons.taken_by


def test_a_lister_who_refuses_is_not_asked_again_but_the_others_are(session: Session) -> None:
    request = builders.request(session, together=True)
    room, car = builders.need(session, request), builders.need(session, request, family="vehicle")
    rooms, cars = builders.offer(session), builders.offer(session, builders.vehicle(session))
    by_lister = builders.suggestion(session, (room, rooms), (car, cars), state=ProposalState.REFUSED)
    by_lister.refused_by_id = rooms.organisation_id
    session.flush()
    need_ids = [room.id, car.id]
    assert refused_pairs(session, need_ids) == {(room.id, rooms.id)}
    by_lister.refused_by_id = request.organisation_id
    session.flush()
    assert refused_pairs(session, need_ids) == {(room.id, rooms.id), (car.id, cars.id)}
    by_lister.refused_by_id = None  # it was taken: nobody said no
    session.flush()
    assert refused_pairs(session, need_ids) == set()


@pytest.mark.parametrize(("side", "asked_again"), [("lender", False), ("borrower", True), ("coordinator", True)])
def test_what_its_lender_cancelled_is_not_proposed_again(session: Session, side: str, asked_again: bool) -> None:
    member = builders.member(session)
    wanted = builders.need(session, builders.request(session, member))
    booking = builders.booking(session, wanted)
    assert refused_pairs(session, [wanted.id]) == set()
    canceller = {
        "lender": builders.actor(session, session.get_one(Organisation, booking.lender_id)),
        "borrower": builders.actor_of(session, member),
        "coordinator": builders.coordinator(session),
    }[side]
    cancel(session, canceller, booking.id, "other", "Lokalen är stängd.")
    said_no = set() if asked_again else {(wanted.id, booking.offer_id)}
    assert refused_pairs(session, [wanted.id]) == said_no


def test_who_has_lent_and_borrowed_is_counted(session: Session) -> None:
    request = builders.request(session)
    booked = builders.booking(session, builders.need(session, request))
    builders.booking(session, builders.need(session, request), state="cancelled")
    net = snapshot_queries.net_lent(session)
    assert (net[booked.lender_id], net[booked.borrower_id]) == (1, -1)


def test_two_runs_at_the_same_moment_publish_nothing_that_clashes(engine: Engine) -> None:
    with written() as session:
        for _ in range(6):
            builders.offer(session)
        for _ in range(12):
            builders.need(session, builders.request(session))
    ready = threading.Barrier(3)

    def run() -> None:
        ready.wait()
        attempts.run_now(RunDraft(time_limit_s=600))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {run.state for run in rows(MatchingRun)} == {RunState.DONE}
    standing = {each.id for each in rows(Proposal) if each.state is ProposalState.PROPOSED}
    lines = {line.id: line for line in rows(ProposalLine) if line.proposal_id in standing}
    units = [claim.unit_id for claim in rows(LineClaim) if claim.line_id in lines]
    assert len(units) == len(set(units)) == 6, "every room once, all at the same time"
    proposed: set[UUID] = {line.need_id for line in lines.values()}
    assert proposed == {need.id for need in rows(Need) if need.state is NeedState.PROPOSED}


def test_a_long_search_ends_soon_after_the_run_was_cancelled(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with written() as session:
        builders.offer(session)
        builders.need(session, builders.request(session))
    honest, told = solver.solve, threading.Event()

    def endless(arrays: Arrays, params: SolveParams, **how: Any) -> Result:
        how["progress"](solver.Progress(1, 2, 0, 0.5))
        [run] = rows(MatchingRun)
        with written() as session:
            service.cancel_run(session, None, run.id)
        for _ in range(200):
            if how["should_stop"]():
                told.set()
                break
            threading.Event().wait(0.05)
        return honest(arrays, params, **how)

    monkeypatch.setattr(solver, "solve", endless)
    attempts.run_now(RunDraft(time_limit_s=60))
    assert told.is_set()
    [run] = rows(MatchingRun)
    assert run.state is RunState.CANCELLED
    assert rows(Proposal) == []
    assert rows(Request)[0].state == "open"


def test_progress_is_written_while_the_search_goes_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = solver.solve
    seen: list[dict[str, Any]] = []

    def slow(arrays: Arrays, params: SolveParams, **how: Any) -> Result:
        how["progress"](solver.Progress(7, 9, 3, 1.25))
        for _ in range(100):
            [run] = rows(MatchingRun)
            if run.progress.get("step") == "solving":
                seen.append(run.progress)
                break
            threading.Event().wait(0.05)
        return honest(arrays, params, **how)

    monkeypatch.setattr(solver, "solve", slow)
    attempts.run_now(RunDraft(time_limit_s=600))
    assert [(each["value"], each["bound"], each["served"]) for each in seen] == [(7, 9, 3)]
