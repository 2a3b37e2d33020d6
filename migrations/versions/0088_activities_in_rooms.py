"""An activity is in a room, which may be a zone of its hub no more by then

Revision ID: 0088
Revises: 0087

Going back takes activities out of the rooms that are no zones any more.
"""

from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None

BY_ZONE, BY_ROOM = "fk_hub_activity_zone_id_hub_zone", "fk_hub_activity_zone_id_resource"


def upgrade() -> None:
    """Let activities refer to the room itself."""
    op.drop_constraint(op.f(BY_ZONE), "hub_activity", type_="foreignkey")
    op.create_foreign_key(op.f(BY_ROOM), "hub_activity", "resource", ["zone_id"], ["id"])


def downgrade() -> None:
    """Let activities refer to zones again."""
    op.drop_constraint(op.f(BY_ROOM), "hub_activity", type_="foreignkey")
    op.execute(
        "update hub_activity set zone_id = null "
        "where not exists (select 1 from hub_zone where resource_id = hub_activity.zone_id)"
    )
    op.create_foreign_key(op.f(BY_ZONE), "hub_activity", "hub_zone", ["zone_id"], ["resource_id"])
