"""Answers that are kept know what whom they were given to might do

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it. Of answers of before it is not known; they are forgotten within `idempotency_hours`."""
    op.add_column("idempotent_answer", sa.Column("rights", ARRAY(sa.String()), nullable=False, server_default="{}"))
    op.alter_column("idempotent_answer", "rights", server_default=None)


def downgrade() -> None:
    """Forget it."""
    op.drop_column("idempotent_answer", "rights")
