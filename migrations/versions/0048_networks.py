"""A capacity card may be in the network of one of its skills, which lends people for hours

Revision ID: 0048
Revises: 0047
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No card is in a network yet."""
    network: sa.Column[str] = sa.Column("network", sa.String(length=60), nullable=False, server_default="")
    op.add_column("staff_capacity", network)
    op.add_column("staff_capacity", sa.Column("network_hours", sa.Integer(), nullable=True))
    op.create_check_constraint("network", "staff_capacity", "(network = '') = (network_hours is null)")


def downgrade() -> None:
    """Forget who was in a network."""
    op.drop_constraint(op.f("ck_staff_capacity_network"), "staff_capacity", type_="check")
    op.drop_column("staff_capacity", "network_hours")
    op.drop_column("staff_capacity", "network")
