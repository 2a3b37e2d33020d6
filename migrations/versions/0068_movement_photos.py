"""What moves may be photographed

Revision ID: 0068
Revises: 0067
"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing has been photographed yet."""
    op.create_table(
        "movement_photo",
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_movement_photo_movement_id_movement")),
        sa.PrimaryKeyConstraint("movement_id", name=op.f("pk_movement_photo")),
    )


def downgrade() -> None:
    """Forget how it looked."""
    op.drop_table("movement_photo")
