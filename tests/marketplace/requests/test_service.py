"""Filing, changing, opening and withdrawing requests, and what their needs' proposals make of them."""

from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from core.actor import Actor
from core.database.audit import AuditEntry
from core.errors import BadInput, Conflict, NotAllowed, NotFound, PlatsverketError, StateChanged, VersionChanged
from core.time import clock
from core.time.timing import Period
from marketplace.bookings.models import BookingState
from marketplace.proposals.deadlines import expire_requests
from marketplace.requests import queries, service
from marketplace.requests.models import Need, NeedState, Priority, Request, RequestState
from marketplace.requests.queries import needs_of
from marketplace.requests.reading import request_from_json, request_to_json
from marketplace.requests.rules import REQUEST, NeedDraft, RequestDraft
from resources.families.space import SpaceRequirements
from resources.families.staff import StaffRequirements
from tests import builders

AHEAD = Period(date(2032, 1, 11), date(2032, 3, 31))


def need(**values: Any) -> NeedDraft:
    defaults: dict[str, Any] = {"family": "space", "timing": AHEAD, "requirements": SpaceRequirements(people=8)}
    return NeedDraft(**(defaults | values))


def draft(*needs: NeedDraft, **values: Any) -> RequestDraft:
    return RequestDraft(**({"title": "Översyn av e-tjänster", "needs": needs or (need(),)} | values))


def filed(session: Session, *needs: NeedDraft, **values: Any) -> Request:
    return service.file_request(session, builders.actor(session), draft(*needs, **values))


def ids(session: Session, request: Request) -> list[UUID]:
    return [need.id for need in needs_of(session, [request.id])[request.id]]


def states(session: Session, request: Request) -> list[str]:
    return [need.state.value for need in needs_of(session, [request.id])[request.id]]


def proposed(session: Session, *need_ids: UUID) -> None:
    service.needs_proposed(session, need_ids, builders.matching_run(session).id)


def trail(session: Session, key: UUID) -> list[tuple[str | None, str | None]]:
    entries = session.exec(select(AuditEntry).where(AuditEntry.entity_id == key).order_by(col(AuditEntry.at)))
    return [(entry.from_state, entry.to_state) for entry in entries]


def owner(request: Request, session: Session) -> Actor:
    return builders.actor_for(session, request.member_id)


# Filing


def test_a_request_is_filed_open_with_its_needs_in_order(session: Session) -> None:
    actor = builders.actor(session)
    request = service.file_request(
        session, actor, draft(need(title=" Rum "), need(), priority=Priority.CRISIS, purpose="Översyn", together=True)
    )
    rows = needs_of(session, [request.id])[request.id]
    assert (request.state, request.organisation_id, request.member_id) == (
        "open",
        actor.organisation_id,
        actor.member_id,
    )
    assert (request.priority, request.purpose, request.together) == ("crisis", "Översyn", True)
    assert request.opened_at is not None
    assert [(row.position, row.title, row.state) for row in rows] == [(1, "Rum", "open"), (2, "", "open")]
    assert rows[0].timing == {"type": "period", "first": "2032-01-11", "last": "2032-03-31"}
    assert rows[0].requirements["people"] == 8
    assert rows[0].ends_at == builders.at((date(2032, 4, 1) - clock.today()).days)
    assert trail(session, request.id) == [(None, "draft"), ("draft", "open")]


def test_a_request_is_kept_as_a_draft_and_opened_later(session: Session) -> None:
    actor = builders.actor(session)
    request = service.file_request(session, actor, draft(), open=False)
    assert (request.state, request.opened_at) == ("draft", None)
    service.open_request(session, actor, request.id)
    assert (request.state, request.opened_at is not None) == ("open", True)
    with pytest.raises(StateChanged):
        service.open_request(session, actor, request.id)


def test_a_draft_whose_time_has_passed_cannot_be_opened(session: Session) -> None:
    actor = builders.actor(session)
    soon = Period(clock.today(), clock.today())
    request = service.file_request(session, actor, draft(need(), need(timing=soon)), open=False)
    with clock.frozen(clock.now() + timedelta(days=2)), pytest.raises(BadInput) as refused:
        service.open_request(session, actor, request.id)
    assert [parameter.property for parameter in refused.value.parameters] == ["needs[1].timing"]


def test_only_a_requester_files(session: Session) -> None:
    with pytest.raises(NotAllowed):
        service.file_request(session, builders.actor(session, roles=["lister"]), draft())


def test_a_skill_has_to_be_in_the_vocabulary(session: Session) -> None:
    builders.skill(session, "procurement")
    wanted = StaffRequirements(skills_must={"procurement": 4, "alchemy": 3}, skills_should={"astrology": 1})
    with pytest.raises(BadInput) as refused:
        filed(session, need(), need(family="staff", amount=50, requirements=wanted))
    assert [parameter.property for parameter in refused.value.parameters] == [
        "needs[1].requirements.skillsMust.alchemy",
        "needs[1].requirements.skillsShould.astrology",
    ]


# Changing


def test_a_change_keeps_adds_drops_and_reorders_needs(session: Session) -> None:
    request = filed(session, need(title="A"), need(title="B"), need(title="C"))
    a, b, c = ids(session, request)
    changed = draft(need(id=c, title="C2"), need(title="D"), need(id=a, title="A"), title="Nytt namn")
    service.update_request(session, owner(request, session), request.id, changed, if_version=request.version)
    rows = needs_of(session, [request.id])[request.id]
    assert [(row.position, row.title, row.state) for row in rows] == [
        (1, "C2", "open"),
        (2, "D", "open"),
        (3, "A", "open"),
        (4, "B", "dropped"),
    ]
    assert [rows[0].id, rows[2].id, rows[3].id] == [c, a, b]
    assert (request.title, request.version) == ("Nytt namn", 3)  # filed 1, opened 2


@pytest.mark.parametrize("state", [RequestState.DRAFT, RequestState.OPEN])
def test_what_is_saved_unchanged_is_neither_a_version_nor_a_line_in_the_history(
    session: Session, state: RequestState
) -> None:
    request = filed(session, need(title="A"), need(alternative_group=None), purpose="Mässan")
    request.state = state
    session.flush()
    said = request_from_json(request_to_json(request, needs_of(session, [request.id])[request.id]))
    version, told = request.version, trail(session, request.id)
    service.update_request(session, owner(request, session), request.id, said, version)
    assert (request.version, trail(session, request.id)) == (version, told)
    for more, changed in enumerate(
        (
            replace(said, purpose="Två mässor"),
            replace(said, needs=said.needs[::-1]),
            replace(said, needs=(*said.needs, need())),
            replace(said, needs=said.needs[:1]),
        ),
        start=1,
    ):
        service.update_request(session, owner(request, session), request.id, changed)
        assert request.version == version + more


def test_a_change_of_what_somebody_else_changed_is_refused(session: Session) -> None:
    request = filed(session)
    with pytest.raises(VersionChanged):
        service.update_request(session, owner(request, session), request.id, draft(), if_version=request.version - 1)


def test_a_change_names_only_needs_of_this_request_and_each_once(session: Session) -> None:
    request, other = filed(session), filed(session)
    mine, theirs = ids(session, request)[0], ids(session, other)[0]
    changed = draft(need(id=mine), need(id=theirs), need(id=mine))
    with pytest.raises(BadInput) as refused:
        service.update_request(session, owner(request, session), request.id, changed)
    assert [parameter.property for parameter in refused.value.parameters] == ["needs[1].id", "needs[2].id"]


def test_what_has_a_proposal_is_not_changed(session: Session) -> None:
    request = filed(session)
    proposed(session, *ids(session, request))
    with pytest.raises(StateChanged):
        service.update_request(session, owner(request, session), request.id, draft())


@pytest.mark.parametrize("action", [service.open_request, service.withdraw_request])
def test_another_organisations_request_does_not_exist(session: Session, action: Any) -> None:
    request = filed(session)
    with pytest.raises(NotFound):
        action(session, builders.actor(session), request.id)
    with pytest.raises(NotFound):
        service.update_request(session, builders.actor(session), uuid4(), draft())


def test_a_coordinator_sees_but_does_not_change(session: Session) -> None:
    with pytest.raises(NotAllowed, match="Only the organisation that filed"):
        service.withdraw_request(session, builders.coordinator(session), filed(session).id)


# Withdrawing


def test_a_withdrawn_request_and_its_needs_are_over(session: Session) -> None:
    request = filed(session, need(), need())
    proposed(session, ids(session, request)[0])
    service.withdraw_request(session, owner(request, session), request.id, "Projektet är inställt.")
    assert (request.state, states(session, request)) == ("withdrawn", ["dropped", "dropped"])
    service.needs_open_again(session, ids(session, request))  # its proposals end later, and wake nothing
    assert (request.state, states(session, request)) == ("withdrawn", ["dropped", "dropped"])
    with pytest.raises(StateChanged):
        service.withdraw_request(session, owner(request, session), request.id)


def test_withdrawing_the_rest_leaves_what_is_agreed(session: Session) -> None:
    request = filed(session, need(), need())
    first = ids(session, request)[0]
    proposed(session, first)
    service.needs_agreed(session, [first])
    service.withdraw_request(session, owner(request, session), request.id)
    assert (request.state, states(session, request)) == ("agreed", ["agreed", "dropped"])
    with pytest.raises(Conflict, match="Cancel the bookings"):
        service.withdraw_request(session, owner(request, session), request.id)


# Following proposals


def test_a_requests_state_follows_its_needs(session: Session) -> None:
    request = filed(session, need(), need())
    first, second = ids(session, request)
    seen = []
    for step in (
        lambda: proposed(session, first),
        lambda: service.needs_agreed(session, [first]),
        lambda: proposed(session, second),
        lambda: service.needs_open_again(session, [second]),
        lambda: proposed(session, second),
        lambda: service.needs_agreed(session, [second]),
        lambda: service.needs_open_again(session, [first]),
        lambda: service.needs_open_again(session, [second, first]),
    ):
        step()
        seen.append(request.state.value)
    assert seen == [
        "proposed",
        "partly_agreed",
        "partly_agreed",
        "partly_agreed",
        "partly_agreed",
        "agreed",
        "partly_agreed",
        "open",
    ]


def test_an_agreed_alternative_drops_the_others_until_it_falls(session: Session) -> None:
    request = filed(session, need(alternative_group=1), need(alternative_group=1), need())
    first, _second, _third = ids(session, request)
    proposed(session, first)
    assert states(session, request) == ["proposed", "open", "open"]
    service.needs_agreed(session, [first])
    assert (request.state, states(session, request)) == ("partly_agreed", ["agreed", "dropped", "open"])
    service.needs_open_again(session, [first], reason_code="booking_cancelled")
    assert (request.state, states(session, request)) == ("open", ["open", "open", "open"])


def test_a_need_that_was_removed_never_comes_back(session: Session) -> None:
    request = filed(session, need(alternative_group=1), need(alternative_group=1), need(alternative_group=1))
    first, second, _third = ids(session, request)
    kept = draft(need(id=first, alternative_group=1), need(id=second, alternative_group=1))
    service.update_request(session, owner(request, session), request.id, kept)
    proposed(session, first)
    service.needs_agreed(session, [first])
    service.needs_open_again(session, [first])
    assert states(session, request) == ["open", "open", "dropped"]


@pytest.mark.parametrize("state", list(NeedState))
def test_a_need_is_proposed_only_when_open(session: Session, state: NeedState) -> None:
    row = builders.need(session, builders.request(session), state=state)
    if state is NeedState.OPEN:
        proposed(session, row.id)
        assert row.state is NeedState.PROPOSED
    else:
        with pytest.raises(StateChanged):
            proposed(session, row.id)


@pytest.mark.parametrize("state", list(NeedState))
def test_a_need_is_agreed_only_when_proposed(session: Session, state: NeedState) -> None:
    row = builders.need(session, builders.request(session, state=RequestState.PROPOSED), state=state)
    if state is NeedState.PROPOSED:
        service.needs_agreed(session, [row.id])
        assert row.state is NeedState.AGREED
    else:
        with pytest.raises(StateChanged):
            service.needs_agreed(session, [row.id])


# As in the drawing of the domain; what was agreed can move back, since a cancelled booking opens its need again.
REQUEST_MOVES = {
    "draft": "open withdrawn",
    "open": "proposed withdrawn expired",
    "proposed": "open partly_agreed agreed withdrawn expired",
    "partly_agreed": "open proposed agreed fulfilled",
    "agreed": "open partly_agreed fulfilled",
}


@pytest.mark.parametrize("to", list(RequestState))
@pytest.mark.parametrize("state", list(RequestState))
def test_every_move_of_a_request_is_allowed_or_refused(session: Session, state: RequestState, to: RequestState) -> None:
    request = builders.request(session, state=state)
    if to in REQUEST_MOVES.get(state, "").split():
        REQUEST.move(session, None, request.id, to)
        assert (request.state, request.version) == (to, 2)
        assert trail(session, request.id) == [(state, to)]
    else:
        with pytest.raises(StateChanged):
            REQUEST.move(session, None, request.id, to)
        assert (request.state, request.version, trail(session, request.id)) == (state, 1, [])


def test_all_are_proposed_or_none(session: Session) -> None:
    request = filed(session, need(), need())
    first, second = ids(session, request)
    proposed(session, second)
    with pytest.raises(StateChanged):
        proposed(session, first, second)
    assert states(session, request) == ["open", "proposed"]
    with pytest.raises(NotFound):
        proposed(session, uuid4())


# Time


def test_time_ends_what_was_never_agreed_and_fulfils_what_was(session: Session) -> None:
    soon = Period(clock.today(), clock.today() + timedelta(days=3))
    waiting, half, later = filed(session, need(timing=soon)), filed(session, *[need(timing=soon)] * 2), filed(session)
    both = filed(session, need(timing=soon), need())
    first = ids(session, half)[0]
    proposed(session, first)
    service.needs_agreed(session, [first])
    expire_requests(session, clock.now())
    assert [each.state for each in (waiting, half, later, both)] == ["open", "partly_agreed", "open", "open"]
    with clock.frozen(clock.now() + timedelta(days=5)):
        expire_requests(session, clock.now())
    assert [each.state for each in (waiting, half, later, both)] == ["expired", "fulfilled", "open", "open"]
    assert (states(session, waiting), states(session, half)) == (["dropped"], ["agreed", "dropped"])


def test_what_is_moved_forward_at_the_last_moment_does_not_expire(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = Period(clock.today(), clock.today() + timedelta(days=3))
    request, other = filed(session, need(timing=soon)), filed(session, need(timing=soon))
    lock = queries.locked

    def moved_forward(session: Session, request_ids: Any) -> list[Request]:
        """Somebody changes the request while we wait for the lock."""
        session.get_one(Need, ids(session, request)[0]).ends_at = clock.now() + timedelta(days=30)
        session.flush()
        return lock(session, request_ids)

    monkeypatch.setattr(queries, "locked", moved_forward)
    with clock.frozen(clock.now() + timedelta(days=5)):
        expire_requests(session, clock.now())
    assert [request.state, other.state] == ["open", "expired"]


@pytest.mark.parametrize(
    ("bookings", "state"),
    [
        ([BookingState.CLOSED], "fulfilled"),
        ([BookingState.CLOSED, BookingState.CANCELLED], "fulfilled"),
        ([BookingState.CLOSED, BookingState.RETURNED], "agreed"),
        ([], "agreed"),
    ],
)
def test_a_request_is_fulfilled_when_its_bookings_are_closed(
    session: Session, bookings: list[BookingState], state: str
) -> None:
    request = filed(session)
    wanted = ids(session, request)
    proposed(session, *wanted)
    service.needs_agreed(session, wanted)
    for booking_state in bookings:
        builders.booking(session, session.get_one(Need, wanted[0]), state=booking_state)
    expire_requests(session, clock.now())
    assert request.state == state


# Two at once


def test_of_two_that_move_a_need_at_once_one_wins(engine: Engine) -> None:
    with Session(engine, expire_on_commit=False) as session:
        request = filed(session)
        wanted, run = ids(session, request), builders.matching_run(session).id
        session.commit()
    outcomes = at_once(engine, lambda session: service.needs_proposed(session, wanted, run))
    assert sorted(outcomes) == ["StateChanged", "done"]


def test_of_two_that_change_a_request_at_once_one_wins(engine: Engine) -> None:
    with Session(engine, expire_on_commit=False) as session:
        request = filed(session)
        actor, version = owner(request, session), request.version
        session.commit()
    outcomes = at_once(
        engine, lambda session: service.update_request(session, actor, request.id, draft(title="x"), version)
    )
    assert sorted(outcomes) == ["VersionChanged", "done"]


def at_once(engine: Engine, action: Any) -> list[str]:
    """Do the same in two transactions at the same time, and return what became of each."""
    barrier, outcomes = Barrier(2), []

    def run() -> None:
        with Session(engine, expire_on_commit=False) as session:
            session.connection()
            barrier.wait(5)
            try:
                action(session)
                session.commit()
                outcomes.append("done")
            except PlatsverketError as error:
                outcomes.append(type(error).__name__)

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return outcomes
