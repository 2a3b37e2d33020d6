"""Questions are asked in a group, for those who are in it

Revision ID: 0091
Revises: 0090
"""

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None

_BEFORE = ("members", "hubs", "everybody")


def _audience(*values: str) -> None:
    told = ", ".join(f"'{each}'" for each in values)
    op.drop_constraint(op.f("ck_hub_question_question_audience"), "hub_question", type_="check")
    op.create_check_constraint(op.f("ck_hub_question_question_audience"), "hub_question", f"audience in ({told})")


def upgrade() -> None:
    """None is asked yet."""
    op.add_column("hub_question", sa.Column("group_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_hub_question_group_id_hub_group"), "hub_question", "hub_group", ["group_id"], ["id"])
    op.create_index(op.f("ix_hub_question_group_id"), "hub_question", ["group_id"])
    _audience(*_BEFORE, "group")
    op.create_check_constraint(
        op.f("ck_hub_question_group"), "hub_question", "(audience = 'group') = (group_id is not null)"
    )


def downgrade() -> None:
    """Forget what was asked in groups: nobody else may read it."""
    op.execute(
        "delete from notice using hub_question"
        " where entity = 'hub_question' and entity_id = hub_question.id and group_id is not null"
    )
    op.execute("delete from hub_question where group_id is not null")
    op.drop_constraint(op.f("ck_hub_question_group"), "hub_question", type_="check")
    _audience(*_BEFORE)
    op.drop_column("hub_question", "group_id")
