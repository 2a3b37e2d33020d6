"""What happened is told to those who may know, with names of their own colleagues alone; a case is taken out whole."""

import csv
import io

import pytest
from sqlmodel import Session

from core.actor import Actor
from core.database.audit import history
from marketplace.offers.service import close_offer
from marketplace.organisations.models import Member
from marketplace.proposals import service
from marketplace.requests.models import Request
from marketplace.requests.service import withdraw_request
from tests import builders
from tests.marketplace.loans.agreeing import agreed, lent
from tests.marketplace.proposals.deals import Deal, deal


@pytest.fixture
def found(rows: Session) -> Deal:
    """An agreement with moves of both sides, each by a member with a name of its own."""
    made = deal(rows)
    for number, actor in enumerate((made.lister, made.requester, made.coordinator)):
        rows.get_one(Member, actor.member_id).name = f"Person {number}"
    service.accept(rows, made.lister, made.proposal.id)
    service.accept(rows, made.requester, made.proposal.id)
    close_offer(rows, made.lister, made.offers[0].id, "=1+1")
    rows.commit()
    return made


def reading(rows: Session, actor: Actor) -> Member:
    return rows.get_one(Member, actor.member_id)


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("requests/{request}/history", (404, 200, 200, 404)),
        ("requests/{request}/case", (404, 200, 200, 404)),
        ("offers/{offer}/history", (200, 404, 200, 404)),
        ("proposals/{proposal}/history", (403, 403, 200, 404)),
        ("bookings/{booking}/history", (200, 200, 200, 404)),
        ("audit-entries", (403, 403, 403, 403)),
    ],
)
def test_it_is_told_to_those_who_may_see_the_thing(client, rows, bearer, found, path, statuses):
    [booking] = client.get("/api/v1/bookings", headers=bearer(reading(rows, found.lister))).json()["items"]
    address = path.format(
        request=found.request.id, offer=found.offers[0].id, proposal=found.proposal.id, booking=booking["id"]
    )
    readers = [reading(rows, each) for each in (found.lister, found.requester, found.coordinator)]
    answers = [client.get(f"/api/v1/{address}", headers=bearer(each)) for each in (*readers, builders.member(rows))]
    assert tuple(each.status_code for each in answers) == statuses
    for number, answer in enumerate(answers[:2]):
        assert f"Person {1 - number}" not in str([answer.json().get(name) for name in ("items", "events")])


def test_a_case_has_all_of_it_and_that_it_was_taken_out_is_in_the_audit(client, rows, bearer, signed_in, found):
    requester = reading(rows, found.requester)
    case = client.get(f"/api/v1/requests/{found.request.id}/case", headers=bearer(requester)).json()
    assert [len(case[name]) for name in ("proposals", "bookings")] == [1, 1]
    told = {(each["entity"], each["toState"], each["name"]) for each in case["events"]}
    assert ("proposal", "agreed", "Person 1") in told
    assert ("booking", "agreed", "Person 1") in told
    assert "Person 0" not in {each["name"] for each in case["events"]}
    assert [each.reason_code for each in history(rows, "request", found.request.id)][-1] == "exported"

    signed_in(client, requester)
    assert client.get(f"/requests/{found.request.id}/case").json()["request"] == case["request"]
    answer = client.get(f"/requests/{found.request.id}/case-events")
    assert answer.headers["content-disposition"] == f'attachment; filename="case-{found.request.id}.csv"'
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row["entity"] for row in table][: len(case["events"])] == [each["entity"] for each in case["events"]]


def test_the_pages_tell_it_and_take_no_words_for_a_formula(client, rows, signed_in, found):
    member = builders.member(rows)
    asked: Request = builders.request(rows, member)
    builders.need(rows, asked)
    withdraw_request(rows, builders.actor_of(rows, member), asked.id, "=1+1")
    rows.commit()
    signed_in(client, member)
    assert "Vad som har hänt" in client.get(f"/requests/{asked.id}").text
    assert "'=1+1" in client.get(f"/requests/{asked.id}/case-events").text
    signed_in(client, reading(rows, found.lister))
    page = client.get(f"/offers/{found.offers[0].id}").text
    assert "Vad som har hänt" in page
    assert "Person 0" in page


def test_an_auditor_reads_what_the_own_organisation_did_and_was_shown(client, rows, bearer, found):
    lender = builders.home_of(rows, found.offers[0])
    auditor = builders.member(rows, lender, roles=["auditor"])
    client.get("/api/v1/bookings", headers=bearer(reading(rows, found.lister)))
    told = client.get("/api/v1/audit-entries?limit=100", headers=bearer(auditor)).json()["items"]
    assert {each["organisation"] for each in told} == {lender.name}
    assert {"read", "accepted"} <= {each["reason"] for each in told}
    assert [each["at"] for each in told] == sorted((each["at"] for each in told), reverse=True)


def test_a_case_tells_what_was_confirmed_of_a_loan(client, rows, bearer):
    lent_one = lent(rows, kinds=("region", "municipality"))
    agreed(rows, lent_one)
    rows.commit()
    token = bearer(reading(rows, lent_one.requester))
    case = client.get(f"/api/v1/requests/{lent_one.request.id}/case", headers=token).json()
    told = case["proposals"][0]["lines"][0]["loan"]["confirmations"]
    assert sorted((each["side"], each["rule"]) for each in told) == [
        ("lister", "agreement"),
        ("lister", "insurance"),
        ("lister", "voluntary"),
        ("requester", "agreement"),
        ("requester", "insurance"),
    ]
