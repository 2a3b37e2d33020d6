"""Rows for checklists."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Timestamped, stored_by_value


class Step(StrEnum):
    """When a list is gone through."""

    HAND_OVER = "hand_over"
    RETURN = "return"


class Checklist(Identified, Timestamped, SQLModel, table=True):
    """What an organisation looks through of one family, at one of its sites or at all that have no list of their own.

    What was ticked is copied to the movement, see `MovementCheck`: a list may change.
    """

    __table_args__ = (
        Index(
            "ix_checklist_organisation_id_site_id_family_step",
            *("organisation_id", "site_id", "family", "step"),
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    organisation_id: UUID = Field(foreign_key="organisation.id")
    site_id: UUID | None = Field(default=None, foreign_key="site.id", index=True, description="None: at all of them.")
    family: str = Field(max_length=40, description="The name of one of `families.FAMILIES`.")
    step: Step = Field(sa_type=stored_by_value(Step))
    items: list[str] = Field(sa_type=ARRAY(String), nullable=False, description="In the order in which they are shown.")
