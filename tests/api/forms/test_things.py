"""What an offer lends: an unchanged form changes nothing, all can be changed, and another is listed like it."""

import re
from datetime import date

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from api.pages.families.reading import read_facts
from api.pages.families.shown import shown_facts
from api.pages.forms import Form
from core.serialization import from_json, to_json
from marketplace.organisations.models import Member, Organisation
from resources.families import FAMILIES
from resources.families.equipment import EquipmentFacts
from resources.families.furniture import FurnitureFacts, ValuationBasis
from resources.families.space import Fitting, SpaceFacts
from resources.families.staff import StaffFacts
from resources.families.vehicle import Fuel, Licence, VehicleFacts
from resources.models import Resource, ResourceUnit, Unit
from resources.vocabulary import Access
from tests import builders
from tests.api.conftest import HTML, SignIn, post_form

Client = TestClient[Litestar]


FACTS = {
    "space": SpaceFacts(8, 22.5, frozenset({Fitting.PROJECTOR}), frozenset({Access.LIFT}), "Anmäl dig i receptionen."),
    "furniture": FurnitureFacts(40, 4, 50, 60, 80, "tisdagar", 0, ValuationBasis.NIL_VALUE),
    "vehicle": VehicleFacts(5, Fuel.ELECTRIC, 400, Licence.B, 750),
    "equipment": EquipmentFacts(4, "RTK", True, date(2027, 6, 30), False, ("stativ", "väska")),
    "staff": StaffFacts(40, True, ("2380",), frozenset({"sv", "en"}), {"procurement": 4, "law": 2}),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_what_is_shown_of_facts_reads_as_they_are(name: str) -> None:
    family, said = FAMILIES[name], to_json(FACTS[name])
    form = Form(shown_facts(family, said))
    read = read_facts(form, family)
    assert not form.errors
    assert from_json(family.facts, read) == FACTS[name]


@pytest.fixture
def lister(rows: Session, client: Client, signed_in: SignIn) -> Member:
    member = builders.member(rows, roles=["lister"])
    signed_in(client, member)
    return member


def home(rows: Session, member: Member) -> Organisation:
    return rows.get_one(Organisation, member.organisation_id)


def fields(html: str) -> dict[str, object]:
    """What a browser would send of the page's main form."""
    form = re.search(r'<form class="pv-form".*?</form>', html, re.DOTALL)[0]
    sent: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if said.get("type") in {"checkbox", "radio"} and " checked" not in tag:
            continue
        if "name" in said and said["name"] != "_csrf_token":
            sent.setdefault(said["name"], []).append(said.get("value", "on"))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name] = [text]
    for name, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)"[^>]*selected', inner)
        sent[name] = chosen or re.findall(r'<option value="([^"]*)"', inner)[:1]
    return sent


@pytest.mark.parametrize("made", [builders.space, builders.furniture, builders.vehicle])
def test_an_unchanged_form_changes_nothing(client, lister, rows, made):
    offer = builders.offer(rows, made(rows, builders.site(rows, home(rows, lister))))
    rows.commit()
    resource = rows.get_one(Resource, offer.resource_id)
    before = resource.model_dump(exclude={"updated_at", "version"})
    address = f"/offers/{offer.id}/resource"
    answer = post_form(client, address, fields(client.get(address, headers=HTML).text))
    assert answer.status_code == 303, answer.text
    rows.rollback()
    rows.refresh(resource)
    assert resource.model_dump(exclude={"updated_at", "version"}) == before


def test_all_that_is_said_can_be_changed_and_its_units_follow(client, lister, rows):
    lot = builders.furniture(rows, builders.site(rows, home(rows, lister)), capacity=40)
    offer = builders.offer(rows, lot)
    rows.commit()
    address = f"/offers/{offer.id}/resource"
    sent = fields(client.get(address, headers=HTML).text)
    wrong = post_form(client, address, sent | {"name": [""], "count": ["många"]})
    assert wrong.status_code == 422
    assert 'href="#f-name"' in wrong.text
    assert 'value="många"' in wrong.text
    changed = {"name": ["Stolar"], "count": ["30"], "description": ["Nya"], "openingHours.workingDays": ["08:00-12:00"]}
    assert post_form(client, address, sent | changed).status_code == 303
    rows.rollback()
    rows.refresh(lot)
    assert (lot.name, lot.facts["count"], lot.description) == ("Stolar", 30, "Nya")
    assert lot.opening_hours is not None
    held = select(Unit.capacity).join(ResourceUnit).where(ResourceUnit.resource_id == lot.id)
    assert rows.exec(held).one() == 30
    late = post_form(client, address, sent | {"name": ["Bord"], "form_token": [""]})
    assert late.status_code == 412
    assert 'value="Bord"' in late.text


def test_another_one_is_listed_like_it(client, lister, rows):
    hall = builders.hall(rows, builders.site(rows, home(rows, lister)), parts=("Norra", "Södra"))
    offer = builders.offer(rows, hall, conditions="Städa efter er")
    rows.commit()
    assert f"like={offer.id}" in client.get(f"/offers/{offer.id}", headers=HTML).text
    page = client.get(f"/offers/new/space?like={offer.id}", headers=HTML).text
    sent = fields(page)
    assert (sent["name"], sent["conditions"], sent["parts.1.name"]) == ([""], ["Städa efter er"], ["Södra"])
    assert sent["seats"] == [str(hall.facts["seats"])]
    answer = post_form(client, "/offers/new/space", sent | {"name": ["En till"], "do": "open"})
    assert answer.status_code == 303, answer.text
    assert client.get(f"/offers/new/vehicle?like={offer.id}", headers=HTML).status_code == 404


def test_what_is_another_s_is_neither_changed_nor_copied(client, lister, rows):
    other = builders.offer(rows)
    rows.commit()
    for address in (f"/offers/{other.id}/resource", f"/offers/new/space?like={other.id}"):
        assert client.get(address, headers=HTML).status_code in {403, 404}
    assert post_form(client, f"/offers/{other.id}/resource", {"name": "Mitt"}).status_code in {403, 404}
