"""Bookings that fall short on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from api.schemas.base import Wire
from marketplace.shortfalls.models import Shortfall, ShortfallState


class ShortfallChoice(StrEnum):
    """What the borrower may decide."""

    FEWER = "fewer"
    REPLACED = "replaced"


class ShortfallDecisionIn(Wire):
    """Take what there is, or cancel and have what was needed matched anew."""

    to: ShortfallChoice

    @classmethod
    def example(cls) -> Self:
        """Return a borrower that makes do with fewer."""
        return cls(to=ShortfallChoice.FEWER)


class ShortfallOut(Wire):
    """How many are missing from a booking because they are lost, and what became of it."""

    id: UUID
    booking_id: UUID
    missing: int
    state: ShortfallState
    decide_by: datetime
    decided_at: datetime | None
    created_at: datetime

    @classmethod
    def example(cls) -> Self:
        """Return three chairs that are missing."""
        return cls(
            id=UUID("01980000-0000-7000-8000-000000000083"),
            booking_id=UUID("01980000-0000-7000-8000-000000000082"),
            missing=3,
            state=ShortfallState.WAITING,
            decide_by=datetime.fromisoformat("2027-03-08T09:00:00Z"),
            decided_at=None,
            created_at=datetime.fromisoformat("2027-03-03T09:00:00Z"),
        )


def shortfall_out(row: Shortfall) -> ShortfallOut:
    """Return a shortfall as the sides of its booking may know it."""
    return ShortfallOut(
        id=row.id,
        booking_id=row.booking_id,
        missing=row.missing,
        state=row.state,
        decide_by=row.decide_by,
        decided_at=row.decided_at,
        created_at=row.created_at,
    )
