"""What is listed, and asked for, belongs to a unit of its organisation, or to the whole of it

Revision ID: 0025
Revises: 0024

A resource takes the unit that its newest offer names, of those that are not closed first. An open offer that only
another unit could see is paused: nobody is to see it who did not before. A request is its filer's unit's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the unit stand on the resource, and the offers follow."""
    op.add_column("resource", sa.Column("department", sa.String(), nullable=True))
    op.execute(
        "update resource set department = (select department from offer where resource_id = resource.id"
        " and department <> '' order by state = 'closed', id desc limit 1)"
    )
    op.execute(
        "update offer set state = 'paused', version = offer.version + 1 from resource"
        " where resource.id = offer.resource_id and offer.state = 'open' and offer.visibility = 'department'"
        " and offer.department is distinct from resource.department"
    )
    op.drop_column("offer", "department")
    op.add_column("request", sa.Column("department", sa.String(), nullable=True))
    op.execute("update request set department = member.department from member where member.id = request.member_id")


def downgrade() -> None:
    """Let each offer name the unit, and take back the roles that would be for more than they were granted for."""
    op.execute(
        "update member set grants = grants - gone.roles,"
        " roles = array(select role from unnest(member.roles) as role where role <> all (gone.roles))"
        " from (select id, array_agg(role::text) as roles from member, unnest(member.roles) as role"
        " where role in ('manager', 'hub_host') or grants -> role ? 'departments' group by id) as gone"
        " where gone.id = member.id"
    )
    op.drop_column("request", "department")
    op.add_column("offer", sa.Column("department", sa.String(), nullable=True))
    op.execute("update offer set department = resource.department from resource where resource.id = offer.resource_id")
    op.drop_column("resource", "department")
