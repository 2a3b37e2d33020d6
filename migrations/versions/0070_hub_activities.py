"""What is on at hubs, who has registered, and rooms that are taken for it

Revision ID: 0070
Revises: 0069
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_FORMS = (
    "breakfast",
    "transparent_meeting",
    "co_creation",
    "campfire_talk",
    "how_do_you",
    "this_is_how",
    "deep_dive",
    "asynchronous_workshop",
    "open_house",
)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Nothing is on yet."""
    op.create_table(
        "hub_activity",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("form", _one_of("activity_form", *_FORMS), nullable=False),
        sa.Column("state", _one_of("activity_state", "draft", "proposed", "set", "held", "cancelled"), nullable=False),
        sa.Column("audience", _one_of("activity_audience", "members", "everybody"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("starts", _INSTANT, nullable=False),
        sa.Column("ends", _INSTANT, nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=True),
        sa.Column("claim_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("set_at", _INSTANT, nullable=True),
        sa.Column("documents", sa.String(), nullable=False),
        sa.CheckConstraint("starts < ends", name=op.f("ck_hub_activity_time")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_hub_activity_seats")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_hub_activity_hub_id_hub")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_hub_activity_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_activity_member_id_member")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["hub_activity.id"], name=op.f("fk_hub_activity_series_id_hub_activity")
        ),
        sa.ForeignKeyConstraint(["zone_id"], ["hub_zone.resource_id"], name=op.f("fk_hub_activity_zone_id_hub_zone")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_activity")),
    )
    op.create_index(op.f("ix_hub_activity_hub_id_starts"), "hub_activity", ["hub_id", "starts"])
    for column in ("organisation_id", "member_id", "series_id", "state", "zone_id"):
        op.create_index(op.f(f"ix_hub_activity_{column}"), "hub_activity", [column])
    op.create_table(
        "hub_registration",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state", _one_of("standing", "waiting", "offered", "registered", "declined", "lapsed"), nullable=False
        ),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("offer_until", _INSTANT, nullable=True),
        sa.Column("lets_pass", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "seats > 0 and taken >= 0 and offered >= 0 and taken + offered <= seats",
            name=op.f("ck_hub_registration_seats"),
        ),
        sa.CheckConstraint("(offered > 0) = (offer_until is not null)", name=op.f("ck_hub_registration_offer")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["hub_activity.id"], name=op.f("fk_hub_registration_activity_id_hub_activity")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_hub_registration_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_registration")),
    )
    table = "hub_registration"
    op.create_index(op.f("ix_hub_registration_activity_id_number"), table, ["activity_id", "number"], unique=True)
    op.create_index(op.f("ix_hub_registration_member_id"), table, ["member_id"])
    op.create_index(
        op.f("ix_hub_registration_offer_until"),
        table,
        ["offer_until"],
        postgresql_where=sa.text("offer_until IS NOT NULL"),
    )
    op.create_index(
        "uq_hub_registration_activity_id_member_id",
        table,
        ["activity_id", "member_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'offered', 'registered')"),
    )
    _sources("booking", "owner", "calendar", "extent", "activity")


def downgrade() -> None:
    """Forget what is on, and give back the rooms."""
    op.execute("delete from claim where source = 'activity'")
    _sources("booking", "owner", "calendar", "extent")
    op.drop_table("hub_registration")
    op.drop_table("hub_activity")


def _sources(*allowed: str) -> None:
    op.drop_constraint(op.f("ck_claim_claim_source"), "claim", type_="check")
    words = ", ".join(f"'{each}'" for each in allowed)
    op.create_check_constraint("claim_source", "claim", f"source in ({words})")
