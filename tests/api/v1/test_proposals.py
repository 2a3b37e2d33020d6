"""Proposals over the JSON API."""

from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import Session

from marketplace.organisations.models import Member
from marketplace.proposals.models import ProposalState
from tests import builders
from tests.api.conftest import Bearer
from tests.marketplace.loans.agreeing import lent
from tests.marketplace.proposals.deals import Deal, deal
from tests.marketplace.proposals.test_swapping import alternative

PROPOSALS = "/api/v1/proposals"


@pytest.fixture
def headers(rows: Session, bearer: Bearer) -> Any:
    """Headers of one of the people of a deal, by what they are."""

    def of(found: Deal, who: str) -> dict[str, str]:
        return bearer(rows.get_one(Member, getattr(found, who).member_id))

    return of


def path(found: Deal, action: str = "") -> str:
    return f"{PROPOSALS}/{found.proposal.id}" + (f"/{action}" if action else "")


def test_a_proposal_goes_from_approval_to_bookings(client: TestClient[Any], rows: Session, headers: Any) -> None:
    found = deal(rows, approved=False)
    coordinator, lister, requester = (headers(found, who) for who in ("coordinator", "lister", "requester"))
    assert client.get(path(found), headers=lister).status_code == 404
    read = client.get(path(found), headers=coordinator)
    assert (read.status_code, read.headers["etag"], read.json()["state"]) == (200, '"1"', "proposed")
    approved = client.post(path(found, "approval"), headers=coordinator | {"If-Match": '"1"'})
    assert (approved.status_code, approved.headers["etag"], approved.json()["state"]) == (200, '"2"', "approved")

    first = client.post(path(found, "acceptance"), json={}, headers=lister)
    assert (first.status_code, first.json()["bookingIds"]) == (200, [])
    assert {party["side"]: party["answer"] for party in first.json()["proposal"]["parties"]} == {
        "lister": "accepted",
        "requester": None,
    }
    again = client.post(path(found, "acceptance"), json={}, headers=lister)
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    last = client.post(path(found, "acceptance"), json={"side": "requester"}, headers=requester)
    assert last.json()["proposal"]["state"] == "agreed"
    (booking,) = last.json()["bookingIds"]
    assert client.get(f"/api/v1/bookings/{booking}", headers=requester).json()["proposalId"] == str(found.proposal.id)


def test_a_loan_of_a_person_tells_its_rules_and_is_accepted_with_what_they_require(
    client: TestClient[Any], rows: Session, headers: Any
) -> None:
    found = lent(rows, kinds=("municipality", "region"))
    rows.commit()
    lister, requester = headers(found, "lister"), headers(found, "requester")
    line = client.get(path(found), headers=lister).json()["lines"][0]
    asked = [each["code"] for each in line["loan"]["rules"] if each["effect"] == "require" and "lender" in each["by"]]
    assert (line["loan"]["pack"], sorted(asked)) == ("local", ["agreement", "insurance", "voluntary"])
    some = {"confirmations": {line["id"]: ["voluntary", "extension"]}}
    answer = client.post(path(found, "acceptance"), json=some, headers=lister)
    assert answer.status_code == 400
    assert {(each["property"], each["reason"]) for each in answer.json()["invalid-parameters"]} == {
        (f"confirmations.{line['id']}.agreement", "confirm it first"),
        (f"confirmations.{line['id']}.insurance", "confirm it first"),
        (f"confirmations.{line['id']}.extension", "this is not for you to confirm"),
    }
    done = client.post(path(found, "acceptance"), json={"confirmations": {line["id"]: asked}}, headers=lister)
    [told] = [each["loan"] for each in done.json()["proposal"]["lines"]]
    assert {(each["rule"], each["side"]) for each in told["confirmations"]} == {(code, "lister") for code in asked}
    both = {"confirmations": {line["id"]: ["agreement", "insurance"]}}
    assert client.post(path(found, "acceptance"), json=both, headers=requester).json()["bookingIds"]


def test_a_yes_after_the_claim_was_taken_is_409_with_what_took_it_and_is_remembered(
    client: TestClient[Any], rows: Session, headers: Any
) -> None:
    found = deal(rows)
    lister, requester = headers(found, "lister"), headers(found, "requester")
    client.post(path(found, "acceptance"), json={}, headers=lister)
    unit = builders.unit_of(rows, builders.resource_of(rows, found.offers[0]))
    builders.claim(rows, unit, builders.days(14, 15), note="Målning")
    rows.commit()
    answer = client.post(path(found, "acceptance"), json={}, headers=requester)
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    told = answer.json()
    assert (told["code"], told["status"], told["instance"]) == ("taken", 409, path(found, "acceptance"))
    (clash,) = told["details"]["clashes"]
    assert (clash["unit"], clash["capacity"], clash["claims"][0]["source"]) == (unit.name, 1, "owner")
    assert clash["claims"][0]["note"] == ""

    after = client.get(path(found), headers=requester).json()
    assert after["state"] == "refused"
    assert after["refusal"] == {"organisationId": None, "code": "no_longer_available", "words": None}
    assert client.get(f"/api/v1/requests/{found.request.id}", headers=requester).json()["state"] == "open"
    assert client.get("/api/v1/bookings", headers=requester).json()["items"] == []
    notices = client.get("/api/v1/notices", headers=lister).json()["items"]
    assert notices[0]["code"] == "taken"
    late = client.post(path(found, "acceptance"), json={}, headers=requester)
    assert (late.status_code, late.json()["code"], late.json()["details"]["state"]) == (409, "state_changed", "refused")
    swedish = client.post(path(found, "acceptance"), json={}, headers=requester | {"accept-language": "sv"})
    assert swedish.json()["detail"].startswith("Något har hänt"), "what names states of the code is told in general"


def test_locking_and_unlocking(client: TestClient[Any], rows: Session, headers: Any) -> None:
    found = deal(rows, approved=False)
    coordinator = headers(found, "coordinator")
    assert client.post(path(found, "lock"), headers=coordinator).json()["lockedAt"]
    unlocked = client.delete(path(found, "lock"), headers=coordinator)
    assert (unlocked.status_code, unlocked.json()["lockedAt"], unlocked.headers["etag"]) == (200, None, '"3"')


def test_a_swap_over_the_api_and_what_is_not_listed(client: TestClient[Any], rows: Session, headers: Any) -> None:
    other = builders.offer(rows)
    found = deal(rows, approved=False, reasons={"terms": {"fit": -5}, "alternatives": [alternative(rows, other)]})
    coordinator = headers(found, "coordinator")
    (line,) = client.get(path(found), headers=coordinator).json()["lines"]
    (listed,) = line["alternatives"]
    assert listed["offer"]["id"] == str(other.id)
    assert (listed["score"], listed["distanceM"], listed["loss"]["amount"]) == (-700, 4375, 600)
    swapped = client.post(path(found, "swap"), json={"lineId": line["id"], "option": "other"}, headers=coordinator)
    assert swapped.json()["lines"][0]["offer"]["id"] == str(other.id)
    wrong = client.post(path(found, "swap"), json={"lineId": line["id"], "option": "none"}, headers=coordinator)
    assert wrong.status_code == 400
    assert wrong.json()["invalid-parameters"][0]["property"] == "option"


def test_a_refusal_with_its_reason(client: TestClient[Any], rows: Session, headers: Any) -> None:
    found = deal(rows)
    lister = headers(found, "lister")
    for wrong in ({"code": "because"}, {"code": "other"}, {}):
        assert client.post(path(found, "refusal"), json=wrong, headers=lister).status_code == 400
    refused = client.post(path(found, "refusal"), json={"code": "terms", "words": "För dyrt"}, headers=lister).json()
    assert refused["refusal"] == {
        "organisationId": str(found.lister.organisation_id),
        "code": "terms",
        "words": "För dyrt",
    }


@pytest.mark.parametrize("action", ["approval", "lock", "swap", "refusal", "acceptance"])
def test_what_was_changed_since_it_was_read_is_412(
    client: TestClient[Any], rows: Session, headers: Any, action: str
) -> None:
    found = deal(rows)
    who = headers(found, "lister" if action in {"refusal", "acceptance"} else "coordinator")
    bodies = {"swap": {"lineId": str(found.proposal.id), "option": "x"}, "refusal": {"code": "terms"}}
    answer = client.post(path(found, action), json=bodies.get(action, {}), headers=who | {"If-Match": '"7"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "version_changed")


@pytest.mark.parametrize(
    ("state", "lister", "requester", "coordinator"),
    [
        ("approved", True, False, False),
        ("refused", True, False, False),
        ("expired", True, False, False),
        ("agreed", True, True, True),
    ],
)
def test_the_address_is_told_at_agreement(
    client: TestClient[Any], rows: Session, headers: Any, state: str, lister: bool, requester: bool, coordinator: bool
) -> None:
    place = builders.site(rows, address="Kyrkgatan 12")
    found = deal(rows, builders.offer(rows, builders.space(rows, place)))
    found.proposal.state = ProposalState(state)
    rows.commit()

    def told(who: str) -> bool:
        return "Kyrkgatan" in client.get(path(found), headers=headers(found, who)).text

    assert (told("lister"), told("requester"), told("coordinator")) == (lister, requester, coordinator)


def test_a_party_reads_its_price_but_no_alternatives(client: TestClient[Any], rows: Session, headers: Any) -> None:
    lent = builders.offer(rows, price_basis="hour", price_sek=100)
    found = deal(rows, lent, reasons={"alternatives": [alternative(rows, builders.offer(rows))]})
    (line,) = client.get(path(found), headers=headers(found, "requester")).json()["lines"]
    assert line["costSek"] == 200  # 9 to 11 at 100 an hour
    assert line["alternatives"] == []


def test_before_approval_even_a_coordinator_reads_coarse_data(
    client: TestClient[Any], rows: Session, headers: Any
) -> None:
    place = builders.site(rows, address="Kyrkgatan 12")
    room = deal(rows, builders.offer(rows, builders.space(rows, place)), approved=False)
    person = deal(rows, builders.offer(rows, builders.staff(rows, name="Anna på plan 3")), approved=False)
    (line,) = client.get(path(room), headers=headers(room, "coordinator")).json()["lines"]
    assert (line["offer"]["address"], line["offer"]["municipalityCodes"]) == (None, ["2380"])
    answer = client.get(path(person), headers=headers(person, "coordinator"))
    assert answer.json()["lines"][0]["offer"]["name"] is None
    assert "Anna" not in answer.text


def test_the_list_narrows_and_pages(client: TestClient[Any], rows: Session, headers: Any) -> None:
    first, second = deal(rows), deal(rows, approved=False)
    coordinator = headers(first, "coordinator")
    listed = client.get(PROPOSALS, params={"state": "approved", "countyCode": "23"}, headers=coordinator).json()
    assert [item["id"] for item in listed["items"]] == [str(first.proposal.id)]
    paged = client.get(PROPOSALS, params={"limit": 1}, headers=coordinator).json()
    assert (paged["_meta"]["total"], paged["items"][0]["id"]) == (2, str(second.proposal.id))
    assert client.get(PROPOSALS, params={"state": "maybe"}, headers=coordinator).status_code == 400


def test_of_a_bundle_a_lister_reads_only_family_and_lender_of_what_others_lend(
    client: TestClient[Any], rows: Session, headers: Any
) -> None:
    secret = builders.offer(
        rows,
        builders.staff(rows, name="Anna på plan 3"),
        price_basis="hour",
        price_sek=7_654_321,
        conditions="Bara hos oss",
    )
    found = deal(rows, builders.offer(rows), secret)
    answer = client.get(path(found), headers=headers(found, "lister"))
    own, other = answer.json()["lines"]
    assert own["offer"]["name"]
    assert (other["offer"], other["costSek"], other["score"], other["during"]) == (None, None, None, [])
    assert (other["need"]["family"], other["lender"]) == ("staff", builders.home_of(rows, secret).name)
    assert not [word for word in ("Anna", "7654321", "Bara hos oss") if word in answer.text]
    asked = client.get(path(found), headers=headers(found, "requester")).text
    assert "7654321" in asked
    assert "Anna" not in asked  # before it is agreed
