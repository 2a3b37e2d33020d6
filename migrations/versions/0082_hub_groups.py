"""Networks and working groups of members of hubs

Revision ID: 0082
Revises: 0081
"""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_KIND = sa.Enum("network", "working_group", name="hub_group_kind", native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """There is no group yet."""
    op.create_table(
        "hub_group",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("kind", _KIND, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("closed_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_group_hub_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_group_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_group")),
        sa.UniqueConstraint("hub_id", "name", name=op.f("uq_hub_group_hub_id_name")),
    )
    op.create_index(op.f("ix_hub_group_member_id"), "hub_group", ["member_id"])
    op.create_table(
        "hub_group_member",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["hub_group.id"], name=op.f("fk_hub_group_member_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_group_member_member_id")),
        sa.PrimaryKeyConstraint("group_id", "member_id", name=op.f("pk_hub_group_member")),
    )
    op.create_index(op.f("ix_hub_group_member_member_id"), "hub_group_member", ["member_id"])
    op.add_column("hub_activity", sa.Column("group_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_hub_activity_group_id"), "hub_activity", "hub_group", ["group_id"], ["id"])
    op.create_index(op.f("ix_hub_activity_group_id"), "hub_activity", ["group_id"])


def downgrade() -> None:
    """Forget the groups; what they had on stays in the calendars of the hubs."""
    op.drop_column("hub_activity", "group_id")
    op.drop_table("hub_group_member")
    op.drop_table("hub_group")
