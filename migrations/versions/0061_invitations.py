"""Calendars of rooms and members are invited to what is booked

Revision ID: 0061
Revises: 0060
"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_REASONS = ("unreadable", "other_sender", "outdated", "over")


def upgrade() -> None:
    """Nobody was invited to what is booked by now; a room is as soon as its owner says where its calendar is."""
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("start", _INSTANT, nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column(
            "answer",
            _enum("calendar_answer", "waiting", "accepted", "tentative", "declined", "proposed"),
            nullable=False,
        ),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.Column("proposed_start", _INSTANT, nullable=True),
        sa.Column("proposed_until", _INSTANT, nullable=True),
        sa.Column("ignored", _enum("ignored_answer", *_REASONS), nullable=True),
        sa.CheckConstraint("(member_id is null) <> (address is null)", name=op.f("ck_invitation_of_one")),
        *(
            sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_invitation_{table}_id_{table}"))
            for table in ("booking", "organisation", "member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("booking_id", "start", "address", name=op.f("uq_invitation_booking_id_start_address")),
        sa.UniqueConstraint("booking_id", "start", "member_id", name=op.f("uq_invitation_booking_id_start_member_id")),
    )
    for column in ("organisation_id", "member_id"):
        op.create_index(op.f(f"ix_invitation_{column}"), "invitation", [column])
    op.alter_column("mail", "member_id", nullable=True)
    op.add_column("mail", sa.Column("invitation_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_mail_invitation_id_invitation"), "mail", "invitation", ["invitation_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index(op.f("ix_mail_invitation_id"), "mail", ["invitation_id"])
    op.create_check_constraint(op.f("ck_mail_of_one"), "mail", "(member_id is null) <> (invitation_id is null)")
    op.add_column("booking", sa.Column("invited_version", sa.Integer(), nullable=True))
    op.execute("update booking set invited_version = version")
    changed = sa.text("invited_version is distinct from version")
    op.create_index("ix_booking_to_invite", "booking", ["id"], postgresql_where=changed)


def downgrade() -> None:
    """Forget who was invited; those who were are told nothing of it."""
    op.drop_index("ix_booking_to_invite", table_name="booking")
    op.drop_column("booking", "invited_version")
    op.execute("delete from mail where invitation_id is not null")
    op.drop_constraint(op.f("ck_mail_of_one"), "mail")
    op.drop_column("mail", "invitation_id")
    op.alter_column("mail", "member_id", nullable=False)
    op.drop_table("invitation")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40, create_constraint=True)
