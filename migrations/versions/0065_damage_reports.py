"""Whoever scans a label may report damage

Revision ID: 0065
Revises: 0064
"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has reported anything yet."""
    op.create_table(
        "damage_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_damage_report_resource_id_resource")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage_report")),
    )
    op.create_index(op.f("ix_damage_report_resource_id"), "damage_report", ["resource_id"])


def downgrade() -> None:
    """Forget what was reported."""
    op.drop_table("damage_report")
