"""Figures of hubs' quarters, and initiatives that were born at hubs

Revision ID: 0076
Revises: 0075
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_STATE = sa.Enum(
    "idea", "tried", "in_use", "stopped", name="initiative_state", native_enum=False, create_constraint=True, length=40
)


def upgrade() -> None:
    """No quarter is closed yet."""
    op.create_table(
        "hub_quarter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("closed_at", _INSTANT, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_quarter_hub_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_quarter")),
        sa.UniqueConstraint("hub_id", "begins", name=op.f("uq_hub_quarter_hub_id_begins")),
    )
    op.create_table(
        "hub_initiative",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("state", _STATE, nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_initiative_hub_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_hub_initiative_organisation_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_initiative_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_initiative")),
    )
    for column in ("hub_id", "organisation_id", "member_id"):
        op.create_index(op.f(f"ix_hub_initiative_{column}"), "hub_initiative", [column])


def downgrade() -> None:
    """Forget the figures."""
    op.drop_table("hub_initiative")
    op.drop_table("hub_quarter")
