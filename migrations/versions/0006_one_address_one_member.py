"""One address, one member, whatever the case of its letters

Revision ID: 0006
Revises: 0005

Where several members have addresses that differ in case only, the first of them keeps it. The others are kept out,
with their own key before the address, so that nothing they did is lost and a coordinator can see who they were.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep later members of the same address out, and let there be no more of them."""
    op.drop_constraint(op.f("uq_member_email"), "member", type_="unique")
    op.execute(
        "update member m set active = false, email = m.id || '.' || m.email, version = m.version + 1"
        " where exists (select from member e where lower(e.email) = lower(m.email) and e.id < m.id)"
    )
    op.create_index("uq_member_lower_email", "member", [sa.literal_column("lower(email)")], unique=True)


def downgrade() -> None:
    """Tell addresses apart by case again."""
    op.drop_index("uq_member_lower_email", table_name="member")
    op.create_unique_constraint(op.f("uq_member_email"), "member", ["email"])
