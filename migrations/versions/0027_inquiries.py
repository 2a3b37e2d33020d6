"""Coordinators ask requesters whether a change of a need would do

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STATES = "('waiting', 'accepted', 'refused', 'lapsed')"


def upgrade() -> None:
    """Make room for questions and answers."""
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("change", postgresql.JSONB(), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("answer_by", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint(f"state in {STATES}", name=op.f("ck_inquiry_inquiry_state")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_inquiry_request_id_request")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_inquiry_need_id_need")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_inquiry_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
    )
    for column in ("request_id", "need_id", "member_id"):
        op.create_index(op.f(f"ix_inquiry_{column}"), "inquiry", [column])
    op.create_index(op.f("ix_inquiry_state_answer_by"), "inquiry", ["state", "answer_by"])
    op.create_index(
        op.f("ix_inquiry_waiting"), "inquiry", ["need_id"], unique=True, postgresql_where=sa.text("state = 'waiting'")
    )


def downgrade() -> None:
    """Forget what was asked, and the notices about it, which the version before has no words for."""
    op.execute("delete from notice where code in ('inquired', 'inquiry_ended')")
    op.drop_table("inquiry")
