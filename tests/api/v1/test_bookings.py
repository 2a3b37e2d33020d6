"""Bookings over the JSON API."""

import io
from base64 import b64decode, b64encode
from typing import Any

import pytest
from litestar.testing import TestClient
from PIL import ExifTags, Image
from sqlmodel import Session

from marketplace.bookings.models import BookingState
from marketplace.organisations.models import Member
from marketplace.proposals.service import accept
from tests import builders
from tests.api.conftest import Bearer
from tests.marketplace.loans.agreeing import agreed as loan_agreed
from tests.marketplace.loans.agreeing import day, lent
from tests.marketplace.proposals.deals import Deal, begin, deal

BOOKINGS = "/api/v1/bookings"


@pytest.fixture
def agreed(rows: Session, bearer: Bearer) -> Any:
    """An agreed booking: its path, the deal behind it, and the headers of its lender and borrower."""

    def make() -> tuple[str, Deal, dict[str, str], dict[str, str]]:
        found = deal(rows)
        accept(rows, found.lister, found.proposal.id)
        (booking,) = accept(rows, found.requester, found.proposal.id).bookings
        begin(rows, booking)
        lender, borrower = (rows.get_one(Member, who.member_id) for who in (found.lister, found.requester))
        return f"{BOOKINGS}/{booking.id}", found, bearer(lender), bearer(borrower)

    return make


def test_a_loan_goes_its_way(client: TestClient[Any], agreed: Any) -> None:
    path, _, lender, borrower = agreed()
    read = client.get(path, headers=borrower)
    assert (read.status_code, read.headers["etag"]) == (200, '"1"')
    assert (read.json()["kind"], len(read.json()["claims"])) == ("room_use", 1)
    refused = client.post(f"{path}/hand-over", headers=borrower)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_move")
    assert client.post(f"{path}/hand-over", headers=lender | {"If-Match": '"1"'}).json()["state"] == "handed_over"
    stale = client.post(f"{path}/return", headers=lender | {"If-Match": '"1"'})
    assert stale.status_code == 412
    assert client.post(f"{path}/return", headers=lender).json()["state"] == "returned"
    assert client.post(f"{path}/closing", headers=lender).json()["state"] == "closed"
    late = client.post(f"{path}/cancellation", json={"code": "no_longer_needed"}, headers=borrower)
    assert (late.status_code, late.json()["code"]) == (409, "state_changed")


def test_movements_are_noted_once_and_listed(client: TestClient[Any], rows: Session, bearer: Bearer) -> None:
    found = deal(rows, builders.offer(rows, builders.furniture(rows)), amount=12)
    accept(rows, found.lister, found.proposal.id)
    (booking,) = accept(rows, found.requester, found.proposal.id).bookings
    begin(rows, booking)
    rows.commit()
    lender, borrower = (bearer(rows.get_one(Member, who.member_id)) for who in (found.lister, found.requester))
    path = f"{BOOKINGS}/{booking.id}/movements"
    never_out = client.post(path, json={"kind": "in", "amount": 1}, headers=lender)
    assert (never_out.status_code, never_out.json()["code"]) == (409, "nothing_out")
    some = {"kind": "out", "amount": 8, "condition": "En repa"}
    sent = [client.post(path, json=some, headers=lender | {"Idempotency-Key": "counter-1"}) for _ in "12"]
    assert [each.status_code for each in sent] == [201, 201]
    too_many = client.post(path, json={"kind": "out", "amount": 5}, headers=lender)
    assert (too_many.status_code, too_many.json()["invalid-parameters"][0]["property"]) == (400, "amount")
    assert client.post(path, json={"kind": "in"}, headers=borrower).status_code == 403
    listed = client.get(path, headers=borrower).json()["items"]
    assert [(each["kind"], each["amount"], each["condition"]) for each in listed] == [("out", 8, "En repa")]


def test_how_it_looked_is_for_the_two_sides_alone(client: TestClient[Any], rows: Session, bearer: Bearer) -> None:
    found = deal(rows, builders.offer(rows, builders.furniture(rows)), amount=12)
    accept(rows, found.lister, found.proposal.id)
    (booking,) = accept(rows, found.requester, found.proposal.id).bookings
    begin(rows, booking)
    rows.commit()
    others = (builders.member(rows, roles=["coordinator"]), builders.member(rows))
    sides = (rows.get_one(Member, each.member_id) for each in (found.lister, found.requester))
    lender, borrower, coordinator, stranger = (bearer(each) for each in (*sides, *others))
    path = f"{BOOKINGS}/{booking.id}/movements"
    for data, told in ((b"GIF89a", "no photo"), (taken_with_a_camera()[:90], "damaged")):
        refused = client.post(path, json={"kind": "out", "photo": b64encode(data).decode()}, headers=lender)
        (wrong,) = refused.json()["invalid-parameters"]
        assert (refused.status_code, wrong["property"]) == (400, "photo")
        assert told in wrong["reason"]
    assert client.get(path, headers=lender).json()["items"] == [], "nothing is noted of what is refused"
    sent = {"kind": "out", "amount": 8, "photo": b64encode(taken_with_a_camera()).decode()}
    made = client.post(path, json=sent, headers=lender)
    assert (made.status_code, made.json()["photos"]) == (201, 1)
    photos = f"{path}/{made.json()['id']}/photos"
    more = {"photo": sent["photo"]}
    added = [client.post(photos, json=more, headers=lender) for _ in range(2, 8)]
    assert [each.json().get("number") for each in added] == [2, 3, 4, 5, 6, None]
    assert (added[-1].status_code, added[-1].json()["code"]) == (409, "too_many_photos")
    others_add = [client.post(photos, json=more, headers=each) for each in (borrower, coordinator, stranger)]
    assert [each.status_code for each in others_add] == [403, 404, 404]
    for number in (1, 6):
        for side in (lender, borrower):
            shown = Image.open(io.BytesIO(b64decode(client.get(f"{photos}/{number}", headers=side).json()["content"])))
            assert (shown.format, dict(shown.getexif())) == ("WEBP", {})
    assert client.get(path, headers=borrower).json()["items"][0]["photos"] == 6
    assert client.get(path, headers=coordinator).json()["items"][0]["photos"] == 0
    assert [client.get(f"{photos}/1", headers=each).status_code for each in (coordinator, stranger)] == [404, 404]
    assert [client.get(f"{photos}/{number}", headers=lender).status_code for number in (0, 7, 10**20)] == [404] * 3
    other = client.post(path, json={"kind": "out", "amount": 1}, headers=lender).json()["id"]
    assert client.get(f"{path}/{other}/photos/1", headers=lender).status_code == 404
    elsewhere = f"{BOOKINGS}/{booking.id}/movements/{booking.id}/photos"
    assert client.post(elsewhere, json=more, headers=lender).status_code == 404
    booking.state = BookingState.CLOSED
    rows.commit()
    over = client.post(f"{path}/{other}/photos", json=more, headers=lender)
    assert (over.status_code, over.json()["code"]) == (409, "state_changed")


def taken_with_a_camera() -> bytes:
    """Return a JPEG that tells which camera took it."""
    packed, exif = io.BytesIO(), Image.Exif()
    exif[ExifTags.Base.Make] = "Kameran"
    Image.new("RGB", (64, 48), "teal").save(packed, "JPEG", exif=exif)
    return packed.getvalue()


def test_cancelling_releases_the_time(client: TestClient[Any], agreed: Any) -> None:
    path, _, _, borrower = agreed()
    assert client.post(f"{path}/cancellation", json={"code": "other"}, headers=borrower).status_code == 400
    gone = client.post(f"{path}/cancellation", json={"code": "no_longer_needed"}, headers=borrower).json()
    assert gone["state"] == "cancelled"
    assert gone["claims"][0]["releasedAt"]


def test_a_dispute(client: TestClient[Any], agreed: Any) -> None:
    path, _, lender, borrower = agreed()
    client.post(f"{path}/hand-over", headers=lender)
    told = client.post(f"{path}/dispute", json={"code": "damaged", "words": "Repa"}, headers=borrower)
    assert told.json()["state"] == "disputed"
    assert client.post(f"{path}/closing", headers=lender).status_code == 403


def test_the_list_narrows_by_part_and_state(client: TestClient[Any], agreed: Any) -> None:
    path, found, lender, borrower = agreed()
    agreed()

    def listed(headers: dict[str, str], **params: str) -> list[str]:
        answer = client.get(BOOKINGS, params=params, headers=headers)
        return [f"{BOOKINGS}/{item['id']}" for item in answer.json()["items"]]

    assert listed(lender, part="lender", state="agreed") == [path]
    assert listed(borrower, requestId=str(found.request.id)) == [path]
    assert listed(borrower, part="lender") == []


def test_a_loan_is_asked_to_go_on_and_ended_early(client: TestClient[Any], rows: Session, bearer: Bearer) -> None:
    found = lent(rows, 7, 150)
    booking = loan_agreed(rows, found)
    rows.commit()
    lister, requester = (bearer(rows.get_one(Member, each.member_id)) for each in (found.lister, found.requester))
    path = f"/api/v1/bookings/{booking.id}"
    through = {"through": day(200).isoformat()}
    asked = [client.post(f"{path}/extension", json=through, headers=requester | {"Idempotency-Key": "x"}) for _ in "12"]
    assert [each.status_code for each in asked] == [201, 201]
    assert asked[0].json() == asked[1].json()
    assert client.post(f"{path}/extension", json=through, headers=lister).status_code == 403
    request = client.get(asked[0].headers["location"], headers=requester).json()
    assert request["state"] == "proposed"
    soon = {"lastDay": day(9).isoformat(), "code": "staff_declined"}
    refused = client.post(f"{path}/early-end", json=soon, headers=lister)
    assert (refused.status_code, refused.json()["invalid-parameters"][0]["property"]) == (400, "lastDay")
    ended = client.post(f"{path}/early-end", json=soon | {"lastDay": day(60).isoformat()}, headers=lister)
    assert (ended.status_code, ended.json()["end"][:10]) == (200, day(60).isoformat())  # midnight in Sweden
