"""Each must-have of staff: trivial, violated, just met; and how well a card fits."""

import pytest

from competence.facts import StaffFacts
from competence.requirements import StaffRequirements
from competence.suitability import fit, unmet
from core.suitability import Fit, Step, Unmet

CARD = StaffFacts(50, remote=True, languages=frozenset({"sv", "en"}), skills={"procurement": 4, "law": 2})


@pytest.mark.parametrize(
    "asked",
    [
        StaffRequirements(),
        StaffRequirements({"procurement": 4, "law": 1}, languages=frozenset({"sv", "en"})),
        StaffRequirements(skills_should={"gis": 5}),
    ],
)
def test_what_suits(asked: StaffRequirements) -> None:
    assert unmet(asked, CARD) == ()


def test_what_does_not() -> None:
    asked = StaffRequirements({"procurement": 5, "gis": 1, "law": 2}, languages=frozenset({"fi"}))
    assert unmet(asked, CARD) == (
        Unmet(Step.SKILL, "gis", 1, None),
        Unmet(Step.SKILL, "procurement", 5, 4),
        Unmet(Step.LANGUAGE, "fi", True, None),
    )


def test_how_well_a_card_fits() -> None:
    assert fit(StaffRequirements(), CARD) == Fit(1, 0)
    assert fit(StaffRequirements(skills_should={"law": 2, "gis": 1}), CARD) == Fit(0.5, 0)
    assert fit(StaffRequirements({"law": 2}, skills_should={"law": 3}), CARD) == Fit(0, 0)
