"""The words for what can be lent and what it has: codes in English, put into words on screen at the edge."""

from enum import StrEnum

from resources.models import Family


class SpaceKind(StrEnum):
    """Kinds of space. A hall may divide into parts; a desk pool is lent desk by desk."""

    MEETING_ROOM = "meeting_room"
    PROJECT_AREA = "project_area"
    DESK_POOL = "desk_pool"
    WORKSHOP = "workshop"
    HALL = "hall"


class FurnitureKind(StrEnum):
    """Kinds of furniture; a lot has things of one kind that are alike."""

    DESK = "desk"
    STANDING_DESK = "standing_desk"
    CHAIR = "chair"
    MEETING_TABLE = "meeting_table"
    CABINET = "cabinet"
    SCREEN = "screen"
    SOFA = "sofa"
    WHITEBOARD = "whiteboard"
    LAMP = "lamp"
    OTHER = "other"


class VehicleKind(StrEnum):
    """Kinds of vehicle."""

    CAR = "car"
    VAN = "van"
    MINIBUS = "minibus"
    BICYCLE = "bicycle"
    TRUCK = "truck"


class StaffKind(StrEnum):
    """The one kind of staff capacity; what it can do is told by its skills."""

    STAFF = "staff"


class Equipment(StrEnum):
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


class Access(StrEnum):
    """What a site or a space has so that everybody can get in and take part."""

    STEP_FREE = "step_free"
    LIFT = "lift"
    ACCESSIBLE_TOILET = "accessible_toilet"
    HEARING_LOOP = "hearing_loop"
    QUIET_ROOM = "quiet_room"
    AUTOMATIC_DOORS = "automatic_doors"
    PARKING = "parking"


class Fuel(StrEnum):
    """What a vehicle runs on."""

    ELECTRIC = "electric"
    HYBRID = "hybrid"
    PETROL = "petrol"
    DIESEL = "diesel"
    BIOGAS = "biogas"
    HVO = "hvo"
    NONE = "none"


class Licence(StrEnum):
    """Swedish driving licence classes that what public bodies lend can ask for; a bicycle asks for none."""

    NONE = "none"
    B = "B"
    BE = "BE"
    C1 = "C1"
    C1E = "C1E"
    C = "C"
    CE = "CE"
    D1 = "D1"
    D1E = "D1E"
    D = "D"
    DE = "DE"


class ValuationBasis(StrEnum):
    """On what basis furniture that is handed over is valued (förordning 1996:1191 for state agencies)."""

    INTERNAL_REDISPOSITION = "internal_redisposition"
    MARKET_VALUE = "market_value"
    NIL_VALUE = "nil_value"


_KINDS: dict[Family, type[StrEnum]] = {
    Family.SPACE: SpaceKind,
    Family.FURNITURE: FurnitureKind,
    Family.VEHICLE: VehicleKind,
    Family.STAFF: StaffKind,
}


def kinds_of(family: Family) -> tuple[StrEnum, ...]:
    """Return the kinds of a family."""
    return tuple(_KINDS[family])
