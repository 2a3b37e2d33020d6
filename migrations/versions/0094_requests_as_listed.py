"""Requests are found in the order of their list

Revision ID: 0094
Revises: 0093
"""

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Sort none to show some."""
    op.create_index("ix_request_listed", "request", [sa.text("created_at desc"), "id"])


def downgrade() -> None:
    """Sort all."""
    op.drop_index("ix_request_listed", "request")
