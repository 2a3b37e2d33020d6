"""What each side has confirmed of what the rules for loans of people require

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing has been confirmed yet: what was agreed before stands."""
    op.create_table(
        "loan_confirmation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "side",
            sa.Enum("lister", "requester", name="side", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("pack", sa.String(40), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_loan_confirmation_{table}_id_{table}")
            )
            for table in ("proposal", "need", "offer", "member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_confirmation")),
        sa.UniqueConstraint(
            "proposal_id",
            "need_id",
            "offer_id",
            "side",
            "rule",
            name=op.f("uq_loan_confirmation_proposal_id_need_id_offer_id_side_rule"),
        ),
    )
    op.create_index(op.f("ix_loan_confirmation_proposal_id"), "loan_confirmation", ["proposal_id"])


def downgrade() -> None:
    """Forget what was confirmed."""
    op.drop_table("loan_confirmation")
