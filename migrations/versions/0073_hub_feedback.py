"""Who is asked how it was at a hub, and what was answered

Revision ID: 0073
Revises: 0072
"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

_KIND = sa.Enum("visit", "worth", name="survey_kind", native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Nobody has been asked yet."""
    op.create_table(
        "hub_survey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _KIND, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_survey_hub_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_survey_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_survey")),
        sa.UniqueConstraint("hub_id", "member_id", "kind", "day", name=op.f("uq_hub_survey_hub_id_member_id_kind_day")),
    )
    op.create_index(op.f("ix_hub_survey_hub_id_day"), "hub_survey", ["hub_id", "day"])
    op.create_index(op.f("ix_hub_survey_member_id"), "hub_survey", ["member_id"])
    op.create_table(
        "hub_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _KIND, nullable=False),
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("second", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint("first between 1 and 5 and second between 1 and 5", name=op.f("ck_hub_answer_choices")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_answer_hub_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_answer")),
    )
    op.create_index(op.f("ix_hub_answer_hub_id_quarter"), "hub_answer", ["hub_id", "quarter"])


def downgrade() -> None:
    """Forget who was asked, and what was answered."""
    op.execute("delete from notice where code = 'hub_feedback'")
    op.drop_table("hub_answer")
    op.drop_table("hub_survey")
