"""The words for access, which sites and spaces share: codes in English, put into words on screen at the edge."""

from collections.abc import Mapping
from enum import StrEnum


class Access(StrEnum):
    """What a site or a space has so that everybody can get in and take part."""

    STEP_FREE = "step_free"
    LIFT = "lift"
    ACCESSIBLE_TOILET = "accessible_toilet"
    HEARING_LOOP = "hearing_loop"
    QUIET_ROOM = "quiet_room"
    AUTOMATIC_DOORS = "automatic_doors"
    PARKING = "parking"


SWEDISH_ACCESS: Mapping[str, Access] = {
    "utan trappsteg": Access.STEP_FREE,
    "hiss": Access.LIFT,
    "tillgänglig toalett": Access.ACCESSIBLE_TOILET,
    "rwc": Access.ACCESSIBLE_TOILET,
    "hörslinga": Access.HEARING_LOOP,
    "vilrum": Access.QUIET_ROOM,
    "automatiska dörrar": Access.AUTOMATIC_DOORS,
    "parkering": Access.PARKING,
}
"""How it is written in Swedish cells; the codes work too."""
