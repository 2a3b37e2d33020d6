"""Wishes to try another employer, what is said of needs that fit, and offers that are for one need alone

Revision ID: 0049
Revises: 0048
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has wished for anything before, and every offer is for whoever may see it."""
    op.create_table(
        "mobility_wish",
        *_common(),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("state", _enum("wish_state", "draft", "open", "paused", "taken", "ended", "expired"), nullable=False),
        sa.Column("skills", postgresql.JSONB(), nullable=False),
        sa.Column("extent_percent", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("earliest", sa.Date(), nullable=False),
        sa.Column("county_codes", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.CheckConstraint("extent_percent between 1 and 100", name=op.f("ck_mobility_wish_extent")),
        sa.CheckConstraint("months > 0", name=op.f("ck_mobility_wish_months")),
        *_keys("mobility_wish", member_id="member"),
    )
    op.create_index(op.f("ix_mobility_wish_member_id"), "mobility_wish", ["member_id"])
    op.create_index(op.f("ix_mobility_wish_state_looked_at"), "mobility_wish", ["state", "looked_at"])
    states = ("dismissed", "asked", "offered", "agreed", "declined", "withdrawn", "lapsed")
    op.create_table(
        "mobility_interest",
        *_common(),
        sa.Column("wish_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("state", _enum("interest_state", *states), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.UniqueConstraint("wish_id", "need_id", name=op.f("uq_mobility_interest_wish_id_need_id")),
        *_keys("mobility_interest", wish_id="mobility_wish", need_id="need", offer_id="offer"),
    )
    for name in ("need_id", "offer_id"):
        op.create_index(op.f(f"ix_mobility_interest_{name}"), "mobility_interest", [name])
    op.add_column("offer", sa.Column("for_need_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_offer_for_need_id_need"), "offer", "need", ["for_need_id"], ["id"])


def downgrade() -> None:
    """Forget all wishes. What was offered to one need alone is closed, as nothing would keep it from others."""
    op.execute("delete from notice where code in ('wish_asked', 'wish_ended', 'wish_expires', 'wish_fits')")
    op.execute("update offer set state = 'closed', version = version + 1 where for_need_id is not null")
    op.drop_constraint(op.f("fk_offer_for_need_id_need"), "offer", type_="foreignkey")
    op.drop_column("offer", "for_need_id")
    op.drop_table("mobility_interest")
    op.drop_table("mobility_wish")


def _common() -> list[sa.Column[Any]]:
    times = [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("created_at", "updated_at")]
    return [sa.Column("id", sa.Uuid(), nullable=False), *times, sa.Column("version", sa.Integer(), nullable=False)]


def _keys(table: str, **others: str) -> list[sa.Constraint]:
    foreign = [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"))
        for name, other in others.items()
    ]
    return [*foreign, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40, create_constraint=True)
