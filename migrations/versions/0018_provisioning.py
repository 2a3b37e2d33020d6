"""Members and groups as an organisation's directory knows them; an address is free when its member is deleted there

Revision ID: 0018
Revises: 0017

Going back gives whoever was deleted an address of its own that nobody reads, so that each address is one member's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ADDRESS: sa.ColumnClause[str] = sa.literal_column("lower(email)")
USER_NAME: sa.ColumnClause[str] = sa.literal_column("lower(coalesce(user_name, email))")
HERE = sa.text("deprovisioned_at is null")
EMAIL, NAMED, EXTERNAL = (
    f"uq_member_organisation_id_{key}" for key in ("lower_email", "lower_user_name", "external_id")
)


def upgrade() -> None:
    """Add what a directory calls each of them, and its groups."""
    op.add_column("member", sa.Column("user_name", sa.String(), nullable=True))
    op.add_column("member", sa.Column("external_id", sa.String(), nullable=True))
    op.add_column("member", sa.Column("deprovisioned_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_member_deprovisioned"), "member", "deprovisioned_at is null or not active")
    op.drop_index(EMAIL, table_name="member")
    op.create_index(EMAIL, "member", ["organisation_id", ADDRESS], unique=True, postgresql_where=HERE)
    op.create_index(NAMED, "member", ["organisation_id", USER_NAME], unique=True, postgresql_where=HERE)
    op.create_index(EXTERNAL, "member", ["organisation_id", "external_id"], unique=True, postgresql_where=HERE)
    op.create_table(
        "provisioned_group",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provisioned_group")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_provisioned_group_organisation_id")
        ),
        sa.UniqueConstraint("organisation_id", "role", name=op.f("uq_provisioned_group_organisation_id_role")),
        sa.UniqueConstraint(
            "organisation_id", "external_id", name=op.f("uq_provisioned_group_organisation_id_external_id")
        ),
    )
    op.create_index(op.f("ix_provisioned_group_organisation_id"), "provisioned_group", ["organisation_id"])
    op.create_table(
        "group_membership",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "member_id", name=op.f("pk_group_membership")),
        sa.ForeignKeyConstraint(["group_id"], ["provisioned_group.id"], name=op.f("fk_group_membership_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_group_membership_member_id")),
    )
    op.create_index(op.f("ix_group_membership_member_id"), "group_membership", ["member_id"])


def downgrade() -> None:
    """Forget what directories say."""
    op.drop_table("group_membership")
    op.drop_table("provisioned_group")
    op.execute(
        "update member set email = 'deleted-' || id || '@erased.invalid', name = 'Tidigare medlem', department = null"
        " where deprovisioned_at is not null"
    )
    for index in (EXTERNAL, NAMED, EMAIL):
        op.drop_index(index, table_name="member")
    op.create_index(EMAIL, "member", ["organisation_id", ADDRESS], unique=True)
    op.drop_constraint(op.f("ck_member_deprovisioned"), "member")
    for name in ("deprovisioned_at", "external_id", "user_name"):
        op.drop_column("member", name)
