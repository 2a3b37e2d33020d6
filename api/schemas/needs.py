"""Needs on the wire: what is wanted of each family, how much, where and when."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from msgspec import Meta, field

from api.schemas.base import Wire
from resources.vocabulary import Access, Equipment, Fuel, Licence

Weekday = Literal["mo", "tu", "we", "th", "fr", "sa", "su"]
LocalTime = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", description="Local time, `08:30`.")]


class FixedTiming(Wire, tag_field="type", tag="fixed"):
    """Exactly from `start` until `end`."""

    start: datetime
    end: datetime


class FlexibleTiming(Wire, tag_field="type", tag="flexible"):
    """`durationMin` minutes somewhere from `earliest` until `latest`, starting every `stepMin` minutes."""

    earliest: datetime
    latest: datetime
    duration_min: int
    step_min: int = 30


class WeeklyTiming(Wire, tag_field="type", tag="weekly"):
    """The same local hours on some weekdays; without `sameResource` each date may be met by another resource."""

    first: date
    last: date
    weekdays: list[Weekday]
    from_time: LocalTime
    until_time: LocalTime
    same_resource: bool = True


class PeriodTiming(Wire, tag_field="type", tag="period"):
    """Whole local days from `first` through `last`; furniture to keep has no `last`."""

    first: date
    last: date | None = None


Timing = FixedTiming | FlexibleTiming | WeeklyTiming | PeriodTiming


class SpaceAsked(Wire):
    """What is asked of a space."""

    people: int = 1
    equipment_must: list[Equipment] = field(default_factory=list)
    equipment_should: list[Equipment] = field(default_factory=list)
    access_must: list[Access] = field(default_factory=list)
    access_should: list[Access] = field(default_factory=list)


class FurnitureAsked(Wire):
    """What is asked of furniture; `toKeep` is a hand-over for good."""

    min_condition: int = 1
    max_width_cm: int | None = None
    max_depth_cm: int | None = None
    max_height_cm: int | None = None
    can_fetch: bool = True
    to_keep: bool = False


class VehicleAsked(Wire):
    """What is asked of a vehicle; `licenceClasses` are those that the driver holds."""

    seats: int = 1
    min_range_km: int | None = None
    licence_classes: list[Licence] = field(default_factory=lambda: [Licence.B])
    fuel_should: list[Fuel] = field(default_factory=list)
    towing_kg: int = 0


class StaffAsked(Wire):
    """What is asked of staff: skills by code with the least level, 1 (knows of it) to 5 (leads and teaches)."""

    skills_must: dict[str, int] = field(default_factory=dict)
    skills_should: dict[str, int] = field(default_factory=dict)
    remote_ok: bool = False
    languages: list[str] = field(default_factory=list)


class _Need(Wire, tag_field="family"):
    timing: Timing
    id: Annotated[UUID | None, Meta(description="In a change: the need that this replaces.")] = None
    title: str = ""
    kind: Annotated[str | None, Meta(description="Left out: any kind of the family.")] = None
    amount: Annotated[
        int | None, Meta(description="Desks, things of furniture, or percent of a post; 1 for rooms and vehicles.")
    ] = None
    municipality_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    max_distance_km: Annotated[float | None, Meta(description="Left out: anywhere in the country.")] = None
    alternative_group: Annotated[int | None, Meta(description="At most one need of each group is served.")] = None


class SpaceNeed(_Need, tag="space"):
    """A wanted space."""

    requirements: SpaceAsked = field(default_factory=SpaceAsked)

    @classmethod
    def example(cls) -> Self:
        """Return a room for eight in Östersund, Tuesday to Thursday, March to May."""
        return cls(
            id=UUID("01980000-0000-7000-8000-000000000002"),
            title="Projektrum",
            kind="meeting_room",
            amount=1,
            municipality_code="2380",
            max_distance_km=5,
            timing=WeeklyTiming(
                first=date(2027, 3, 1),
                last=date(2027, 5, 31),
                weekdays=["tu", "we", "th"],
                from_time="09:00",
                until_time="16:00",
            ),
            requirements=SpaceAsked(
                people=8, equipment_must=[Equipment.VIDEO_CONFERENCE], access_should=[Access.HEARING_LOOP]
            ),
        )


class FurnitureNeed(_Need, tag="furniture"):
    """Wanted furniture, from at most `parts` lots."""

    parts: int = 1
    requirements: FurnitureAsked = field(default_factory=FurnitureAsked)


class VehicleNeed(_Need, tag="vehicle"):
    """A wanted vehicle."""

    requirements: VehicleAsked = field(default_factory=VehicleAsked)


class StaffNeed(_Need, tag="staff"):
    """Wanted time of somebody with certain skills."""

    requirements: StaffAsked = field(default_factory=StaffAsked)

    @classmethod
    def example(cls) -> Self:
        """Return a procurement lead at half time."""
        return cls(
            id=UUID("01980000-0000-7000-8000-000000000003"),
            title="Upphandlingsledare",
            kind="staff",
            amount=50,
            timing=PeriodTiming(first=date(2027, 3, 1), last=date(2027, 5, 31)),
            requirements=StaffAsked(skills_must={"procurement": 4}, remote_ok=True),
        )


AnyNeed = SpaceNeed | FurnitureNeed | VehicleNeed | StaffNeed
