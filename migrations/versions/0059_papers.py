"""Agreements on bookings are papers, with numbers

Revision ID: 0059
Revises: 0058
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_STATES = ("waiting", "made", "failed")


def upgrade() -> None:
    """No booking has a paper yet."""
    op.create_table(
        "paper_series",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("pattern", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_paper_series_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_paper_series")),
    )
    op.create_table(
        "paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("addendum", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*_STATES, name="paper_state", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("signatures", sa.Integer(), nullable=False),
        sa.Column("signed_at", _INSTANT, nullable=True),
        sa.CheckConstraint("(state = 'made') = (sha256 is not null and size is not null)", name=op.f("ck_paper_made")),
        sa.CheckConstraint("addendum >= 0 and signatures >= 0", name=op.f("ck_paper_counts")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_paper_booking_id_booking")),
        sa.ForeignKeyConstraint(["issuer_id"], ["organisation.id"], name=op.f("fk_paper_issuer_id_organisation")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("booking_id", "addendum", name=op.f("uq_paper_booking_id_addendum")),
        sa.UniqueConstraint("issuer_id", "number", "addendum", name=op.f("uq_paper_issuer_id_number_addendum")),
    )
    op.create_index(op.f("ix_paper_state"), "paper", ["state"])
    op.create_table(
        "paper_file",
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_paper_file_paper_id_paper")),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_paper_file")),
    )


def downgrade() -> None:
    """Throw the papers away: what was agreed stands on the bookings."""
    op.drop_table("paper_file")
    op.drop_table("paper")
    op.drop_table("paper_series")
