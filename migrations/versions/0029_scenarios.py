"""Drafts of what would be if: a run with changes, and what that comes to

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

STATES = ("draft", "solving", "solved", "failed", "discarded")


def upgrade() -> None:
    """Make room for them."""
    instant, data = sa.DateTime(timezone=True), postgresql.JSONB(astext_type=sa.Text())
    op.create_table(
        "scenario",
        sa.Column("created_at", instant, nullable=False),
        sa.Column("updated_at", instant, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="scenario_state", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("changes", data, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("heard_at", instant, nullable=True),
        sa.Column("progress", data, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_scenario_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_scenario_member_id_member")),
        sa.ForeignKeyConstraint(["run_id"], ["matching_run.id"], name=op.f("fk_scenario_run_id_matching_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
    )
    op.create_index(op.f("ix_scenario_member_id_state"), "scenario", ["member_id", "state"])
    op.create_index(op.f("ix_scenario_run_id"), "scenario", ["run_id"])
    op.create_table(
        "scenario_outcome",
        sa.Column("scenario_id", sa.Uuid(), nullable=False),
        sa.Column(
            "scope",
            sa.Enum("near", "whole", name="scope", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("outcome", data, nullable=False),
        sa.ForeignKeyConstraint(
            ["scenario_id"], ["scenario.id"], name=op.f("fk_scenario_outcome_scenario_id_scenario")
        ),
        sa.PrimaryKeyConstraint("scenario_id", "scope", name=op.f("pk_scenario_outcome")),
    )


def downgrade() -> None:
    """Take them away, with what was tried."""
    op.drop_table("scenario_outcome")
    op.drop_table("scenario")
