"""Who comes to a hub without being a member, and mails to those who have no account

Revision ID: 0077
Revises: 0076
"""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is expected yet."""
    op.create_table(
        "hub_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("comes_from", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state in ('asked', 'comes')", name=op.f("ck_hub_visit_hub_visit_state")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_visit_hub_id_hub")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_visit_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_visit")),
        sa.UniqueConstraint("hub_id", "day", "email", name=op.f("uq_hub_visit_hub_id_day_email")),
    )
    for column in ("day", "email", "member_id"):
        op.create_index(op.f(f"ix_hub_visit_{column}"), "hub_visit", [column])
    op.create_table(
        "hub_visitors",
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.CheckConstraint("visitors > 0", name=op.f("ck_hub_visitors_visitors")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_visitors_hub_id_hub")),
        sa.PrimaryKeyConstraint("hub_id", "day", name=op.f("pk_hub_visitors")),
    )
    op.add_column("mail", sa.Column("kind", sa.String(length=40), nullable=True))
    op.add_column("mail", sa.Column("of_id", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f("ck_mail_of_one"), "mail")
    op.create_check_constraint(op.f("ck_mail_of_one"), "mail", "num_nonnulls(member_id, invitation_id, of_id) = 1")
    op.create_check_constraint(op.f("ck_mail_kind_of_what"), "mail", "(kind is null) = (of_id is null)")
    op.create_check_constraint(op.f("ck_mail_mail_kind"), "mail", "kind in ('visit')")


def downgrade() -> None:
    """Expect nobody."""
    op.execute("delete from mail where of_id is not null")
    op.drop_constraint(op.f("ck_mail_of_one"), "mail")
    op.drop_constraint(op.f("ck_mail_kind_of_what"), "mail")
    op.drop_constraint(op.f("ck_mail_mail_kind"), "mail")
    op.drop_column("mail", "of_id")
    op.drop_column("mail", "kind")
    op.create_check_constraint(op.f("ck_mail_of_one"), "mail", "(member_id is null) <> (invitation_id is null)")
    op.drop_table("hub_visitors")
    op.drop_table("hub_visit")
