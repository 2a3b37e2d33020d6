"""Introductions of members of hubs to each other, rounds of coffee, and what is told to hosts

Revision ID: 0078
Revises: 0077
"""

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Nobody is introduced to anybody, and nobody tells the hosts anything yet."""
    _audiences("nobody", "chosen", "members", "hosts")
    table = "hub_introduction"
    op.create_table(
        table,
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("state", _one_of("introduction_state", "asked", "made", "lapsed", "ended"), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("answer_by", _INSTANT, nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_hub_introduction_order")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_introduction_hub_id")),
        sa.ForeignKeyConstraint(["one_id"], ["member.id"], name=op.f("fk_hub_introduction_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["member.id"], name=op.f("fk_hub_introduction_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_introduction")),
    )
    for column in ("one_id", "other_id", "state"):
        op.create_index(op.f(f"ix_hub_introduction_{column}"), table, [column])
    op.create_index(
        "uq_hub_introduction_hub_id_one_id_other_id",
        table,
        ["hub_id", "one_id", "other_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'made')"),
    )
    table = "hub_introduction_answer"
    op.create_table(
        table,
        sa.Column("introduction_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("answer", _one_of("introduction_answer", "yes", "no"), nullable=False),
        sa.ForeignKeyConstraint(
            ["introduction_id"], ["hub_introduction.id"], name=op.f("fk_hub_introduction_answer_introduction_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_introduction_answer_member_id")),
        sa.PrimaryKeyConstraint("introduction_id", "member_id", name=op.f("pk_hub_introduction_answer")),
    )
    op.create_index(op.f("ix_hub_introduction_answer_member_id"), table, ["member_id"])
    _coffee()


def _coffee() -> None:
    op.create_table(
        "hub_coffee_guest",
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_coffee_guest_hub_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_coffee_guest_member_id")),
        sa.PrimaryKeyConstraint("hub_id", "member_id", name=op.f("pk_hub_coffee_guest")),
    )
    op.create_index(op.f("ix_hub_coffee_guest_member_id"), "hub_coffee_guest", ["member_id"])
    op.create_table(
        "hub_coffee_schedule",
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.CheckConstraint("weeks between 1 and 26", name=op.f("ck_hub_coffee_schedule_weeks")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_coffee_schedule_hub_id")),
        sa.PrimaryKeyConstraint("hub_id", name=op.f("pk_hub_coffee_schedule")),
    )
    op.create_index(op.f("ix_hub_coffee_schedule_next_on"), "hub_coffee_schedule", ["next_on"])
    op.create_table(
        "hub_coffee_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_hub_coffee_round_number")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_coffee_round_hub_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_coffee_round")),
        sa.UniqueConstraint("hub_id", "number", name=op.f("uq_hub_coffee_round_hub_id_number")),
    )
    op.create_table(
        "hub_coffee_pair",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_hub_coffee_pair_order")),
        sa.ForeignKeyConstraint(["round_id"], ["hub_coffee_round.id"], name=op.f("fk_hub_coffee_pair_round_id")),
        sa.ForeignKeyConstraint(["one_id"], ["member.id"], name=op.f("fk_hub_coffee_pair_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["member.id"], name=op.f("fk_hub_coffee_pair_other_id")),
        sa.PrimaryKeyConstraint("round_id", "one_id", name=op.f("pk_hub_coffee_pair")),
    )
    for column in ("one_id", "other_id"):
        op.create_index(op.f(f"ix_hub_coffee_pair_{column}"), "hub_coffee_pair", [column])


def downgrade() -> None:
    """Forget introductions and rounds; what was told to the hosts too is told to members alone."""
    op.execute("delete from notice where code in ('introduction_asked', 'introduction', 'coffee')")
    tables = ("coffee_pair", "coffee_round", "coffee_schedule", "coffee_guest", "introduction_answer", "introduction")
    for table in tables:
        op.drop_table(f"hub_{table}")
    op.execute("update hub_week set told_to = 'members' where told_to = 'hosts'")
    op.execute(
        "update hub_profile set told_to = (select coalesce(jsonb_object_agg(key,"
        " case value when 'hosts' then 'members' else value end), '{}') from jsonb_each_text(told_to))"
    )
    _audiences("nobody", "chosen", "members")


def _audiences(*allowed: str) -> None:
    op.drop_constraint(op.f("ck_hub_week_audience"), "hub_week", type_="check")
    words = ", ".join(f"'{each}'" for each in allowed)
    op.create_check_constraint("audience", "hub_week", f"told_to in ({words})")
