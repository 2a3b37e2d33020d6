"""Mails, which notices are in them, and what each member wants by mail

Revision ID: 0047
Revises: 0046
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Begin with what happens from now on: nobody gets a mail of what was told long ago."""
    choices = sa.Column("mail_choices", postgresql.JSONB(), server_default="{}", nullable=False)
    op.add_column("member", choices)
    op.add_column("notice", sa.Column("mail_queued_at", _INSTANT, nullable=True))
    op.execute("update notice set mail_queued_at = at")
    op.create_index(
        "ix_notice_without_mail",
        "notice",
        ["organisation_id", "sequence"],
        postgresql_where=sa.text("mail_queued_at is null"),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *(sa.Column(name, _INSTANT, nullable=True) for name in ("taken_until", "sent_at", "failed_at")),
        sa.Column("fault", sa.String(length=300), nullable=False),
        sa.CheckConstraint("sent_at is null or failed_at is null", name=op.f("ck_mail_ended_once")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_mail_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index(op.f("ix_mail_member_id"), "mail", ["member_id"])
    op.create_index(op.f("ix_mail_created_at"), "mail", ["created_at"])
    op.create_index(
        "ix_mail_to_send", "mail", ["due_at"], postgresql_where=sa.text("sent_at is null and failed_at is null")
    )
    op.create_table(
        "mail_item",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("reminds", sa.Boolean(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("mail_id", sa.Uuid(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_mail_item_{table}_id_{table}"), ondelete="CASCADE"
            )
            for table in ("notice", "mail")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_mail_item_member_id_member")),
        sa.PrimaryKeyConstraint("notice_id", "member_id", "reminds", name=op.f("pk_mail_item")),
    )
    op.create_index(op.f("ix_mail_item_mail_id"), "mail_item", ["mail_id"])
    op.create_index(op.f("ix_mail_item_member_id"), "mail_item", ["member_id"])
    op.create_index("ix_mail_item_waiting", "mail_item", ["due_at"], postgresql_where=sa.text("mail_id is null"))


def downgrade() -> None:
    """Forget what was sent by mail, and what anybody wanted so."""
    op.drop_table("mail_item")
    op.drop_table("mail")
    op.drop_index("ix_notice_without_mail", "notice")
    op.drop_column("notice", "mail_queued_at")
    op.drop_column("member", "mail_choices")
