"""What happened, on the wire."""

from datetime import datetime
from typing import Self
from uuid import UUID

from api.schemas.base import Wire
from core.time import clock
from marketplace.views.history import Happening


class EventOut(Wire):
    """One thing that happened: a move from state to state, or what `reason` says.

    `name` is told of your own colleagues; both are null where the system itself did it.
    """

    at: datetime
    entity: str
    entity_id: UUID
    name: str | None
    organisation: str | None
    from_state: str | None
    to_state: str | None
    reason: str | None
    words: str | None
    run_id: UUID | None

    @classmethod
    def example(cls) -> Self:
        """Return a lifelike instance for the documentation."""
        return cls(
            at=clock.now(),
            entity="request",
            entity_id=UUID("01980000-0000-7000-8000-000000000001"),
            name="Projektkontoret",
            organisation="Länsstyrelsen i Jämtlands län",
            from_state="draft",
            to_state="open",
            reason=None,
            words=None,
            run_id=None,
        )


class HistoryOut(Wire):
    """All that happened to one thing, in order."""

    items: list[EventOut]

    @classmethod
    def example(cls) -> Self:
        """Return a lifelike instance for the documentation."""
        return cls(items=[EventOut.example()])


def event_out(happening: Happening) -> EventOut:
    """Return an event as it goes on the wire."""
    entry = happening.entry
    return EventOut(
        at=entry.at,
        entity=entry.entity,
        entity_id=entry.entity_id,
        name=happening.name,
        organisation=happening.organisation,
        from_state=entry.from_state,
        to_state=entry.to_state,
        reason=entry.reason_code,
        words=entry.words,
        run_id=entry.run_id,
    )
