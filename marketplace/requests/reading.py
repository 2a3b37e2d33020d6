"""A request as plain JSON data, read with everything that is wrong in it told at once.

The web form, the JSON API and CSV files all come this way, so that each names a wrong value alike.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from core import limits, serialization
from core.errors import BadInput, Faults, InvalidParameter
from core.limits import refuse_if
from core.time import timing
from core.time.opening import read_object
from marketplace.requests.models import Need, NeedState, Priority, Request
from marketplace.requests.rules import (
    NeedDraft,
    RequestDraft,
    Wanted,
    alternative_faults,
    between_faults,
    heading_faults,
    needs_faults,
    requirements_faults,
    timing_faults,
)
from resources.families import FAMILIES, family_of

V = TypeVar("V")
E = TypeVar("E", bound=StrEnum)
KnownSkills = Callable[[Collection[str]], Set[str]]
"""What returns those of some codes that the vocabulary has."""


def request_from_json(value: object, known_skills: KnownSkills | None = None) -> RequestDraft:
    """Return the draft that JSON data describes; skills are looked up if it is told how.

    Raises
    ------
    BadInput
        All that is wrong, with paths such as ``needs[2].timing.start``.
    """
    data = read_object(value, required=("title", "needs"), optional=("purpose", "priority", "together"))
    faults = Faults()
    fields = _read_fields(data, _REQUEST_FIELDS, faults)
    needs: list[object] = []
    with faults.under("needs"):
        needs = _list(data["needs"])
    if len(needs) > limits.MOST_NEEDS:  # so many are not even read
        refuse_if([*needs_faults(needs), *heading_faults(fields.get("title", "-"), fields.get("purpose", ""))])
    drafts = []
    for place, each in enumerate(needs):
        with faults.under(f"needs[{place}]"):
            drafts.append(need_from_json(each))
    if known_skills is not None:
        faults.parameters += skill_faults(_asked_skills(needs), known_skills)
    if faults.parameters:  # the draft cannot be made, but its heading may be wrong as well
        faults.parameters[:0] = heading_faults(fields.get("title", "-"), fields.get("purpose", ""))
        groups = [each.get("alternativeGroup") if isinstance(each, Mapping) else None for each in needs]
        whole = [each if type(each) is int else None for each in groups]
        faults.parameters += alternative_faults(whole, together=fields.get("together", False))
    faults.refuse()
    return RequestDraft(**fields, needs=tuple(drafts))


def skill_faults(asked: Sequence[tuple[str, str]], known_skills: KnownSkills) -> Iterator[InvalidParameter]:
    """Yield which of the skills asked for, each with its place, the vocabulary does not have."""
    known = known_skills({code for _, code in asked})
    for path, code in asked:
        if code not in known:
            yield InvalidParameter(path, code, "there is no such skill in the vocabulary")


def _asked_skills(needs: Sequence[object]) -> list[tuple[str, str]]:
    """Return the skills that needs ask for as JSON data, as far as they can be read."""
    return [
        (f"needs[{place}].requirements.{field}.{code}", code)
        for place, need in enumerate(needs)
        for field in ("skillsMust", "skillsShould")
        if isinstance(need, Mapping) and isinstance(asked := need.get("requirements"), Mapping)
        if isinstance(skills := asked.get(field), Mapping)
        for code in skills
        if isinstance(code, str) and limits.is_storable(code)
    ]


def need_from_json(value: object) -> NeedDraft:
    """Return the need that JSON data describes.

    Raises
    ------
    BadInput
        Something in it is wrong; the error tells all of it.
    """
    data = read_object(value, required=("family", "timing"), optional=(*_NEED_FIELDS, "requirements"))
    faults = Faults()
    fields = _read_fields(data, _NEED_FIELDS, faults)
    wanted, unread, place = dict(fields), {each.property for each in faults.parameters}, len(faults.parameters)
    with faults.under("timing"):
        fields["timing"] = timing.from_json(data["timing"])
    if "family" in fields:
        with faults.under("requirements"):
            asked = family_of(fields["family"]).requirements
            fields["requirements"] = serialization.from_json(asked, data.get("requirements") or {})
    if faults.parameters:  # the draft cannot be made, but what could be read may be wrong as well
        if "family" in fields:
            faults.parameters[place:place] = _wanted_faults(wanted, unread)
        faults.parameters += timing_faults(fields["timing"]) if "timing" in fields else ()
        if "requirements" in fields:
            faults.parameters += requirements_faults(fields["family"], fields["requirements"])
        if "family" in fields:
            known = {name: value for name, value in ({"kind": None} | fields).items() if name not in unread}
            faults.parameters += between_faults(known)
    faults.refuse()
    family = family_of(fields["family"])
    if family.counted and family.counted.people and family.counts(fields.get("kind")):
        fields.setdefault("amount", family.size(1, fields["requirements"]))
    return NeedDraft(**fields)


def _wanted_faults(fields: Mapping[str, Any], unread: Set[str]) -> Iterator[InvalidParameter]:
    """Yield what is wrong with what could be read, but for what is judged together with something unread."""
    for names in _JUDGED_TOGETHER:
        unread = unread | names if unread & names else unread
    try:
        Wanted(**fields)
    except BadInput as error:
        yield from (each for each in error.parameters if each.property not in unread)


def request_to_json(request: Request, needs: Iterable[Need]) -> dict[str, object]:
    """Return a stored request, without needs that were dropped, as JSON data that `request_from_json` reads."""
    heading = {field: _plain(getattr(request, name)) for field, (name, _) in _REQUEST_FIELDS.items()}
    return heading | {"needs": [need_to_json(need) for need in needs if need.state is not NeedState.DROPPED]}


def need_to_json(need: Need) -> dict[str, object]:
    """Return a stored need as JSON data that `need_from_json` reads."""
    facts = {field: _plain(getattr(need, name)) for field, (name, _) in _NEED_FIELDS.items()}
    return facts | {"timing": need.timing, "requirements": need.requirements}


def _plain(value: object) -> object:
    return str(value) if isinstance(value, StrEnum | UUID) else value


def _read_fields(
    data: Mapping[str, object], readers: Mapping[str, tuple[str, Callable[[object], Any]]], faults: Faults
) -> dict[str, Any]:
    """Return what was said of the plain fields, by the draft's names for them."""
    fields = {}
    for field, (name, read) in readers.items():
        if data.get(field) is not None:
            with faults.under(field):
                fields[name] = read(data[field])
    return fields


def _of_type(accepted: type[V] | tuple[type[V], ...], words: str) -> Callable[[object], V]:
    def read(value: object) -> V:
        if not isinstance(value, accepted) or (isinstance(value, bool) and accepted is not bool):
            raise BadInput("", value, f"it has to be {words}")
        return value

    return read


def _one_of(enum: type[E]) -> Callable[[object], E]:
    def read(value: object) -> E:
        try:
            return enum(str(value))
        except ValueError as error:
            raise BadInput("", value, f"it has to be one of {', '.join(enum)}") from error

    return read


def _family(value: object) -> str:
    if not isinstance(value, str) or value not in FAMILIES:
        raise BadInput("", value, f"it has to be one of {', '.join(FAMILIES)}")
    return value


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise BadInput("", value, "it has to be a UUID") from error


_text = _of_type(str, "text")
_whole = _of_type(int, "a whole number")
_number = _of_type((int, float), "a number")
_yes_or_no = _of_type(bool, "true or false")
_list: Callable[[object], list[object]] = _of_type(list, "a list")

_REQUEST_FIELDS: dict[str, tuple[str, Callable[[object], Any]]] = {
    "title": ("title", _text),
    "purpose": ("purpose", _text),
    "priority": ("priority", _one_of(Priority)),
    "together": ("together", _yes_or_no),
}
_JUDGED_TOGETHER = (
    frozenset({"kind", "amount", "parts"}),
    frozenset({"municipalityCode", "latitude", "longitude", "maxDistanceKm"}),
)
_NEED_FIELDS: dict[str, tuple[str, Callable[[object], Any]]] = {
    "id": ("id", _uuid),
    "family": ("family", _family),
    "kind": ("kind", _text),
    "title": ("title", _text),
    "amount": ("amount", _whole),
    "parts": ("parts", _whole),
    "municipalityCode": ("municipality_code", _text),
    "latitude": ("latitude", _number),
    "longitude": ("longitude", _number),
    "maxDistanceKm": ("max_distance_km", _number),
    "alternativeGroup": ("alternative_group", _whole),
}
