"""Both sides are told once that what is lent is not back in time

Revision ID: 0064
Revises: 0063
"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what is late already, both sides are told at the next sweep."""
    op.add_column("booking", sa.Column("overdue_told_at", sa.DateTime(timezone=True), nullable=True))
    untold = sa.text("state = 'handed_over' and overdue_told_at is null")
    op.create_index("ix_booking_out", "booking", ["id"], postgresql_where=untold)


def downgrade() -> None:
    """Forget who was told."""
    op.drop_index("ix_booking_out", table_name="booking")
    op.drop_column("booking", "overdue_told_at")
