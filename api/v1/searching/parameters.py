"""What can be looked for among offers, as the query of an address says it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.schemas.families import FamilyName
from core import geo
from core.actor import Actor
from core.errors import BadInput
from core.limits import LAST_DAY, instant_faults, refuse_if
from core.time import clock
from core.time.interval import Interval, utc
from core.time.reading import read_instant
from marketplace.offers.models import OfferState
from marketplace.offers.search import Near, OfferSearch

INSTANT = {"format": "date-time"}
"""Read as text: as a `datetime`, Litestar takes numbers too."""


def provide_offer_search(
    *,
    actor: NamedDependency[Actor],  # noqa: ARG001
    family: Annotated[FamilyName | None, QueryParameter(description="Of this family.")] = None,
    kind: Annotated[str | None, QueryParameter(description="Of this kind.", max_length=40)] = None,
    text: Annotated[
        str | None,
        QueryParameter(
            description="Every word in it, or what it has, in any form; what fits best first.", max_length=200
        ),
    ] = None,
    municipality_code: Annotated[
        str | None, QueryParameter(name="municipalityCode", description="In this municipality, by code or name.")
    ] = None,
    county_code: Annotated[str | None, QueryParameter(name="countyCode", description="In this county.")] = None,
    least: Annotated[
        int | None,
        QueryParameter(ge=1, le=100_000, description="At least so many seats, things, or percent of a person."),
    ] = None,
    skill: Annotated[str | None, QueryParameter(description="With this skill, by code.", max_length=60)] = None,
    level: Annotated[
        int | None,
        QueryParameter(ge=1, le=5, description="At this level of the skill at least, counted as in matching."),
    ] = None,
    language: Annotated[
        str | None, QueryParameter(description="Somebody who speaks it: its ISO 639 code.", max_length=3)
    ] = None,
    since: Annotated[
        str | None,
        QueryParameter(name="from", description="Free from then on, see until.", schema_extra=INSTANT),
    ] = None,
    until: Annotated[
        str | None,
        QueryParameter(
            schema_extra=INSTANT,
            description="Free until then. Between midnights in Sweden: through all of the days, a space at "
            "some time when it is open. Else: open and free throughout. Free is what neither a booking nor an "
            "approved proposal takes.",
        ),
    ] = None,
    near: Annotated[str | None, QueryParameter(description="Near this town or municipality; nearest first.")] = None,
    km: Annotated[float, QueryParameter(gt=0, le=2000, description="How near, in kilometres.")] = 30,
    organisation_id: Annotated[
        UUID | None, QueryParameter(name="organisationId", description="Of this organisation.")
    ] = None,
    in_state: Annotated[OfferState | None, QueryParameter(name="state", description="In this state.")] = None,
) -> OfferSearch:
    """Return what is looked for. It asks for the actor so that whoever is nobody is told that first (401)."""
    return OfferSearch(
        family=family,
        kind=kind,
        text=text,
        municipality_code=_municipality(municipality_code),
        county_code=county_code,
        least=least,
        skill=skill,
        level=level,
        language=language,
        during=_during(since, until),
        near=_near(near, km),
        organisation_id=organisation_id,
        state=in_state,
    )


def _municipality(text: str | None) -> str | None:
    try:
        return geo.municipality(text).code if text else None
    except BadInput as error:
        raise BadInput("municipalityCode", text, error.parameters[0].reason) from error


def _near(text: str | None, km: float) -> Near | None:
    try:
        return Near(geo.place(text).position, km) if text else None
    except BadInput as error:
        raise BadInput("near", text, error.parameters[0].reason) from error


def _during(since: str | None, until: str | None) -> Interval | None:
    start, end = _instant("from", since), _instant("until", until)
    if start is None and end is None:
        return None
    start = start or clock.now()
    if end is not None and end <= start:
        raise BadInput("until", until, "it has to be after from")
    return Interval(start, end)


def _instant(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = read_instant(text)
    except BadInput as error:
        raise BadInput(name, text, error.parameters[0].reason) from error
    refuse_if(instant_faults(name, moment, LAST_DAY.year))
    return utc(name, moment)
