"""Each must-have: trivial, violated, just met; and how well things fit."""

import pytest

from core.suitability import Fit, Step, Unmet
from resources.facts import Facts, FurnitureFacts, SpaceFacts, VehicleFacts
from resources.requirements import FurnitureRequirements, Requirements, SpaceRequirements, VehicleRequirements
from resources.suitability import fit, unmet
from resources.vocabulary import Access, Equipment, Fuel, Licence

PROJECTOR, KITCHEN, LIFT = frozenset({Equipment.PROJECTOR}), frozenset({Equipment.KITCHEN}), frozenset({Access.LIFT})
ROOM = SpaceFacts(8, equipment=PROJECTOR, access=LIFT)
CHAIRS = FurnitureFacts(40, 3, width_cm=50, depth_cm=60)
CAR = VehicleFacts(5, Fuel.ELECTRIC, 400, towing_kg=750)


@pytest.mark.parametrize(
    ("asked", "facts"),
    [
        (SpaceRequirements(), ROOM),
        (SpaceRequirements(8, PROJECTOR, KITCHEN, LIFT), ROOM),
        (FurnitureRequirements(), CHAIRS),
        (FurnitureRequirements(3, max_width_cm=50, max_depth_cm=60), CHAIRS),
        (VehicleRequirements(), CAR),
        (VehicleRequirements(5, 400, towing_kg=750), CAR),
        (VehicleRequirements(min_range_km=900), VehicleFacts(5, Fuel.DIESEL)),
        (VehicleRequirements(licence_classes=frozenset({Licence.CE})), VehicleFacts(3, Fuel.HVO, None, Licence.C1)),
        (VehicleRequirements(licence_classes=frozenset()), VehicleFacts(1, Fuel.NONE, None, Licence.NONE)),
    ],
)
def test_what_suits(asked: Requirements, facts: Facts) -> None:
    assert unmet(asked, facts) == ()


@pytest.mark.parametrize(
    ("asked", "facts", "expected"),
    [
        (SpaceRequirements(9), ROOM, Unmet(Step.SIZE, "seats", 9, 8)),
        (SpaceRequirements(equipment_must=KITCHEN), ROOM, Unmet(Step.EQUIPMENT, "kitchen", True, None)),
        (
            SpaceRequirements(access_must=frozenset({Access.HEARING_LOOP})),
            ROOM,
            Unmet(Step.ACCESS, "hearing_loop", True, None),
        ),
        (FurnitureRequirements(4), CHAIRS, Unmet(Step.CONDITION, "condition", 4, 3)),
        (FurnitureRequirements(max_depth_cm=59), CHAIRS, Unmet(Step.SIZE, "depth_cm", 59, 60)),
        (FurnitureRequirements(max_height_cm=90), CHAIRS, Unmet(Step.SIZE, "height_cm", 90, None)),
        (VehicleRequirements(6), CAR, Unmet(Step.SIZE, "seats", 6, 5)),
        (VehicleRequirements(towing_kg=751), CAR, Unmet(Step.SIZE, "towing_kg", 751, 750)),
        (VehicleRequirements(min_range_km=401), CAR, Unmet(Step.RANGE, "range_km", 401, 400)),
        (
            VehicleRequirements(min_range_km=40),
            VehicleFacts(5, Fuel.ELECTRIC),
            Unmet(Step.RANGE, "range_km", 40, None),
        ),
        (
            VehicleRequirements(licence_classes=frozenset({Licence.B, Licence.C1})),
            VehicleFacts(16, Fuel.DIESEL, None, Licence.D1),
            Unmet(Step.LICENCE, "licence_class", "B C1", "D1"),
        ),
    ],
)
def test_what_does_not(asked: Requirements, facts: Facts, expected: Unmet) -> None:
    assert unmet(asked, facts) == (expected,)


def test_everything_that_is_missing_is_named_in_order() -> None:
    asked = SpaceRequirements(10, PROJECTOR | KITCHEN, access_must=frozenset({Access.PARKING}))
    assert [each.code for each in unmet(asked, ROOM)] == [Step.SIZE, Step.EQUIPMENT, Step.ACCESS]


@pytest.mark.parametrize(
    ("asked", "facts", "expected"),
    [
        (SpaceRequirements(8), ROOM, Fit(1, 0)),
        (SpaceRequirements(2), ROOM, Fit(1, 0.75)),  # six of eight seats stay empty
        (SpaceRequirements(8, equipment_should=PROJECTOR | KITCHEN), ROOM, Fit(0.5, 0)),
        (SpaceRequirements(8, PROJECTOR, access_should=LIFT), ROOM, Fit(1, 0)),
        (FurnitureRequirements(), CHAIRS, Fit(1, 0)),
        (VehicleRequirements(4), CAR, Fit(1, 0.2)),
        (VehicleRequirements(5, fuel_should=frozenset({Fuel.BIOGAS})), CAR, Fit(0, 0)),
        (VehicleRequirements(5, fuel_should=frozenset({Fuel.BIOGAS, Fuel.ELECTRIC})), CAR, Fit(1, 0)),
    ],
)
def test_how_well_it_fits(asked: Requirements, facts: Facts, expected: Fit) -> None:
    assert fit(asked, facts) == expected


def test_desks_that_are_left_over_can_be_lent_to_others() -> None:
    assert fit(SpaceRequirements(2), ROOM, by_the_seat=True) == Fit(1, 0)


def test_one_family_is_not_asked_of_another() -> None:
    for ask in (unmet, fit):
        with pytest.raises(TypeError):
            ask(SpaceRequirements(), CAR)
