"""Who was sent a weekly letter as a member has not asked for it: who leaves the hub gets no more

Revision ID: 0085
Revises: 0084
"""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whether who has been a member has asked is not known: as members they get letters without it."""
    op.alter_column("hub_letter_wish", "wanted", existing_type=sa.Boolean(), nullable=True)
    op.execute(
        "update hub_letter_wish set wanted = null where wanted and exists (select from hub_member "
        "where hub_member.hub_id = hub_letter_wish.hub_id and hub_member.member_id = hub_letter_wish.member_id)"
    )


def downgrade() -> None:
    """Let all who have said nothing want it."""
    op.execute("update hub_letter_wish set wanted = true where wanted is null")
    op.alter_column("hub_letter_wish", "wanted", existing_type=sa.Boolean(), nullable=False)
