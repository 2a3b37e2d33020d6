"""Counting what is there

Revision ID: 0081
Revises: 0080
"""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

_SOURCES = ("booking", "owner", "calendar", "extent", "activity")


def upgrade() -> None:
    """Nothing has been counted yet."""
    _sources(*_SOURCES, "missing")
    op.create_table(
        "stocktake",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("resource_id", sa.Uuid(), nullable=True),
        sa.Column("state", _enum("stocktake_state", "open", "closed"), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(site_id, department, resource_id) > 0", name=op.f("ck_stocktake_of_something")
        ),
        *_keys("stocktake", "organisation_id", "site_id", "resource_id", "member_id"),
    )
    op.create_index("ix_stocktake_organisation_id_state", "stocktake", ["organisation_id", "state"])
    op.create_index(op.f("ix_stocktake_site_id"), "stocktake", ["site_id"])
    op.create_index(op.f("ix_stocktake_resource_id"), "stocktake", ["resource_id"])
    op.create_table(
        "stock_count",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("stocktake_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("adds", sa.Boolean(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_stock_count_amount_not_negative")),
        *_keys("stock_count", "stocktake_id", "resource_id", "member_id"),
    )
    op.create_index("ix_stock_count_stocktake_id_resource_id", "stock_count", ["stocktake_id", "resource_id"])
    op.create_index(op.f("ix_stock_count_resource_id"), "stock_count", ["resource_id"])
    op.create_table(
        "stock_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stocktake_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _enum("stock_decision_kind", "lost", "written_off", "found", "left"), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_stock_decision_amount_positive")),
        *_keys("stock_decision", "stocktake_id", "resource_id", "member_id"),
    )
    op.create_index(
        op.f("ix_stock_decision_stocktake_id_resource_id"),
        "stock_decision",
        ["stocktake_id", "resource_id"],
        unique=True,
    )
    op.create_index(op.f("ix_stock_decision_resource_id"), "stock_decision", ["resource_id"])


def downgrade() -> None:
    """Forget what was counted: what was missing is there again."""
    for table in ("stock_decision", "stock_count", "stocktake"):
        op.drop_table(table)
    op.execute("delete from claim where source = 'missing'")
    _sources(*_SOURCES)


def _sources(*allowed: str) -> None:
    op.drop_constraint(op.f("ck_claim_claim_source"), "claim", type_="check")
    words = ", ".join(f"'{each}'" for each in allowed)
    op.create_check_constraint("claim_source", "claim", f"source in ({words})")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40, create_constraint=True)


def _keys(table: str, *columns: str) -> list[sa.Constraint]:
    refers = [
        sa.ForeignKeyConstraint([each], [f"{each[:-3]}.id"], name=op.f(f"fk_{table}_{each}_{each[:-3]}"))
        for each in columns
    ]
    return [*refers, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]
