"""Members subscribe to calendars of bookings

Revision ID: 0055
Revises: 0054
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_SCOPES = ("own", "department", "site", "organisation")


def upgrade() -> None:
    """Nobody subscribes yet."""
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "scope",
            sa.Enum(*_SCOPES, name="feed_scope", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("revoked_at", _INSTANT, nullable=True),
        sa.Column("last_fetched_at", _INSTANT, nullable=True),
        sa.CheckConstraint(
            "(scope = 'department') = (department is not null)", name=op.f("ck_calendar_feed_department")
        ),
        sa.CheckConstraint("(scope = 'site') = (site_id is not null)", name=op.f("ck_calendar_feed_site")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_calendar_feed_member_id_member")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_calendar_feed_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("hash", name=op.f("uq_calendar_feed_hash")),
    )
    op.create_index(op.f("ix_calendar_feed_member_id"), "calendar_feed", ["member_id"])


def downgrade() -> None:
    """Forget the calendars: whoever subscribes gets nothing any more."""
    op.drop_table("calendar_feed")
