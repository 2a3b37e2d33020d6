"""Rosters: which capacity cards may be called in a crisis, for what, with what notice

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has agreed to anything yet."""
    states = sa.Enum("in_force", "ended", name="roster_state", native_enum=False, length=40, create_constraint=True)
    op.create_table(
        "roster",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("occasions", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("notice_hours", sa.Integer(), nullable=False),
        sa.Column("floor_percent", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("notice_hours >= 0", name=op.f("ck_roster_notice")),
        sa.CheckConstraint("floor_percent between 0 and 100", name=op.f("ck_roster_floor")),
        *(
            sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_roster_{table}_id_{table}"))
            for table in ("organisation", "member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster")),
    )
    for name in ("organisation_id", "member_id"):
        op.create_index(op.f(f"ix_roster_{name}"), "roster", [name])
    op.create_table(
        "roster_card",
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["staff_capacity.resource_id"], name=op.f("fk_roster_card_resource_id_staff_capacity")
        ),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_roster_card_roster_id_roster")),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_roster_card")),
    )
    op.create_index(op.f("ix_roster_card_roster_id"), "roster_card", ["roster_id"])


def downgrade() -> None:
    """Forget who might have been called."""
    op.drop_table("roster_card")
    op.drop_table("roster")
