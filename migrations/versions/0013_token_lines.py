"""Tokens know what they were made by, and when they were last used; those that act as somebody else end

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Revoke what one member made to act as another. Of other tokens it is not known what they were made by."""
    op.add_column("access_token", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.add_column("access_token", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_access_token_parent_id_access_token"), "access_token", "access_token", ["parent_id"], ["id"]
    )
    op.create_index(op.f("ix_access_token_parent_id"), "access_token", ["parent_id"])
    op.execute(
        "update access_token t set revoked_at = now() where revoked_at is null and exists ("
        "select 1 from audit_entry a where a.entity = 'access_token' and a.entity_id = t.id and a.to_state = 'issued'"
        " and a.actor_id <> t.member_id)"
    )


def downgrade() -> None:
    """Forget both. What was revoked stays so."""
    op.drop_column("access_token", "last_used_at")
    op.drop_column("access_token", "parent_id")
