"""Roles are granted with a reason and an end; an address is one member's in each organisation

Revision ID: 0015
Revises: 0014

Going back is refused where several organisations have a member with the same address: change these first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ADDRESS: sa.ColumnClause[str] = sa.literal_column("lower(email)")


def upgrade() -> None:
    """Let each role have its terms, and what is for those who have one be theirs alone."""
    op.add_column("member", sa.Column("grants", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.drop_index("uq_member_lower_email", table_name="member")
    op.create_index("uq_member_organisation_id_lower_email", "member", ["organisation_id", ADDRESS], unique=True)
    op.create_index("ix_member_lower_email", "member", [ADDRESS])
    op.add_column("notice", sa.Column("permission", sa.String(length=40), nullable=True))
    op.execute("update notice set permission = 'plan' where entity = 'run' and code <> 'run_failed'")


def downgrade() -> None:
    """Forget the terms, after taking away the roles that have ended: they would hold again."""
    op.execute(
        "update member set roles = array(select role from unnest(roles) as role"
        " where coalesce(grants -> role ->> 'until', '9999-12-31') >= to_char(now(), 'YYYY-MM-DD'))"
    )
    op.drop_column("notice", "permission")
    op.drop_index("ix_member_lower_email", table_name="member")
    op.drop_index("uq_member_organisation_id_lower_email", table_name="member")
    op.create_index("uq_member_lower_email", "member", [ADDRESS], unique=True)
    op.drop_column("member", "grants")
