"""Rows for requests and the needs in them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel, col

from core.database.full_text import words_in
from core.database.tables import Identified, Instant, Timestamped, Versioned, stored_by_value

REQUEST_WORDS = words_in("title", "purpose")


class RequestState(StrEnum):
    """draft → open → proposed → (partly) agreed → fulfilled; withdrawn, expired."""

    DRAFT = "draft"
    OPEN = "open"
    PROPOSED = "proposed"
    PARTLY_AGREED = "partly_agreed"
    AGREED = "agreed"
    FULFILLED = "fulfilled"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class NeedState(StrEnum):
    """Where one need stands, as its request's state is made of."""

    OPEN = "open"
    PROPOSED = "proposed"
    AGREED = "agreed"
    DROPPED = "dropped"


class Priority(StrEnum):
    """What a request is for, from most to least pressing."""

    CRISIS = "crisis"
    STATUTORY = "statutory"
    ORDINARY = "ordinary"
    EXPLORATORY = "exploratory"


class Request(Identified, Timestamped, Versioned, SQLModel, table=True):
    """What a project needs: one or several needs, together or independently."""

    __table_args__ = (
        Index(None, "state"),
        Index(None, "opened_at", "id"),
        Index("ix_request_words", text(REQUEST_WORDS), postgresql_using="gin"),
        Index("ix_request_title_letters", "title", postgresql_using="gin", postgresql_ops={"title": "gin_trgm_ops"}),
    )

    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    member_id: UUID = Field(foreign_key="member.id", index=True)
    department: str | None = Field(
        default=None, description="The unit that asks: that of who filed it; none: the organisation as a whole."
    )
    title: str
    purpose: str = ""
    priority: Priority = Field(default=Priority.ORDINARY, sa_type=stored_by_value(Priority))
    together: bool = Field(default=False, description="All of its needs or none.")
    state: RequestState = Field(default=RequestState.DRAFT, sa_type=stored_by_value(RequestState))
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    surge_role_id: UUID | None = Field(
        default=None, foreign_key="surge_role.id", index=True, description="Of an alert: matched by its own runs alone."
    )


# The order of lists.
Index("ix_request_listed", col(Request.created_at).desc(), col(Request.id))


class Need(Identified, SQLModel, table=True):
    """One wanted thing: kind, requirements, amount, place, time.

    ``requirements`` and ``timing`` are the JSON of the value classes `requests.rules.Requirements` and
    `core.timing.Timing`; nothing searches inside them with SQL.
    """

    __table_args__ = (
        UniqueConstraint("request_id", "position"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("parts > 0", name="parts_positive"),
    )

    request_id: UUID = Field(foreign_key="request.id", index=True)
    position: int = Field(description="1, 2, 3 … as the requester wrote them.")
    title: str
    family: str = Field(max_length=40, description="The name of one of `resources.families.FAMILIES`.")
    kind: str | None = Field(default=None, max_length=40, description="Nothing: any kind of the family.")
    amount: int = Field(description="People for desks, things for furniture, percent for staff, else 1.")
    parts: int = Field(default=1, description="From how many lots at most.")
    requirements: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB, nullable=False)
    timing: dict[str, Any] = Field(sa_type=JSONB, nullable=False)
    ends_at: datetime | None = Field(
        default=None, sa_type=Instant, description="When its timing has passed altogether. Nothing: it has no end."
    )
    municipality_code: str | None = Field(default=None, max_length=4)
    latitude: float | None = None
    longitude: float | None = None
    max_distance_km: float | None = Field(default=None, description="Nothing: anywhere in the country.")
    alternative_group: int | None = Field(default=None, description="At most one need of each group is served.")
    state: NeedState = Field(default=NeedState.OPEN, sa_type=stored_by_value(NeedState))
