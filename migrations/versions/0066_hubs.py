"""Hubs: places, their zones, manifestos and roles; organisations and people that are members of them

Revision ID: 0066
Revises: 0065
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """There is no hub yet."""
    op.create_table(
        "hub",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("landlord", sa.String(), nullable=False),
        sa.Column("house_rules", sa.String(), nullable=False),
        sa.Column("phase", _one_of("hub_phase", "prepare", "start", "run", "closed"), nullable=False),
        sa.Column("done", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("fees", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("seats > 0", name=op.f("ck_hub_seats")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_hub_organisation_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_hub_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub")),
        sa.UniqueConstraint("name", name=op.f("uq_hub_name")),
        sa.UniqueConstraint("site_id", name=op.f("uq_hub_site_id")),
    )
    op.create_index(op.f("ix_hub_organisation_id"), "hub", ["organisation_id"])
    op.create_table(
        "hub_zone",
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column(
            "use",
            _one_of("zone_use", "outlook", "conversation", "pause", "workshop", "small_group", "rest", "quiet", "call"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_zone_hub_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_hub_zone_resource_id")),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_hub_zone")),
    )
    op.create_index(op.f("ix_hub_zone_hub_id"), "hub_zone", ["hub_id"])
    op.create_table(
        "hub_manifesto",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_hub_manifesto_number")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_manifesto_hub_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_manifesto")),
        sa.UniqueConstraint("hub_id", "number", name=op.f("uq_hub_manifesto_hub_id_number")),
    )
    op.create_table(
        "hub_role_holder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            _one_of("hub_role", "principal", "owner_group", "creative_board", "community_manager", "working_group"),
            nullable=False,
        ),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_role_holder_hub_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_role_holder_member_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_hub_role_holder_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_role_holder")),
    )
    op.create_index(op.f("ix_hub_role_holder_hub_id"), "hub_role_holder", ["hub_id"])
    op.create_index(op.f("ix_hub_role_holder_member_id"), "hub_role_holder", ["member_id"])
    op.create_index(op.f("ix_hub_role_holder_organisation_id"), "hub_role_holder", ["organisation_id"])
    op.create_table(
        "hub_open_house",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_hub_open_house_order")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_open_house_hub_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_open_house")),
    )
    op.create_index(op.f("ix_hub_open_house_hub_id"), "hub_open_house", ["hub_id"])
    op.create_table(
        "hub_membership",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state", _one_of("hub_membership_state", "asked", "agreed", "ended", "refused", "withdrawn"), nullable=False
        ),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("employees", sa.Integer(), nullable=False),
        sa.Column("fee_sek", sa.Integer(), nullable=True),
        sa.Column("signatory", sa.String(), nullable=False),
        sa.CheckConstraint("seats > 0 and employees > 0 and fee_sek >= 0", name=op.f("ck_hub_membership_numbers")),
        sa.CheckConstraint("starts <= ends", name=op.f("ck_hub_membership_days")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_membership_hub_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_membership_member_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_hub_membership_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_membership")),
    )
    op.create_index(op.f("ix_hub_membership_hub_id"), "hub_membership", ["hub_id"])
    op.create_index(op.f("ix_hub_membership_member_id"), "hub_membership", ["member_id"])
    op.create_index(op.f("ix_hub_membership_organisation_id"), "hub_membership", ["organisation_id"])
    op.create_index(op.f("ix_hub_membership_state"), "hub_membership", ["state"])
    op.create_table(
        "hub_membership_place",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("agreed_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_membership_place_hub_id")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["hub_membership.id"], name=op.f("fk_hub_membership_place_membership_id")
        ),
        sa.PrimaryKeyConstraint("membership_id", "hub_id", name=op.f("pk_hub_membership_place")),
    )
    op.create_index(op.f("ix_hub_membership_place_hub_id"), "hub_membership_place", ["hub_id"])
    op.create_table(
        "hub_member",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            _one_of("hub_member_state", "applied", "active", "left", "ended", "refused", "withdrawn"),
            nullable=False,
        ),
        sa.Column("aims", sa.String(), nullable=False),
        sa.Column("contribution", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("joined_at", _INSTANT, nullable=True),
        sa.Column("welcomed", postgresql.ARRAY(sa.String()), nullable=False),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_member_hub_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_member_member_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["hub_membership.id"], name=op.f("fk_hub_member_membership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_member")),
    )
    op.create_index(op.f("ix_hub_member_member_id"), "hub_member", ["member_id"])
    op.create_index(op.f("ix_hub_member_membership_id"), "hub_member", ["membership_id"])
    op.create_index(
        "uq_hub_member_hub_id_member_id",
        "hub_member",
        ["hub_id", "member_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('applied', 'active')"),
    )
    op.create_table(
        "hub_signature",
        sa.Column("hub_member_id", sa.Uuid(), nullable=False),
        sa.Column("manifesto_id", sa.Uuid(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["hub_member_id"], ["hub_member.id"], name=op.f("fk_hub_signature_hub_member_id")),
        sa.ForeignKeyConstraint(["manifesto_id"], ["hub_manifesto.id"], name=op.f("fk_hub_signature_manifesto_id")),
        sa.PrimaryKeyConstraint("hub_member_id", "manifesto_id", name=op.f("pk_hub_signature")),
    )
    op.create_index(op.f("ix_hub_signature_manifesto_id"), "hub_signature", ["manifesto_id"])


def downgrade() -> None:
    """Forget the hubs."""
    for table in (
        "hub_signature",
        "hub_member",
        "hub_membership_place",
        "hub_membership",
        "hub_open_house",
        "hub_role_holder",
        "hub_manifesto",
        "hub_zone",
        "hub",
    ):
        op.drop_table(table)
