"""Questions about a skill, their answers, and who answers for which skill

Revision ID: 0051
Revises: 0050
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_TIMES = ("created_at", "updated_at")
_AUDIENCES = ("department", "organisation", "partners", "region", "all")


def upgrade() -> None:
    """Nobody has asked anything yet."""
    op.create_table(
        "adviser",
        *_common(),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("audience", _enum("visibility", *_AUDIENCES), nullable=False),
        sa.Column("state", _enum("adviser_state", "active", "paused"), nullable=False),
        sa.UniqueConstraint("member_id", "skill_id", name=op.f("uq_adviser_member_id_skill_id")),
        *_keys("adviser", member_id="member", skill_id="skill"),
    )
    states = ("open", "passed", "answered", "withdrawn", "declined", "expired", "removed")
    op.create_table(
        "question",
        *_common(),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("county_code", sa.String(length=2), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("state", _enum("question_state", *states), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column("asked_id", sa.Uuid(), nullable=True),
        sa.Column("passed_to_id", sa.Uuid(), nullable=True),
        sa.Column("refusal_words", sa.String(), nullable=False),
        sa.CheckConstraint("(offer_id is null) = (asked_id is null)", name=op.f("ck_question_route")),
        *_keys(
            "question",
            organisation_id="organisation",
            member_id="member",
            skill_id="skill",
            offer_id="offer",
            asked_id="organisation",
            passed_to_id="member",
        ),
    )
    op.create_table(
        "question_answer",
        *_common(),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("audience", _enum("visibility", *_AUDIENCES), nullable=True),
        sa.Column("state", _enum("answer_state", "given", "removed"), nullable=False),
        *_keys("question_answer", question_id="question", organisation_id="organisation", member_id="member"),
    )
    indexed = {
        "adviser": ("skill_id",),
        "question": (*("organisation_id", "member_id", "skill_id", "state", "offer_id", "asked_id", "passed_to_id"),),
        "question_answer": ("question_id", "organisation_id", "member_id"),
    }
    for table, names in indexed.items():
        for name in names:
            op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def downgrade() -> None:
    """Forget what was asked, and what was told of it."""
    op.execute("delete from notice where code like 'question\\_%'")
    for table in ("question_answer", "question", "adviser"):
        op.drop_table(table)


def _common() -> list[sa.Column[Any]]:
    times = [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in _TIMES]
    return [sa.Column("id", sa.Uuid(), nullable=False), *times, sa.Column("version", sa.Integer(), nullable=False)]


def _keys(table: str, **others: str) -> list[sa.Constraint]:
    foreign = [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"))
        for name, other in others.items()
    ]
    return [*foreign, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40, create_constraint=True)
