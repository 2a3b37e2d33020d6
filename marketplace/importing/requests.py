"""The file of requests: one row for each need; rows of the same requester and title are one request.

What concerns the whole request stands in its first row, and may be repeated in the others. When a need wants something
follows from what is filled in:

==========================  ================================================================
*veckodagar*                every such weekday from the first through the last day, at *klockan*
*längd*                     once, so long, anywhere between the start and the end
*klockan*                   once, on the first day (or from it until *sista dag*)
none of them                whole days, from the first through the last; without a last day for good
==========================  ================================================================
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.database import bulk
from core.errors import BadInput, Faults, InvalidParameter
from core.limits import refuse_if
from core.swedish import same_case
from core.time import clock, timing
from core.time.opening import local_span
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly
from marketplace.importing import cells
from marketplace.importing.cells import Cell
from marketplace.importing.families import family_cell, requirement_columns, requirement_fields, swedish_kinds
from marketplace.importing.kinds import Change, Column, Importing, Kind, Values, found_ids
from marketplace.importing.reading import words
from marketplace.importing.stored.requests import USUAL_STEP_MIN, request_rows
from marketplace.organisations.models import Member
from marketplace.requests import service
from marketplace.requests.models import Need, NeedState, Request
from marketplace.requests.queries import needs_of
from marketplace.requests.reading import need_from_json, request_from_json, request_to_json, skill_faults
from marketplace.requests.rules import heading_faults

_HEADING = ("purpose", "priority", "together")
_NEED = {
    "need": "title",
    "family": "family",
    "kind": "kind",
    "amount": "amount",
    "lots": "parts",
    "municipality": "municipalityCode",
    "latitude": "latitude",
    "longitude": "longitude",
    "greatest_distance_km": "maxDistanceKm",
    "alternative": "alternativeGroup",
}
"""Columns and the fields of a need that they fill."""


@dataclass(frozen=True)
class _AtHand:
    """All needs of the requests that are written next, by the requests' ids."""

    needs: Mapping[UUID, list[Need]]


def _prepare(importing: Importing, records: Sequence[Sequence[Values]]) -> None:
    """Lock and read the requests that records are about, and who asks."""
    importing.known.expect_of(found_ids(importing, records, _member))
    ids = found_ids(importing, records, _found_request)
    bulk.lock_all(importing.session, Request, ids)
    importing.at_hand = _AtHand(needs_of(importing.session, ids))


def _member(importing: Importing, values: Values) -> Member | None:
    home = importing.actor.organisation_id if importing.actor else None
    found = importing.known.member(values["requester"], home)
    return found if found and found.active else None


def _found_request(importing: Importing, values: Values) -> Request | None:
    asks = _member(importing, values)
    return importing.known.request(asks.id, values["request"]) if asks else None


def _write_request(importing: Importing, rows: Sequence[Values]) -> Change:
    actor = _requester(importing, rows[0]["requester"])
    found = importing.known.request(actor.member_id, rows[0]["request"])
    if found is not None and importing.is_said(
        request_rows(found, importing.at_hand.needs[found.id], rows[0]["requester"]), rows
    ):
        return Change.UNCHANGED
    data = _heading(rows) | {"needs": [_read_need(place, values) for place, values in enumerate(rows)]}
    if found is None:
        draft = request_from_json(data)
        is_open = rows[0].get("open", True)
        service.add_request(importing.session, actor, draft, skills=importing.known.skills, open=is_open)
        return Change.CREATED
    return _update(importing, actor, found, data)


def _faults(importing: Importing, rows: Sequence[Values]) -> Faults:
    faults = Faults()
    if "requester" in rows[0]:
        with faults.under():
            _requester(importing, rows[0]["requester"])
    faults.parameters += heading_faults(rows[0].get("request", "-"), rows[0].get("purpose", ""))
    if "request" in rows[0]:
        with faults.under():
            _heading(rows)
    for place, values in enumerate(rows):
        with faults.under(f"needs[{place}]"):
            _check_need(importing, values)
    return faults


def _check_need(importing: Importing, values: Values) -> None:
    """Refuse what is wrong with a row as a need by itself; what cannot be read is taken to be any day, or place."""
    if "family" not in values:
        return
    faults = Faults()
    need = _need_but_its_time(values)
    day = values.get("first_day", clock.today())
    need["timing"] = timing.to_json(Period(day, day))
    if "maxDistanceKm" in need:
        need.setdefault("municipalityCode", "0180")
    if "first_day" in values:
        with faults.under("timing"):
            need["timing"] = timing.to_json(_timing(values))
    with faults.under():
        need_from_json(need)
    asked = [
        (f"requirements.{field}.{code}", code)
        for field in ("skillsMust", "skillsShould")
        for code in need["requirements"].get(field, ())
    ]
    faults.parameters += skill_faults(asked, lambda _codes: importing.known.skills.keys())
    faults.refuse()


def _update(importing: Importing, actor: Actor, found: Request, data: dict[str, Any]) -> Change:
    all_needs = importing.at_hand.needs[found.id]
    needs = [each for each in all_needs if each.state is not NeedState.DROPPED]
    _recognise(data["needs"], needs)
    draft = request_from_json(data)
    if draft == request_from_json(request_to_json(found, needs)):
        return Change.UNCHANGED
    service.write_request(importing.session, actor, found, all_needs, draft, skills=importing.known.skills)
    return Change.CHANGED


def _recognise(described: Sequence[dict[str, Any]], needs: Sequence[Need]) -> None:
    """Give needs in a file the ids of those that are there, by their titles; those without a title by their order."""
    known: dict[str, list[UUID]] = {}
    for need in needs:
        known.setdefault(same_case(need.title), []).append(need.id)
    for each in described:
        if ids := known.get(same_case(each.get("title", ""))):
            each["id"] = str(ids.pop(0))


def _requester(importing: Importing, email: str) -> Actor:
    """Return who asks: the member with the address. Everybody but the system files its own requests."""
    found = _member(importing, {"requester": email})
    if found is None:
        raise BadInput("requester", email, "there is no member with this address: import the members first")
    actor = importing.actor
    if actor is not None and actor.member_id != found.id:
        raise BadInput("requester", email, "you can import your own requests only")
    return actor or importing.known.actor(found.id)


def _heading(rows: Sequence[Values]) -> dict[str, Any]:
    """Return what the first row says of the whole request.

    Raises
    ------
    BadInput
        Later ones say something else.
    """
    first = rows[0]
    refuse_if(
        InvalidParameter(
            f"needs[{place}].{name}", values[name], "it is not what the request's first row says: leave it empty here"
        )
        for place, values in enumerate(rows)
        for name in _HEADING
        if name in values and values[name] != first.get(name)
    )
    return {"title": first["request"]} | {name: _plain(first[name]) for name in _HEADING if name in first}


def _read_need(place: int, values: Values) -> dict[str, Any]:
    """Return a row as a need in JSON."""
    try:
        return _need(values)
    except BadInput as error:
        raise error.under(f"needs[{place}]") from error


def _need(values: Values) -> dict[str, Any]:
    need = _need_but_its_time(values)
    try:
        need["timing"] = timing.to_json(_timing(values))
    except BadInput as error:
        raise error.under("timing") from error
    return need


def _need_but_its_time(values: Values) -> dict[str, Any]:
    need = {field: _plain(values[name]) for name, field in _NEED.items() if name in values}
    asked = requirement_fields(values["family"])
    need["requirements"] = {field: _plain(values[name]) for name, field in asked.items() if name in values}
    return need


def _plain(value: Any) -> Any:
    """Return a value of a cell as JSON data."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | tuple):
        return sorted(str(each) for each in value)
    return value


def _timing(values: Values) -> Timing:
    first, last = values["first_day"], values.get("last_day")
    if "weekdays" in values:
        return _weekly(values, first, last or first)
    if "hours" not in values:
        if "duration" in values:
            return _flexible(values, first, last or first, (time(8), time(17)))
        return Period(first, last)
    if "duration" in values:
        return _flexible(values, first, last or first, values["hours"])
    return Fixed(*_span(first, last, values["hours"]))


def _weekly(values: Values, first: date, last: date) -> Weekly:
    if "hours" not in values:
        raise BadInput("fromTime", "", "a weekly pattern needs its hours, as 09:00-12:00")
    start, end = values["hours"]
    return Weekly(first, last, values["weekdays"], start, end, values.get("same_resource", True))


def _flexible(values: Values, first: date, last: date, hours: tuple[time, time]) -> Flexible:
    return Flexible(*_span(first, last, hours), values["duration"], values.get("step", USUAL_STEP_MIN))


def _span(first: date, last: date | None, hours: tuple[time, time]) -> tuple[datetime, datetime]:
    """Return the instants from a time of the first day to one of the last; 00:00 is the end of that day."""
    start, end = hours
    if last is None and time.min < end <= start:
        reason = f"it ends before it starts: it has to be after {first} {start:%H:%M}, or end on a later *sista dag*"
        raise BadInput("fromTime", None, reason)
    return local_span(first, start, last or first, end)


def _required(swedish: str, english: str, cell: Cell[Any], *fields: str) -> Column:
    return Column(swedish, english, cell, required=True, fields=fields)


def requests_kind() -> Kind:
    """Return the kind of file that lists requests."""
    return Kind(
        name="requests",
        files=("behov", "requests"),
        prepare=_prepare,
        write=_write_request,
        faults=_faults,
        key=lambda _importing, values: (same_case(values["requester"]), same_case(values["request"])),
        clashes=lambda _rows: iter(()),
        columns=(
            _required("beställare", "requester", cells.EMAIL),
            _required("behov", "request", cells.TEXT, "title"),
            Column("syfte", "purpose"),
            Column("prioritet", "priority", cells.one_of(words.PRIORITIES)),
            Column("hänger ihop", "together", cells.YES_OR_NO),
            Column("öppet", "open", cells.YES_OR_NO),
            Column("delbehov", "need"),
            _required("familj", "family", family_cell()),
            Column("typ", "kind", cells.one_of(swedish_kinds())),
            Column("antal", "amount", cells.WHOLE),
            Column("högst ställen", "lots", cells.WHOLE, fields=("parts",)),
            Column("kommun", "municipality", cells.MUNICIPALITY, fields=("municipalityCode",)),
            Column("latitud", "latitude", cells.DEGREES),
            Column("longitud", "longitude", cells.DEGREES),
            Column("högst km", "greatest distance km", cells.NUMBER, fields=("maxDistanceKm",)),
            Column("alternativ", "alternative", cells.WHOLE, fields=("alternativeGroup",)),
            _required(
                "första dag", "first day", cells.DAY, "timing", "timing.first", "timing.start", "timing.earliest"
            ),
            Column("sista dag", "last day", cells.DAY, fields=("timing.last", "timing.end", "timing.latest")),
            Column("veckodagar", "weekdays", cells.WEEKDAYS, fields=("timing.weekdays",)),
            Column("klockan", "hours", cells.SPAN, fields=("timing.fromTime", "timing.untilTime")),
            Column("längd", "duration", cells.MINUTES, fields=("timing.durationMin",)),
            Column("steg", "step", cells.MINUTES, fields=("timing.stepMin",)),
            Column("samma varje gång", "same resource", cells.YES_OR_NO, fields=("timing.sameResource",)),
            *requirement_columns(),
        ),
    )
