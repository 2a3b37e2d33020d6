"""Profiles, contacts and weeks of hubs' members

Revision ID: 0069
Revises: 0068
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody has said anything yet."""
    op.create_table(
        "hub_profile",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("can", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("learns", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("wonders", sa.String(), nullable=False),
        sa.Column("told_to", postgresql.JSONB(), nullable=False),
        *_of_member("hub_profile"),
        sa.UniqueConstraint("hub_id", "member_id", name=op.f("uq_hub_profile_hub_id_member_id")),
    )
    op.create_index(op.f("ix_hub_profile_member_id"), "hub_profile", ["member_id"])
    op.create_table(
        "hub_contact",
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_contact_hub_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_contact_member_id")),
        sa.ForeignKeyConstraint(["other_id"], ["member.id"], name=op.f("fk_hub_contact_other_id")),
        sa.PrimaryKeyConstraint("hub_id", "member_id", "other_id", name=op.f("pk_hub_contact")),
    )
    op.create_index(op.f("ix_hub_contact_member_id"), "hub_contact", ["member_id"])
    op.create_index(op.f("ix_hub_contact_other_id"), "hub_contact", ["other_id"])
    audiences = ("nobody", "chosen", "members")
    audience = sa.Enum(*audiences, name="audience", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "hub_week",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("plans", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("could", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("told_to", audience, nullable=False),
        sa.Column("visits", sa.Integer(), nullable=True),
        sa.Column("advised", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("due", sa.Boolean(), nullable=False),
        sa.CheckConstraint("visits between 1 and 7", name=op.f("ck_hub_week_visits")),
        *_of_member("hub_week"),
        sa.UniqueConstraint("hub_id", "member_id", "monday", name=op.f("uq_hub_week_hub_id_member_id_monday")),
    )
    op.create_index(op.f("ix_hub_week_hub_id_monday"), "hub_week", ["hub_id", "monday"])
    op.create_index(op.f("ix_hub_week_member_id"), "hub_week", ["member_id"])


def _of_member(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f(f"fk_{table}_hub_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f(f"fk_{table}_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    """Forget what members of hubs have said, and what they were told of it."""
    op.execute("delete from notice where code = 'hub_days'")
    for table in ("hub_week", "hub_contact", "hub_profile"):
        op.drop_table(table)
