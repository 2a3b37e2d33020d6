"""What is said of a building that is emptied: of all that stands there at once, and of single things otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from core import limits
from core.errors import InvalidParameter
from core.limits import refuse_if
from core.text import text_faults
from core.time.interval import Interval
from marketplace.offers.models import Terms, Visibility
from marketplace.offers.rules import OfferDraft, range_faults
from resources.families import family_of

MOST_THINGS = 500
"""In one go; what is not offered comes first, so that doing it again takes the rest."""


class LeftOut(StrEnum):
    """Why something at the site is not offered now."""

    CHOSEN = "chosen"
    OFFERED = "offered"
    REFUSED = "refused"


@dataclass(frozen=True)
class Otherwise:
    """What holds of a single thing: another time or audience, or that it is left out; nothing: as of all."""

    during: Interval | None = None
    visibility: Visibility | None = None
    left_out: bool = False


@dataclass(frozen=True)
class EmptyingDraft:
    """Within which time all that stands at a site is offered, to whom, and whether furniture is handed over for good.

    Raises
    ------
    BadInput
        A time or text is out of range, or there are more exceptions than things may be.
    """

    during: Interval
    visibility: Visibility = Visibility.ALL
    hand_over: bool = False
    conditions: str = ""
    otherwise: Mapping[UUID, Otherwise] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from range_faults(self.during, ())
        yield from text_faults("conditions", self.conditions, 0, limits.LONGEST_TEXT)
        yield from limits.count_faults("exceptions", self.otherwise, 0, MOST_THINGS)
        for each in (self.visibility, *(said.visibility for said in self.otherwise.values())):
            if each is Visibility.DEPARTMENT:
                yield InvalidParameter(
                    "visibility", each.value, "one's own unit is told of each thing by itself: choose wider"
                )

    def offer_of(self, resource_id: UUID, family: str) -> OfferDraft:
        """Return what is offered of a thing."""
        said = self.otherwise.get(resource_id, Otherwise())
        keeps = self.hand_over and family_of(family).hand_over
        return OfferDraft(
            said.during or self.during,
            visibility=said.visibility or self.visibility,
            terms=Terms.HAND_OVER if keeps else Terms.LOAN,
            conditions=self.conditions,
        )


@dataclass(frozen=True)
class Line:
    """What would become of a thing: it is offered so, or left out, and of what is refused why."""

    key: UUID
    name: str
    offer: OfferDraft
    left_out: LeftOut | None = None
    faults: tuple[InvalidParameter, ...] = field(default=(), compare=False)


def made(lines: Sequence[Line]) -> list[Line]:
    """Return the lines that are offered."""
    return [each for each in lines if each.left_out is None]
