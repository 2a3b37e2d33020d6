"""The rows of webhooks: where an organisation is told, and each time that it is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, column
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped
from core.time import clock


class WebhookEndpoint(Identified, Timestamped, SQLModel, table=True):
    """An address of an organisation's own system, with what it is told of."""

    __tablename__ = "webhook_endpoint"

    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    host: str = Field(description="The server, which is all that is shown of the address.")
    sealed_access: bytes = Field(description="Address and secret, sealed with the installation's key.")
    codes: list[str] = Field(sa_type=ARRAY(String), nullable=False)
    failing_since: datetime | None = Field(default=None, sa_type=Instant)
    disabled_at: datetime | None = Field(default=None, sa_type=Instant, description="It is told nothing more.")


class WebhookDelivery(Identified, SQLModel, table=True):
    """A notice that an endpoint is told of, once or again: by its id the endpoint knows a repetition."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "notice_id"),
        CheckConstraint("sent_at is null or failed_at is null", name="ended_once"),
        Index(
            "ix_webhook_delivery_to_send",
            "due_at",
            postgresql_where=column("sent_at").is_(None) & column("failed_at").is_(None),
        ),
    )

    endpoint_id: UUID = Field(foreign_key="webhook_endpoint.id", ondelete="CASCADE")
    notice_id: UUID = Field(foreign_key="notice.id", index=True, ondelete="CASCADE")
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False, index=True)
    due_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False, description="Not before.")
    attempts: int = 0
    taken_until: datetime | None = Field(default=None, sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    failed_at: datetime | None = Field(default=None, sa_type=Instant)
    status: int | None = Field(default=None, description="What the endpoint answered the last time, if it did.")
    fault: str = Field(default="", max_length=40, description="Why the last attempt came to nothing.")
