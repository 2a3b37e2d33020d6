"""Which needs ask for a loan of a person to go on

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing has been asked so yet."""
    op.create_table(
        "loan_extension",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_loan_extension_need_id_need")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_loan_extension_booking_id_booking")),
        sa.PrimaryKeyConstraint("need_id", name=op.f("pk_loan_extension")),
    )
    op.create_index(op.f("ix_loan_extension_booking_id"), "loan_extension", ["booking_id"])


def downgrade() -> None:
    """Forget which do."""
    op.execute("delete from notice where code in ('extension_asked', 'ended_early')")
    op.drop_table("loan_extension")
