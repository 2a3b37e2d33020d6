"""Kept forms of an organisation: drafts that are not all filled in yet

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a kept form belong to an organisation instead of a browser, and have versions."""
    op.alter_column("kept_form", "browser", existing_type=sa.String(), nullable=True)
    op.add_column("kept_form", sa.Column("organisation_id", sa.Uuid(), nullable=True))
    op.add_column("kept_form", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("kept_form", "version", server_default=None)
    op.create_index(op.f("ix_kept_form_organisation_id_page"), "kept_form", ["organisation_id", "page"])


def downgrade() -> None:
    """Forget the drafts: a version before knows none."""
    op.execute("delete from kept_form where organisation_id is not null")
    op.drop_index(op.f("ix_kept_form_organisation_id_page"), table_name="kept_form")
    op.drop_column("kept_form", "version")
    op.drop_column("kept_form", "organisation_id")
    op.alter_column("kept_form", "browser", existing_type=sa.String(), nullable=False)
