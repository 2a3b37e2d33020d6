"""The list of runs, narrowed in every way together."""

import itertools

import pytest
from sqlmodel import Session

from marketplace.runs.models import RunState
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
