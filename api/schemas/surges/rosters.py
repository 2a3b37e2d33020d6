"""Rosters on the wire: who may be called in a crisis, for what, with what notice."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import Name, Wire, limited
from marketplace.surges.models import Occasion, RosterState
from marketplace.surges.queries import RosterView
from marketplace.surges.rules import LONGEST_NOTICE_HOURS, MOST_CARDS, RosterDraft

_ID = "01980000-0000-7000-8000-0000000000{}"


class RosterIn(Wire):
    """Which capacity cards of yours may be called: `cardIds` are their resources. A card is in one roster at most."""

    name: Name
    occasions: Annotated[list[Occasion], limited("One said twice counts once.", min_items=1)]
    notice_hours: Annotated[
        int,
        limited("From a call until somebody begins, at least.", minimum=0, maximum=LONGEST_NOTICE_HOURS),
    ]
    floor_percent: Annotated[
        int, limited("Of the cards' time together: so much stays at ordinary work.", minimum=0, maximum=100)
    ]
    until: Annotated[date, Meta(description="The last day on which it holds, which has not passed.")]
    card_ids: Annotated[list[UUID], limited(min_items=1, max_items=MOST_CARDS)]

    @classmethod
    def example(cls) -> Self:
        """Return a roster of one card for those who seek protection."""
        return cls(
            name="Handläggare i beredskap",
            occasions=[Occasion.RECEPTION],
            notice_hours=24,
            floor_percent=60,
            until=date(2027, 12, 31),
            card_ids=[UUID(_ID.format("14"))],
        )

    def draft(self) -> RosterDraft:
        """Return it as the marketplace knows it."""
        return RosterDraft(
            name=self.name,
            occasions=frozenset(self.occasions),
            notice_hours=self.notice_hours,
            floor_percent=self.floor_percent,
            until=self.until,
            card_ids=frozenset(self.card_ids),
        )


class RosterOut(Wire):
    """A roster: `percent` is what time its `cards` have together, in percent of one full time post.

    Which cards they are (`cardIds`) is for the organisation itself, and told of one roster, not in lists.
    """

    id: UUID
    version: int
    state: RosterState
    organisation_id: UUID
    name: str
    occasions: list[str]
    notice_hours: int
    floor_percent: int
    until: date
    cards: int
    percent: int
    card_ids: list[UUID] | None = None

    @classmethod
    def example(cls) -> Self:
        """Return a roster of one card."""
        return cls(
            id=UUID(_ID.format("71")),
            version=1,
            state=RosterState.IN_FORCE,
            organisation_id=UUID(_ID.format("04")),
            name="Handläggare i beredskap",
            occasions=[Occasion.RECEPTION.value],
            notice_hours=24,
            floor_percent=60,
            until=date(2027, 12, 31),
            cards=1,
            percent=100,
            card_ids=[UUID(_ID.format("14"))],
        )


def roster_out(view: RosterView, card_ids: list[UUID] | None = None) -> RosterOut:
    """Return a roster as whoever may see it reads it."""
    row = view.roster
    return RosterOut(
        id=row.id,
        version=row.version,
        state=row.state,
        organisation_id=row.organisation_id,
        name=row.name,
        occasions=row.occasions,
        notice_hours=row.notice_hours,
        floor_percent=row.floor_percent,
        until=row.until,
        cards=view.cards,
        percent=view.percent,
        card_ids=card_ids,
    )
