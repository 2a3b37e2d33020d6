"""What a run left open of a need's reasons, asked for afterwards: over the API and from the pages."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlmodel import Session, col, delete

from core.time import clock
from marketplace.organisations.models import Member
from marketplace.planning import attempts, jobs, service
from marketplace.planning.execution import explain
from marketplace.planning.reasons import asking, on_request
from marketplace.planning.rules import RunDraft
from marketplace.requests.models import Need, Request
from marketplace.runs import queries
from marketplace.runs.models import NeedOutcome, RunDocument
from marketplace.runs.rules import ASKED_FOR
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of

Client = TestClient[Litestar]
Sent = list[tuple[UUID, UUID]]
RUNS = "/api/v1/matching-runs"
SWEDISH = {**HTML, "accept-language": "sv"}


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What a worker would have been asked, in order; and no run has any time to look for reasons."""
    asked: Sent = []
    monkeypatch.setattr(service, "enqueue", lambda *_: None)
    monkeypatch.setattr(asking, "enqueue", lambda _session, _job, *ids: asked.append((UUID(ids[0]), UUID(ids[1]))))
    monkeypatch.setattr(explain, "looks_for_s", lambda _: 1e-9)
    return asked


@pytest.fixture
def coordinator(rows: Session) -> Member:
    return builders.member(rows, roles=["coordinator"])


class Matched:
    """Three who want a room at the same time, and the two rooms that there are; one is for twelve."""

    def __init__(self, rows: Session) -> None:
        self.rooms = [builders.offer(rows, builders.space(rows, name=name, seats=seats)) for name, seats in _ROOMS]
        self.needs = [builders.need(rows, builders.request(rows, builders.member(rows))) for _ in range(3)]
        rows.commit()
        self.run_id = attempts.run_now(RunDraft(time_limit_s=600))
        outcomes = {need.id: rows.get_one(NeedOutcome, (self.run_id, need.id)) for need in self.needs}
        self.served: list[Need] = [need for need in self.needs if outcomes[need.id].served]
        [self.lost] = [need for need in self.needs if not outcomes[need.id].served]

    def path(self, need: Need | UUID) -> str:
        """Where the outcome of a need is read."""
        return f"{RUNS}/{self.run_id}/outcomes/{need if isinstance(need, UUID) else need.id}"


_ROOMS = (("Lilla rummet", 8), ("Stora rummet", 12))


@pytest.fixture
def matched(rows: Session) -> Matched:
    return Matched(rows)


def asker_of(rows: Session, need: Need) -> Member:
    """Who asked for a need."""
    return rows.get_one(Member, rows.get_one(Request, need.request_id).member_id)


def proposed(client: Client, matched: Matched, need: Need, headers: dict[str, str]) -> dict[str, Any]:
    """The loss of the one alternative that a need has, as the proposal tells it."""
    [line] = client.get(matched.path(need), headers=headers).json()["servedBy"]
    proposal = client.get(f"/api/v1/proposals/{line['proposalId']}", headers=headers).json()
    [alternative] = proposal["lines"][0]["alternatives"]
    return dict(alternative["loss"])


def test_the_cost_of_an_alternative_is_unknown_until_it_is_asked_for(
    client: Client, bearer: Bearer, coordinator: Member, matched: Matched, sent: Sent
) -> None:
    headers, need = bearer(coordinator), matched.served[0]
    assert proposed(client, matched, need, headers)["kind"] == "unknown"
    asked = client.post(f"{matched.path(need)}/reasons", headers=headers)
    assert asked.status_code == 202, asked.text
    assert "askedAt" in asked.json()["reasons"]
    assert sent == [(matched.run_id, need.id)]

    jobs.work_out_reasons(*map(str, sent[0]))
    told = client.get(matched.path(need), headers=headers).json()["reasons"]
    assert "workedOutAt" in told
    assert "askedAt" not in told
    loss = proposed(client, matched, need, headers)
    # The other room is the other served need's, and the two change places: nobody gets nothing.
    assert (loss["kind"], loss["moved"], loss["fell"]) == ("exact", [str(matched.served[1].id)], [])


def test_an_unserved_need_learns_its_least_loss_and_what_would_help(
    client: Client, bearer: Bearer, rows: Session, matched: Matched, sent: Sent
) -> None:
    own = bearer(asker_of(rows, matched.lost))
    before = client.get(matched.path(matched.lost), headers=own).json()["reasons"]
    assert (before["loss"]["kind"], before["changes"], before["searched"]) == ("unknown", [], False)
    assert client.post(f"{matched.path(matched.lost)}/reasons", headers=own).status_code == 202
    on_request.work_out(*sent[0])
    after = client.get(matched.path(matched.lost), headers=own).json()["reasons"]
    assert (after["loss"]["kind"], after["loss"]["fell"]) == ("exact", [None]), "one of the two would get nothing"
    assert after["loss"]["toOthers"] > 0
    assert after["searched"]
    assert [change["code"] for change in after["changes"]] == ["time"]
    assert {name: after[name] for name in ("steps", "takenBy")} == {name: before[name] for name in ("steps", "takenBy")}


def test_a_swap_makes_what_others_would_cost_unknown_and_it_is_worked_out_anew(
    client: Client, bearer: Bearer, coordinator: Member, rows: Session, sent: Sent
) -> None:
    """Two have two rooms of three: once the one moves to the third, its old room costs nobody anything."""
    offers = [builders.offer(rows, builders.space(rows, seats=seats)) for seats in (8, 9, 10)]
    needs = [builders.need(rows, builders.request(rows, builders.member(rows))) for _ in range(2)]
    rows.commit()
    run_id, headers = attempts.run_now(RunDraft(time_limit_s=600)), bearer(coordinator)

    def proposal(need: Need) -> dict[str, Any]:
        [served] = client.get(f"{RUNS}/{run_id}/outcomes/{need.id}", headers=headers).json()["servedBy"]
        return dict(client.get(f"/api/v1/proposals/{served['proposalId']}", headers=headers).json())

    def worked_out(need: Need) -> None:
        assert client.post(f"{RUNS}/{run_id}/outcomes/{need.id}/reasons", headers=headers).status_code == 202
        on_request.work_out(*sent[-1])

    def cost_of(need: Need, offer_id: str) -> dict[str, Any]:
        return next(dict(a["loss"]) for a in proposal(need)["lines"][0]["alternatives"] if a["offer"]["id"] == offer_id)

    moves, stays = (proposal(need)["lines"][0] for need in needs)
    old = moves["offer"]["id"]
    worked_out(needs[1])
    assert cost_of(needs[1], old)["moved"] == [str(needs[0].id)]
    free = next(a for a in moves["alternatives"] if a["offer"]["id"] not in {old, stays["offer"]["id"]})
    assert free["offer"]["id"] in map(str, (each.id for each in offers))
    other = proposal(needs[0])
    body, at = {"lineId": moves["id"], "option": free["option"]}, headers | {"if-match": f'"{other["version"]}"'}
    assert client.post(f"/api/v1/proposals/{other['id']}/swap", json=body, headers=at).status_code == 200
    assert cost_of(needs[1], old)["kind"] == "unknown"
    for need in needs:
        worked_out(need)
    assert cost_of(needs[1], old)["kind"] == "exact"
    assert cost_of(needs[1], old)["toOthers"] <= 0, "it may even make room for a better one"
    assert cost_of(needs[0], old)["kind"] == "exact", "also of what was swapped itself"
    assert cost_of(needs[1], free["offer"]["id"])["moved"] == [str(needs[0].id)]


def test_asked_twice_it_is_worked_out_once(
    client: Client, bearer: Bearer, coordinator: Member, matched: Matched, sent: Sent, rows: Session
) -> None:
    headers, path = bearer(coordinator), f"{matched.path(matched.lost)}/reasons"
    first, second = (client.post(path, headers=headers).json() for _ in range(2))
    assert first == second
    assert len(sent) == 1
    on_request.work_out(*sent[0])
    done = client.post(path, headers=headers).json()
    on_request.work_out(*sent[0])  # the message arrives twice
    assert client.get(matched.path(matched.lost), headers=headers).json() == done
    assert len(sent) == 1, "nothing is open any more"


def test_what_a_lost_worker_was_asked_may_be_asked_again(
    client: Client, bearer: Bearer, coordinator: Member, matched: Matched, sent: Sent, rows: Session
) -> None:
    """Also where the clock was put back since, by which nobody waits for it either."""
    headers, path = bearer(coordinator), f"{matched.path(matched.lost)}/reasons"
    client.post(path, headers=headers)
    home = rows.get_one(Request, matched.lost.request_id).organisation_id
    for away in (-ASKED_FOR - timedelta(seconds=1), timedelta(days=30)):
        assert queries.waiting_for(rows, home, clock.now()) == 1
        outcome = rows.get_one(NeedOutcome, (matched.run_id, matched.lost.id), populate_existing=True)
        outcome.reasons = replace(outcome.reasons, asked_at=(clock.now() + away).isoformat())
        rows.commit()
        assert queries.waiting_for(rows, home, clock.now()) == 0
        client.post(path, headers=headers)
        rows.rollback()
    assert len(sent) == 3


def test_what_fails_is_waited_for_no_longer(
    client: Client, bearer: Bearer, coordinator: Member, matched: Matched, sent: Sent, rows: Session
) -> None:
    headers = bearer(coordinator)
    client.post(f"{matched.path(matched.lost)}/reasons", headers=headers)
    document = rows.get_one(RunDocument, (matched.run_id, "problem"))
    kept, document.body = document.body, b"no gzip"
    rows.commit()
    on_request.work_out(*sent[0])
    told = client.get(matched.path(matched.lost), headers=headers).json()["reasons"]
    assert {"askedAt", "workedOutAt"}.isdisjoint(told)
    document.body = kept
    rows.commit()
    client.post(f"{matched.path(matched.lost)}/reasons", headers=headers)
    assert len(sent) == 2


def test_what_is_free_by_now_needs_no_change(
    client: Client, bearer: Bearer, coordinator: Member, matched: Matched, sent: Sent, rows: Session
) -> None:
    headers = bearer(coordinator)
    builders.offer(rows)
    rows.commit()
    client.post(f"{matched.path(matched.lost)}/reasons", headers=headers)
    on_request.work_out(*sent[0])
    told = client.get(matched.path(matched.lost), headers=headers).json()["reasons"]
    assert (told["freeNow"], told["changes"]) == (True, [])


class TestRefused:
    def test_a_run_that_is_not_done(
        self, client: Client, bearer: Bearer, coordinator: Member, rows: Session, sent: Sent
    ) -> None:
        run, need = builders.matching_run(rows), builders.need(rows, builders.request(rows))
        answer = client.post(f"{RUNS}/{run.id}/outcomes/{need.id}/reasons", headers=bearer(coordinator))
        assert (answer.status_code, answer.json()["code"]) == (409, "run_not_done")
        assert sent == []

    def test_a_run_or_a_need_that_there_is_not(
        self, client: Client, bearer: Bearer, coordinator: Member, rows: Session, matched: Matched, sent: Sent
    ) -> None:
        headers, stranger = bearer(coordinator), builders.need(rows, builders.request(rows))
        rows.commit()
        for need_id in (stranger.id, uuid4()):
            answer = client.post(f"{matched.path(need_id)}/reasons", headers=headers)
            assert answer.status_code == 404
            assert str(need_id) in answer.json()["detail"]
        assert client.post(f"{RUNS}/{uuid4()}/outcomes/{stranger.id}/reasons", headers=headers).status_code == 404
        assert sent == []

    def test_input_that_is_no_longer_kept(
        self, client: Client, bearer: Bearer, coordinator: Member, rows: Session, matched: Matched, sent: Sent
    ) -> None:
        rows.execute(delete(RunDocument).where(col(RunDocument.run_id) == matched.run_id))
        rows.commit()
        answer = client.post(f"{matched.path(matched.lost)}/reasons", headers=bearer(coordinator))
        assert (answer.status_code, answer.json()["code"]) == (409, "input_gone")
        assert sent == []

    def test_those_who_may_not_see_the_reasons(
        self, client: Client, bearer: Bearer, rows: Session, matched: Matched, sent: Sent
    ) -> None:
        one, other = (bearer(asker_of(rows, need)) for need in (matched.served[0], matched.served[1]))
        own = client.post(f"{matched.path(matched.served[0])}/reasons", headers=one)
        assert (own.status_code, own.json()["code"]) == (403, "coordinator_only")
        for headers in (other, bearer(builders.member(rows))):
            assert client.post(f"{matched.path(matched.lost)}/reasons", headers=headers).status_code == 404
            assert client.get(matched.path(matched.lost), headers=headers).status_code == 404
        assert sent == []


class TestPages:
    def test_a_coordinator_asks_from_the_proposal(
        self, client: Client, coordinator: Member, matched: Matched, sent: Sent, signed_in: SignIn
    ) -> None:
        signed_in(client, coordinator)
        action = f"/runs/{matched.run_id}/outcomes/{matched.served[0].id}/reasons"
        answer = post_form(client, action)
        assert answer.status_code == 303
        proposal = answer.headers["location"]
        waiting = client.get(proposal, headers=SWEDISH).text
        assert action not in waiting
        assert "Det räknas ut nu" in text_of(waiting)
        on_request.work_out(*sent[0])
        page = client.get(proposal, headers=SWEDISH).text
        assert action not in page
        assert "1 behov får något annat" in text_of(page)

    def test_the_button_is_there_as_long_as_something_is_open(
        self, client: Client, coordinator: Member, matched: Matched, signed_in: SignIn, sent: Sent
    ) -> None:
        signed_in(client, coordinator)
        request = f"/requests/{matched.lost.request_id}"
        action = f"/runs/{matched.run_id}/outcomes/{matched.lost.id}/reasons"
        page = client.get(request, headers=SWEDISH).text
        assert f'action="{action}"' in page
        assert "Ta reda på vad som skulle göra det möjligt" in text_of(page)
        assert post_form(client, action).headers["location"] == request
        on_request.work_out(*sent[0])
        page = client.get(request, headers=SWEDISH).text
        assert action not in page
        assert "1 behov blir utan" in text_of(page)
        assert "Det här skulle göra det möjligt" in text_of(page)  # said so to whoever may ask whether it would do

    def test_a_requester_asks_for_its_own_need(
        self, client: Client, rows: Session, matched: Matched, signed_in: SignIn, sent: Sent
    ) -> None:
        signed_in(client, asker_of(rows, matched.lost))
        action = f"/runs/{matched.run_id}/outcomes/{matched.lost.id}/reasons"
        assert action in client.get(f"/requests/{matched.lost.request_id}", headers=SWEDISH).text
        assert post_form(client, action).status_code == 303
        assert sent == [(matched.run_id, matched.lost.id)]
