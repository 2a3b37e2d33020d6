"""What a run set aside, and how far its reasons have come

Revision ID: 0004
Revises: 0003

What an error said is for the log: the column that kept it is gone, the code of the failure stays.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATES = "reasons_state in ('looking', 'found', 'ended')"


def upgrade() -> None:
    """Add both; runs that are done have had their reasons looked for, as far as their time reached."""
    op.add_column("matching_run", sa.Column("reasons_state", sa.String(length=40), nullable=True))
    op.create_check_constraint(op.f("ck_matching_run_reasons_state"), "matching_run", STATES)
    op.add_column(
        "matching_run",
        sa.Column("set_aside", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
    )
    op.alter_column("matching_run", "set_aside", server_default=None)
    op.drop_column("matching_run", "failure")


def downgrade() -> None:
    """Take both away, and make room for words again."""
    op.add_column("matching_run", sa.Column("failure", sa.String(), nullable=True))
    op.drop_column("matching_run", "set_aside")
    op.drop_constraint(op.f("ck_matching_run_reasons_state"), "matching_run", type_="check")
    op.drop_column("matching_run", "reasons_state")
