"""Reasons in rows: their JSON stays as it always was, and what old rows lack does not keep them from being read."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlmodel import Session

from marketplace.runs.changes import Farther, UnknownChange
from marketplace.runs.models import NeedOutcome
from marketplace.runs.reasons import LineReasons, OutcomeReasons, StoredLoss, line_reasons, outcome_reasons, to_json
from tests import builders

STORED = json.loads((Path(__file__).parent / "stored_reasons.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("stored", STORED["lines"])
def test_what_is_stored_of_a_line_comes_back_as_it_was(stored: dict[str, Any]) -> None:
    assert to_json(line_reasons(stored)) == stored


@pytest.mark.parametrize("stored", STORED["outcomes"])
def test_what_is_stored_of_an_outcome_comes_back_as_it_was(stored: dict[str, Any]) -> None:
    assert to_json(outcome_reasons(stored)) == stored


def test_a_row_has_the_same_json_as_before(session: Session) -> None:
    need, run = builders.need(session, builders.request(session)), builders.matching_run(session)
    for stored in STORED["outcomes"]:
        values = {"served": False, "code": "no_option", "reasons": outcome_reasons(stored)}
        row = builders.added(session, NeedOutcome(run_id=run.id, need_id=need.id, **values))
        assert session.scalar(text("select reasons from need_outcome")) == stored
        session.delete(row)
        session.flush()


@pytest.mark.parametrize("stored", [{}, {"steps": [{"step": "kind", "left": 3}]}, {"loss": {"kind": "unknown"}}])
def test_an_old_outcome_is_readable(stored: dict[str, Any]) -> None:
    read = outcome_reasons(stored)
    assert (read.emptied, read.changes, read.taken_by, bool(read.searched)) == (None, None, None, False)
    assert not replace(read, asked_at="2027-01-01T08:00:00+00:00").free_now
    assert set(to_json(read)) == set(stored), "what it lacks is not made up"


def test_an_old_line_is_readable() -> None:
    claims = [{"unitId": str(uuid4()), "amount": 1, "from": "2027-01-01T08:00:00+00:00", "until": None}]
    told = {"option": "x", "offerId": str(uuid4()), "amount": 1, "score": -3, "claims": claims}
    read = line_reasons({"terms": {"fit": -3}, "alternatives": [told]})
    [alternative] = read.alternatives or ()
    assert (read.metres, alternative.metres, alternative.cost) == (None, None, StoredLoss())
    assert to_json(read) == {"terms": {"fit": -3}, "alternatives": [told]}
    assert to_json(LineReasons()) == {}


def test_a_change_of_a_later_version_is_kept() -> None:
    stored = {"changes": [{"code": "colour", "to": "red"}, {"code": "distance", "fartherKm": 2, "distanceKm": 9}]}
    read = outcome_reasons(stored)
    assert read.changes == (UnknownChange({"code": "colour", "to": "red"}), Farther(farther_km=2, distance_km=9))
    assert [change.code for change in read.changes] == ["colour", "distance"]
    assert to_json(read) == stored


def test_others_than_coordinators_only_count_the_needs_that_stand_against_theirs(session: Session) -> None:
    [lost] = [each for each in STORED["outcomes"] if each.get("loss", {}).get("fell")][:1]
    reasons = outcome_reasons(lost)
    assert reasons.told_to(builders.coordinator(session)) is reasons
    told = to_json(reasons.told_to(builders.actor(session)))
    assert told["loss"]["fell"] == [None] * len(lost["loss"]["fell"])
    assert told["takenBy"] == [dict.fromkeys(each) for each in lost["takenBy"]]
    assert "steps" not in told, "of older rows nobody knows which offers the requester may see"
    assert isinstance(reasons, OutcomeReasons)
