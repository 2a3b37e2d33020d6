"""Yeses that somebody is told of before they run out, notices for a unit, questions about cards that are closed

Revision ID: 0052
Revises: 0051
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_STATES = ("open", "passed", "answered", "withdrawn", "declined", "expired")


def upgrade() -> None:
    """Who is kept out has been so since the row was changed last, as far as anybody knows."""
    op.add_column("card_approval", sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("notice", sa.Column("department", sa.String(), nullable=True))
    op.add_column("member", sa.Column("kept_out_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update member set kept_out_at = updated_at where not active")
    _allow(*_STATES, "closed", "removed")


def downgrade() -> None:
    """Let what was about a closed card have run out, and forget who was told what."""
    op.execute("update question set state = 'expired' where state = 'closed'")
    _allow(*_STATES, "removed")
    op.execute("delete from notice where code in ('card_runs_out', 'card_yours_runs_out')")
    op.drop_column("member", "kept_out_at")
    op.drop_column("notice", "department")
    op.drop_column("card_approval", "warned_at")


def _allow(*states: str) -> None:
    op.drop_constraint(op.f("ck_question_question_state"), "question", type_="check")
    words = ", ".join(f"'{each}'" for each in states)
    op.create_check_constraint("question_state", "question", f"state in ({words})")
