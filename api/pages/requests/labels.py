"""What the fields of a request's form are called, by their names, in the order of the page: for labels and summary."""

from collections.abc import Mapping

from api.language.i18n import gettext as _
from api.pages.families.controls import need_labels
from api.pages.forms import Form
from api.pages.requests.filing.form import families, skill_rows
from resources.families import FAMILIES


def labels(form: Form) -> dict[str, str]:
    """Return the label of every field in the form."""
    found = {
        "title": _("What is the request called?"),
        "purpose": _("What is it for?"),
        "priority": _("How pressing is it?"),
    }
    for n, family in enumerate(families(form)):
        of_need = {**_heading(), **need_labels(FAMILIES[family])}
        for row in range(skill_rows(form, n) if "requirements.skills" in of_need else 0):
            of_need |= _of_skill(row)
        of_need |= {**_timing(), **_place()}
        found |= {f"needs.{n}.{name}": label for name, label in of_need.items()}
    return found | {"needs": _("Needs"), "together": _("Do the needs belong together?")}


def summary_labels(form: Form) -> dict[str, str]:
    """Return the labels as an error summary needs them, where the need is not seen beside them."""
    several = len(families(form)) > 1
    return {name: _numbered(name, label) if several else label for name, label in labels(form).items()}


def _numbered(name: str, label: str) -> str:
    place = name.split(".")[1] if name.startswith("needs.") else None
    return label if place is None else _("Need %(number)s, %(label)s") % {"number": int(place) + 1, "label": label}


def _heading() -> Mapping[str, str]:
    return {
        "family": _("What is needed"),
        "title": _("What is wanted, in your own words"),
        "kind": _("Kind"),
    }


def _place() -> Mapping[str, str]:
    return {
        "municipalityCode": _("Municipality"),
        "maxDistanceKm": _("Greatest distance, km"),
        "latitude": _("Latitude"),
        "longitude": _("Longitude"),
        "alternativeGroup": _("Alternative"),
    }


def _timing() -> Mapping[str, str]:
    return {
        "timing.type": _("When is it wanted?"),
        "timing.fixed.start": _("First day"),
        "timing.fixed.startTime": _("From, time of day"),
        "timing.fixed.end": _("Last day"),
        "timing.fixed.endTime": _("Until, time of day"),
        "timing.flexible.hours": _("How many hours"),
        "timing.flexible.earliest": _("Earliest day"),
        "timing.flexible.earliestTime": _("Earliest time of day"),
        "timing.flexible.latest": _("Latest day"),
        "timing.flexible.latestTime": _("Latest time of day"),
        "timing.flexible.stepMin": _("May start"),
        "timing.weekly.weekdays": _("Weekdays"),
        "timing.weekly.fromTime": _("From, time of day"),
        "timing.weekly.untilTime": _("Until, time of day"),
        "timing.weekly.first": _("First day"),
        "timing.weekly.last": _("Last day"),
        "timing.weekly.sameResource": _("The same one on every date"),
        "timing.period.first": _("First day"),
        "timing.period.last": _("Last day"),
    }


def _of_skill(row: int) -> Mapping[str, str]:
    at = f"requirements.skills.{row}."
    number = {"number": row + 1}
    return {
        at + "code": _("Skill %(number)s") % number,
        at + "level": _("Level of skill %(number)s at least") % number,
        at + "weight": _("How much skill %(number)s matters") % number,
    }
