"""Rooms and vehicles have calendars of their own

Revision ID: 0060
Revises: 0059
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has said where they are."""
    for name in ("calendar_mailbox", "mailbox_told"):
        op.add_column("resource", sa.Column(name, sa.String(), nullable=True))
    changed = sa.text("calendar_mailbox is distinct from mailbox_told")
    op.create_index("ix_resource_mailbox_new", "resource", ["id"], postgresql_where=changed)


def downgrade() -> None:
    """Forget where they are."""
    op.drop_index("ix_resource_mailbox_new", table_name="resource")
    for name in ("calendar_mailbox", "mailbox_told"):
        op.drop_column("resource", name)
