"""Mails are found by what they are about

Revision ID: 0087
Revises: 0086
"""

from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Find whether one about a visit came to nothing."""
    op.create_index(op.f("ix_mail_of_id"), "mail", ["of_id"])


def downgrade() -> None:
    """Look through all."""
    op.drop_index(op.f("ix_mail_of_id"), "mail")
