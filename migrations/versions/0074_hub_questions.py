"""What members of hubs ask each other

Revision ID: 0074
Revises: 0073
"""

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Nothing is asked yet."""
    op.create_table(
        "hub_question",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=True),
        sa.Column("audience", _one_of("question_audience", "members", "hubs", "everybody"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("state", _one_of("hub_question_state", "asked", "removed"), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_question_hub_id_hub")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_question_member_id_member")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["hub_activity.id"], name=op.f("fk_hub_question_activity_id_hub_activity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_question")),
    )
    op.create_table(
        "hub_question_answer",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("state", _one_of("hub_answer_state", "given", "removed"), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["hub_question.id"],
            name=op.f("fk_hub_question_answer_question_id_hub_question"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_question_answer_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_question_answer")),
    )
    for table, columns in (
        ("hub_question", ("hub_id", "member_id", "activity_id")),
        ("hub_question_answer", ("question_id", "member_id")),
    ):
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    words = "to_tsvector('simple', ((title || ' ') || words))"
    op.create_index("ix_hub_question_words", "hub_question", [sa.text(words)], postgresql_using="gin")
    words = "to_tsvector('simple', words)"
    op.create_index("ix_hub_question_answer_words", "hub_question_answer", [sa.text(words)], postgresql_using="gin")


def downgrade() -> None:
    """Forget what was asked."""
    op.drop_table("hub_question_answer")
    op.drop_table("hub_question")
    op.execute("delete from notice where entity = 'hub_question'")
