"""Webhooks, with a real server at the other end that takes, fails, hangs and redirects; signatures by the standard."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import Session, col, select
from standardwebhooks.webhooks import Webhook

from api.webhooks import jobs
from core.settings import settings
from core.time import clock
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.organisations.models import Member, Organisation
from marketplace.webhooks.models import WebhookDelivery, WebhookEndpoint
from marketplace.webhooks.rules import LEASE
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form


class Receiver:
    """A system: `statuses` are what it answers next, then 204; 0 is to say nothing."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.body = b""
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.over = threading.Event()
        self.address = ""


@pytest.fixture
def receiver(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("PLATSVERKET_REACHABLE_NETWORKS", "127.0.0.0/8")
    settings.cache_clear()
    with _receiving() as made:
        yield made
    monkeypatch.undo()
    settings.cache_clear()


@contextmanager
def _receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status = receiver.statuses.pop(0) if receiver.statuses else 204
            if status == 0:
                receiver.over.wait(10)
                return
            self.send_response(status)
            self.send_header("location", "/elsewhere")
            self.end_headers()
            with suppress(ConnectionError):  # who has read enough hangs up
                self.wfile.write(receiver.body)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    receiver.address = f"http://127.0.0.1:{server.server_port}/in"
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def added(client: TestClient[Any], admin: Member, bearer: Bearer, address: str, *kinds: str) -> tuple[str, str]:
    """Add a webhook by the API; return its secret and id."""
    body = {"address": address, "kinds": list(kinds or ("agreed", "cancelled"))}
    answer = client.post("/api/v1/webhooks", json=body, headers=bearer(admin))
    assert answer.status_code == 200, answer.text
    return answer.json()["secret"], answer.json()["details"]["id"]


def told(rows: Session, home: Organisation, code: NoticeCode = NoticeCode.AGREED, **facts: Any) -> Notice:
    notify(rows, [home.id], code, "proposal", builders.need(rows, builders.request(rows)).id, **facts)
    rows.commit()
    return rows.exec(select(Notice).order_by(col(Notice.sequence).desc())).first()


def due(rows: Session) -> WebhookDelivery:
    """Let the only delivery be due, and return it as it is."""
    rows.expire_all()
    (row,) = rows.exec(select(WebhookDelivery)).all()
    row.due_at = clock.now() - timedelta(seconds=1)
    rows.commit()
    return row


def test_it_is_told_signed_of_what_it_chose_and_of_no_person(
    client: TestClient[Any], rows: Session, bearer: Bearer, receiver: Receiver
) -> None:
    admin = builders.member(rows, roles=["admin"])
    home = rows.get_one(Organisation, admin.organisation_id)
    told(rows, home)  # before there was a webhook
    secret, key = added(client, admin, bearer, receiver.address)
    notice = told(rows, home, request="Annas hemliga projekt")
    told(rows, home, NoticeCode.REFUSED)  # not chosen
    told(rows, home, member_id=admin.id)  # to one person
    told(rows, builders.organisation(rows))  # to others
    jobs.sweep_webhooks()
    jobs.sweep_webhooks()
    ((path, headers, body),) = receiver.got
    said = Webhook(secret).verify(body, headers)
    assert (path, headers["content-type"]) == ("/in", "application/cloudevents+json")
    assert (said["specversion"], said["id"], said["type"]) == ("1.0", str(notice.id), "se.platsverket.agreed.v1")
    assert said["data"]["entityId"] == str(notice.entity_id)
    assert said["data"]["link"].endswith(f"/proposals/{notice.entity_id}")
    assert b"Anna" not in body
    (seen,) = client.get(f"/api/v1/webhooks/{key}/deliveries", headers=bearer(admin)).json()["items"]
    assert (seen["status"], seen["attempts"], seen["fault"]) == (204, 1, "")
    with pytest.raises(Exception, match="signature"):
        Webhook(secret).verify(body.replace(b"agreed", b"denied"), headers)


def test_what_fails_hangs_or_redirects_is_tried_again_with_the_same_id(
    client: TestClient[Any], rows: Session, bearer: Bearer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PATIENCE_S", 0.5)
    admin = builders.member(rows, roles=["admin"])
    added(client, admin, bearer, receiver.address)
    told(rows, rows.get_one(Organisation, admin.organisation_id))
    receiver.statuses = [500, 0, 302, 200]
    faults = []
    for _attempt in range(4):
        jobs.sweep_webhooks()
        rows.expire_all()
        (row,) = rows.exec(select(WebhookDelivery)).all()
        faults.append((row.fault, row.status))
        due(rows)
    assert faults == [("refused", 500), ("slow", None), ("redirects", None), ("", 200)]
    assert {path for path, _headers, _body in receiver.got} == {"/in"}
    assert len({headers["webhook-id"] for _path, headers, _body in receiver.got}) == 1
    jobs.sweep_webhooks()
    assert len(receiver.got) == 4


def test_all_that_waits_for_one_that_does_not_answer_waits_with_it(
    client: TestClient[Any], rows: Session, bearer: Bearer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "PATIENCE_S", 0.5)
    admin = builders.member(rows, roles=["admin"])
    added(client, admin, bearer, receiver.address)
    for _ in range(2):
        told(rows, rows.get_one(Organisation, admin.organisation_id))
    receiver.statuses = [0]
    jobs.sweep_webhooks()
    assert len(receiver.got) == 1
    for row in rows.exec(select(WebhookDelivery)).all():
        assert row.due_at > clock.now()
        row.due_at = clock.now()
    rows.commit()
    jobs.sweep_webhooks()
    assert len({headers["webhook-id"] for _path, headers, _body in receiver.got[1:]}) == 2


def test_a_worker_that_dies_after_sending_leaves_one_that_is_sent_again(
    client: TestClient[Any], rows: Session, bearer: Bearer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = builders.member(rows, roles=["admin"])
    added(client, admin, bearer, receiver.address)
    told(rows, rows.get_one(Organisation, admin.organisation_id))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(jobs.service, "note_sent", die)
        with pytest.raises(KeyboardInterrupt):
            jobs.sweep_webhooks()
    row = due(rows)
    jobs.sweep_webhooks()
    assert len(receiver.got) == 1  # another may be sending it
    row.taken_until = clock.now() - 3 * LEASE
    rows.commit()
    jobs.sweep_webhooks()
    first, second = receiver.got
    assert first[1]["webhook-id"] == second[1]["webhook-id"]
    rows.expire_all()
    assert rows.exec(select(WebhookDelivery)).one().sent_at is not None


def test_it_is_given_up_after_days_told_to_administrators_and_begun_again(
    client: TestClient[Any], rows: Session, bearer: Bearer, receiver: Receiver, signed_in: SignIn
) -> None:
    admin = builders.member(rows, roles=["admin"])
    home = rows.get_one(Organisation, admin.organisation_id)
    _secret, key = added(client, admin, bearer, receiver.address)
    told(rows, home)
    receiver.statuses = [503] * 3
    jobs.sweep_webhooks()
    row, endpoint = due(rows), rows.exec(select(WebhookEndpoint)).one()
    assert (row.failed_at, endpoint.disabled_at) == (None, None)
    endpoint.failing_since = clock.now() - timedelta(days=3)
    rows.commit()
    jobs.sweep_webhooks()
    row = due(rows)
    assert endpoint.disabled_at is None  # it may have come back meanwhile: this one is tried for a day
    row.created_at -= timedelta(days=1)
    rows.commit()
    jobs.sweep_webhooks()
    rows.expire_all()
    assert rows.exec(select(WebhookDelivery)).one().failed_at is not None
    (notice,) = rows.exec(select(Notice).where(Notice.code == NoticeCode.WEBHOOK_DISABLED)).all()
    assert (notice.permission, notice.facts) == ("administer", {"host": "127.0.0.1"})
    signed_in(client, admin)
    assert "503" in client.get(f"/webhooks/{key}", headers=HTML).text
    delivery = rows.exec(select(WebhookDelivery)).one().id
    told(rows, home)
    jobs.sweep_webhooks()
    assert len(receiver.got) == 3, "it is told nothing by itself"
    receiver.body = b"x" * 5_000_000  # more than is read of any answer, and no fault of the delivery's
    assert post_form(client, f"/webhooks/{key}/deliveries/{delivery}/repetition").status_code == 303
    assert "enabling" not in client.get(f"/webhooks/{key}", headers=HTML).text
    jobs.sweep_webhooks()
    assert len(receiver.got) == 4
    rows.expire_all()
    assert rows.get_one(WebhookDelivery, delivery).sent_at is not None
    assert client.get(f"/api/v1/webhooks/{key}", headers=bearer(admin)).json()["failingSince"] is None
    row, endpoint = rows.get_one(WebhookDelivery, delivery), rows.exec(select(WebhookEndpoint)).one()
    row.sent_at, endpoint.disabled_at = None, clock.now()
    rows.commit()
    assert "Väntar tills någon börjar om" in client.get(f"/webhooks/{key}", headers=HTML).text
    assert post_form(client, f"/webhooks/{key}/enabling").status_code == 303
    assert post_form(client, f"/webhooks/{key}/removal").status_code == 303
    assert rows.exec(select(WebhookDelivery.id)).all() == []


def test_the_page_shows_the_secret_once_and_refuses_what_leads_inside(
    client: TestClient[Any], rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    admin = builders.member(rows, roles=["admin"])
    signed_in(client, admin)
    for address in ("https://10.0.0.1/", "http://system.example.se/", ""):
        assert post_form(client, "/webhooks", {"address": address, "kinds": "agreed"}).status_code == 422
    assert post_form(client, "/webhooks", {"address": "https://system.example.se/"}).status_code == 422
    made = post_form(client, "/webhooks", {"address": "https://system.example.se/x", "kinds": "agreed"})
    assert "whsec_" in made.text
    shown = client.get("/webhooks", headers=HTML).text
    assert "system.example.se" in shown
    assert "whsec_" not in shown
    stranger = builders.member(rows, roles=["lister"])
    assert client.get("/api/v1/webhooks", headers=bearer(stranger)).status_code == 403
