"""Requests to begin with, each filled in as such a one mostly is: what is wanted, for how many, and when.

Times lie some weeks ahead, and the place is the asker's own but where it is meant to be another; all may be changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from api.language.labels import label
from api.pages.forms import Form
from api.pages.requests.filing.form import new_form, with_need
from core.time import clock

AHEAD = timedelta(weeks=3)
KM = "20"
Fields = Mapping[str, str | list[str]]


@dataclass(frozen=True)
class Wanted:
    """One need of an example: the fields of its family, when it is wanted, and whether at the asker's own place."""

    family: str
    fields: Fields = field(default_factory=dict)
    weekdays: tuple[str, ...] = ()
    weeks: int | None = None
    at_home: bool = True


def _person(skill: str, percent: str, weeks: int, level: str = "3") -> Wanted:
    skilled = {"requirements.skills.0.code": skill, "requirements.skills.0.level": level}
    return Wanted("staff", {"amount": percent, "requirements.skills.0.weight": "must"} | skilled, weeks=weeks)


def _lent_by(network: str, *, learns: bool = False) -> Wanted:
    """Somebody of a network for three hours."""
    asked = {"amount": "100", "requirements.network": network, "timing.fixed.startTime": "09:00"}
    return Wanted(
        "staff", {**asked, "timing.fixed.endTime": "12:00"} | ({"requirements.learner": "yes"} if learns else {})
    )


_FACILITATORS = "facilitation"
TOGETHER = frozenset({"facilitators"})
"""Examples whose needs belong together."""
_KEPT = {"requirements.minCondition": "3", "requirements.toKeep": "yes"}
EXAMPLES: Mapping[str, Sequence[Wanted]] = {
    "project_room": (
        Wanted(
            "space",
            {
                "kind": "project_area",
                "requirements.people": "6",
                "requirements.equipmentShould": ["whiteboard", "screen"],
            },
            ("tu", "we", "th"),
            12,
        ),
    ),
    "desk_elsewhere": (
        Wanted("space", {"kind": "desk_pool", "requirements.people": "1"}, ("mo", "tu"), 8, at_home=False),
    ),
    "furnish_room": (
        Wanted("furniture", {"kind": "meeting_table", "amount": "1", **_KEPT}),
        Wanted("furniture", {"kind": "chair", "amount": "8", "parts": "2", **_KEPT}),
    ),
    "borrow_car": (Wanted("vehicle", {"kind": "car", "requirements.seats": "4"}),),
    "facilitator": (_lent_by(_FACILITATORS),),
    "facilitators": (_lent_by(_FACILITATORS), _lent_by(_FACILITATORS, learns=True)),
    "surge_team": (_person("customer_service", "100", 4), _person("case_handling", "100", 4)),
    "equipment": (Wanted("equipment", {"kind": "audio_visual", "amount": "1"}, weeks=1),),
}


def example_form(code: str, municipality_code: str) -> Form:
    """Return the form as an example begins it for an asker from a municipality."""
    form = new_form()
    for number, wanted in enumerate(EXAMPLES[code]):
        form = with_need(form, wanted.family)
        place = {"municipalityCode": municipality_code, "maxDistanceKm": KM} if wanted.at_home else {}
        said = {**place, **_timing(wanted), **wanted.fields}
        listed = {name: [value] if isinstance(value, str) else value for name, value in said.items()}
        form = Form(form.fields | {f"needs.{number}.{name}": texts for name, texts in listed.items()})
    together = {"together": ["yes"]} if code in TOGETHER else {}
    return Form(form.fields | together | {"title": [label(code, "example")]})


def _timing(wanted: Wanted) -> dict[str, str | list[str]]:
    first = _monday(clock.today() + AHEAD)
    last = first + timedelta(weeks=wanted.weeks or 0, days=-3)  # a Friday
    if wanted.weekdays:
        return {
            "timing.type": "weekly",
            "timing.weekly.weekdays": list(wanted.weekdays),
            "timing.weekly.fromTime": "09:00",
            "timing.weekly.untilTime": "16:00",
            "timing.weekly.first": first.isoformat(),
            "timing.weekly.last": last.isoformat(),
        }
    if wanted.weeks or "requirements.toKeep" in wanted.fields:
        ends = last.isoformat() if wanted.weeks else ""
        return {"timing.type": "period", "timing.period.first": first.isoformat(), "timing.period.last": ends}
    return {
        "timing.type": "fixed",
        "timing.fixed.start": first.isoformat(),
        "timing.fixed.startTime": "08:00",
        "timing.fixed.end": first.isoformat(),
        "timing.fixed.endTime": "17:00",
    }


def _monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)
