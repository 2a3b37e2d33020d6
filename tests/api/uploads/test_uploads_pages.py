"""Files that members send: looked through, shown, and read in whole or not at all."""

import io
import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from openpyxl import Workbook
from sqlalchemy import Engine, func, text
from sqlmodel import Session, select

from core.database import db
from core.time import clock
from marketplace.importing.header import faults, kind_of
from marketplace.importing.reading.table import read_table
from marketplace.organisations.models import Member, Organisation
from marketplace.uploads import rules, service, work
from marketplace.uploads.models import Upload, UploadContent, UploadState
from resources.models import Resource
from retention import rules as retention
from retention.erasing import erase_member
from tests import builders
from tests.api.conftest import HTML, SignIn, post_form, text_of

Client = TestClient[Litestar]
Sent = Callable[[], list[UUID]]
SWEDISH = {**HTML, "accept-language": "sv"}
HEADER = ["plats", "namn", "typ", "sittplatser", "erbjuds från"]
ROOMS = [HEADER, ["Huset", "Rum 1", "mötesrum", "8", "+1d"], ["Huset", "Rum 2", "mötesrum", "12", "+1d"]]
WRONG = [HEADER, ["Huset", "Rum 1", "motesrum", "åtta", "+1d"], ["Hus", "Rum 2", "mötesrum", "12", "+1d"]]


def as_csv(rows: list[list[str]]) -> bytes:
    return "\n".join(";".join(row) for row in rows).encode()


def as_workbook(rows: list[list[str]]) -> bytes:
    made, packed = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append([int(cell) if cell.isdecimal() else cell for cell in row])
    made.save(packed)
    return packed.getvalue()


@pytest.fixture(autouse=True)
def sent(rows: Session) -> Sent:
    """What waits in the broker for a worker, in the order in which it was sent; here it is done when a test says so."""

    def waiting() -> list[UUID]:
        rows.rollback()
        found = rows.scalars(text("select payload from kombu_message where visible order by id"))
        return [UUID(json.loads(b64decode(json.loads(each)["body"]))[0][0]) for each in found]

    return waiting


@pytest.fixture
def lister(rows: Session, client: Client, signed_in: SignIn) -> Member:
    """A lister, signed in, whose organisation has a site."""
    member = builders.member(rows, roles=["lister"])
    home = home_of(rows, member)
    builders.site(rows, home, name="Huset")
    signed_in(client, member)
    return member


def home_of(rows: Session, member: Member) -> Organisation:
    return rows.get_one(Organisation, member.organisation_id)


def send(client: Client, data: bytes, name: str = "lokaler.csv"):
    client.get("/accessibility")
    token = client.cookies["platsverket_form"]
    return client.post("/uploads", files={"file": (name, data)}, data={"_csrf_token": token}, headers=SWEDISH)


def looked_through(client: Client, sent: Sent, data: bytes, name: str = "lokaler.csv") -> str:
    """Send a file, have it looked through, and return the address of its page."""
    answer = send(client, data, name)
    assert answer.status_code == 303, answer.text
    work.work_on(sent()[-1])
    return answer.headers["location"]


def rooms(rows: Session) -> list[str]:
    rows.rollback()
    return sorted(rows.exec(select(Resource.name)))


@pytest.mark.parametrize(("made", "name"), [(as_csv, "lokaler.csv"), (as_workbook, "våra rum.xlsx")])
def test_a_file_is_shown_before_it_is_read_in(client, lister, rows, sent, made, name):
    answer = send(client, made(ROOMS), name)
    page = answer.headers["location"]
    told = client.get(page, headers=SWEDISH).text
    assert "Filen granskas" in told
    assert f'hx-get="{page}/progress"' in told
    assert "HX-Refresh" not in client.get(f"{page}/progress", headers=SWEDISH).headers

    work.work_on(sent()[-1])
    assert client.get(f"{page}/progress", headers=SWEDISH).headers["HX-Refresh"] == "true"
    told = text_of(client.get(page, headers=SWEDISH).text)
    assert "Innehåller Lokaler Rader 2 Nya 2 Ändras 0" in told
    assert rooms(rows) == []

    assert post_form(client, f"{page}/writing").status_code == 303
    work.work_on(sent()[-1])
    assert "Vad filen har gjort" in client.get(page, headers=SWEDISH).text
    assert rooms(rows) == ["Rum 1", "Rum 2"]
    assert rows.exec(select(func.count()).select_from(UploadContent)).one() == 0
    assert name in client.get("/uploads", headers=SWEDISH).text

    page = looked_through(client, sent, made(ROOMS), name)
    assert "det finns inget att läsa in" in client.get(page, headers=SWEDISH).text


@pytest.mark.parametrize(("made", "name"), [(as_csv, "lokaler.csv"), (as_workbook, "lokaler.xlsx")])
def test_each_wrong_cell_is_told_in_the_reader_s_language(client, lister, rows, sent, made, name):
    page = looked_through(client, sent, made(WRONG), name)
    told = text_of(client.get(page, headers=SWEDISH).text)
    assert "3 fel" in told
    assert "Rad 2 typ motesrum menade du mötesrum? Använd något av" in told
    assert "Rad 2 sittplatser åtta" in told
    assert "Rad 3 plats Hus organisationen har ingen sådan plats: menade du Huset?" in told
    assert post_form(client, f"{page}/writing").status_code == 409
    assert rooms(rows) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "välj en fil som innehåller något"),
        (b"x" * (rules.LARGEST_BYTES + 1), "filen är större än"),
    ],
)
def test_what_is_no_file_to_read_is_told_in_the_form(client, lister, data, words):
    answer = send(client, data)
    assert answer.status_code == 422
    assert 'href="#f-file"' in answer.text
    assert words in answer.text


def test_more_than_a_form_may_hold_is_not_read_at_all(client, lister, rows):
    answer = send(client, b"x" * 6_000_000)
    assert answer.status_code == 413
    assert rows.exec(select(func.count()).select_from(Upload)).one() == 0


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0old", b"no;header\n1;2", b"\xff\xfe\x00"])
def test_what_cannot_be_read_is_told_of_the_file(client, lister, sent, data):
    page = looked_through(client, sent, data, "vad som helst")
    assert "Filen –" in text_of(client.get(page, headers=SWEDISH).text)


def test_a_file_is_its_sender_s_alone(client, lister, rows, sent, signed_in):
    page = looked_through(client, sent, as_csv(ROOMS))
    signed_in(client, builders.member(rows, home_of(rows, lister), roles=["lister", "admin"]))
    for address in (page, f"{page}/progress"):
        assert client.get(address, headers=HTML).status_code == 404
    for move in ("writing", "discarding"):
        assert post_form(client, f"{page}/{move}").status_code == 404
    signed_in(client, builders.member(rows, home_of(rows, lister), roles=["approver"]))
    assert client.get("/uploads", headers=HTML).status_code == 403
    assert send(client, as_csv(ROOMS)).status_code == 403


def test_it_is_written_with_the_rights_of_that_moment(client, lister, rows, sent):
    page = looked_through(client, sent, as_csv(ROOMS))
    post_form(client, f"{page}/writing")
    row = rows.get_one(Member, lister.id)
    row.roles = []
    rows.commit()
    work.work_on(sent()[-1])
    rows.expire_all()
    assert rows.exec(select(Upload.state)).one() is UploadState.REFUSED
    assert rooms(rows) == []


@pytest.mark.parametrize(
    ("name", "rows_"),
    [
        ("medlemmar.csv", [["namn", "e-post", "roller"], ["Ny", "ny@example.se", "administratör"]]),
        ("partnerskap.csv", [["partner"], ["Länsstyrelsen"]]),
        ("organisationer.csv", [["namn", "typ", "kommun"], ["Ny", "kommun", "Mora"]]),
    ],
)
def test_nobody_gets_rights_by_a_file(client, rows, sent, signed_in, name, rows_):
    signed_in(client, builders.member(rows, roles=["admin", "coordinator"]))
    page = looked_through(client, sent, as_csv(rows_), name)
    assert "ger rättigheter och läses inte in här" in client.get(page, headers=SWEDISH).text
    assert rows.exec(select(Upload.state)).one() is UploadState.REFUSED


def test_a_file_may_be_discarded_and_then_not_written(client, lister, rows, sent):
    page = looked_through(client, sent, as_csv(ROOMS))
    assert post_form(client, f"{page}/discarding").headers["location"] == "/uploads"
    answer = post_form(client, f"{page}/writing")
    assert answer.status_code == 409
    assert rows.exec(select(func.count()).select_from(UploadContent)).one() == 0


def test_only_so_many_wait_at_a_time(client, lister, sent):
    for _ in range(rules.MOST_KEPT):
        assert send(client, as_csv(ROOMS)).status_code == 303
    refused = send(client, as_csv(ROOMS))
    assert refused.status_code == 409
    assert "10 filer som inte är inlästa" in refused.text


def test_of_two_that_work_on_it_one_does_and_what_died_is_done_again(client, lister, rows, sent, engine: Engine):
    send(client, as_csv(ROOMS))
    key = sent()[-1]
    with held_elsewhere(engine, key):
        work.work_on(key)
    assert rows.exec(select(Upload.state)).one() is UploadState.CHECKING
    rows.execute(text("update upload set updated_at = now() - interval '1 hour', attempts = 3"))
    rows.commit()
    with db.unit_of_work() as first:
        service.send_lost_again(first)
        with db.unit_of_work() as other:
            service.send_lost_again(other)  # at the same time: leaves it to the first
    assert sent() == [key, key]
    work.work_on(key)  # it has been begun three times before
    rows.rollback()
    assert rows.exec(select(Upload.state)).one() is UploadState.FAILED


@contextmanager
def held_elsewhere(engine: Engine, key: UUID) -> Iterator[None]:
    """Another worker's hold of a file, until the block is left."""
    with Session(engine) as other:
        assert work._is_ours(other, key)
        yield


def test_nothing_is_kept_longer_than_it_is_told(client, lister, rows, sent):
    looked_through(client, sent, as_csv(ROOMS))
    looked_through(client, sent, as_csv(WRONG))
    long_ago = clock.now() - timedelta(days=2)
    rows.execute(text("update upload set updated_at = :at"), {"at": long_ago})
    service.send_lost_again(rows)
    rows.commit()
    states = rows.exec(select(Upload.state).order_by(Upload.id)).all()
    assert states == [UploadState.DISCARDED, UploadState.REFUSED]
    assert rows.exec(select(func.count()).select_from(UploadContent)).one() == 0
    rule = next(each for each in retention.RULES if each.name == "upload")
    assert len(rule.found(rows, clock.now() + timedelta(days=29))) == 1  # the discarded one was touched now
    erase_member(rows, lister.id, "asked_for")
    assert rows.exec(select(func.count()).select_from(Upload)).one() == 0


def test_every_empty_file_has_the_columns_of_its_kind(client, lister):
    page = client.get("/uploads", headers=SWEDISH).text
    for kind in rules.kinds_read():
        answer = client.get(f"/uploads/templates/{kind.name}", headers=HTML)
        assert f'filename="{kind.files[0]}.csv"' in answer.headers["content-disposition"]
        table = read_table(answer.content)
        assert kind_of(f"{kind.files[0]}.csv", table).name == kind.name
        assert not list(faults(kind, table))
        assert f"/uploads/templates/{kind.name}" in page
    for name in ("none", "members"):
        assert client.get(f"/uploads/templates/{name}", headers=HTML).status_code == 404


def test_a_table_in_a_form_that_there_is_not_is_refused_by_name(client: Client, lister: Member) -> None:
    for path, right in (("/uploads/exports/spaces", "csv, xlsx"), ("/unmet-demand", "csv")):
        refused = client.get(f"{path}?as=pdf", headers=SWEDISH)
        assert refused.status_code == 400, path
        assert all(words in text_of(refused.text) for words in ("pdf", right)), text_of(refused.text)
    assert client.get("/uploads/exports/spaces?as=xlsx", headers=SWEDISH).status_code == 200
