"""The form of a request: what was typed as JSON for `requests.reading`, and back again.

A field is named by its path in the JSON with dots, as in ``needs.0.timing.weekly.first``, so that what the rules say of
``needs[0].timing.first`` finds its field. Each kind of timing has fields of its own: all of them are in the page, and
what is not chosen is ignored.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec

from api.language import format as written
from api.pages.families.controls import choosable, listed
from api.pages.families.reading import read_amounts, read_requirements
from api.pages.families.shown import field_texts
from api.pages.forms import Form
from core.errors import BadInput, InvalidParameter
from core.limits import MOST_IN_LIST, MOST_NEEDS
from core.serialization import to_json
from marketplace.requests.reading import KnownSkills, request_from_json, request_to_json
from marketplace.requests.rules import RequestDraft
from marketplace.views.request import RequestView
from resources.families import FAMILIES
from resources.families.family import Family

Fields = dict[str, list[str]]
FieldSpec = dict[str, Any]

LEAST_SKILL_ROWS = 3
TAKEN_AWAY = "taken_away"
"""The field that carries the need that was last taken away."""

_MOMENTS = ("start", "end", "earliest", "latest")
_SHOWN_AS = {name: (name, f"{name}Time") for name in _MOMENTS} | {"durationMin": ("hours",)}
"""The fields of what is not shown in one of its own name."""
_FIRST_OF = {"fixed": "start", "flexible": "earliest", "weekly": "first", "period": "first"}


def new_form(family: str | None = None) -> Form:
    """Return the form of a new request, with one need of a family to begin with if one is given."""
    form = Form({"priority": ["ordinary"], "together": ["no"]})
    return with_need(form, family) if family else form


def with_need(form: Form, family: str) -> Form:
    """Return the form as it was typed, with one need more."""
    at = f"needs.{len(families(form))}."
    defaults: Mapping[str, str | tuple[str, ...]] = {
        "family": family,
        "timing.type": FAMILIES[family].timing,
        "timing.flexible.stepMin": "30",
        "timing.weekly.sameResource": "yes",
        **{f"requirements.skills.{row}.level": "3" for row in range(LEAST_SKILL_ROWS)},
        **FAMILIES[family].form_defaults,
    }
    lists = {f"requirements.{name}": widget for name, widget in listed(FAMILIES[family]).items()}
    return Form(form.fields | {at + name: field_texts(lists.get(name, ""), each) for name, each in defaults.items()})


def without_need(form: Form, number: int) -> Form:
    """Return the form as it was typed without one need; those behind it move up, and it may be put back."""
    kept: Fields = {}
    taken: Fields = {}
    for name, texts in form.fields.items():
        match = re.match(r"needs\.(\d+)\.(.*)", name)
        place = int(match[1]) if match else -1
        if match and place == number:
            taken[match[2]] = list(texts)
        else:
            kept[f"needs.{place - 1}.{match[2]}" if match and place > number else name] = list(texts)
    if taken:
        kept[TAKEN_AWAY] = [msgspec.json.encode(taken).decode()]
    return Form(kept)


def with_need_back(form: Form) -> Form:
    """Return the form as it was typed, with the need that was last taken away as the last one."""
    fields: Fields = {name: list(texts) for name, texts in form.fields.items() if name != TAKEN_AWAY}
    try:
        taken = msgspec.json.decode(form.value(TAKEN_AWAY), type=Fields)
    except msgspec.DecodeError:
        return Form(fields)
    return Form(fields | {f"needs.{len(families(form))}.{name}": texts for name, texts in taken.items()})


def families(form: Form) -> list[str]:
    """Return the family of each need in the form."""
    found: list[str] = []
    while len(found) < MOST_NEEDS and (family := form.value(f"needs.{len(found)}.family")) in FAMILIES:
        found.append(family)
    return found


def skill_rows(form: Form, number: int) -> int:
    """Return how many rows for skills a need has: those filled in, one more, and at least `LEAST_SKILL_ROWS`."""
    filled = 0
    while filled < MOST_IN_LIST and form.value(f"needs.{number}.requirements.skills.{filled}.code"):
        filled += 1
    return max(filled + 1, LEAST_SKILL_ROWS)


def read(form: Form, known_skills: KnownSkills, before: Mapping[str, Any] | None = None) -> RequestDraft:
    """Return what the form asks for; inside `by_field`, so that all that is wrong is told with the fields' names.

    What the form says of the request as it was `before`, as it was shown, stays as it is, also what no field can show.
    """
    there = {need["id"]: need for need in before["needs"]} if before else {}
    said = {
        "title": form.text("title"),
        "purpose": form.text("purpose", most=4000),
        "priority": form.value("priority"),
        "together": form.value("together") == "yes",
        "needs": [_need(form, n, family, there) for n, family in enumerate(families(form))],
    }
    if before:
        shown = filled_form(before)
        said |= {name: before[name] for name in ("title", "purpose") if form.unchanged(shown, name)}
    draft = request_from_json(said, known_skills)
    form.check()
    return draft


@contextmanager
def by_field(form: Form) -> Iterator[None]:
    """Say of a `BadInput` inside the block which fields it is about, together with those that could not be read."""
    try:
        yield
    except BadInput as error:
        unread = {_group(each.property) for each in form.errors}
        told = [InvalidParameter(_field(form, each.property), each.value, each.reason) for each in error.parameters]
        raise BadInput.of([*form.errors, *(each for each in told if _group(each.property) not in unread)]) from error


def _group(field: str) -> str:
    """Return what a field belongs to: a wrong date makes whatever is said of the same timing meaningless."""
    return field.partition(".timing.")[0] + ".timing" if ".timing." in field else field


def _field(form: Form, path: str) -> str:
    """Return the name of the field that a rule speaks of."""
    name = re.sub(r"\[(\d+)\]", r".\1", path)
    need, is_timing, rest = name.partition(".timing")
    if is_timing:
        kind = form.value(f"{need}.timing.type")
        part = {"": _FIRST_OF.get(kind, "type"), ".durationMin": "hours"}.get(rest, rest.removeprefix("."))
        return f"{need}.timing.{kind}.{part}"
    skill = re.fullmatch(r"(needs\.\d+\.requirements)\.skills(?:Must|Should)(?:\.(\w+))?", name)
    if skill:
        return f"{skill[1]}.skills.{_row_of(form, skill[1], skill[2])}.code"
    return name


def _row_of(form: Form, at: str, code: str | None) -> int:
    rows = (n for n in range(100) if form.value(f"{at}.skills.{n}.code") == code)
    return next(rows, 0)


def _need(form: Form, number: int, family: str, there: Mapping[str, Mapping[str, Any]]) -> FieldSpec:
    at = f"needs.{number}."
    said: FieldSpec = {
        "family": family,
        "maxDistanceKm": form.decimal_or_none(f"{at}maxDistanceKm"),
        "latitude": form.degrees_or_none(f"{at}latitude"),
        "longitude": form.degrees_or_none(f"{at}longitude"),
        "alternativeGroup": form.whole_or_none(f"{at}alternativeGroup"),
    }
    for field in ("id", "title", "kind", "municipalityCode"):
        said[field] = form.value(at + field) or None
    said |= read_amounts(form, FAMILIES[family], at)
    requirements = read_requirements(form, FAMILIES[family], f"{at}requirements.")
    timing = _timing(form, f"{at}timing.")
    if before := there.get(form.value(f"{at}id")):
        shown = Form({at + name: texts for name, texts in _typed_need(before).items()})
        said |= _untouched(form, shown, at, before, said)
        if FAMILIES[family].only_kind is not None:  # nobody is asked for it
            said["kind"] = before["kind"]
        requirements |= _untouched(form, shown, f"{at}requirements.", before["requirements"], requirements)
        if timing["type"] == before["timing"]["type"]:
            timing |= _untouched(form, shown, f"{at}timing.{timing['type']}.", before["timing"], timing)
    return said | {"timing": timing, "requirements": requirements}


def _untouched(
    form: Form, shown: Form, at: str, before: Mapping[str, Any], said: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return what was `before` of whatever is `said` in fields that say what they were shown with."""

    def stays(name: str, value: Any) -> bool:
        if isinstance(value, float):  # whose sign for decimals is that of the language it was shown in
            return bool(said[name] == round(value, written.DECIMALS))
        return form.unchanged(shown, *(at + field for field in _SHOWN_AS.get(name, (name,))))

    return {name: value for name, value in before.items() if name in said and stays(name, value)}


def _timing(form: Form, at: str) -> FieldSpec:
    kind = form.value(f"{at}type")
    reader = _TIMINGS.get(kind)
    if reader is None:
        form.wrong(f"{at}type", "choose one")
        return {"type": kind}
    return {"type": kind, **reader(form, f"{at}{kind}.")}


def _fixed(form: Form, at: str) -> FieldSpec:
    start, end = _moment(form, at, "start"), _moment(form, at, "end", end=True)
    if start == end and form.value(f"{at}startTime") != form.value(f"{at}endTime"):
        form.wrong(f"{at}startTime", "there is no such time that night, when the clock is put forward")
    return {"start": start, "end": end}


def _flexible(form: Form, at: str) -> FieldSpec:
    hours = form.decimal_or_none(f"{at}hours")
    if hours is None and not form.error(f"{at}hours"):
        form.wrong(f"{at}hours", "fill this in")
    return {
        "earliest": _moment(form, at, "earliest"),
        "latest": _moment(form, at, "latest", end=True),
        "durationMin": round((hours or 0) * 60),
        "stepMin": form.whole(f"{at}stepMin"),
    }


def _weekly(form: Form, at: str) -> FieldSpec:
    return {
        "first": form.day(f"{at}first").isoformat(),
        "last": form.day(f"{at}last").isoformat(),
        "weekdays": form.many(f"{at}weekdays"),
        "fromTime": f"{form.clock_time(f'{at}fromTime'):%H:%M}",
        "untilTime": f"{form.clock_time(f'{at}untilTime', end=True):%H:%M}",
        "sameResource": form.ticked(f"{at}sameResource"),
    }


def _period(form: Form, at: str) -> FieldSpec:
    last = form.day_or_none(f"{at}last")
    return {"first": form.day(f"{at}first").isoformat(), "last": last.isoformat() if last else None}


def _moment(form: Form, at: str, name: str, *, end: bool = False) -> str:
    return form.moment(f"{at}{name}", f"{at}{name}Time", end=end).isoformat()


_TIMINGS: Mapping[str, Callable[[Form, str], FieldSpec]] = {
    "fixed": _fixed,
    "flexible": _flexible,
    "weekly": _weekly,
    "period": _period,
}


# Back again: a stored request as it would have been typed.


def said_by(view: RequestView) -> dict[str, Any]:
    """Return what a request says as JSON, complete; what of it cannot be read is to be said anew."""
    said: dict[str, Any] = dict(request_to_json(view.request, [each.need for each in view.needs]))
    views = {str(each.need.id): each for each in view.needs}  # also those that were dropped
    for need in said["needs"]:
        each = views[need["id"]]
        if each.timing is None:
            need["timing"] = {"type": "fixed"}
        need["requirements"] = to_json(each.requirements) if each.requirements else {}
    return said


def filled_form(said: Mapping[str, Any], *, as_new: bool = False) -> Form:
    """Return the form of a request that is there already, from its JSON; or of a new one that asks for the same."""
    fields: Fields = {}
    fields |= _typed({"title": said["title"]})
    for name in ("purpose", "priority"):
        fields[name] = [said[name]]
    fields["together"] = ["yes" if said["together"] else "no"]
    for n, need in enumerate(said["needs"]):
        fields |= {
            f"needs.{n}.{name}": texts for name, texts in _typed_need(need).items() if not (as_new and name == "id")
        }
    return Form(fields)


def _typed_need(need: Mapping[str, Any]) -> Fields:
    family = FAMILIES[need["family"]]
    return _typed(need) | _typed_timing(need["timing"]) | _typed_requirements(family, need["requirements"])


def _typed(values: Mapping[str, Any], prefix: str = "") -> Fields:
    """Return plain values as texts: numbers and texts as they are, lists one by one, ticked boxes as yes."""
    fields: Fields = {}
    for name, value in values.items():
        if isinstance(value, bool):
            fields[prefix + name] = ["yes"] if value else []
        elif isinstance(value, list):
            fields[prefix + name] = [str(each) for each in value]
        elif isinstance(value, float):
            fields[prefix + name] = [written.number_field(value)]
        elif value is not None and not isinstance(value, dict):
            fields[prefix + name] = [" ".join(str(value).splitlines())]  # a field has one line
    return fields


def _typed_timing(timing: Mapping[str, Any]) -> Fields:
    kind = timing["type"]
    plain = {name: value for name, value in timing.items() if name != "type"}
    for name in _MOMENTS:
        if name in plain:
            instant = datetime.fromisoformat(plain[name])
            plain |= {name: written.day(instant), f"{name}Time": written.clock_time(instant)}
    if "durationMin" in plain:
        plain["hours"] = round(plain.pop("durationMin") / 60, 2)
    if plain.get("untilTime") == "24:00":
        plain["untilTime"] = "00:00"  # what a browser's field can show of it
    return {"timing.type": [kind]} | _typed(plain, f"timing.{kind}.")


def _typed_requirements(family: Family, asked: Mapping[str, Any]) -> Fields:
    fields = _typed(asked, "requirements.")
    for name, choices in choosable(family).items():  # what no box stands for is nothing ticked
        fields[f"requirements.{name}"] = [each for each in asked.get(name, ()) if each in choices]
    for name, widget in listed(family).items():
        fields[f"requirements.{name}"] = field_texts(widget, asked.get(name))
    rows: Sequence[tuple[str, int, str]] = [
        (code, level, weight)
        for weight, name in (("must", "skillsMust"), ("should", "skillsShould"))
        for code, level in asked.get(name, {}).items()
    ]
    for n, (code, level, weight) in enumerate(rows):
        at = f"requirements.skills.{n}."
        fields |= {at + "code": [code], at + "level": [str(level)], at + "weight": [weight]}
    return fields
