"""A run keeps whom it served where and who gives and takes, which its page at a glance counted each time

Revision ID: 0072
Revises: 0071
"""

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

_COUNTED = """
with outcome as (
    select o.run_id, o.served, n.family, coalesce(left(n.municipality_code, 2), g.county_code) as county
    from need_outcome o join need n on n.id = o.need_id join request q on q.id = n.request_id
    join organisation g on g.id = q.organisation_id
), line as (
    select p.run_id, l.need_id, q.organisation_id as gets, f.organisation_id as lends
    from proposal_line l join proposal p on p.id = l.proposal_id join request q on q.id = p.request_id
    join offer f on f.id = l.offer_id
), families as (
    select run_id, jsonb_object_agg(key, told) as told from (
        select run_id, family as key, jsonb_build_array(count(*), count(*) filter (where served)) as told
        from outcome group by run_id, family
    ) each group by run_id
), counties as (
    select run_id, jsonb_object_agg(key, told) as told from (
        select run_id, county as key, jsonb_build_array(count(*), count(*) filter (where served)) as told
        from outcome group by run_id, county
    ) each group by run_id
), organisations as (
    select run_id, jsonb_object_agg(key, jsonb_build_array(gets, lends)) as told from (
        select run_id, key, sum(gets) as gets, sum(lends) as lends from (
            select run_id, gets as key, count(distinct need_id) as gets, 0 as lends from line group by run_id, gets
            union all
            select run_id, lends, 0, count(distinct need_id) from line group by run_id, lends
        ) sides group by run_id, key
    ) each group by run_id
)
update matching_run r set published = r.published || jsonb_build_object(
    'families', coalesce((select told from families where run_id = r.id), '{}'),
    'counties', coalesce((select told from counties where run_id = r.id), '{}'),
    'organisations', coalesce((select told from organisations where run_id = r.id), '{}')
) where r.published is not null
"""


def upgrade() -> None:
    """Count once what has been published."""
    op.execute(_COUNTED)


def downgrade() -> None:
    """Forget it: it is counted from the lines each time."""
    op.execute("update matching_run set published = published - '{families,counties,organisations}'::text[]")
