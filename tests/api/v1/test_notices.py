"""Notices over the JSON API."""

from typing import Any

from litestar.testing import TestClient
from sqlmodel import Session

from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from tests import builders
from tests.api.conftest import Bearer

NOTICES = "/api/v1/notices"


def test_notices_are_listed_read_and_marked(client: TestClient[Any], rows: Session, bearer: Bearer) -> None:
    member = builders.member(rows)
    home = member.organisation_id
    for code in (NoticeCode.APPROVED, NoticeCode.AGREED):
        notify(rows, [home], code, "proposal", home, request="Projekt")
    headers, stranger = bearer(member), bearer(builders.member(rows))
    newest, _ = client.get(NOTICES, headers=headers).json()["items"]
    assert (newest["code"], newest["facts"], newest["readAt"]) == ("agreed", {"request": "Projekt"}, None)
    path = f"{NOTICES}/{newest['id']}"
    assert client.get(path, headers=headers).json() == newest
    assert client.post(f"{path}/reading", headers=headers).json()["readAt"]
    left = client.get(NOTICES, params={"unread": "true"}, headers=headers).json()
    assert [item["code"] for item in left["items"]] == ["approved"]
    assert client.get(path, headers=stranger).status_code == 404
    assert client.post(f"{path}/reading", headers=stranger).status_code == 404
