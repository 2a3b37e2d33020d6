"""What becomes of a loan of a person when a yes to it is taken back after it was agreed

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for what is decided; of loans of before nothing was asked."""
    moment = sa.DateTime(timezone=True)
    who = sa.Enum("employee", "manager", "hr", name="approver", native_enum=False, length=40, create_constraint=True)
    states = ("waiting", "kept", "notice", "ended", "cancelled")
    state = sa.Enum(*states, name="withdrawal_state", native_enum=False, length=40, create_constraint=True)
    op.create_table(
        "loan_withdrawal",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), sa.ForeignKey("booking.id"), nullable=False),
        sa.Column("who", who, nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("decide_by", moment, nullable=False),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
    )
    op.create_index(op.f("ix_loan_withdrawal_booking_id"), "loan_withdrawal", ["booking_id"])
    op.create_index(op.f("ix_loan_withdrawal_state_decide_by"), "loan_withdrawal", ["state", "decide_by"])
    op.create_index(
        "uq_loan_withdrawal_waiting",
        "loan_withdrawal",
        ["booking_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    """Forget it; what has ended has ended."""
    op.execute("delete from notice where code in ('loan_withdrawn', 'loan_withdrawal_decided')")
    op.drop_table("loan_withdrawal")
