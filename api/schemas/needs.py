"""Needs on the wire: what is wanted of each family, how much, where and when."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union
from uuid import UUID

import msgspec
from msgspec import Meta, field

from api.schemas.base import Label, Wire, limited
from api.schemas.families import asked, camel_name
from core.geo import LATITUDES, LONGITUDES
from core.limits import GREATEST_WHOLE, LONGEST_STEP_MIN
from marketplace.requests.rules import FARTHEST_KM
from resources.families import FAMILIES
from resources.families.family import Family

MOST_AMOUNT = 10_000
Weekday = Literal["mo", "tu", "we", "th", "fr", "sa", "su"]
LocalTime = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", description="Local time, `08:30`.")]

Latitude = Annotated[float, limited(minimum=LATITUDES[0], maximum=LATITUDES[1])]
Longitude = Annotated[float, limited(minimum=LONGITUDES[0], maximum=LONGITUDES[1])]


class FixedTiming(Wire, tag_field="type", tag="fixed"):
    """Exactly from `start` until `end`."""

    start: datetime
    end: datetime


class FlexibleTiming(Wire, tag_field="type", tag="flexible"):
    """`durationMin` minutes somewhere from `earliest` until `latest`, starting every `stepMin` minutes."""

    earliest: datetime
    latest: datetime
    duration_min: Annotated[int, limited(minimum=1, maximum=GREATEST_WHOLE)]
    step_min: Annotated[int, limited(minimum=1, maximum=LONGEST_STEP_MIN)] = 30


class WeeklyTiming(Wire, tag_field="type", tag="weekly"):
    """The same local hours on some weekdays; without `sameResource` each date may be met by another resource."""

    first: date
    last: date
    weekdays: Annotated[list[Weekday], limited(min_items=1, max_items=7)]
    from_time: LocalTime
    until_time: LocalTime
    same_resource: bool = True


class PeriodTiming(Wire, tag_field="type", tag="period"):
    """Whole local days from `first` through `last`; furniture to keep has no `last`."""

    first: date
    last: date | None = None


Timing = FixedTiming | FlexibleTiming | WeeklyTiming | PeriodTiming


class _Need(Wire, tag_field="family"):
    timing: Timing
    id: Annotated[UUID | None, Meta(description="In a change: the need that this replaces.")] = None
    title: Label = ""
    amount: Annotated[
        int | None,
        limited(
            "Desks, things of furniture, or percent of a post; 1 for rooms and vehicles.",
            minimum=1,
            maximum=MOST_AMOUNT,
        ),
    ] = None
    municipality_code: Annotated[str | None, limited("Four digits.", max_length=4, pattern=r"^[0-9]{4}$")] = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    max_distance_km: Annotated[
        float | None, limited("Left out: anywhere in the country.", exclusive_minimum=0, maximum=FARTHEST_KM)
    ] = None
    alternative_group: Annotated[
        int | None, limited("At most one need of each group is served.", minimum=1, maximum=GREATEST_WHOLE)
    ] = None


def _need_of(family: Family) -> type[msgspec.Struct]:
    requirements = asked(family)
    kind = limited("Left out: any kind of the family.", pattern=f"^({'|'.join(family.kinds)})$")
    own: list[Any] = [
        ("requirements", requirements, field(default_factory=requirements)),
        ("kind", Annotated[str | None, kind], None),
    ]
    if family.several_lots:
        own.append(("parts", Annotated[int, limited(minimum=1, maximum=MOST_AMOUNT)], 1))
    return msgspec.defstruct(
        camel_name(family, "Need"),
        own,
        bases=(_Need,),
        tag_field="family",
        tag=family.name,
        kw_only=True,
        module=__name__,
        namespace={"__doc__": f"Something wanted of the family {family.name}."},
    )


if TYPE_CHECKING:
    AnyNeed = _Need
else:
    AnyNeed = Union[tuple(_need_of(each) for each in FAMILIES.values())]  # noqa: UP007 (made when this runs)


def example_room() -> AnyNeed:
    """Return a room for eight in Östersund, Tuesday to Thursday, March to May."""
    said = {
        "family": "space",
        "id": "01980000-0000-7000-8000-000000000002",
        "title": "Projektrum",
        "kind": "meeting_room",
        "amount": 1,
        "municipalityCode": "2380",
        "maxDistanceKm": 5,
        "timing": {
            "type": "weekly",
            "first": "2027-03-01",
            "last": "2027-05-31",
            "weekdays": ["tu", "we", "th"],
            "fromTime": "09:00",
            "untilTime": "16:00",
        },
        "requirements": {"people": 8, "equipmentMust": ["video_conference"], "accessShould": ["hearing_loop"]},
    }
    return msgspec.convert(said, AnyNeed)


def example_lead() -> AnyNeed:
    """Return a procurement lead at half time."""
    said = {
        "family": "staff",
        "id": "01980000-0000-7000-8000-000000000003",
        "title": "Upphandlingsledare",
        "kind": "staff",
        "amount": 50,
        "timing": {"type": "period", "first": "2027-03-01", "last": "2027-05-31"},
        "requirements": {"skillsMust": {"procurement": 4}, "remoteOk": True},
    }
    return msgspec.convert(said, AnyNeed)
