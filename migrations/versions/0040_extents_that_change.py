"""The extent of a capacity card changes over time; a card tells how many it could mean, and of clearances

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has said how many the cards of before could mean, so these are as few."""
    changes = sa.Column("extent_changes", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'"))
    op.add_column("staff_capacity", changes)
    clearance: sa.Column[bool] = sa.Column(
        "clearance_may_be_needed", sa.Boolean(), nullable=False, server_default=sa.text("false")
    )
    op.add_column("staff_capacity", clearance)
    op.add_column("staff_capacity", sa.Column("people_meant", sa.Integer(), nullable=True))
    op.create_check_constraint("people_meant", "staff_capacity", "people_meant > 0")
    _sources("booking", "owner", "calendar", "extent")


def downgrade() -> None:
    """Let all of a person's extent be there at any time, as before."""
    op.execute("delete from claim where source = 'extent'")
    _sources("booking", "owner", "calendar")
    op.drop_constraint(op.f("ck_staff_capacity_people_meant"), "staff_capacity", type_="check")
    for name in ("people_meant", "clearance_may_be_needed", "extent_changes"):
        op.drop_column("staff_capacity", name)


def _sources(*allowed: str) -> None:
    op.drop_constraint(op.f("ck_claim_claim_source"), "claim", type_="check")
    words = ", ".join(f"'{each}'" for each in allowed)
    op.create_check_constraint("claim_source", "claim", f"source in ({words})")
