"""What moves may be photographed several times

Revision ID: 0086
Revises: 0085
"""

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was photographed is the first of each."""
    op.add_column("movement_photo", sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("movement_photo", "number", server_default=None)
    op.drop_constraint("pk_movement_photo", "movement_photo")
    op.create_primary_key("pk_movement_photo", "movement_photo", ["movement_id", "number"])


def downgrade() -> None:
    """Keep the first of each."""
    op.execute("delete from movement_photo where number > 1")
    op.drop_constraint("pk_movement_photo", "movement_photo")
    op.create_primary_key("pk_movement_photo", "movement_photo", ["movement_id"])
    op.drop_column("movement_photo", "number")
