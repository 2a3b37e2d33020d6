"""Who is in a group may read its calendar by an address

Revision ID: 0093
Revises: 0092
"""

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has one yet."""
    op.add_column("hub_group_member", sa.Column("feed_hash", sa.String(), nullable=True))
    op.create_unique_constraint(op.f("uq_hub_group_member_feed_hash"), "hub_group_member", ["feed_hash"])


def downgrade() -> None:
    """Let no address be read any more."""
    op.drop_column("hub_group_member", "feed_hash")
