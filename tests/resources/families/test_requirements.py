"""Requirements as JSON and back, and what they refuse."""

from datetime import date

import pytest

from core.errors import BadInput
from core.serialization import from_json, to_json
from resources.families import FAMILIES
from resources.families.equipment import EquipmentRequirements
from resources.families.furniture import FurnitureFacts, FurnitureRequirements
from resources.families.space import Fitting, SpaceFacts, SpaceRequirements
from resources.families.staff import StaffFacts, StaffRequirements
from resources.families.vehicle import Fuel, Licence, VehicleRequirements


@pytest.mark.parametrize(
    "requirements",
    [
        SpaceRequirements(8, frozenset({Fitting.PROJECTOR}), frozenset({Fitting.KITCHEN})),
        FurnitureRequirements(3, 160, 80, 75, can_fetch=False, to_keep=True),
        EquipmentRequirements(True, date(2027, 6, 30), True),
        VehicleRequirements(9, 300, frozenset({Licence.D1}), frozenset({Fuel.ELECTRIC, Fuel.BIOGAS}), 750),
    ],
)
def test_there_and_back(requirements: object) -> None:
    assert from_json(type(requirements), to_json(requirements)) == requirements  # type: ignore[type-var, arg-type]


STAFF = {"skills": {"procurement": 4}, "municipalityCodes": ["2380"], "extentPercent": 50}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        *((family.requirements, {}) for family in FAMILIES.values()),
        (StaffRequirements, {"skillsMust": {"procurement": 4, "law": 2}, "skillsShould": {"analysis": 3}}),
        (StaffFacts, STAFF),
        (SpaceFacts, {"seats": 8, "equipment": ["projector"]}),
    ],
)
def test_equal_values_have_equal_hashes_whatever_is_in_them(kind: type, data: dict[str, object]) -> None:
    one, other = (from_json(kind, data) for _ in range(2))
    assert len({one, other}) == 1


def test_everything_may_be_left_out() -> None:
    kinds = [family.requirements for family in FAMILIES.values()]
    assert [from_json(kind, {}) for kind in kinds] == [kind() for kind in kinds]


@pytest.mark.parametrize(
    ("kind", "data", "property_"),
    [
        (SpaceRequirements, {"people": 0}, "people"),
        (SpaceRequirements, {"equipmentMust": ["piano"]}, "equipmentMust[0]"),
        (SpaceRequirements, {"accessMust": ["lift"], "accessShould": ["lift"]}, "accessShould"),
        (SpaceRequirements, {"equipmentMust": ["tools"], "equipmentShould": ["tools"]}, "equipmentShould"),
        (SpaceRequirements, {"seats": 3}, "seats"),
        (FurnitureRequirements, {"minCondition": 6}, "minCondition"),
        (FurnitureRequirements, {"maxHeightCm": 0}, "maxHeightCm"),
        (VehicleRequirements, {"licenceClasses": ["Z"]}, "licenceClasses[0]"),
        (VehicleRequirements, {"towingKg": -1}, "towingKg"),
    ],
)
def test_what_is_wrong_is_named(kind: type, data: dict[str, object], property_: str) -> None:
    with pytest.raises(BadInput) as caught:
        from_json(kind, data)
    assert caught.value.parameters[0].property == property_


@pytest.mark.parametrize(
    ("kind", "data", "wrong"),
    [
        (StaffFacts, {"extentPercent": 0}, ["extentPercent", "municipalityCodes", "skills"]),
        (
            StaffFacts,
            {"extentPercent": 50, "municipalityCodes": ["Atlantis"], "skills": {"law": 9}, "languages": ["svenska"]},
            ["municipalityCodes", "skills.law", "languages"],
        ),
        (
            StaffRequirements,
            {"skillsMust": {"law": 0}, "skillsShould": {"law": 6}, "languages": ["x"]},
            ["skillsMust.law", "skillsShould.law", "languages"],
        ),
        (
            SpaceRequirements,
            {
                "people": 0,
                "equipmentMust": ["kitchen"],
                "equipmentShould": ["kitchen"],
                "accessMust": ["lift"],
                "accessShould": ["lift"],
            },
            ["people", "equipmentShould", "accessShould"],
        ),
        (FurnitureFacts, {"count": 0, "condition": 4, "valuationSek": 500}, ["count", "valuationBasis"]),
    ],
)
def test_all_that_is_wrong_is_told_at_once(kind: type, data: dict[str, object], wrong: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        from_json(kind, data)
    assert [each.property for each in caught.value.parameters] == wrong
