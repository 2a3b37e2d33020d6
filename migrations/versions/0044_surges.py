"""Alerts, the roles that they ask for and the calls to cards; requests and runs that are of an alert

Revision ID: 0044
Revises: 0043
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_TIMES = ("created_at", "updated_at")


def upgrade() -> None:
    """Nothing was of an alert before."""
    op.create_table(
        "surge",
        *_common(),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column(
            "occasion",
            _enum("occasion", "reception", "nature", "accident", "disease", "cyber", "readiness"),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("state", _enum("surge_state", "open", "ended"), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *_keys("surge", organisation_id="organisation", member_id="member"),
    )
    op.create_table(
        "surge_role",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("surge_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_surge_role_number_positive")),
        sa.UniqueConstraint("surge_id", "position", name=op.f("uq_surge_role_surge_id_position")),
        *_keys("surge_role", surge_id="surge"),
    )
    states = ("asked", "accepted", "declined", "expired", "withdrawn", "released")
    op.create_table(
        "surge_call",
        *_common(),
        sa.Column("surge_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("roster_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("state", _enum("call_state", *states), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.UniqueConstraint("surge_id", "resource_id", name=op.f("uq_surge_call_surge_id_resource_id")),
        *_keys("surge_call", surge_id="surge", roster_id="roster", organisation_id="organisation", member_id="member"),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["staff_capacity.resource_id"], name=op.f("fk_surge_call_resource_id_staff_capacity")
        ),
    )
    for table, names in {
        "surge": ("organisation_id", "member_id"),
        "surge_call": ("resource_id", "roster_id", "organisation_id", "member_id"),
    }.items():
        for name in names:
            op.create_index(op.f(f"ix_{table}_{name}"), table, [name])
    for table, name, other in (("request", "surge_role_id", "surge_role"), ("matching_run", "surge_id", "surge")):
        op.add_column(table, sa.Column(name, sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_{name}_{other}"), table, other, [name], ["id"])
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])
    _kinds("whole", "local", "surge")


def downgrade() -> None:
    """Let requests and runs be ordinary ones, and forget what they were for; runs for alerts go."""
    op.execute("delete from notice where code in ('called', 'stood_down')")
    op.execute("update matching_run set kind = 'whole' where kind = 'surge'")
    _kinds("whole", "local")
    for table, name, other in (("request", "surge_role_id", "surge_role"), ("matching_run", "surge_id", "surge")):
        op.drop_constraint(op.f(f"fk_{table}_{name}_{other}"), table, type_="foreignkey")
        op.drop_column(table, name)
    for table in ("surge_call", "surge_role", "surge"):
        op.drop_table(table)


def _common() -> list[sa.Column[Any]]:
    times = [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in _TIMES]
    return [sa.Column("id", sa.Uuid(), nullable=False), *times, sa.Column("version", sa.Integer(), nullable=False)]


def _keys(table: str, **others: str) -> list[sa.Constraint]:
    foreign = [
        sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"))
        for name, other in others.items()
    ]
    return [*foreign, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40, create_constraint=True)


def _kinds(*allowed: str) -> None:
    op.drop_constraint(op.f("ck_matching_run_run_kind"), "matching_run", type_="check")
    words = ", ".join(f"'{each}'" for each in allowed)
    op.create_check_constraint("run_kind", "matching_run", f"kind in ({words})")
