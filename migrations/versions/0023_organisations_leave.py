"""An organisation may leave, and come back

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Note since when an organisation takes no part. All that there are take part."""
    op.add_column("organisation", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Forget it: whose organisation has left could sign in again, so its members are kept out instead."""
    op.execute(
        "update member set active = false, version = member.version + 1 from organisation"
        " where organisation.id = organisation_id and left_at is not null and active"
    )
    op.drop_column("organisation", "left_at")
