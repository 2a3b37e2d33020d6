"""All that a skill is called stands in one text with an index, so that a word finds it among tens of thousands

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Write together what each is called; note what cards have named before that was noted."""
    op.add_column("skill", sa.Column("words", sa.String(), nullable=False, server_default=""))
    op.execute(
        "update skill set"
        " words = array_to_string(array[label_sv, label_en] || synonyms_sv || synonyms_en, '|'),"
        " in_use = in_use or exists (select from staff_skill where skill_id = skill.id)"
    )
    op.alter_column("skill", "words", server_default=None)
    op.create_index(
        "ix_skill_words_letters",
        "skill",
        ["words"],
        postgresql_using="gin",
        postgresql_ops={"words": "gin_trgm_ops"},
        postgresql_with={"fastupdate": "off"},
    )


def downgrade() -> None:
    """Leave out the text."""
    op.drop_index("ix_skill_words_letters", table_name="skill")
    op.drop_column("skill", "words")
