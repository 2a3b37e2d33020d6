"""What is looked through as something is handed over and comes back

Revision ID: 0075
Revises: 0074
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

_WHAT_FOR = ("organisation_id", "site_id", "family", "step")


def upgrade() -> None:
    """Nobody keeps a list yet."""
    op.create_table(
        "checklist",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("family", sa.String(length=40), nullable=False),
        sa.Column(
            "step",
            sa.Enum("hand_over", "return", name="step", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("items", postgresql.ARRAY(sa.String()), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_checklist_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_checklist_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist")),
    )
    op.create_index(op.f("ix_checklist_site_id"), "checklist", ["site_id"])
    op.create_index(
        "ix_checklist_organisation_id_site_id_family_step",
        "checklist",
        [*_WHAT_FOR],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "movement_check",
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("ticked", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["movement_id"], ["movement.id"], name=op.f("fk_movement_check_movement_id_movement")),
        sa.PrimaryKeyConstraint("movement_id", "position", name=op.f("pk_movement_check")),
    )


def downgrade() -> None:
    """Forget what is looked through, and what was."""
    op.drop_table("movement_check")
    op.drop_table("checklist")
