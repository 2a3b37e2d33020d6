"""Rooms, project areas, desk pools, workshops and halls."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import InvalidParameter
from core.serialization import camel
from resources.families.criteria import AtLeast, Has
from resources.families.family import Counted, Doors, Family, Journey, Measure, Sized
from resources.families.field_spec import check_fields, spec
from resources.vocabulary import SWEDISH_ACCESS, Access

MOST_SEATS = 5_000
MOST_AREA_M2 = 100_000
MOST_DESKS = 10_000


class SpaceKind(StrEnum):
    """Kinds of space. A hall may divide into parts; a desk pool is lent desk by desk."""

    MEETING_ROOM = "meeting_room"
    PROJECT_AREA = "project_area"
    DESK_POOL = "desk_pool"
    WORKSHOP = "workshop"
    HALL = "hall"


class Fitting(StrEnum):
    """What a space has."""

    PROJECTOR = "projector"
    SCREEN = "screen"
    VIDEO_CONFERENCE = "video_conference"
    WHITEBOARD = "whiteboard"
    SOUND_SYSTEM = "sound_system"
    KITCHEN = "kitchen"
    PRINTER = "printer"
    PHONE_BOOTH = "phone_booth"
    CHARGING = "charging"
    TOOLS = "tools"


@dataclass(frozen=True, slots=True)
class SpaceFacts:
    """What only spaces have; in a desk pool a seat is a desk."""

    seats: int = field(metadata=spec("sittplatser", least=1, most=MOST_SEATS))
    area_m2: float | None = field(default=None, metadata=spec("yta m2", least=1, most=MOST_AREA_M2, unit="m²"))
    equipment: frozenset[Fitting] = field(default=frozenset(), metadata=spec("utrustning"))
    access: frozenset[Access] = field(
        default=frozenset(), metadata=spec("tillgänglighet", about="Beside what its site has.")
    )
    visitor_rules: str = field(default="", metadata=spec("besöksregler"))

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class SpaceRequirements:
    """What is asked of a space for so many people; of a desk pool, `people` desks are taken as well."""

    people: int = field(default=1, metadata=spec("personer", least=1, most=MOST_SEATS))
    equipment_must: frozenset[Fitting] = field(default=frozenset(), metadata=spec("utrustning krav"))
    equipment_should: frozenset[Fitting] = field(default=frozenset(), metadata=spec("utrustning önskas"))
    access_must: frozenset[Access] = field(default=frozenset(), metadata=spec("tillgänglighet krav"))
    access_should: frozenset[Access] = field(default=frozenset(), metadata=spec("tillgänglighet önskas"))

    def __post_init__(self) -> None:
        check_fields(
            self,
            *_both("equipment_should", self.equipment_must, self.equipment_should),
            *_both("access_should", self.access_must, self.access_should),
        )


LEAST_M2_PER_SEAT = 0.25
"""Less than anybody can stand on: whoever says so has mixed up two numbers."""


def _contradictions(_kind: str, facts: SpaceFacts) -> Iterator[InvalidParameter]:
    if facts.area_m2 is not None and facts.area_m2 < facts.seats * LEAST_M2_PER_SEAT:
        yield InvalidParameter("areaM2", facts.area_m2, f"{facts.seats} people have no room on so little")


def _both(name: str, must: frozenset[str], should: frozenset[str]) -> Iterator[InvalidParameter]:
    if both := must & should:
        yield InvalidParameter(camel(name), sorted(both), "it is a must already: leave it out of the should-haves")


SPACE = Family(
    name="space",
    swedish_names=("lokal",),
    kinds=SpaceKind,
    facts=SpaceFacts,
    requirements=SpaceRequirements,
    musts=(
        AtLeast("seats", "people", size=True, droppable=False),
        Has("equipment", "equipment_must"),
        Has("access", "access_must"),
    ),
    shoulds=(Has("equipment", "equipment_should"), Has("access", "access_should")),
    counted=Counted("seats", Measure.DESKS, most=MOST_DESKS, kinds=frozenset({SpaceKind.DESK_POOL}), people="people"),
    sized=Sized("seats", "people", Measure.PEOPLE),
    doors=Doors.THROUGHOUT,
    journey=Journey.VISITED,
    booking_kind="room_use",
    file="spaces",
    file_names=("lokaler", "spaces"),
    swedish={
        SpaceKind: {
            "mötesrum": SpaceKind.MEETING_ROOM,
            "projektyta": SpaceKind.PROJECT_AREA,
            "skrivbordsplatser": SpaceKind.DESK_POOL,
            "arbetsplatser": SpaceKind.DESK_POOL,
            "verkstad": SpaceKind.WORKSHOP,
            "hall": SpaceKind.HALL,
            "sal": SpaceKind.HALL,
        },
        Fitting: {
            "projektor": Fitting.PROJECTOR,
            "bildskärm": Fitting.SCREEN,
            "skärm": Fitting.SCREEN,
            "videokonferens": Fitting.VIDEO_CONFERENCE,
            "videomöte": Fitting.VIDEO_CONFERENCE,
            "skrivtavla": Fitting.WHITEBOARD,
            "ljudanläggning": Fitting.SOUND_SYSTEM,
            "kök": Fitting.KITCHEN,
            "skrivare": Fitting.PRINTER,
            "telefonbås": Fitting.PHONE_BOOTH,
            "laddning": Fitting.CHARGING,
            "verktyg": Fitting.TOOLS,
        },
        Access: SWEDISH_ACCESS,
    },
    shown=("seats", "area_m2", "equipment", "access"),
    from_site=frozenset({"access"}),
    alike=(
        frozenset({SpaceKind.MEETING_ROOM, SpaceKind.PROJECT_AREA, SpaceKind.HALL}),
        frozenset({SpaceKind.PROJECT_AREA, SpaceKind.DESK_POOL}),
    ),
    divisible=frozenset({SpaceKind.HALL}),
    contradictions=_contradictions,
)
