"""A run keeps what first come, first served would have come to

Revision ID: 0028
Revises: 0027

Older runs have none: their problems may be gone, and nobody is told a figure that was not worked out.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it."""
    op.add_column("matching_run", sa.Column("baseline", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    """Forget it; a later run makes its own."""
    op.drop_column("matching_run", "baseline")
