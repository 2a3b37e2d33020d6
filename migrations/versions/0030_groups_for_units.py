"""Groups of a directory may stand for a role in one unit

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

OF_ROLE = "uq_provisioned_group_organisation_id_role"


def upgrade() -> None:
    """Let a group with a role name a unit."""
    op.add_column("provisioned_group", sa.Column("department", sa.String(), server_default="", nullable=False))
    op.drop_constraint(op.f(OF_ROLE), "provisioned_group")
    op.create_unique_constraint(
        op.f(f"{OF_ROLE}_department"), "provisioned_group", ["organisation_id", "role", "department"]
    )


def downgrade() -> None:
    """Let the groups for units be groups that give nothing, with those in them; what they gave stays."""
    op.execute("update provisioned_group set role = null where department <> ''")
    op.drop_constraint(op.f(f"{OF_ROLE}_department"), "provisioned_group")
    op.create_unique_constraint(op.f(OF_ROLE), "provisioned_group", ["organisation_id", "role"])
    op.drop_column("provisioned_group", "department")
