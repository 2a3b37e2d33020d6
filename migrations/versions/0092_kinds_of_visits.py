"""A visit says whether it is to an open house or by invitation

Revision ID: 0092
Revises: 0091
"""

import sqlalchemy as sa
from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who was invited by somebody that is known no more comes to an open house now: it was called off otherwise."""
    kinds = sa.Enum("open_house", "invited", name="visit_kind", native_enum=False, create_constraint=True, length=40)
    op.add_column("hub_visit", sa.Column("kind", kinds, nullable=True))
    op.execute("update hub_visit set kind = case when member_id is null then 'open_house' else 'invited' end")
    op.alter_column("hub_visit", "kind", nullable=False)


def downgrade() -> None:
    """Tell them apart by who has invited."""
    op.drop_column("hub_visit", "kind")
