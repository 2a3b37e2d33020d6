"""Photos have an order

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the order be that in which they were added, as it was shown until now."""
    op.add_column("photo", sa.Column("place", sa.Integer(), server_default="1", nullable=False))
    op.execute(
        "update photo set place = ordered.place from "
        "(select id, row_number() over (partition by resource_id order by id) as place from photo) as ordered "
        "where ordered.id = photo.id"
    )
    op.alter_column("photo", "place", server_default=None)


def downgrade() -> None:
    """Let them stand in the order in which they were added."""
    op.drop_column("photo", "place")
