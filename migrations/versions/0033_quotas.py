"""An organisation may have more or fewer offers and needs than others

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let whoever has more than it might from now on have as many as it might until now."""
    op.add_column("organisation", sa.Column("offer_quota", sa.Integer(), nullable=True))
    op.add_column("organisation", sa.Column("need_quota", sa.Integer(), nullable=True))
    op.create_check_constraint("quotas", "organisation", "offer_quota > 0 and need_quota > 0")
    op.execute(
        "update organisation set offer_quota = greatest(many, 1000), version = version + 1 from"
        " (select organisation_id, count(*) as many from offer where state <> 'closed' group by 1) as held"
        " where organisation_id = organisation.id and many > 200"
    )
    # Of a series that may be served apart each date counts.
    op.execute(
        "update organisation set need_quota = greatest(many, 2000), version = version + 1 from"
        " (select organisation_id, count(*) + 400 * count(*) filter (where timing ->> 'sameResource' = 'false') as many"
        " from need join request on request.id = need.request_id where need.state in ('open', 'proposed')"
        " and request.state in ('open', 'proposed', 'partly_agreed') group by 1) as held"
        " where organisation_id = organisation.id and many > 400"
    )


def downgrade() -> None:
    """Forget it: each has as many as the installation lets it."""
    op.drop_column("organisation", "need_quota")
    op.drop_column("organisation", "offer_quota")
