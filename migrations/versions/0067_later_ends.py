"""What is lent may be asked for longer

Revision ID: 0067
Revises: 0066
"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has asked for anything yet."""
    op.create_table(
        "later_end",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('waiting', 'granted', 'refused', 'lapsed', 'replaced')",
            name=op.f("ck_later_end_later_end_state"),
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_later_end_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_later_end")),
    )
    op.create_index(op.f("ix_later_end_booking_id"), "later_end", ["booking_id"])
    op.create_index(
        "ix_later_end_waiting",
        "later_end",
        ["booking_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    """Forget who has asked."""
    op.drop_table("later_end")
