"""A run keeps what its proposals came to, which its page at a glance added up from all of their lines each time

Revision ID: 0045
Revises: 0044
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_ADDED_UP = """
with told as (
    select p.run_id, l.reasons, coalesce(l.reasons -> 'points', l.reasons -> 'terms') as points
    from proposal_line l join proposal p on p.id = l.proposal_id
), points as (
    select run_id, jsonb_object_agg(key, total) as points from (
        select run_id, key, round(sum(value::numeric))::bigint as total
        from told, lateral jsonb_each_text(case when jsonb_typeof(points) = 'object' then points else '{}' end)
        group by run_id, key
    ) each group by run_id
), metres as (
    select run_id, avg((reasons ->> 'distanceM')::float) as metres from told group by run_id
)
update matching_run r set published = jsonb_build_object(
    'distance_m', (select metres from metres where run_id = r.id),
    'points', coalesce((select points from points where run_id = r.id), '{}')
) where r.state = 'done'
"""


def upgrade() -> None:
    """Add up once what has been published."""
    op.add_column("matching_run", sa.Column("published", postgresql.JSONB(), nullable=True))
    op.execute(_ADDED_UP)


def downgrade() -> None:
    """Forget it: it is added up from the lines each time."""
    op.drop_column("matching_run", "published")
