"""Thanks for loans of people, which the borrower writes on their booking

Revision ID: 0050
Revises: 0049
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has been thanked yet."""
    op.add_column("booking", sa.Column("thanks", sa.String(), nullable=True))


def downgrade() -> None:
    """Forget the thanks; notices of them are no notices then."""
    op.execute("delete from notice where code in ('thanked', 'thanked_you')")
    op.drop_column("booking", "thanks")
