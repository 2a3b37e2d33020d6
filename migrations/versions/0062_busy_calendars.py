"""Calendars are read for the busy times of resources

Revision ID: 0062
Revises: 0061
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_KINDS = ("feed", "caldav")
_FAULTS = (
    "forbidden",
    "unreachable",
    "slow",
    "too_large",
    "redirects",
    "denied",
    "gone",
    "refused",
    "no_calendar",
    "too_many_times",
    "endless",
    "locked",
)


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40, create_constraint=True)


def upgrade() -> None:
    """None is read yet."""
    op.create_table(
        "busy_calendar",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("busy_kind", _KINDS), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("sealed_access", sa.LargeBinary(), nullable=False),
        sa.Column("busy", postgresql.TSTZMULTIRANGE(), nullable=False),
        sa.Column("read_at", _INSTANT, nullable=True),
        sa.Column("fault", _one_of("busy_fault", _FAULTS), nullable=True),
        sa.Column("failing_since", _INSTANT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("expanded_on", sa.Date(), nullable=True),
        sa.Column("told", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_busy_calendar_resource_id_resource")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_calendar")),
    )
    op.create_index(op.f("ix_busy_calendar_resource_id"), "busy_calendar", ["resource_id"])
    op.create_index(op.f("ix_busy_calendar_due_at"), "busy_calendar", ["due_at"])


def downgrade() -> None:
    """Read none any more. What they have claimed stays claimed: nobody knows of whom else it is."""
    op.drop_table("busy_calendar")
