"""The rows of searches that members have saved."""

from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec
from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, StoredAsJson
from core.time import clock
from marketplace.searches.rules import Query


class SavedSearch(Identified, SQLModel, table=True):
    """A search of one member, and what has been found by it."""

    __tablename__ = "saved_search"

    member_id: UUID = Field(foreign_key="member.id", index=True)
    name: str
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False)
    query: Query = Field(sa_type=StoredAsJson(partial(msgspec.convert, type=Query), msgspec.to_builtins))
    looked_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False, index=True)
    known: list[UUID] = Field(
        default_factory=list,
        sa_type=ARRAY(Uuid),
        nullable=False,
        description="Offers that it finds, and the last others that it has found.",
    )
    told: list[UUID] = Field(
        default_factory=list,
        sa_type=ARRAY(Uuid),
        nullable=False,
        description="The last that were told of, newest first.",
    )
    told_at: datetime | None = Field(default=None, sa_type=Instant)
