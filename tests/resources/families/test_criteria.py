"""Each must-have of each family: trivial, violated, just met; how well things fit; and what may be done without."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from resources.families import FAMILIES
from resources.families.criteria import FactColumns
from resources.families.equipment import EquipmentFacts, EquipmentRequirements
from resources.families.furniture import FurnitureFacts, FurnitureRequirements
from resources.families.space import Fitting, SpaceFacts, SpaceRequirements
from resources.families.staff import StaffFacts, StaffRequirements
from resources.families.vehicle import Fuel, Licence, VehicleFacts, VehicleRequirements
from resources.vocabulary import Access
from tests.resources.families.one import fit, is_large_enough, missed, suits

PROJECTOR, KITCHEN, LIFT = frozenset({Fitting.PROJECTOR}), frozenset({Fitting.KITCHEN}), frozenset({Access.LIFT})
LOOP = frozenset({Access.HEARING_LOOP})
ROOM = SpaceFacts(8, equipment=PROJECTOR, access=LIFT)
CHAIRS = FurnitureFacts(40, 3, width_cm=50, depth_cm=60)
CAR = VehicleFacts(5, Fuel.ELECTRIC, 400, towing_kg=750)
METER = EquipmentFacts(4, portable=True, calibrated_until=date(2027, 6, 30))
LATHE = EquipmentFacts(1, trained_user=True)
CARD = StaffFacts(50, remote=True, languages=frozenset({"sv", "en"}), skills={"procurement": 4, "law": 2})


@pytest.mark.parametrize(
    ("family", "asked", "facts"),
    [
        ("space", SpaceRequirements(), ROOM),
        ("space", SpaceRequirements(8, PROJECTOR, KITCHEN, LIFT), ROOM),
        ("furniture", FurnitureRequirements(), CHAIRS),
        ("furniture", FurnitureRequirements(3, max_width_cm=50, max_depth_cm=60), CHAIRS),
        ("vehicle", VehicleRequirements(), CAR),
        ("vehicle", VehicleRequirements(5, 400, towing_kg=750), CAR),
        ("vehicle", VehicleRequirements(min_range_km=900), VehicleFacts(5, Fuel.DIESEL)),
        (
            "vehicle",
            VehicleRequirements(licence_classes=frozenset({Licence.CE})),
            VehicleFacts(3, Fuel.HVO, None, Licence.C1),
        ),
        (
            "vehicle",
            VehicleRequirements(licence_classes=frozenset()),
            VehicleFacts(1, Fuel.NONE, None, Licence.NONE),
        ),
        ("equipment", EquipmentRequirements(), METER),
        ("equipment", EquipmentRequirements(portable=True, calibrated_until=date(2027, 6, 30)), METER),
        ("equipment", EquipmentRequirements(trained_user=True), LATHE),
        ("equipment", EquipmentRequirements(trained_user=True), METER),  # nobody trained is needed
        ("staff", StaffRequirements(), CARD),
        ("staff", StaffRequirements({"procurement": 4, "law": 1}, languages=frozenset({"sv", "en"})), CARD),
        ("staff", StaffRequirements(skills_should={"gis": 5}), CARD),
    ],
)
def test_what_suits(family: str, asked: Any, facts: Any) -> None:
    assert missed(FAMILIES[family], asked, facts) == []
    assert is_large_enough(FAMILIES[family], asked, facts)
    assert suits(FAMILIES[family], asked, facts)


@pytest.mark.parametrize(
    ("family", "asked", "facts", "field", "about_size"),
    [
        ("space", SpaceRequirements(9), ROOM, "people", True),
        ("space", SpaceRequirements(equipment_must=PROJECTOR | KITCHEN), ROOM, "equipment_must", False),
        ("space", SpaceRequirements(access_must=LOOP), ROOM, "access_must", False),
        ("furniture", FurnitureRequirements(4), CHAIRS, "min_condition", False),
        ("furniture", FurnitureRequirements(max_width_cm=49), CHAIRS, "max_width_cm", True),
        ("furniture", FurnitureRequirements(max_depth_cm=59), CHAIRS, "max_depth_cm", True),
        ("furniture", FurnitureRequirements(max_height_cm=90), CHAIRS, "max_height_cm", True),  # it does not say
        ("vehicle", VehicleRequirements(6), CAR, "seats", True),
        ("vehicle", VehicleRequirements(towing_kg=751), CAR, "towing_kg", True),
        ("vehicle", VehicleRequirements(min_range_km=401), CAR, "min_range_km", False),
        ("vehicle", VehicleRequirements(min_range_km=40), VehicleFacts(5, Fuel.ELECTRIC), "min_range_km", False),
        (
            "vehicle",
            VehicleRequirements(licence_classes=frozenset({Licence.B, Licence.C1})),
            VehicleFacts(16, Fuel.DIESEL, None, Licence.D1),
            "licence_classes",
            False,
        ),
        ("equipment", EquipmentRequirements(), LATHE, "trained_user", False),
        ("equipment", EquipmentRequirements(portable=True, trained_user=True), LATHE, "portable", False),
        ("equipment", EquipmentRequirements(calibrated_until=date(2027, 7, 1)), METER, "calibrated_until", False),
        (
            "equipment",
            EquipmentRequirements(calibrated_until=date(2027, 1, 1), trained_user=True),
            LATHE,  # it is not calibrated
            "calibrated_until",
            False,
        ),
        ("staff", StaffRequirements({"procurement": 5}), CARD, "skills_must", False),
        ("staff", StaffRequirements({"gis": 1, "law": 2}), CARD, "skills_must", False),
        ("staff", StaffRequirements(languages=frozenset({"sv", "fi"})), CARD, "languages", False),
    ],
)
def test_what_does_not(family: str, asked: Any, facts: Any, field: str, about_size: bool) -> None:
    assert missed(FAMILIES[family], asked, facts) == [field]
    assert is_large_enough(FAMILIES[family], asked, facts) != about_size
    assert suits(FAMILIES[family], asked, facts) == about_size


@pytest.mark.parametrize(
    ("family", "asked", "facts", "share", "oversize"),
    [
        ("space", SpaceRequirements(8), ROOM, 1, 0),
        ("space", SpaceRequirements(2), ROOM, 1, 0.75),  # six of eight seats stay empty
        ("space", SpaceRequirements(8, equipment_should=PROJECTOR | KITCHEN), ROOM, 0.5, 0),
        ("space", SpaceRequirements(8, PROJECTOR, access_should=LIFT), ROOM, 1, 0),
        ("space", SpaceRequirements(8, equipment_should=KITCHEN, access_should=LIFT | LOOP), ROOM, 1 / 3, 0),
        ("furniture", FurnitureRequirements(), CHAIRS, 1, 0),
        ("vehicle", VehicleRequirements(4), CAR, 1, 0.2),
        ("vehicle", VehicleRequirements(5, fuel_should=frozenset({Fuel.BIOGAS})), CAR, 0, 0),
        ("vehicle", VehicleRequirements(5, fuel_should=frozenset({Fuel.BIOGAS, Fuel.ELECTRIC})), CAR, 1, 0),
        ("staff", StaffRequirements(), CARD, 1, 0),
        ("staff", StaffRequirements(skills_should={"law": 2, "gis": 1}), CARD, 0.5, 0),
        ("staff", StaffRequirements({"law": 2}, skills_should={"law": 3}), CARD, 0, 0),
    ],
)
def test_how_well_it_fits(family: str, asked: Any, facts: Any, share: float, oversize: float) -> None:
    assert fit(FAMILIES[family], asked, facts) == (share, oversize)


def test_many_things_are_held_against_what_many_ask() -> None:
    rooms = FactColumns([SpaceFacts(4), SpaceFacts(8, equipment=PROJECTOR), SpaceFacts(12, equipment=PROJECTOR)])
    asked = [SpaceRequirements(8, PROJECTOR), SpaceRequirements(2), SpaceRequirements(2, equipment_should=PROJECTOR)]
    of, rows = np.array([0, 0, 0, 1, 2, 2]), np.array([2, 0, 1, 0, 0, 1])
    assert FAMILIES["space"].large_enough(asked, rooms, of, rows).tolist() == [True, False, True, True, True, True]
    assert FAMILIES["space"].suits(asked, rooms, of, rows).tolist() == [True, False, True, True, True, True]
    assert FAMILIES["space"].oversize(asked, rooms, of, rows).tolist() == [4 / 12, 0, 0, 0.5, 0.5, 0.75]
    assert FAMILIES["space"].should_share(asked, rooms, of, rows).tolist() == [1, 1, 1, 1, 0, 1]


@pytest.mark.parametrize(
    ("family", "asked", "dropped"),
    [
        ("space", SpaceRequirements(8, PROJECTOR | KITCHEN, frozenset(), LIFT), 3),  # less is asked of the size
        ("furniture", FurnitureRequirements(3, 50, None, 80), 3),
        ("vehicle", VehicleRequirements(5, 300, frozenset({Licence.B}), frozenset({Fuel.HVO}), 750), 2),
        ("equipment", EquipmentRequirements(True, date(2027, 6, 30), True), 2),  # nobody is trained by asking less
        (
            "staff",
            StaffRequirements({"law": 2, "gis": 1}, {}, languages=frozenset({"sv"})),
            1,
        ),  # the skills are what it is for
    ],
)
def test_each_must_have_that_may_be_done_without_is_dropped_by_itself(family: str, asked: Any, dropped: int) -> None:
    fewer = dict(FAMILIES[family].one_dropped(asked))
    assert len(fewer) == dropped
    for name, less in fewer.items():
        field, _, one = name.partition(".")
        before, after = getattr(asked, field), getattr(less, field)
        assert after == ({key: before[key] for key in before if key != one} if isinstance(before, dict) else after)
        assert after != before
        assert type(less) is type(asked)
