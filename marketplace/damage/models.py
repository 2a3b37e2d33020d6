"""Rows for reports of damage by whoever scans a label."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant


class DamageReport(Identified, SQLModel, table=True):
    """What somebody who need not be signed in says is wrong with a thing. Nothing is kept of who that was."""

    __tablename__ = "damage_report"

    resource_id: UUID = Field(foreign_key="resource.id", index=True)
    at: datetime = Field(sa_type=Instant, nullable=False)
    words: str
    picture: bytes | None = Field(
        default=None, sa_type=LargeBinary, description="What it looks like, as WebP, made anew; none: not sent."
    )
