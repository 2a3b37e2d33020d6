"""A facilitator of an activity is asked for by a request

Revision ID: 0079
Revises: 0078
"""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None is asked for yet."""
    op.add_column("hub_activity", sa.Column("request_id", sa.Uuid(), nullable=True))
    name = op.f("fk_hub_activity_request_id_request")
    op.create_foreign_key(name, "hub_activity", "request", ["request_id"], ["id"])
    op.create_index(op.f("ix_hub_activity_request_id"), "hub_activity", ["request_id"])


def downgrade() -> None:
    """Show at no activity what was asked for."""
    op.drop_column("hub_activity", "request_id")
