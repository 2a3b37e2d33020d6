"""Rows for proposals: the optimiser's suggestion for one request, and who has said yes to it."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlmodel import Field, SQLModel, col

from core.database.tables import Identified, Instant, StoredAsJson, Timestamped, Versioned, stored_by_value
from marketplace.offers.models import PriceBasis, Terms
from marketplace.runs.reasons import LineReasons, line_reasons, to_json


class ProposalState(StrEnum):
    """proposed → approved → agreed once all parties accepted; refused, expired, superseded.

    That a coordinator approved or refused it may be undone for some minutes.
    """

    PROPOSED = "proposed"
    APPROVED = "approved"
    AGREED = "agreed"
    REFUSED = "refused"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Side(StrEnum):
    """On which side of a proposal an organisation stands."""

    LISTER = "lister"
    REQUESTER = "requester"


class Answer(StrEnum):
    """What a party says of a proposal."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class Proposal(Identified, Timestamped, Versioned, SQLModel, table=True):
    """What the optimiser suggests for a request: all needs of a bundle, or one need of a list."""

    __table_args__ = (Index(None, "state", "answer_by"),)

    run_id: UUID = Field(foreign_key="matching_run.id", index=True)
    request_id: UUID = Field(foreign_key="request.id", index=True)
    state: ProposalState = Field(default=ProposalState.PROPOSED, sa_type=stored_by_value(ProposalState))
    locked_at: datetime | None = Field(
        default=None, sa_type=Instant, description="Since when the coordinator keeps it through later runs."
    )
    approved_at: datetime | None = Field(
        default=None, sa_type=Instant, description="Since when its parties may see it; it stays so whatever follows."
    )
    answer_by: datetime = Field(sa_type=Instant, nullable=False)
    reminded_at: datetime | None = Field(default=None, sa_type=Instant)
    refused_by_id: UUID | None = Field(default=None, foreign_key="organisation.id")
    refusal_code: str | None = Field(default=None, max_length=40)
    refusal_words: str | None = None


# The order of lists, see `queries.listed`: what waits for the coordinator, then for the parties.
Index(
    "ix_proposal_listed",
    text("(state <> 'proposed')"),
    text("(state <> 'approved')"),
    col(Proposal.created_at).desc(),
    col(Proposal.id).desc(),
)


class ProposalLine(Identified, SQLModel, table=True):
    """One need (or one date of it) served by one offer, on the terms that the offer had when it was put forward.

    Whoever answers says yes to these: a later change of the offer touches neither what waits nor what is booked.
    """

    __tablename__ = "proposal_line"
    model_config = {"arbitrary_types_allowed": True}
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    proposal_id: UUID = Field(foreign_key="proposal.id", index=True)
    need_id: UUID = Field(foreign_key="need.id", index=True)
    offer_id: UUID = Field(foreign_key="offer.id", index=True)
    occurs_on: date | None = Field(default=None, description="The date, when a series is decided per date.")
    amount: int
    terms: Terms = Field(sa_type=stored_by_value(Terms))
    price_basis: PriceBasis = Field(sa_type=stored_by_value(PriceBasis))
    price_sek: int
    conditions: str
    option_key: str = Field(description="The option's id in the run's problem.")
    score: int
    reasons: LineReasons = Field(
        default_factory=LineReasons,
        sa_type=StoredAsJson(line_reasons, to_json),
        nullable=False,
        description="terms by criterion, distance, alternatives with cost to others, dates that are missing.",
    )


class LineClaim(Identified, SQLModel, table=True):
    """What agreeing to a line will claim."""

    __tablename__ = "line_claim"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    line_id: UUID = Field(foreign_key="proposal_line.id", index=True)
    unit_id: UUID = Field(foreign_key="unit.id", index=True)
    amount: int
    during: Range[datetime] = Field(sa_type=TSTZRANGE, nullable=False)


class ProposalParty(SQLModel, table=True):
    """One side that has to say yes: the requester's organisation, and each lister's."""

    __tablename__ = "proposal_party"

    proposal_id: UUID = Field(primary_key=True, foreign_key="proposal.id")
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id", index=True)
    side: Side = Field(primary_key=True, sa_type=stored_by_value(Side))
    answer: Answer | None = Field(default=None, sa_type=stored_by_value(Answer), nullable=True)
    member_id: UUID | None = Field(default=None, foreign_key="member.id")
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
