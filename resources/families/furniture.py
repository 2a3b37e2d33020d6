"""Lots of alike furniture, to lend or to hand over for good."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from core.errors import InvalidParameter
from resources.families.criteria import AtLeast, AtMost
from resources.families.emissions import VAN
from resources.families.family import Counted, Family, Journey, Measure
from resources.families.field_spec import check_fields, spec

MOST_THINGS = 100_000
MOST_ASKED = 10_000
LONGEST_SIDE_CM = 2_000
HIGHEST_VALUE_SEK = 100_000_000


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


class ValuationBasis(StrEnum):
    """On what basis furniture that is handed over is valued (förordning 1996:1191 for state agencies)."""

    INTERNAL_REDISPOSITION = "internal_redisposition"
    MARKET_VALUE = "market_value"
    NIL_VALUE = "nil_value"


@dataclass(frozen=True, slots=True)
class FurnitureFacts:
    """What only furniture has: `count` alike things, `condition` from 1 (for spare parts) to 5 (as new).

    A valuation says on what basis it was made, and no value at all is kept apart from a value of nothing.
    """

    count: int = field(metadata=spec("antal", least=1, most=MOST_THINGS))
    condition: int = field(metadata=spec("skick", least=1, most=5, scale="condition", form_default="4"))
    width_cm: int | None = field(default=None, metadata=spec("bredd cm", least=1, most=LONGEST_SIDE_CM, unit="cm"))
    depth_cm: int | None = field(default=None, metadata=spec("djup cm", least=1, most=LONGEST_SIDE_CM, unit="cm"))
    height_cm: int | None = field(default=None, metadata=spec("höjd cm", least=1, most=LONGEST_SIDE_CM, unit="cm"))
    pickup: str = field(default="", metadata=spec("hämtning"))
    valuation_sek: int | None = field(
        default=None, metadata=spec("värde kr", least=0, most=HIGHEST_VALUE_SEK, unit="kr")
    )
    valuation_basis: ValuationBasis | None = field(default=None, metadata=spec("värderingsgrund"))

    def __post_init__(self) -> None:
        check_fields(self, *self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        if self.valuation_sek is not None and self.valuation_basis is None:
            words = ", ".join(ValuationBasis)
            yield InvalidParameter("valuationBasis", None, f"a valuation needs its basis: use one of {words}")


def _contradictions(_kind: str, facts: FurnitureFacts) -> Iterator[InvalidParameter]:
    if facts.valuation_basis is ValuationBasis.NIL_VALUE and facts.valuation_sek:
        yield InvalidParameter("valuationSek", facts.valuation_sek, "what has no value left is worth 0 kronor")
    if facts.valuation_basis is ValuationBasis.MARKET_VALUE and not facts.valuation_sek:
        yield InvalidParameter(
            "valuationSek", facts.valuation_sek, "say what the market value is, or that there is no value left"
        )


@dataclass(frozen=True, slots=True)
class FurnitureRequirements:
    """What is asked of furniture. `can_fetch`: the borrower has means to fetch it; `to_keep`: handed over for good."""

    min_condition: int = field(
        default=1, metadata=spec("skick minst", "least condition", least=1, most=5, scale="condition")
    )
    max_width_cm: int | None = field(
        default=None, metadata=spec("bredd högst cm", "greatest width cm", least=1, most=LONGEST_SIDE_CM, unit="cm")
    )
    max_depth_cm: int | None = field(
        default=None, metadata=spec("djup högst cm", "greatest depth cm", least=1, most=LONGEST_SIDE_CM, unit="cm")
    )
    max_height_cm: int | None = field(
        default=None, metadata=spec("höjd högst cm", "greatest height cm", least=1, most=LONGEST_SIDE_CM, unit="cm")
    )
    can_fetch: bool = field(default=True, metadata=spec("kan hämta"))
    to_keep: bool = field(default=False, metadata=spec("att behålla"))

    def __post_init__(self) -> None:
        check_fields(self)


FURNITURE = Family(
    name="furniture",
    swedish_names=("möbler", "möbel"),
    kinds=FurnitureKind,
    facts=FurnitureFacts,
    requirements=FurnitureRequirements,
    musts=(
        AtLeast("condition", "min_condition"),
        AtMost("width_cm", "max_width_cm", size=True),
        AtMost("depth_cm", "max_depth_cm", size=True),
        AtMost("height_cm", "max_height_cm", size=True),
    ),
    counted=Counted("count", Measure.PIECES, most=MOST_ASKED),
    journey=Journey.FETCHED,
    emits=lambda _facts: VAN,
    booking_kind="item_loan",
    file="furniture",
    file_names=("mobler", "möbler", "furniture"),
    has_hours=False,
    swedish={
        FurnitureKind: {
            "skrivbord": FurnitureKind.DESK,
            "höj- och sänkbart skrivbord": FurnitureKind.STANDING_DESK,
            "stol": FurnitureKind.CHAIR,
            "stolar": FurnitureKind.CHAIR,
            "mötesbord": FurnitureKind.MEETING_TABLE,
            "skåp": FurnitureKind.CABINET,
            "skärm": FurnitureKind.SCREEN,
            "skärmvägg": FurnitureKind.SCREEN,
            "soffa": FurnitureKind.SOFA,
            "skrivtavla": FurnitureKind.WHITEBOARD,
            "lampa": FurnitureKind.LAMP,
            "annat": FurnitureKind.OTHER,
            "annan möbel": FurnitureKind.OTHER,
        },
        ValuationBasis: {
            "intern omdisponering": ValuationBasis.INTERNAL_REDISPOSITION,
            "marknadsvärde": ValuationBasis.MARKET_VALUE,
            "försäljning till marknadsvärde": ValuationBasis.MARKET_VALUE,
            "utan värde": ValuationBasis.NIL_VALUE,
            "nollvärde": ValuationBasis.NIL_VALUE,
        },
    },
    timing="period",
    form_defaults={"parts": "1", "requirements.canFetch": "yes"},
    shown=("condition", "pickup"),
    alike=(frozenset({FurnitureKind.DESK, FurnitureKind.STANDING_DESK}),),
    several_lots=True,
    hand_over=True,
    contradictions=_contradictions,
)
