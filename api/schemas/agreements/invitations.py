"""What the calendar of what is lent was told, and has answered, on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import Wire
from marketplace.mail.models import Invitation
from marketplace.mail.rules import CalendarAnswer


class InvitationOut(Wire):
    """A date of a booking to which the calendar of what is lent was invited; its address stands in the offer."""

    id: UUID
    booking_id: UUID
    start: datetime
    end: datetime
    cancelled: bool
    answer: CalendarAnswer
    proposed_start: Annotated[datetime | None, Meta(description="Of the other time that it proposes, if it does.")]
    proposed_end: datetime | None

    @classmethod
    def example(cls) -> Self:
        """Return a room that has accepted."""
        return cls(
            id=UUID("01980000-0000-7000-8000-000000000071"),
            booking_id=UUID("01980000-0000-7000-8000-000000000072"),
            start=datetime.fromisoformat("2032-03-02T08:00:00Z"),
            end=datetime.fromisoformat("2032-03-02T11:00:00Z"),
            cancelled=False,
            answer=CalendarAnswer.ACCEPTED,
            proposed_start=None,
            proposed_end=None,
        )


def invitation_out(invitation: Invitation) -> InvitationOut:
    """Return what either side of the booking may know of an invitation."""
    return InvitationOut(
        id=invitation.id,
        booking_id=invitation.booking_id,
        start=invitation.start,
        end=invitation.until,
        cancelled=invitation.cancelled,
        answer=invitation.answer,
        proposed_start=invitation.proposed_start,
        proposed_end=invitation.proposed_until,
    )
