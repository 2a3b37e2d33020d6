"""Opening hours are known by a key

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

KEY = "md5(nullif(nullif(opening_hours, 'null'), '{}')::text)::uuid"


def upgrade() -> None:
    """Let the database keep what tells hours from others beside them."""
    for table in ("site", "resource"):
        op.add_column(table, sa.Column("hours_key", sa.Uuid(), sa.Computed(KEY, persisted=True), nullable=True))
        op.create_index(f"ix_{table}_hours_key", table, ["hours_key"])


def downgrade() -> None:
    """Forget it."""
    for table in ("resource", "site"):
        op.drop_column(table, "hours_key")
