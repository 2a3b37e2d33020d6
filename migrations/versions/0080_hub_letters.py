"""Letters of hubs, and addresses that get the newsletter

Revision ID: 0080
Revises: 0079
"""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _kind() -> sa.Enum:
    return _one_of("letter_kind", "weekly", "newsletter")


def upgrade() -> None:
    """Nothing is planned yet; mails bring letters too."""
    op.create_table(
        "hub_letter_plan",
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.CheckConstraint("weeks > 0", name=op.f("ck_hub_letter_plan_weeks")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_letter_plan_hub_id_hub")),
        sa.PrimaryKeyConstraint("hub_id", "kind", name=op.f("pk_hub_letter_plan")),
    )
    op.create_table(
        "hub_letter",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("state", _one_of("letter_state", "draft", "scheduled", "sent", "cancelled"), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("send_at", _INSTANT, nullable=False),
        sa.Column("sent_at", _INSTANT, nullable=True),
        sa.Column("readers", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'sent') = (sent_at is not null)", name=op.f("ck_hub_letter_sent")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_letter_hub_id_hub")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_letter")),
    )
    op.create_index(op.f("ix_hub_letter_hub_id"), "hub_letter", ["hub_id"])
    op.create_index("ix_hub_letter_to_send", "hub_letter", ["send_at"], postgresql_where=sa.text("state = 'scheduled'"))
    op.create_table(
        "hub_letter_wish",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_letter_wish_hub_id_hub")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_letter_wish_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_letter_wish")),
        sa.UniqueConstraint("hub_id", "member_id", name=op.f("uq_hub_letter_wish_hub_id_member_id")),
    )
    op.create_index(op.f("ix_hub_letter_wish_member_id"), "hub_letter_wish", ["member_id"])
    op.create_table(
        "newsletter_subscriber",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("confirmed_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_newsletter_subscriber_hub_id_hub")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter_subscriber")),
    )
    op.create_index(op.f("ix_newsletter_subscriber_created_at"), "newsletter_subscriber", ["created_at"])
    op.create_index(
        "uq_newsletter_subscriber_address",
        "newsletter_subscriber",
        ["hub_id", sa.text("lower(address)")],
        unique=True,
    )
    op.add_column("mail", sa.Column("letter_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_mail_letter_id_hub_letter"), "mail", "hub_letter", ["letter_id"], ["id"], ondelete="CASCADE"
    )
    for whose in ("member_id", "of_id"):
        op.create_index(
            f"uq_mail_letter_id_{whose}",
            "mail",
            ["letter_id", whose],
            unique=True,
            postgresql_where=sa.text("letter_id IS NOT NULL"),
        )
    _kinds("visit", "newsletter")


def downgrade() -> None:
    """Forget letters, who wanted them, and their mails."""
    op.execute("delete from mail where letter_id is not null or kind = 'newsletter'")
    op.execute("delete from notice where entity = 'hub_letter'")
    for whose in ("member_id", "of_id"):
        op.drop_index(f"uq_mail_letter_id_{whose}", "mail")
    op.drop_column("mail", "letter_id")
    for table in ("newsletter_subscriber", "hub_letter_wish", "hub_letter", "hub_letter_plan"):
        op.drop_table(table)
    _kinds("visit")


def _kinds(*allowed: str) -> None:
    op.drop_constraint(op.f("ck_mail_mail_kind"), "mail", type_="check")
    words = ", ".join(f"'{each}'" for each in allowed)
    op.create_check_constraint("mail_kind", "mail", f"kind in ({words})")
