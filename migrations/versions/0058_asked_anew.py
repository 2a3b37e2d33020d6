"""A yes to a card may be asked for anew while it stands

Revision ID: 0058
Revises: 0057
"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

_NAME, _LIVE = "uq_card_approval_live", sa.text("state in ('asked', 'given')")


def upgrade() -> None:
    """Of each of the three one yes may stand, and one more be asked for."""
    op.drop_index(_NAME, table_name="card_approval")
    op.create_index(_NAME, "card_approval", ["resource_id", "who", "state"], unique=True, postgresql_where=_LIVE)


def downgrade() -> None:
    """What is asked beside a yes that stands is asked no more."""
    op.execute(
        """
        update card_approval asked set state = 'replaced' where state = 'asked' and exists (
            select from card_approval given where given.state = 'given'
            and (given.resource_id, given.who) = (asked.resource_id, asked.who))
        """
    )
    op.drop_index(_NAME, table_name="card_approval")
    op.create_index(_NAME, "card_approval", ["resource_id", "who"], unique=True, postgresql_where=_LIVE)
