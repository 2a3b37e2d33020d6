"""The list of runs, narrowed in every way together."""

import itertools

import pytest
from sqlmodel import Session

from marketplace.organisations.models import Organisation
from marketplace.runs.models import NeedOutcome, RunKind, RunState
from marketplace.views.run import RunSearch, runs_page
from tests import builders


@pytest.mark.parametrize(
    ("state", "county"), list(itertools.product([None, RunState.DONE, RunState.FAILED], [None, "23", "01"]))
)
def test_a_list_is_narrowed_by_state_and_county(session: Session, state: RunState | None, county: str | None) -> None:
    coordinator = builders.coordinator(session)
    made = {
        (each, code): builders.matching_run(session, state=each, county_code=code).id
        for each in (RunState.DONE, RunState.FAILED)
        for code in ("23", "01")
    }
    wanted = {key for (each, code), key in made.items() if state in {None, each} and county in {None, code}}
    assert {view.run.id for view in runs_page(session, coordinator, RunSearch(state, county)).items} == wanted


def test_a_local_run_is_about_its_request_but_not_to_whom_it_only_moved(session: Session) -> None:
    asked = builders.request(session, title="Flytt till Östersund")
    other = builders.request(session)
    run = builders.matching_run(session, kind=RunKind.LOCAL, request_id=asked.id)
    moved = builders.need(session, other)
    builders.added(session, NeedOutcome(run_id=run.id, need_id=moved.id, served=True, code="served"))
    homes = [session.get_one(Organisation, each.organisation_id) for each in (asked, other)]
    readers = [builders.coordinator(session), *(builders.actor(session, home) for home in homes)]
    told = [[view.about for view in runs_page(session, reader, RunSearch()).items] for reader in readers]
    assert told == [["Flytt till Östersund"], ["Flytt till Östersund"], [""]]
