"""Mails know that their text began to go to the server

Revision ID: 0056
Revises: 0055
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of those that are on their way meanwhile it is not known, so they are sent again once more."""
    op.add_column("mail", sa.Column("data_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_mail_sent_is_known"), "mail", "sent_at is null or data_at is null")


def downgrade() -> None:
    """What has failed because nobody knows whether it arrived stays failed."""
    op.drop_column("mail", "data_at")
