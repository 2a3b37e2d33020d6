"""Times and smallest changes in words, in both languages."""

import re
from dataclasses import fields
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from api.language import i18n
from api.language.labels import LABELS
from api.language.labels.changes import change_text
from api.language.labels.timing import length_text, timing_text
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly
from marketplace.runs.reasons import outcome_reasons
from resources.families import FAMILIES
from resources.families.family import Family

SKILLS = {"procurement": "Upphandling"}


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("change", "family", "english", "swedish"),
    [
        (
            {"code": "distance", "fartherKm": 12, "distanceKm": 22},
            "space",
            "12 km farther away, 22 km in all",
            "12 km längre bort, 22 km totalt",
        ),
        (
            {"code": "time", "shiftMin": -90, "start": "2026-12-02T08:00:00+00:00"},
            "space",
            "1 h 30 min earlier: 2026-12-02 09:00",
            "1 h 30 min tidigare: 2026-12-02 09:00",
        ),
        (
            {"code": "time", "shiftMin": 120, "fromTime": "11:00"},
            "space",
            "2 h later: 11:00",
            "2 h senare: 11:00",
        ),
        (
            {"code": "weekday", "from": "tu", "to": "we"},
            "space",
            "Wednesday instead of Tuesday",
            "Onsdag i stället för tisdag",
        ),
        ({"code": "several_places"}, "space", "Not the same one on every date", "Inte samma vid alla datum"),
        (
            {"code": "period", "shiftDays": 7, "first": "2027-01-11"},
            "staff",
            "1 week later, from 2027-01-11",
            "1 vecka senare, från 2027-01-11",
        ),
        (
            {"code": "shorter", "days": 14, "last": "2027-01-11"},
            "staff",
            "2 weeks shorter: through 2027-01-11",
            "2 veckor kortare: till och med 2027-01-11",
        ),
        (
            {"code": "shorter", "days": 7, "first": "2027-01-11"},
            "staff",
            "1 week shorter: from 2027-01-11",
            "1 vecka kortare: från 2027-01-11",
        ),
        (
            {"code": "amount", "fewer": 6, "amount": 34},
            "furniture",
            "6 things fewer: 34",
            "6 saker färre: 34",
        ),
        ({"code": "amount", "fewer": 1, "amount": 7}, "space", "1 person fewer: 7", "1 person färre: 7"),
        ({"code": "amount", "fewer": 2, "amount": 3}, "vehicle", "2 seats fewer: 3", "2 platser färre: 3"),
        (
            {"code": "amount", "fewer": 20, "amount": 30},
            "staff",
            "30% of a full-time post",
            "30 % av en heltidstjänst",
        ),
        ({"code": "parts", "parts": 3}, "furniture", "From up to 3 different lots", "Från upp till 3 olika partier"),
        ({"code": "kind", "kind": "workshop"}, "space", "Another kind: workshop", "Ett annat slag: verkstad"),
        (
            {"code": "requirement", "subject": "equipment_must.projector"},
            "space",
            "Without: Projector",
            "Utan: Projektor",
        ),
        (
            {"code": "requirement", "subject": "skills_must.procurement"},
            "staff",
            "Without: Upphandling",
            "Utan: Upphandling",
        ),
        (
            {"code": "requirement", "subject": "languages.sma"},
            "staff",
            "Without: language Southern Sami",
            "Utan: språket sydsamiska",
        ),
        (
            {"code": "requirement", "subject": "min_condition"},
            "furniture",
            "Without: a least condition",
            "Utan: lägsta skick",
        ),
        (
            {"code": "parts", "parts": 3, "contested": True},
            "furniture",
            "From up to 3 different lots (also advised for another need: it may not be enough for both)",
            "Från upp till 3 olika partier (samma råd har getts för ett annat behov: det räcker kanske inte till båda)",
        ),
        ({"code": "something_new"}, "space", "Something new", "Something new"),
    ],
)
def test_a_change_in_words(change: dict[str, Any], family: str, english: str, swedish: str) -> None:
    told = {}
    for language in ("en", "sv"):
        with i18n.speaking(language):
            [read] = outcome_reasons({"changes": [change]}).changes or ()
            told[language] = spaced(change_text(read, family, SKILLS))
    assert told == {"en": english, "sv": swedish}


@pytest.mark.parametrize(
    ("timing", "swedish"),
    [
        (
            Fixed(datetime(2027, 3, 1, 8, tzinfo=UTC), datetime(2027, 3, 1, 15, tzinfo=UTC)),
            "2027-03-01 09:00–16:00",
        ),
        (
            Flexible(datetime(2027, 3, 1, 8, tzinfo=UTC), datetime(2027, 3, 3, 15, tzinfo=UTC), 210),
            "3 h 30 min mellan 2027-03-01 09:00 och 2027-03-03 16:00",
        ),
        (
            Weekly(date(2027, 3, 1), date(2027, 5, 31), (1, 3), time(18), time(0)),
            "tisdag, torsdag 18:00–24:00, 2027-03-01–2027-05-31",
        ),
        (
            Weekly(date(2027, 3, 1), date(2027, 5, 31), (0, 1, 2, 3, 4), time(8), time(12)),
            "måndag–fredag 08:00–12:00, 2027-03-01–2027-05-31",
        ),
        (Period(date(2027, 3, 1), date(2027, 5, 31)), "2027-03-01–2027-05-31"),
        (Period(date(2027, 3, 1), None), "från 2027-03-01"),
    ],
)
def test_a_timing_in_words(timing: Timing, swedish: str) -> None:
    with i18n.speaking("sv"):
        assert spaced(timing_text(timing)) == swedish


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 min"), (45, "45 min"), (120, "2 h"), (1440, "1 day"), (4320, "3 days"), (1500, "25 h")],
)
def test_a_length_in_words(minutes: int, words: str) -> None:
    with i18n.speaking("en"):
        assert spaced(length_text(minutes)) == words


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_every_field_of_a_family_has_words(family: Family) -> None:
    stems = {re.sub(r"_(must|should)$", "", name) for name in ("skills_must", "skills_should")}
    facts, asked = ({each.name for each in fields(kind)} for kind in (family.facts, family.requirements))
    words = {ending: set(LABELS.get(f"{family.name}_{ending}", ())) for ending in ("fact", "need", "asked", "shown")}
    assert facts <= words["fact"]
    assert {each for each in asked if not each.startswith("skills_")} <= words["need"] | stems
    assert asked <= words["asked"]
    assert set(family.shown) == words["shown"]
