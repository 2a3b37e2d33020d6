"""Offers and requests are looked for by the stems of words, and by what is spelled much like them

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WORDS = (
    ("ix_resource_words", "resource", "to_tsvector('simple', ((name || ' ') || description))"),
    ("ix_resource_facts_words", "resource", """jsonb_to_tsvector('simple', facts, '["string"]')"""),
    ("ix_request_words", "request", "to_tsvector('simple', ((title || ' ') || purpose))"),
)
LETTERS = (
    ("ix_resource_name_letters", "resource", "name"),
    ("ix_request_title_letters", "request", "title"),
)


def upgrade() -> None:
    """Index the words of texts and the letters of names."""
    op.execute("create extension if not exists pg_trgm")
    for name, table, words in WORDS:
        op.create_index(name, table, [sa.text(words)], postgresql_using="gin")
    for name, table, column in LETTERS:
        op.create_index(name, table, [column], postgresql_using="gin", postgresql_ops={column: "gin_trgm_ops"})


def downgrade() -> None:
    """Index neither. The extension stays, for others may use it."""
    for name, table, _ in (*WORDS, *LETTERS):
        op.drop_index(name, table_name=table)
