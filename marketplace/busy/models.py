"""The rows of calendars that are read for the busy times of a resource."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, TSTZMULTIRANGE, Range
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, stored_by_value
from core.time import clock
from marketplace.busy.rules import BusyFault, BusyKind


class BusyCalendar(Identified, Timestamped, SQLModel, table=True):
    """A calendar kept elsewhere, with the times at which it was busy when it was last read; not what for."""

    __tablename__ = "busy_calendar"

    resource_id: UUID = Field(foreign_key="resource.id", index=True)
    kind: BusyKind = Field(sa_type=stored_by_value(BusyKind))
    host: str = Field(description="The server, which is all that is shown of the address.")
    sealed_access: bytes = Field(description="Address, user and password, sealed with the installation's key.")
    busy: list[Range[datetime]] = Field(default_factory=list, sa_type=TSTZMULTIRANGE, nullable=False)
    read_at: datetime | None = Field(default=None, sa_type=Instant, description="When it was last read.")
    fault: BusyFault | None = Field(
        default=None, sa_type=stored_by_value(BusyFault), description="Why the last attempt came to nothing."
    )
    failing_since: datetime | None = Field(default=None, sa_type=Instant)
    failures: int = Field(default=0, description="Attempts in vain since it was last read.")
    due_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False, index=True)
    etag: str = Field(default="", description="What the server calls what was read.")
    digest: str = Field(default="", description="SHA-256 of what was read, hex: the same need not be worked out again.")
    expanded_on: date | None = Field(default=None, description="For which day its repetitions were worked out.")
    told: list[UUID] = Field(
        default_factory=list,
        sa_type=ARRAY(Uuid),
        nullable=False,
        description="Bookings that it was at odds with when last read.",
    )
