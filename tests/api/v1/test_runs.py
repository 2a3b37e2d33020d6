"""Matching runs over the JSON API: who may start, follow and cancel, and who reads which outcomes."""

from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from marketplace.organisations.models import Member
from marketplace.planning import attempts
from marketplace.planning.rules import RunDraft
from marketplace.runs.models import RunState
from marketplace.runs.rules import FAILURES
from tests import builders
from tests.api.conftest import Bearer

Client = TestClient[Litestar]
RUNS = "/api/v1/matching-runs"
BODY = {"countyCode": "23", "policy": "near", "seed": 7, "timeLimitS": 5, "name": "Hösten"}


@pytest.fixture
def coordinator(rows: Session, bearer: Bearer) -> dict[str, str]:
    return bearer(builders.member(rows, roles=["coordinator"]))


def requester(rows: Session) -> Member:
    """A member who asks for the one room there is, with another who asks for it too."""
    asker = builders.member(rows)
    builders.offer(rows)
    for member in (asker, builders.member(rows)):
        builders.need(rows, builders.request(rows, member))
    rows.commit()
    return asker


def done() -> str:
    return str(attempts.run_now(RunDraft(time_limit_s=600)))


def test_a_coordinator_starts_a_run_and_follows_it(client: Client, coordinator: dict[str, str]) -> None:
    answer = client.post(RUNS, json=BODY, headers=coordinator)
    assert answer.status_code == 201, answer.text
    run = answer.json()
    assert answer.headers["location"] == f"{RUNS}/{run['id']}"
    assert (run["state"], run["countyCode"], run["policy"]["name"]) == ("queued", "23", "near")
    assert {weight["name"] for weight in run["policy"]["weights"]} >= {"fit", "distance", "stability"}
    assert client.get(f"{RUNS}/{run['id']}", headers=coordinator).json() == run
    assert client.get(RUNS, params={"state": "done"}, headers=coordinator).json()["items"] == []
    assert client.get(RUNS, headers=coordinator).json()["items"] == [run]


def test_the_same_key_starts_one_run(client: Client, coordinator: dict[str, str]) -> None:
    headers = coordinator | {"Idempotency-Key": "once"}
    first, second = (client.post(RUNS, json=BODY, headers=headers).json() for _ in range(2))
    assert first["id"] == second["id"]


@pytest.mark.parametrize(
    ("changed", "property_"),
    [
        ({"countyCode": "99"}, "countyCode"),
        ({"policy": "best"}, "policy"),
        ({"seed": -1}, "seed"),
        ({"timeLimitS": 0}, "timeLimitS"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_a_run_that_cannot_be_is_refused_naming_the_field(
    client: Client, coordinator: dict[str, str], changed: dict[str, Any], property_: str
) -> None:
    answer = client.post(RUNS, json=BODY | changed, headers=coordinator)
    assert answer.status_code == 400, answer.text
    assert [each["property"] for each in answer.json()["invalid-parameters"]] == [property_]


def test_cancelling_and_running_again(client: Client, coordinator: dict[str, str]) -> None:
    run = client.post(RUNS, json=BODY, headers=coordinator).json()
    cancelled = client.post(f"{RUNS}/{run['id']}/cancellation", headers=coordinator)
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert client.post(f"{RUNS}/{run['id']}/cancellation", headers=coordinator).status_code == 409
    again = client.post(f"{RUNS}/{run['id']}/repetition", headers=coordinator)
    assert again.status_code == 201
    assert again.json()["id"] != run["id"]
    assert (again.json()["state"], again.json()["seed"]) == ("queued", 7)


def test_others_may_not_start_cancel_or_see_what_is_not_theirs(
    client: Client, rows: Session, bearer: Bearer, coordinator: dict[str, str]
) -> None:
    somebody = bearer(builders.member(rows))
    run = client.post(RUNS, json=BODY, headers=coordinator).json()
    assert client.post(RUNS, json=BODY, headers=somebody).status_code == 403
    for action in ("cancellation", "repetition"):
        assert client.post(f"{RUNS}/{run['id']}/{action}", headers=somebody).status_code == 404
    assert client.get(f"{RUNS}/{run['id']}", headers=somebody).status_code == 404
    assert client.get(f"{RUNS}/{run['id']}/outcomes", headers=somebody).status_code == 404
    assert client.get(RUNS, headers=somebody).json()["items"] == []
    assert client.get(f"{RUNS}/{uuid4()}", headers=coordinator).status_code == 404


def test_outcomes_tell_what_was_served_by_what_and_why_the_rest_was_not(
    client: Client, rows: Session, coordinator: dict[str, str]
) -> None:
    requester(rows)
    run_id = done()
    run = client.get(f"{RUNS}/{run_id}", headers=coordinator).json()
    assert (run["state"], run["served"], run["needs"], run["gapPercent"]) == ("done", 1, 2, 0)
    outcomes = client.get(f"{RUNS}/{run_id}/outcomes", headers=coordinator).json()
    assert outcomes["_meta"]["total"] == 2
    [served] = client.get(f"{RUNS}/{run_id}/outcomes", params={"served": "true"}, headers=coordinator).json()["items"]
    [lost] = client.get(f"{RUNS}/{run_id}/outcomes", params={"served": "false"}, headers=coordinator).json()["items"]
    [line] = served["servedBy"]
    assert (served["code"], line["proposalState"], line["amount"]) == ("served", "proposed", 1)
    assert (lost["code"], lost["servedBy"]) == ("lost_to_others", [])
    assert lost["reasons"]["takenBy"][0]["needId"] == served["needId"]


def test_a_member_reads_the_outcomes_of_its_own_needs_only(client: Client, rows: Session, bearer: Bearer) -> None:
    asker = requester(rows)
    run_id = done()
    own = bearer(asker)
    assert [run["id"] for run in client.get(RUNS, headers=own).json()["items"]] == [run_id]
    [outcome] = client.get(f"{RUNS}/{run_id}/outcomes", headers=own).json()["items"]
    assert outcome["served"]
    assert outcome["servedBy"] == [], "the coordinator has not approved the proposal yet"


def test_a_member_does_not_learn_whose_needs_stand_against_its_own(
    client: Client, rows: Session, coordinator: dict[str, str], bearer: Bearer
) -> None:
    requester(rows)
    asker = builders.member(rows)
    request = builders.request(rows, asker)
    need = builders.need(rows, request)
    rows.commit()
    path = f"{RUNS}/{done()}/outcomes"

    def told_to(headers: dict[str, str]) -> list[dict[str, Any]]:
        outcomes = client.get(path, headers=headers).json()["items"]
        [shown] = client.get(f"/api/v1/requests/{request.id}", headers=headers).json()["needs"]
        return [*(each["reasons"] for each in outcomes if each["needId"] == str(need.id)), shown["outcome"]["reasons"]]

    for whole, counted in zip(told_to(coordinator), told_to(bearer(asker)), strict=True):
        [holder] = whole["takenBy"]
        assert None not in holder.values()
        assert counted["takenBy"] == [{"needId": None, "requestId": None, "offerId": None}]
        assert len(whole["loss"]["fell"]) == 1
        assert counted["loss"] == whole["loss"] | {"fell": [None]}


def test_policies_tell_what_their_weights_mean(client: Client, coordinator: dict[str, str]) -> None:
    answer = client.get("/api/v1/matching-policies", headers=coordinator).json()
    assert answer["items"][0]["name"] == "balanced"
    assert all(weight["meaning"] for policy in answer["items"] for weight in policy["weights"])
    assert client.get("/api/v1/matching-policies").status_code == 401


def test_a_failed_run_says_why(client: Client, rows: Session, coordinator: dict[str, str]) -> None:
    values = {"state": RunState.FAILED, "failure_code": "worker_lost"}
    run = builders.matching_run(rows, **values)
    rows.commit()
    read = client.get(f"{RUNS}/{run.id}", headers=coordinator).json()
    assert read["failure"] == {"code": "worker_lost", "words": FAILURES["worker_lost"]}
