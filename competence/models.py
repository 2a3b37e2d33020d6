"""Rows for skills and for the anonymous capacity cards of people with time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant


class Skill(Identified, SQLModel, table=True):
    """A concept of a vocabulary, with labels."""

    code: str = Field(unique=True, max_length=60, description="Short key of our own vocabulary, as in CSV files.")
    uri: str = Field(unique=True)
    label_sv: str
    label_en: str
    scheme: str
    scheme_version: str
    ssyk: str | None = None


class StaffCapacity(SQLModel, table=True):
    """What only staff has. Anonymous: it names no person, and is listed only when all three have said yes."""

    __tablename__ = "staff_capacity"
    __table_args__ = (CheckConstraint("extent_percent between 1 and 100", name="extent"),)

    resource_id: UUID = Field(primary_key=True, foreign_key="resource.id")
    extent_percent: int
    remote: bool = False
    municipality_codes: list[str] = Field(
        default_factory=list,
        sa_type=ARRAY(String),
        nullable=False,
        description="Where work on site is possible.",
    )
    languages: list[str] = Field(default_factory=lambda: ["sv"], sa_type=ARRAY(String), nullable=False)
    employee_consent_at: datetime | None = Field(default=None, sa_type=Instant)
    manager_consent_at: datetime | None = Field(default=None, sa_type=Instant)
    hr_consent_at: datetime | None = Field(default=None, sa_type=Instant)
    consent_notes: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": text("'{}'")},
        description="By who has said yes: who noted it (`memberId`, `name`) and on what `evidence`.",
    )


class StaffSkill(SQLModel, table=True):
    """A skill of a capacity card, with its level."""

    __tablename__ = "staff_skill"
    __table_args__ = (CheckConstraint("level between 1 and 5", name="level"),)

    resource_id: UUID = Field(primary_key=True, foreign_key="staff_capacity.resource_id")
    skill_id: UUID = Field(primary_key=True, foreign_key="skill.id", index=True)
    level: int = Field(description="1 knows of it … 3 works independently … 5 leads and teaches.")
