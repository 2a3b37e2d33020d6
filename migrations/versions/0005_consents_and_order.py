"""Who noted a consent and on what evidence, and the order of what is written, whatever the clock says

Revision ID: 0005
Revises: 0004

What is only ever added to gets a number in the order in which it was written; what stands there already gets its in the
order in which it lies, which is the same. Notices about people's bookings told the card's name to both sides: it goes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COUNTED = ("audit_entry", "notice", "matching_run")
INDEXES = {
    "audit_entry": ("entity", "entity_id"),
    "notice": ("organisation_id",),
}


def upgrade() -> None:
    """Add the columns, and let the indexes that gave the order by time give it by number."""
    op.add_column(
        "staff_capacity",
        sa.Column("consent_notes", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    for table in COUNTED:
        op.add_column(table, sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False))
    _index_by("at", "sequence")
    op.execute(
        "update notice set facts = jsonb_set(facts, '{resource}', 'null') from booking"
        " where notice.entity = 'booking' and notice.entity_id = booking.id and booking.kind = 'staff_loan'"
        " and notice.facts ? 'resource'"
    )


def downgrade() -> None:
    """Take them away; the names stay gone."""
    _index_by("sequence", "at")
    for table in COUNTED:
        op.drop_column(table, "sequence")
    op.drop_column("staff_capacity", "consent_notes")


def _index_by(before: str, after: str) -> None:
    for table, columns in INDEXES.items():
        op.drop_index(op.f("_".join(("ix", table, *columns, before))), table_name=table)
        op.create_index(op.f("_".join(("ix", table, *columns, after))), table, [*columns, after])
