"""Members confirm who they are with passkeys; a notice may be for one member

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make room for passkeys and for what a session has confirmed. Whoever is signed in has confirmed nothing yet."""
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_passkey_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_member_id"), "passkey", ["member_id"])
    op.add_column(
        "web_session", sa.Column("methods", postgresql.ARRAY(sa.String()), nullable=False, server_default="{}")
    )
    op.add_column("web_session", sa.Column("confirmed_at", INSTANT, nullable=True))
    op.add_column("web_session", sa.Column("challenge", sa.LargeBinary(), nullable=True))
    op.add_column("web_session", sa.Column("challenge_at", INSTANT, nullable=True))
    op.add_column("notice", sa.Column("member_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_notice_member_id_member"), "notice", "member", ["member_id"], ["id"])


def downgrade() -> None:
    """Forget passkeys, and the notices about them, which would be shown to all."""
    op.execute("delete from notice where member_id is not null")
    op.drop_column("notice", "member_id")
    for name in ("challenge_at", "challenge", "confirmed_at", "methods"):
        op.drop_column("web_session", name)
    op.drop_table("passkey")
