"""Files that members send to be read in

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STATES = ("checking", "checked", "writing", "written", "refused", "failed", "discarded")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make room for files, and for what they would do or have done."""
    op.create_table(
        "upload",
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="upload_state", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_upload_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_upload_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_organisation_id_state"), "upload", ["organisation_id", "state"])
    op.create_index(op.f("ix_upload_member_id"), "upload", ["member_id"])
    op.create_table(
        "upload_content",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_content_upload_id_upload")),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_upload_content")),
    )


def downgrade() -> None:
    """Forget what was sent and not read in."""
    op.drop_table("upload_content")
    op.drop_table("upload")
