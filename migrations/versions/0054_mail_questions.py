"""What a reply to a mail may answer, and what became of replies

Revision ID: 0054
Revises: 0053
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Mails that were sent before ask nothing."""
    op.create_table(
        "mail_question",
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=True),
        sa.Column("to_confirm", _enum("reply", "yes", "no", "confirm", "unclear"), nullable=True),
        sa.Column(
            "outcome",
            _enum(
                "reply_outcome",
                *("to_confirm", "changed", "unclear", "other_sender", "done", "taken", "over", "on_page"),
            ),
            nullable=True,
        ),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("answered_at", _INSTANT, nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_mail_question_{table}_id_{table}"), ondelete="CASCADE"
            )
            for table in ("mail", "notice")
        ),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_mail_question")),
    )
    op.create_index(op.f("ix_mail_question_notice_id"), "mail_question", ["notice_id"])


def downgrade() -> None:
    """Forget what was asked so; the mails stay."""
    op.drop_table("mail_question")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40, create_constraint=True)
