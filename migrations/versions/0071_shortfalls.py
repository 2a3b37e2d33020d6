"""What is lost may be missing where it was promised to others

Revision ID: 0071
Revises: 0070
"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is missing now is found by the next sweep."""
    op.create_table(
        "shortfall",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("missing > 0", name=op.f("ck_shortfall_missing_positive")),
        sa.CheckConstraint(
            "state in ('waiting', 'fewer', 'replaced', 'settled')", name=op.f("ck_shortfall_shortfall_state")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_shortfall_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortfall")),
    )
    op.create_index(op.f("ix_shortfall_booking_id"), "shortfall", ["booking_id"])
    op.create_index(
        "ix_shortfall_waiting", "shortfall", ["booking_id"], unique=True, postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index("ix_movement_lost", "movement", ["booking_id"], postgresql_where=sa.text("kind = 'lost'"))


def downgrade() -> None:
    """Ask nobody any more."""
    op.drop_index("ix_movement_lost", "movement")
    op.drop_table("shortfall")
