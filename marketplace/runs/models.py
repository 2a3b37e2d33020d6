"""Rows for matching runs: what was asked, how it went, what came out."""

from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, StoredAsJson, Timestamped, sequence, stored_by_value
from marketplace.runs.baseline import Baseline
from marketplace.runs.published import Published
from marketplace.runs.reasons import OutcomeReasons, outcome_reasons, to_json


class RunState(StrEnum):
    """queued → running → done, failed, cancelled; running → queued when its lease is taken back."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RunKind(StrEnum):
    """Over all that is open, or only over what stands around one request, or what one alert asks for."""

    WHOLE = "whole"
    LOCAL = "local"
    SURGE = "surge"


class BlockState(StrEnum):
    """waiting → leased → answered; leased → waiting when the lease runs out. What is answered is soon deleted."""

    WAITING = "waiting"
    LEASED = "leased"
    ANSWERED = "answered"


class ReasonsState(StrEnum):
    """looking → found, or ended before all was looked for. A run is done, and published, before it looks."""

    LOOKING = "looking"
    FOUND = "found"
    ENDED = "ended"


class MatchingRun(Identified, Timestamped, SQLModel, table=True):
    """One optimisation over a pool of open needs and offers."""

    __tablename__ = "matching_run"
    model_config = {"arbitrary_types_allowed": True}
    __table_args__ = (Index(None, "state", "lease_until"),)

    sequence: int = sequence()
    name: str = ""
    state: RunState = Field(default=RunState.QUEUED, sa_type=stored_by_value(RunState))
    kind: RunKind = Field(default=RunKind.WHOLE, sa_type=stored_by_value(RunKind))
    request_id: UUID | None = Field(
        default=None, foreign_key="request.id", index=True, description="Of a local run: what came or went."
    )
    surge_id: UUID | None = Field(
        default=None, foreign_key="surge.id", index=True, description="Of a run for an alert."
    )
    member_id: UUID | None = Field(default=None, foreign_key="member.id", index=True)
    county_code: str | None = Field(default=None, max_length=2, description="Only needs placed here; nothing: all.")
    policy: dict[str, Any] = Field(sa_type=JSONB, nullable=False, description="Name and weights, as they were.")
    seed: int = 1
    time_limit_s: float
    workers: int = 1
    attempts: int = 0
    lease: UUID | None = Field(default=None, description="Of the attempt that runs now. Only it may publish.")
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    progress: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSONB,
        nullable=False,
        description="step, done and total of it, seconds since it began; once it searches also value, bound, gap, "
        "blocks, and served of needs as the optimiser counts them: a date served apart is one of its own. Published, "
        "spent: seconds of each phase.",
    )
    queued_at: datetime = Field(sa_type=Instant, nullable=False)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    status: str | None = Field(default=None, max_length=20, description="optimal, feasible or stopped.")
    objective: int | None = Field(default=None, sa_type=BigInteger)
    bound: int | None = Field(default=None, sa_type=BigInteger)
    needs: int | None = None
    served: int | None = None
    options: int | None = None
    runtime_s: float | None = None
    baseline: Baseline | None = Field(
        default=None,
        sa_type=StoredAsJson(partial(msgspec.convert, type=Baseline), msgspec.to_builtins),
        description="Of a whole run: what first come, first served comes to. Nothing: older than this, or no time.",
    )
    published: Published | None = Field(
        default=None,
        sa_type=StoredAsJson(partial(msgspec.convert, type=Published), msgspec.to_builtins),
        description="What its proposals came to when it published them. Nothing: it has not.",
    )
    failure_code: str | None = Field(default=None, max_length=40)
    reasons_state: ReasonsState | None = Field(
        default=None, sa_type=stored_by_value(ReasonsState), description="Nothing: not done, or older than this."
    )
    set_aside: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=JSONB, nullable=False, description="Rows that could not be used, see `set_aside`."
    )


class RunDocument(SQLModel, table=True):
    """A run's stored input and result (gzipped JSON), from which it can be replayed."""

    __tablename__ = "run_document"

    run_id: UUID = Field(primary_key=True, foreign_key="matching_run.id")
    kind: str = Field(primary_key=True, max_length=20, description="problem, packed, context, plan or trace.")
    body: bytes = Field(sa_type=LargeBinary, nullable=False)


class RunBlock(Identified, SQLModel, table=True):
    """A block of a run that any worker may solve. It is deleted as soon as the run has its answer."""

    __tablename__ = "run_block"

    run_id: UUID = Field(foreign_key="matching_run.id", index=True)
    state: BlockState = Field(default=BlockState.WAITING, sa_type=stored_by_value(BlockState))
    question: bytes = Field(sa_type=LargeBinary, nullable=False)
    answer: bytes | None = Field(default=None, sa_type=LargeBinary)
    ends_at: datetime = Field(sa_type=Instant, nullable=False, description="When the run stops waiting for it.")
    lease: UUID | None = Field(default=None, description="Of the worker that solves it now.")
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    tries: int = Field(default=0, description="How often a worker has begun to solve it.")


class NeedOutcome(SQLModel, table=True):
    """What a run did with one need, and why: reasons as data."""

    __tablename__ = "need_outcome"
    model_config = {"arbitrary_types_allowed": True}

    run_id: UUID = Field(primary_key=True, foreign_key="matching_run.id")
    need_id: UUID = Field(primary_key=True, foreign_key="need.id", index=True)
    served: bool
    code: str = Field(
        max_length=40,
        description="served, partly_served, no_option, lost_to_others, bundle_broken, alternative_served or "
        "taken_meanwhile.",
    )
    reasons: OutcomeReasons = Field(
        default_factory=OutcomeReasons, sa_type=StoredAsJson(outcome_reasons, to_json), nullable=False
    )
