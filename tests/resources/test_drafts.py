"""Facts and drafts refuse what cannot be right, and say which field."""

from datetime import date
from uuid import uuid4

import pytest

from core.errors import BadInput
from core.serialization import from_json, to_json
from resources.drafts import PartDraft, ResourceDraft, SiteDraft
from resources.families.equipment import EquipmentFacts
from resources.families.furniture import FurnitureFacts, ValuationBasis
from resources.families.space import Equipment, SpaceFacts
from resources.families.staff import StaffTime
from resources.families.vehicle import Fuel, Licence, VehicleFacts
from resources.vocabulary import Access

ROOM = SpaceFacts(8, 22.5, frozenset({Equipment.PROJECTOR}), frozenset({Access.LIFT}), "Anmäl dig i receptionen.")


def refused(build: object, *args: object, **values: object) -> tuple[str, str]:
    with pytest.raises(BadInput) as caught:
        build(*args, **values)  # type: ignore[operator]
    return caught.value.parameters[0].property, caught.value.parameters[0].reason


@pytest.mark.parametrize(
    "facts",
    [
        ROOM,
        FurnitureFacts(40, 4, 50, 60, 80, "tisdagar", 0, ValuationBasis.NIL_VALUE),
        VehicleFacts(5, Fuel.ELECTRIC, 400, Licence.B, 750),
        EquipmentFacts(4, "RTK", True, date(2027, 6, 30), False, ("stativ", "väska")),
        StaffTime(40),
    ],
)
def test_facts_there_and_back(facts: object) -> None:
    assert from_json(type(facts), to_json(facts)) == facts  # type: ignore[type-var, arg-type]


def test_facts_refuse_what_cannot_be() -> None:
    assert refused(SpaceFacts, 0) == ("seats", "it has to be from 1 through 5000")
    assert refused(SpaceFacts, 8, float("nan"))[0] == "areaM2"
    assert refused(FurnitureFacts, 0, 3)[0] == "count"
    assert refused(FurnitureFacts, 1, 6) == ("condition", "it has to be from 1 through 5")
    assert refused(FurnitureFacts, 1, 3, depth_cm=0)[0] == "depthCm"
    assert refused(FurnitureFacts, 1, 3, valuation_sek=100)[0] == "valuationBasis"
    assert refused(VehicleFacts, 5, Fuel.ELECTRIC, 0)[0] == "rangeKm"
    assert refused(StaffTime, 101)[0] == "extentPercent"


def test_a_site_stands_in_a_municipality_of_sweden() -> None:
    assert SiteDraft("Huset", "", "Östersund", 63.18, 14.64).municipality_code == "2380"
    assert refused(SiteDraft, "Huset", "", "9999", 63.18, 14.64)[0] == "municipalityCode"
    assert refused(SiteDraft, "Huset", "", "2380", 14.64, 63.18)[0] == "latitude"
    assert refused(SiteDraft, " ", "", "2380", 63.18, 14.64)[0] == "name"


def draft(**values: object) -> ResourceDraft:
    ordinary = {"family": "space", "kind": "meeting_room", "name": "Rum 1", "facts": ROOM, "site_id": uuid4()}
    return ResourceDraft(**(ordinary | values))  # type: ignore[arg-type]


def test_a_draft_has_a_kind_and_facts_of_its_family_and_stands_somewhere() -> None:
    assert refused(draft, kind="car")[0] == "kind"
    assert refused(draft, facts=StaffTime(50))[0] == "facts"
    assert refused(draft, site_id=None)[0] == "siteId"
    assert draft(family="staff", kind="staff", facts=StaffTime(50), site_id=None).capacity == 50


def test_only_a_hall_divides_and_into_two_at_least() -> None:
    north, south = PartDraft("Norra", 30), PartDraft("Södra", 30)
    assert refused(draft, parts=(north, south)) == ("parts", "only a hall divides into parts")
    assert refused(draft, kind="hall", parts=(north,))[0] == "parts"
    assert refused(draft, kind="hall", parts=(north, north))[0] == "parts"
    assert draft(kind="hall", parts=(north, south)).capacity == 1


@pytest.mark.parametrize(
    ("values", "capacity"),
    [
        ({}, 1),
        ({"kind": "desk_pool"}, 8),
        ({"family": "furniture", "kind": "chair", "facts": FurnitureFacts(40, 4)}, 40),
        ({"family": "vehicle", "kind": "minibus", "facts": VehicleFacts(9, Fuel.DIESEL)}, 1),
    ],
)
def test_what_can_be_taken_at_once(values: dict[str, object], capacity: int) -> None:
    assert draft(**values).capacity == capacity
