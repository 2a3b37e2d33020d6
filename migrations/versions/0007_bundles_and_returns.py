"""What is to become of needs that belong together, and when a booking came back or was disputed

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = ("waiting", "kept", "replaced", "cancelled")
SINCE = {"returned_at": "returned", "disputed_at": "disputed"}


def upgrade() -> None:
    """Make the table, and take from the history when what has come back or was disputed did so."""
    op.create_table(
        "bundle_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"state in {STATES}", name=op.f("ck_bundle_decision_bundle_state")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_bundle_decision_request_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_bundle_decision_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle_decision")),
    )
    op.create_index(op.f("ix_bundle_decision_request_id"), "bundle_decision", ["request_id"])
    op.create_index(op.f("ix_bundle_decision_booking_id"), "bundle_decision", ["booking_id"])
    op.create_index(op.f("ix_bundle_decision_state_decide_by"), "bundle_decision", ["state", "decide_by"])
    for column, state in SINCE.items():
        op.add_column("booking", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
        op.execute(
            f"update booking set {column} = (select max(at) from audit_entry"  # noqa: S608
            f" where entity = 'booking' and entity_id = booking.id and to_state = '{state}')"
        )


def downgrade() -> None:
    """Take all of it away."""
    for column in SINCE:
        op.drop_column("booking", column)
    op.drop_table("bundle_decision")
