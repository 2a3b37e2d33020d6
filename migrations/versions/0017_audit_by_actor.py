"""What somebody did is found as fast as what happened to something

Revision ID: 0017
Revises: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the audit by who did it."""
    op.create_index(op.f("ix_audit_entry_actor_id_sequence"), "audit_entry", ["actor_id", "sequence"])


def downgrade() -> None:
    """Index it by the thing alone."""
    op.drop_index(op.f("ix_audit_entry_actor_id_sequence"), table_name="audit_entry")
