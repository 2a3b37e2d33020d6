"""The rows of scenarios and of what they come to."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, StoredAsJson, Timestamped, stored_by_value
from marketplace.scenarios.solving.outcome import Extent, Outcome, outcome, to_json


class ScenarioState(StrEnum):
    """draft → solving → solved, or failed; back to draft when it is changed or cancelled, and discarded from all."""

    DRAFT = "draft"
    SOLVING = "solving"
    SOLVED = "solved"
    FAILED = "failed"
    DISCARDED = "discarded"


class Scenario(Identified, Timestamped, SQLModel, table=True):
    """A run with changes, never published: one coordinator's draft."""

    __tablename__ = "scenario"
    __table_args__ = (Index(None, "member_id", "state"),)

    organisation_id: UUID = Field(foreign_key="organisation.id")
    member_id: UUID = Field(foreign_key="member.id")
    run_id: UUID = Field(foreign_key="matching_run.id", index=True, description="What it is compared with.")
    name: str
    state: ScenarioState = Field(default=ScenarioState.DRAFT, sa_type=stored_by_value(ScenarioState))
    changes: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=JSONB, nullable=False, description="What it changes, see `changes`."
    )
    attempts: int = Field(default=0, description="How often solving it as a whole was begun since it was asked for.")
    lease: UUID | None = Field(default=None, description="Of whoever solves it now.")
    heard_at: datetime | None = Field(default=None, sa_type=Instant, description="When who solves it was last heard.")
    progress: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB, nullable=False, description="As of a run.")


class ScenarioOutcome(SQLModel, table=True):
    """What a scenario comes to; gone as soon as it is changed."""

    __tablename__ = "scenario_outcome"
    model_config = {"arbitrary_types_allowed": True}

    scenario_id: UUID = Field(primary_key=True, foreign_key="scenario.id")
    scope: Extent = Field(primary_key=True, sa_type=stored_by_value(Extent))
    outcome: Outcome = Field(sa_type=StoredAsJson(outcome, to_json), nullable=False)
