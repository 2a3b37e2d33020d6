"""Members save searches and are told of what newly fits

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make room for searches."""
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("query", postgresql.JSONB(), nullable=False),
        sa.Column("looked_at", INSTANT, nullable=False),
        sa.Column("known", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("told", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_saved_search_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
    )
    op.create_index(op.f("ix_saved_search_member_id"), "saved_search", ["member_id"])
    op.create_index(op.f("ix_saved_search_looked_at"), "saved_search", ["looked_at"])


def downgrade() -> None:
    """Forget the searches, and the notices about them, which the version before has no words for."""
    op.execute("delete from notice where code = 'search_found'")
    op.drop_table("saved_search")
