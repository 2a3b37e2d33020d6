"""A hub's figures and initiatives on the wire."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import FILLED_IN, KEPT, Wire, limited
from core.limits import LONGEST_NAME, LONGEST_WORDS
from hubs.figures.counting import Cell, FigureName
from hubs.figures.models import HubInitiative, HubQuarter, InitiativeState
from hubs.figures.rules import InitiativeDraft

_EXAMPLE = UUID("01980000-0000-7000-8000-000000000001")


class HubFigureOut(Wire):
    """A figure of a quarter."""

    name: FigureName
    cells: Annotated[
        dict[str, float | None],
        Meta(description="Its parts by what they are of; null where it tells of too few people, or would help to."),
    ]
    total: Annotated[int | None, Meta(description="What the parts make up, where they do.")]


class HubQuarterOut(Wire):
    """The figures of a quarter of a hub, as they were made when it was closed."""

    begins: date
    closed_on: date
    digest: Annotated[str, Meta(description="SHA-256 of what they were made of, which is kept no more.")]
    figures: list[HubFigureOut]

    @classmethod
    def example(cls) -> Self:
        """Return a quarter with a mean."""
        told = HubFigureOut(name=FigureName.SATISFACTION, cells={Cell.COUNTED: 40, Cell.MEAN: 4.4}, total=None)
        return cls(begins=date(2026, 7, 1), closed_on=date(2026, 10, 15), digest="0" * 64, figures=[told])


class HubInitiativeIn(Wire):
    """What is said of something that began at a hub."""

    title: Annotated[str, limited(min_length=1, max_length=LONGEST_NAME, pattern=FILLED_IN)]
    born_on: date
    about: Annotated[str, limited(max_length=LONGEST_WORDS, pattern=KEPT)] = ""
    state: InitiativeState = InitiativeState.IDEA

    @classmethod
    def example(cls) -> Self:
        """Return one that is being tried."""
        return cls(title="Gemensam introduktion", born_on=date(2026, 9, 1), state=InitiativeState.TRIED)

    def draft(self) -> InitiativeDraft:
        """Return it as hubs know it."""
        return InitiativeDraft(title=self.title, born_on=self.born_on, about=self.about, state=self.state)


class HubInitiativeOut(HubInitiativeIn, kw_only=True):
    """Something that began at a hub."""

    id: UUID

    @classmethod
    def example(cls) -> Self:
        """Return one that is being tried."""
        return cls(id=_EXAMPLE, title="Gemensam introduktion", born_on=date(2026, 9, 1), state=InitiativeState.TRIED)


def quarter_out(row: HubQuarter) -> HubQuarterOut:
    """Return the figures of a quarter."""
    told = [
        HubFigureOut(name=FigureName(each["name"]), cells=dict(each["cells"]), total=each["total"])
        for each in row.figures
    ]
    return HubQuarterOut(begins=row.begins, closed_on=row.closed_at.date(), digest=row.digest, figures=told)


def initiative_out(row: HubInitiative) -> HubInitiativeOut:
    """Return an initiative."""
    return HubInitiativeOut(id=row.id, title=row.title, born_on=row.born_on, about=row.about, state=row.state)
