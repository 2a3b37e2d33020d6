"""When the plan of a hub's week was made; notices to hosts name what is to be answered

Revision ID: 0083
Revises: 0082
"""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Plans are made anew once something changes; what hosts were told before leads to the same pages."""
    op.add_column("hub_week", sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "update notice set facts = facts || jsonb_build_object('hubId', entity_id::text) "
        "where code in ('hub_applied', 'hub_membership_asked')"
    )
    op.execute(
        "update notice set code = 'hub_membership_ended' "
        "where code = 'hub_membership_asked' and (facts ->> 'ended')::boolean"
    )


def downgrade() -> None:
    """Let notices to hosts name the hub."""
    op.execute(
        "update notice set facts = facts || jsonb_build_object('ended', code = 'hub_membership_ended'), "
        "code = case when code = 'hub_applied' then code else 'hub_membership_asked' end, "
        "entity = 'hub', entity_id = (facts ->> 'hubId')::uuid "
        "where code in ('hub_applied', 'hub_membership_asked', 'hub_membership_ended')"
    )
    op.drop_column("hub_week", "planned_at")
