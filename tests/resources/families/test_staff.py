"""Capacity cards and what is asked of staff: JSON and back, and what they refuse."""

import pytest

from core.errors import BadInput
from core.serialization import from_json, to_json
from resources.families.staff import StaffFacts, StaffRequirements


def test_there_and_back() -> None:
    card = StaffFacts(40, False, ("Östersund", "2380", "0180"), frozenset({"sv", "sma"}), {"procurement": 4})
    assert card.municipality_codes == ("0180", "2380")
    assert from_json(StaffFacts, to_json(card)) == card
    asked = StaffRequirements({"procurement": 3}, {"law": 2}, True, frozenset({"sv"}))
    assert from_json(StaffRequirements, to_json(asked)) == asked
    assert asked.skills == {"procurement", "law"}


@pytest.mark.parametrize(
    ("kind", "data", "property_"),
    [
        (StaffFacts, {"extentPercent": 0, "remote": True, "skills": {"law": 3}}, "extentPercent"),
        (StaffFacts, {"extentPercent": 50, "skills": {"law": 3}}, "municipalityCodes"),
        (
            StaffFacts,
            {"extentPercent": 50, "municipalityCodes": ["Atlantis"], "skills": {"law": 3}},
            "municipalityCodes",
        ),
        (StaffFacts, {"extentPercent": 50, "remote": True}, "skills"),
        (StaffFacts, {"extentPercent": 50, "remote": True, "skills": {"law": 6}}, "skills.law"),
        (StaffFacts, {"extentPercent": 50, "remote": True, "skills": {"law": 3}, "name": "Anna"}, "name"),
        (StaffRequirements, {"skillsMust": {"law": 0}}, "skillsMust.law"),
        (StaffRequirements, {"languages": ["svenska"]}, "languages"),
        (StaffRequirements, {"skillsMust": {"law": 3}, "skillsShould": {"law": 3}}, "skillsShould.law"),
    ],
)
def test_what_is_wrong_is_named(kind: type, data: dict[str, object], property_: str) -> None:
    with pytest.raises(BadInput) as caught:
        from_json(kind, data)
    assert caught.value.parameters[0].property == property_
