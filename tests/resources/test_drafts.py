"""Facts and drafts refuse what cannot be right, and say which field."""

from datetime import date, time
from uuid import uuid4

import pytest

from core import limits
from core.errors import BadInput
from core.serialization import from_json, to_json
from core.time.opening import Deviation, Hours, OpeningHours
from resources.drafts import PartDraft, ResourceDraft, SiteDraft, hours_faults
from resources.families.equipment import EquipmentFacts
from resources.families.furniture import FurnitureFacts, ValuationBasis
from resources.families.space import Fitting, SpaceFacts
from resources.families.staff import StaffTime
from resources.families.vehicle import Fuel, Licence, VehicleFacts
from resources.vocabulary import Access

ROOM = SpaceFacts(8, 22.5, frozenset({Fitting.PROJECTOR}), frozenset({Access.LIFT}), "Anmäl dig i receptionen.")


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
    north, south = PartDraft("Norra", 4), PartDraft("Södra", 4)
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


HALL = SpaceFacts(100, 200.0)


@pytest.mark.parametrize(
    ("kind", "facts", "parts", "field"),
    [
        ("hall", SpaceFacts(10), (("A", 500), ("B", 500)), "parts"),
        ("hall", HALL, (("A", 60), ("B", 41)), "parts"),
        ("hall", HALL, (("A", 50, 150.0), ("B", 50, 51.0)), "parts"),
        ("meeting_room", SpaceFacts(400, 20.0), (), "areaM2"),
        ("bicycle", VehicleFacts(1, Fuel.DIESEL, None, Licence.NONE), (), "fuel"),
        ("bicycle", VehicleFacts(1, Fuel.ELECTRIC, 60, Licence.B), (), "licenceClass"),
        ("car", VehicleFacts(5, Fuel.NONE), (), "fuel"),
        ("van", VehicleFacts(3, Fuel.DIESEL, None, Licence.NONE), (), "licenceClass"),
        ("minibus", VehicleFacts(16, Fuel.DIESEL, None, Licence.B), (), "seats"),
        ("minibus", VehicleFacts(20, Fuel.DIESEL, None, Licence.D1), (), "seats"),
        (
            "chair",
            FurnitureFacts(1, 3, valuation_sek=500, valuation_basis=ValuationBasis.NIL_VALUE),
            (),
            "valuationSek",
        ),
        (
            "chair",
            FurnitureFacts(1, 3, valuation_sek=0, valuation_basis=ValuationBasis.MARKET_VALUE),
            (),
            "valuationSek",
        ),
        ("chair", FurnitureFacts(1, 3, valuation_basis=ValuationBasis.MARKET_VALUE), (), "valuationSek"),
    ],
)
def test_facts_that_contradict_each_other_are_refused(kind: str, facts: object, parts: tuple, field: str) -> None:
    family = {SpaceFacts: "space", VehicleFacts: "vehicle", FurnitureFacts: "furniture"}[type(facts)]
    made = tuple(PartDraft(*part) for part in parts)
    assert refused(draft, family=family, kind=kind, facts=facts, parts=made)[0] == field


@pytest.mark.parametrize(
    ("kind", "facts", "parts"),
    [
        ("hall", HALL, (("A", 50, 100.0), ("B", 50, 100.0))),
        ("hall", SpaceFacts(100), (("A", 40, 100.0), ("B", 60))),
        ("bicycle", VehicleFacts(1, Fuel.NONE, None, Licence.NONE), ()),
        ("minibus", VehicleFacts(9, Fuel.DIESEL, None, Licence.B), ()),
        ("minibus", VehicleFacts(17, Fuel.DIESEL, None, Licence.D1), ()),
        ("minibus", VehicleFacts(50, Fuel.DIESEL, None, Licence.D), ()),
        ("chair", FurnitureFacts(1, 3, valuation_basis=ValuationBasis.NIL_VALUE), ()),
    ],
)
def test_facts_at_their_limits_are_taken(kind: str, facts: object, parts: tuple) -> None:
    family = {SpaceFacts: "space", VehicleFacts: "vehicle", FurnitureFacts: "furniture"}[type(facts)]
    draft(family=family, kind=kind, facts=facts, parts=tuple(PartDraft(*part) for part in parts))


NUMBER = "19811218\u20119876"


def test_a_personal_number_stands_in_no_text() -> None:
    assert refused(draft, name=f"Berit {NUMBER}")[0] == "name"
    assert refused(draft, description=f"Fråga {NUMBER}")[0] == "description"
    assert refused(PartDraft, NUMBER, 3)[0] == "name"
    assert refused(SiteDraft, "Huset", NUMBER, "2380", 63.18, 14.64)[0] == "address"
    chairs = FurnitureFacts(1, 3, pickup=NUMBER)
    assert refused(draft, family="furniture", kind="chair", facts=chairs)[0] == "pickup"
    rules = SpaceFacts(8, visitor_rules=f"Säg {NUMBER}")
    assert refused(draft, facts=rules)[0] == "visitorRules"
    tools = EquipmentFacts(1, accessories=("väska", NUMBER))
    assert refused(draft, family="equipment", kind="field", facts=tools)[0] == "accessories"


def test_a_card_tells_no_phone_number_and_a_room_may() -> None:
    card = {"family": "staff", "kind": "staff", "facts": StaffTime(50), "site_id": None}
    assert refused(draft, **card, name="Upphandlare 070-123 45 67")[0] == "name"
    assert refused(draft, **card, description="Nås på +46 70 123 45 67")[0] == "description"
    assert draft(description="Vaktmästaren: 0611-12 34 56").description


def test_opening_hours_have_only_so_many_stretches_together() -> None:
    """Seven days of two and 31 days of six are 14 + 186 = 200."""
    usual, many = (tuple(Hours(time(2 * n), time(2 * n + 1)) for n in range(count)) for count in (2, 6))
    other = tuple(Deviation(date(2027, 1, n), date(2027, 1, n), many) for n in range(1, 32))
    assert limits.MOST_HOURS == 200
    assert not list(hours_faults(OpeningHours((usual,) * 7, other)))
    [fault] = hours_faults(OpeningHours((usual,) * 6 + (many[:3],), other))
    assert (fault.property, fault.value) == ("openingHours", 201)
