"""Whoever scans a label says what is wrong, without being anybody: told to who lists the thing, and to nobody else."""

import io
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from PIL import Image
from sqlmodel import Session, select

from core.rate_limits import DAMAGES_REPORTED
from marketplace.damage.models import DamageReport
from marketplace.damage.service import LONGEST, MOST_A_DAY, report
from marketplace.notices.models import Notice
from marketplace.organisations.models import Organisation
from resources.models import Resource
from tests import builders
from tests.api.conftest import HTML, SignIn, text_of

Client = TestClient[Litestar]
WORDS = "Ett ben är av."
MAKE = 271


@pytest.fixture
def chairs(rows: Session) -> Resource:
    """Chairs that are offered to nobody."""
    DAMAGES_REPORTED.forget()
    made = builders.furniture(rows, name="Stolar i foajén", department="Förråd")
    rows.commit()
    return made


def photo() -> bytes:
    packed, exif = io.BytesIO(), Image.Exif()
    exif[MAKE] = "Kameran"
    Image.new("RGB", (64, 48), "teal").save(packed, "JPEG", exif=exif)
    return packed.getvalue()


def send(client: Client, key: object, words: str = WORDS, data: bytes | None = None):
    client.get("/accessibility")
    form = {"_csrf_token": client.cookies["platsverket_form"], "words": words}
    files = {"photo": ("foto.jpg", data)} if data is not None else {"photo": ("", b"")}
    path = f"/things/{key}/damage"
    return client.post(path, files=files, data=form, headers=HTML | {"accept-language": "sv"}, follow_redirects=False)


def test_who_scans_a_label_tells_who_lists_the_thing_alone(
    client: Client, rows: Session, signed_in: SignIn, chairs: Resource
) -> None:
    asked = client.get(f"/things/{chairs.id}", headers=HTML, follow_redirects=True).text
    assert f'href="/things/{chairs.id}/damage"' in asked
    assert "Stolar" not in asked + client.get(f"/things/{chairs.id}/damage", headers=HTML).text
    assert send(client, chairs.id, data=photo()).status_code == 303
    (notice,) = rows.exec(select(Notice)).all()
    assert (notice.code, notice.permission, notice.department) == ("damage_reported", "offer", "Förråd")
    assert notice.organisation_id == chairs.organisation_id
    home = rows.get_one(Organisation, chairs.organisation_id)
    signed_in(client, builders.member(rows, home, roles=["lister"]))
    rows.commit()
    assert "något är fel med Stolar i foajén" in text_of(client.get("/notices", headers=HTML).text)
    assert WORDS in text_of(client.get(f"/things/{chairs.id}", headers=HTML).text)
    (kept,) = rows.exec(select(DamageReport)).all()
    sent = client.get(f"/things/{chairs.id}/damage/{kept.id}")
    shown = Image.open(io.BytesIO(sent.content))
    assert (shown.format, dict(shown.getexif())) == ("WEBP", {})
    signed_in(client, builders.member(rows))
    rows.commit()
    assert client.get(f"/things/{chairs.id}/damage/{kept.id}", headers=HTML).status_code == 404


def test_no_label_is_told_from_another(client: Client, rows: Session, chairs: Resource) -> None:
    card = builders.staff(rows)
    rows.commit()
    keys = (chairs.id, card.id, uuid4())
    client.get("/accessibility")
    pages = {client.get(f"/things/{key}/damage", headers=HTML).text.replace(str(key), "…") for key in keys}
    sent = {key: send(client, key) for key in keys}
    answers = {(each.status_code, each.headers["location"].replace(str(key), "…")) for key, each in sent.items()}
    assert len(pages) == len(answers) == 1
    assert [each.resource_id for each in rows.exec(select(DamageReport))] == [chairs.id]


@pytest.mark.parametrize(
    ("words", "data", "told"),
    [
        ("", None, "fyll i det här"),
        ("x" * (LONGEST + 1), None, f"{LONGEST} tecken"),
        (WORDS, b"GIF89a", "inget foto"),
        ("Ring 19121212-1212", None, "personnummer"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_written_kept(
    client: Client, rows: Session, chairs: Resource, words: str, data: bytes | None, told: str
) -> None:
    answer = send(client, chairs.id, words, data)
    assert answer.status_code == 422
    assert told in text_of(answer.text)
    assert words in answer.text
    assert rows.exec(select(DamageReport)).all() == []


def test_an_address_that_reports_too_often_waits(client: Client, rows: Session, chairs: Resource) -> None:
    most = DAMAGES_REPORTED.per_minute()
    assert [send(client, chairs.id).status_code for _ in range(most + 1)] == [303] * most + [429]


def test_of_one_thing_so_many_reports_a_day_are_kept(session: Session) -> None:
    chairs = builders.furniture(session)
    for _ in range(MOST_A_DAY + 1):
        report(session, chairs.id, WORDS, b"")
    assert len(session.exec(select(DamageReport)).all()) == MOST_A_DAY
