"""Laboratory, workshop, AV and field equipment: what is calibrated, carried or only for those who are trained."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from resources.families.criteria import Allowed, AtLeast, Is
from resources.families.family import Counted, Family, Journey, Measure
from resources.families.field_spec import check_fields, spec

MOST_THINGS = 10_000


class EquipmentKind(StrEnum):
    """Kinds of equipment."""

    LABORATORY = "laboratory"
    WORKSHOP_MACHINE = "workshop_machine"
    AUDIO_VISUAL = "audio_visual"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class EquipmentFacts:
    """What only equipment has: `count` alike things, each with its accessories.

    `trained_user`: it is lent only to those who have somebody trained to use it. Without `calibrated_until` it is not
    calibrated, or need not be.
    """

    count: int = field(metadata=spec("antal", least=1, most=MOST_THINGS))
    model: str = field(default="", metadata=spec("modell"))
    portable: bool = field(default=False, metadata=spec("flyttbar"))
    calibrated_until: date | None = field(default=None, metadata=spec("kalibrerad till"))
    trained_user: bool = field(default=False, metadata=spec("kräver utbildad användare"))
    accessories: tuple[str, ...] = field(default=(), metadata=spec("tillbehör"))

    def __post_init__(self) -> None:
        check_fields(self)


@dataclass(frozen=True, slots=True)
class EquipmentRequirements:
    """What is asked of equipment: that it can be carried, is calibrated so long, and who will use it."""

    portable: bool = field(default=False, metadata=spec("flyttbar"))
    calibrated_until: date | None = field(default=None, metadata=spec("kalibrerad minst till", "calibrated until"))
    trained_user: bool = field(default=False, metadata=spec("utbildad användare"))


EQUIPMENT = Family(
    name="equipment",
    swedish_names=("utrustning",),
    kinds=EquipmentKind,
    facts=EquipmentFacts,
    requirements=EquipmentRequirements,
    musts=(
        Is("portable", "portable"),
        AtLeast("calibrated_until", "calibrated_until"),
        Allowed("trained_user", "trained_user", lambda has, needs: has or not needs),
    ),
    counted=Counted("count", Measure.PIECES, most=MOST_THINGS),
    journey=Journey.FETCHED,
    booking_kind="item_loan",
    file="equipment",
    file_names=("utrustning", "equipment"),
    swedish={
        EquipmentKind: {
            "laboratorieutrustning": EquipmentKind.LABORATORY,
            "verkstadsmaskin": EquipmentKind.WORKSHOP_MACHINE,
            "av-utrustning": EquipmentKind.AUDIO_VISUAL,
            "fältutrustning": EquipmentKind.FIELD,
        },
    },
    timing="period",
    shown=("model", "portable", "calibrated_until", "trained_user", "accessories"),
)
