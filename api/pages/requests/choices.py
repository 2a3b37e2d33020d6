"""What can be chosen in the form of a request."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session

from api.language.i18n import gettext as _
from api.language.labels import LABELS, label
from api.language.labels.timing import length_text
from api.pages.families.skills import skill_choices
from api.pages.forms import Form
from core import geo
from core.time.opening import WEEKDAYS
from marketplace.requests.models import Priority
from resources.families import FAMILIES

STEPS, GROUPS = ("30", "60", "1440"), ("1", "2", "3", "4", "5")


def choices(session: Session, form: Form, needs: int) -> dict[str, Any]:
    """Return what can be chosen in the form's lists, as pairs of value and text."""
    return {
        "priority": options(Priority, "priority_meaning"),
        "kind": {name: options(family.kinds) for name, family in FAMILIES.items()},
        "skill": skill_choices(session, form),
        "skill_level": options("12345", "skill_level"),
        "municipality": [(each.code, each.name) for each in geo.municipalities()],
        "timing_type": options(("fixed", "flexible", "weekly", "period"), "timing_type"),
        "start_step": [
            (step, _step_label(step)) for step in _with_typed(STEPS, form, "timing.flexible.stepMin", needs)
        ],
        "weekday": options(WEEKDAYS, "weekday"),
        "alternative": [
            (n, _("Group %(number)s") % {"number": n}) for n in _with_typed(GROUPS, form, "alternativeGroup", needs)
        ],
    }


def _with_typed(usual: Sequence[str], form: Form, field: str, needs: int) -> list[str]:
    """Return the usual choices of a field, with what a need says that came through another door."""
    typed = {form.value(f"needs.{n}.{field}") for n in range(needs)}
    return sorted({*usual, *(text for text in typed if text.isdecimal() and len(text) < 10)}, key=int)


def _step_label(minutes: str) -> str:
    if minutes in LABELS["start_step"]:
        return label(minutes, "start_step")
    return _("Every %(length)s") % {"length": length_text(int(minutes))}


def options(codes: Iterable[str], kind: str | None = None) -> list[tuple[str, str]]:
    """Return codes as pairs of value and text."""
    return [(code, label(code, kind)) for code in codes]
