"""When an alert's calls were made, which its first run does; and that the person said yes to one

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until now the calls were made as the alert was raised."""
    op.add_column("surge", sa.Column("called_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update surge set called_at = created_at")
    op.add_column("surge_call", sa.Column("person_said_yes_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Forget when."""
    op.execute("delete from notice where code = 'person_answered'")
    op.drop_column("surge_call", "person_said_yes_at")
    op.drop_column("surge", "called_at")
