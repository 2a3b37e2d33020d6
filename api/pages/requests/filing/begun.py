"""The form of a request as it begins: empty, or with a need as it was looked for among offers."""

from collections.abc import Mapping

from api.pages.forms import Form
from api.pages.requests.filing.form import new_form
from core import geo
from core.serialization import camel
from resources.families import FAMILIES
from resources.families.family import Family

LONGEST_SIZE = 6
"""Digits of the greatest size that is taken over."""


def begun_form(query: Mapping[str, str]) -> Form:
    """Return the form with what a query of the list of offers says; what nobody could have chosen there is left out."""
    typed = Form({name: [text] for name, text in query.items()})
    family = FAMILIES.get(typed.value("family"))
    if family is None:
        return new_form()
    said = _kind(family, typed) | _place(typed) | _size(family, typed) | _time(family, typed)
    form = new_form(family.name)
    return Form(form.fields | {f"needs.0.{name}": [text] for name, text in said.items()})


def _kind(family: Family, typed: Form) -> dict[str, str]:
    kind = typed.value("kind")
    return {"kind": kind} if kind in set(family.kinds) and family.only_kind is None else {}


def _place(typed: Form) -> dict[str, str]:
    code = typed.value("municipality")
    return {"municipalityCode": code} if code in {each.code for each in geo.municipalities()} else {}


def _size(family: Family, typed: Form) -> dict[str, str]:
    least = typed.value("least")
    if not (least.isdecimal() and 0 < len(least) <= LONGEST_SIZE):
        return {}
    if family.sized is not None:
        return {f"requirements.{camel(family.sized.asked)}": least}
    return {"amount": least} if family.counted is not None else {}


def _time(family: Family, typed: Form) -> dict[str, str]:
    first, last = typed.day_or_none("from"), typed.day_or_none("until")
    names = ("start", "end") if family.timing == "fixed" else ("first", "last")
    days = zip(names, (first, last or first if family.timing == "fixed" else last), strict=True)
    return {f"timing.{family.timing}.{name}": day.isoformat() for name, day in days if day is not None}
