"""Whatever anybody does is in the audit: each door that changes something writes there, and each kind has its door."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import create_app
from core.database.lifecycle import Lifecycle
from core.jobs import Job
from core.jobs import app as jobs
from tests.api.access.addresses import routes
from tests.architecture.calls import ROOMS, ROOT, Calls, name_of

WRITERS = {
    "core.database.audit.entries:record",
    "core.database.audit.entries:record_moves",
    "core.database.audit.reads:record_reads",
}
SHOW_PEOPLE = {"api.schemas.organisations:member_out", "api.scim.people:person_of"}
READS = "marketplace.views.reads:members_read"
OF_NO_CONSEQUENCE = {
    "POST /drafts/{key}/discarding": "a draft is nothing that was done yet",
    "POST /language/{code}": "how pages look",
    "POST /notices/reading": "what one has read of what one was told",
    "POST /notices/{key}/reading": "the same",
    "POST /api/v1/notices/{key}/reading": "the same",
    "POST /api/v1/matching-runs/{key}/outcomes/{need}/reasons": "asks for more words on what a run has found",
    "POST /runs/{key}/outcomes/{need}/reasons": "the same",
    "POST /notices/mail-choices": "what one wants to hear by mail",
    "POST /api/v1/notices/mail-choices": "the same",
    "POST /members/undelivered-mail/{key}/repetition": "a mail that is to be tried again, whose row says what became",
    "POST /hubs/{key}/letters/wish": "what one wants to hear of oneself, by mail",
    "POST /api/v1/hubs/{key}/letter-wish": "the same",
    "POST /letter-stops/{secret}": "the same, or an address that is forgotten",
    "POST /letter-stops/{secret}/at-once": "the same",
    "POST /newsletters/{key}": "an address of which nothing else is known",
    "POST /newsletter-confirmations/{secret}": "the same",
    "POST /saved-searches/new": "what one wants to hear of oneself",
    "POST /saved-searches/{key}/removal": "the same",
    "POST /api/v1/saved-searches": "the same",
    "DELETE /api/v1/saved-searches/{key}": "the same",
    "POST /feedback/{secret}": "when somebody answered would tell which answer is whose",
    "POST /scim/v2/.search": "is refused",
    "POST /scim/v2/Groups/.search": "looks for groups, whose members have no names there",
}
OF_A_RUN_ALONE = "marketplace/runs/block_queue.py"
"""Blocks are how a run is solved, not what anybody did."""


@pytest.fixture(scope="module")
def calls() -> Calls:
    return Calls()


@pytest.fixture(scope="module")
def doors() -> dict[str, str]:
    """Every address, job and command, with the function behind it."""
    found = {f"{method} {path}": name_of(handler.fn) for method, path, handler in routes(create_app())}
    found |= {f"job {each}": name_of(jobs.tasks[each.value].run) for each in Job if each.value in jobs.tasks}
    return found


def _of_operators(calls: Calls) -> list[str]:
    doors = ("api.cli.", "api.mail.inbound.")  # mail comes to its takers by a table
    return [name for name in calls.functions if name.startswith(doors) or ".jobs:" in name]


def test_whatever_changes_something_is_written_down(calls: Calls, doors: dict[str, str]) -> None:
    changing = {door: each for door, each in doors.items() if not door.startswith(("GET ", "job "))}
    writing = calls.reaching(WRITERS)
    silent = {door for door, each in changing.items() if each not in writing}
    assert silent == set(OF_NO_CONSEQUENCE)


def test_whoever_is_shown_people_is_written_down(calls: Calls, doors: dict[str, str]) -> None:
    reading = {door: calls.reached_from([each]) for door, each in doors.items() if door.startswith("GET ")}
    showing = {door: reached for door, reached in reading.items() if reached & SHOW_PEOPLE}
    assert len(showing) >= 4
    assert {door for door, reached in showing.items() if READS not in reached} == set()
    cases = [reached for door, reached in reading.items() if "/case" in door]
    assert len(cases) == 3
    assert all(WRITERS & reached for reached in cases)


def test_every_kind_of_entry_is_written_by_some_door(calls: Calls, doors: dict[str, str]) -> None:
    reached = calls.reached_from([*doors.values(), *_of_operators(calls)])
    writing = {name for name, each in calls.functions.items() if each.refers_to & WRITERS or each.moves}
    assert writing - reached == set()


def test_every_move_of_every_lifecycle_is_made_by_some_door(calls: Calls, doors: dict[str, str]) -> None:
    reached = calls.reached_from([*doors.values(), *_of_operators(calls)])
    missing = []
    for lifecycle in _lifecycles():
        movers = [name for name, each in calls.functions.items() if lifecycle.entity in each.moves]
        moving = reached & calls.reaching(movers)
        asked = {each for name in moving for each in calls.functions[name].refers_to} & reached
        made = {state for name in moving | asked for state in calls.functions[name].mentions}
        targets = {state for moves in (lifecycle.moves, lifecycle.undoes) for to in moves.values() for state in to}
        missing += [f"{lifecycle.entity} {state}" for state in targets - made]
    assert missing == []


def _lifecycles() -> Iterator[Lifecycle]:
    modules = [vars(each) for each in list(sys.modules.values()) if each]
    found = {id(each): each for names in modules for each in list(names.values()) if isinstance(each, Lifecycle)}
    assert len(found) >= 7
    yield from found.values()


def test_no_state_is_changed_past_its_lifecycle() -> None:
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    past = {f"{path.relative_to(ROOT)}:{line}" for path in paths for line in _sets_state(path)}
    assert {each.partition(":")[0] for each in past} == {"core/database/lifecycle.py", OF_A_RUN_ALONE}, past


def _sets_state(path: Path) -> Iterator[int]:
    code = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(code)) if re.search(r"\.state\b|\bstate=", code) else ():
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Attribute) and each.attr == "state" for each in targets):
                yield node.lineno
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "values":
            yield from (node.lineno for each in node.keywords if each.arg == "state")
