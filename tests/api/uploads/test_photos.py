"""Photos of what is offered: sent by who lists it, seen by who sees an offer of it, and by nobody else."""

import base64
import io

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from PIL import Image
from sqlmodel import Session, col, func, select

from core.actor import Role
from core.database.audit import AuditEntry
from core.settings import settings
from marketplace.offers.models import Offer, Visibility
from marketplace.organisations.models import Member, Organisation
from resources.models import Resource
from resources.photos import service
from resources.photos.models import Photo, PhotoImage
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of

Client = TestClient[Litestar]
SWEDISH = {**HTML, "accept-language": "sv"}
ALT = "Mötesrummet med åtta stolar"


def jpeg(width: int = 64, height: int = 48) -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(packed, "JPEG")
    return packed.getvalue()


@pytest.fixture
def lister(rows: Session, client: Client, signed_in: SignIn) -> Member:
    member = builders.member(rows, roles=["lister"])
    signed_in(client, member)
    return member


@pytest.fixture
def offer(rows: Session, lister: Member) -> Offer:
    """A room that partners see."""
    home = rows.get_one(Organisation, lister.organisation_id)
    made = builders.offer(rows, builders.space(rows, builders.site(rows, home)), visibility=Visibility.PARTNERS)
    rows.commit()
    return made


def send(client: Client, offer: Offer, data: bytes, alt: str = ALT):
    client.get("/accessibility")
    form = {"_csrf_token": client.cookies["platsverket_form"], "alt": alt}
    return client.post(f"/offers/{offer.id}/photos", files={"photo": ("foto.png", data)}, data=form, headers=SWEDISH)


def test_a_photo_is_added_shown_to_who_sees_the_offer_and_removed(
    client: Client, rows: Session, lister: Member, offer: Offer, signed_in: SignIn
) -> None:
    answer = send(client, offer, jpeg())
    assert answer.status_code == 303, answer.text
    assert ALT in client.get(answer.headers["location"], headers=HTML).text
    photo = rows.exec(select(Photo)).one()
    small, large = (f"/offers/{offer.id}/photos/{photo.id}/{size}" for size in ("small", "large"))
    partner, stranger = builders.member(rows), builders.member(rows)
    homes = [rows.get_one(Organisation, each.organisation_id) for each in (lister, partner)]
    builders.partners(rows, *homes)
    signed_in(client, partner)
    assert f'src="{large}" alt="{ALT}" width="64" height="48"' in client.get(f"/offers/{offer.id}", headers=HTML).text
    assert f'src="{small}" alt="{ALT}"' in client.get("/offers", headers=HTML).text
    seen = client.get(large)
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/webp")
    assert seen.headers["cache-control"].startswith("private")
    assert seen.headers["vary"] == "cookie"
    assert Image.open(io.BytesIO(seen.content)).size == (64, 48)
    removal = f"/offers/{offer.id}/photos/{photo.id}/removal"
    assert client.get(f"/offers/{offer.id}/photos", headers=HTML).status_code == 403
    assert post_form(client, removal).status_code == 403
    assert client.get(f"/offers/{offer.id}/photos/{photo.id}/huge").status_code == 404
    others = builders.offer(rows)
    signed_in(client, stranger)
    assert [client.get(each).status_code for each in (small, large)] == [404, 404]
    assert client.get(f"/offers/{others.id}/photos/{photo.id}/large").status_code == 404, "of another offer"
    client.cookies.clear()
    assert client.get(large, headers=HTML).status_code in {302, 303}
    signed_in(client, lister)
    assert post_form(client, removal).status_code == 303
    assert client.get(large).status_code == 404
    rows.rollback()
    assert [rows.exec(select(func.count()).select_from(each)).one() for each in (Photo, PhotoImage)] == [0, 0]
    told = select(AuditEntry.reason_code).where(col(AuditEntry.entity_id) == offer.resource_id)
    assert list(rows.exec(told.order_by(col(AuditEntry.sequence)))) == ["photo_added", "photo_removed"]


def test_what_is_said_of_photos_and_their_order_may_be_changed(
    client: Client, rows: Session, lister: Member, offer: Offer, bearer: Bearer
) -> None:
    room = rows.get_one(Resource, offer.resource_id)
    first, second, third = (builders.photo(rows, room, f"Foto {name}").id for name in "abc")
    own, stranger = bearer(lister), bearer(builders.member(rows))
    address, pages = f"/api/v1/resources/{offer.resource_id}/photos", f"/offers/{offer.id}/photos"

    def shown() -> list[str]:
        return [each["alt"] for each in client.get(address, headers=own).json()["items"]]

    moved = client.post(f"{address}/{third}/changes", json={"alt": "Foto c", "place": 1}, headers=own)
    assert (moved.status_code, [each["alt"] for each in moved.json()["items"]]) == (200, ["Foto c", "Foto a", "Foto b"])
    assert 'alt="Foto c"' in client.get("/offers", headers=HTML).text, "the first stands in lists"
    said = post_form(client, f"{pages}/{third}/change", {f"alt-{third}": "Dörren", f"place-{third}": "2"})
    assert (said.status_code, said.headers["location"], shown()) == (303, pages, ["Foto a", "Dörren", "Foto b"])
    assert send(client, offer, jpeg(), "Sist").status_code == 303
    assert shown() == ["Foto a", "Dörren", "Foto b", "Sist"]
    assert client.delete(f"{address}/{second}", headers=own).status_code == 204
    assert client.post(f"{address}/{first}/changes", json={"alt": "Foto a", "place": 3}, headers=own).status_code == 200
    assert shown() == ["Dörren", "Sist", "Foto a"]

    wrong = client.post(f"{address}/{first}/changes", json={"alt": " ", "place": 4}, headers=own)
    assert [each["property"] for each in wrong.json()["invalid-parameters"]] == ["alt", "place"]
    page = post_form(client, f"{pages}/{first}/change", {f"alt-{first}": "", f"place-{first}": "2"})
    assert (page.status_code, f'href="#f-alt-{first}"' in page.text, 'value="Dörren"' in page.text) == (422, True, True)
    assert client.post(f"{address}/{second}/changes", json={"alt": "x", "place": 1}, headers=own).status_code == 404
    assert client.post(f"{address}/{first}/changes", json={"alt": "x", "place": 1}, headers=stranger).status_code == 404
    assert shown() == ["Dörren", "Sist", "Foto a"]


@pytest.mark.parametrize(
    ("data", "alt", "told"),
    [
        (b"", "", ["Foto: välj ett foto", "Beskriv vad fotot visar"]),
        (b"GIF89a", ALT, ["JPEG, PNG eller WebP"]),
        (jpeg()[:-9], "", ["fotot är skadat", "Beskriv vad fotot visar"]),
        (jpeg(), "850709-9805 vid bordet", ["personnummer"]),
        (jpeg() + b"\0" * 10_000_000, ALT, ["större än 10 MB"]),
    ],
)
def test_what_is_wrong_with_it_is_told_all_at_once_and_what_was_typed_is_kept(
    client: Client, rows: Session, offer: Offer, data: bytes, alt: str, told: list[str]
) -> None:
    answer = send(client, offer, data, alt)
    page = text_of(answer.text)
    assert answer.status_code == 422, page
    assert all(each in page for each in told), page
    assert f'value="{alt}"' in answer.text
    assert rows.exec(select(Photo)).all() == []


def test_there_are_so_many_of_a_thing_and_of_an_organisation(
    client: Client, rows: Session, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = settings().model_copy(update={"organisation_photos": 1})
    monkeypatch.setattr(service, "settings", lambda: few)
    assert send(client, offer, jpeg()).status_code == 303
    full = send(client, offer, jpeg())
    assert (full.status_code, "Er organisation har 1 foton" in full.text, ALT in full.text) == (409, True, True)
    monkeypatch.undo()
    room = builders.space(rows, builders.site(rows, rows.get_one(Organisation, offer.organisation_id)))
    for _ in range(6):
        builders.photo(rows, room)
    other = builders.offer(rows, room)
    rows.commit()
    assert 'type="file"' not in client.get(f"/offers/{other.id}/photos", headers=HTML).text
    assert "Det finns 6 foton av det" in send(client, other, jpeg()).text


def test_programs_add_list_see_and_remove_them_but_never_of_people(
    client: Client, rows: Session, lister: Member, offer: Offer, bearer: Bearer
) -> None:
    own, stranger = bearer(lister), bearer(builders.member(rows, roles=[role.value for role in Role][:4]))
    card = builders.staff(rows, rows.get_one(Organisation, lister.organisation_id))
    rows.commit()
    address = f"/api/v1/resources/{offer.resource_id}/photos"
    body = {"content": base64.b64encode(jpeg()).decode(), "alt": ALT}
    made = client.post(address, json=body, headers=own)
    assert made.status_code == 201, made.text
    assert client.get(address, headers=own).json()["items"] == [made.json()]
    shown = f"/api/v1/offers/{offer.id}/photos"
    assert client.get(shown, headers=own).json()["items"] == [made.json()]
    one = client.get(f"{shown}/{made.json()['id']}", headers=own).json()
    assert Image.open(io.BytesIO(base64.b64decode(one["content"]))).size == (64, 48)
    for hidden in (address, shown, f"{shown}/{one['id']}"):
        assert client.get(hidden, headers=stranger).status_code == 404
    people = client.post(f"/api/v1/resources/{card.id}/photos", json=body, headers=own)
    assert (people.status_code, "anonymous" in people.text) == (400, True)
    wrong = client.post(address, json={"content": "", "alt": " "}, headers=own).json()
    assert [each["property"] for each in wrong["invalid-parameters"]] == ["content", "alt"]
    assert client.delete(f"{address}/{one['id']}", headers=stranger).status_code == 404
    assert client.delete(f"{address}/{one['id']}", headers=own).status_code == 204
    assert client.get(shown, headers=own).json()["items"] == []
