"""The first schema

Revision ID: 0001
Revises:

Two things say that a unit is never claimed beyond its capacity: the exclusion constraint ``ex_claim_exclusive`` for
units of one, and the trigger ``claim_within_capacity`` for the rest. The trigger locks the unit, so that of two writers
the second sees what the first has written: with the snapshots of read committed, and so it refuses any other.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


CLAIM_WITHIN_CAPACITY = """
create function claim_within_capacity() returns trigger language plpgsql as $$
declare
    peak record;
begin
    if new.released_at is not null or new.unit_capacity = 1 then
        return null;
    end if;
    if tg_op = 'UPDATE' and old.released_at is null and new.unit_id = old.unit_id and new.during <@ old.during
        and new.amount <= old.amount and new.unit_capacity >= old.unit_capacity then
        return null; -- it takes no more than it did
    end if;
    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
        -- Its snapshot would hide what another writer has just committed.
        raise exception 'Claims are written in read committed transactions.'
            using errcode = 'invalid_transaction_state';
    end if;
    perform 1 from unit where id = new.unit_id for no key update;
    -- The steps up and down of what is taken while the new claim lasts. Ends come before starts at the same moment; a
    -- claim without an end steps down at no moment, which is sorted last.
    select at, sum(change) over (order by at, change) as taken into peak
    from claim
    cross join lateral (
        values (greatest(lower(during), lower(new.during)), amount), (upper(during), -amount)
    ) as step (at, change)
    where unit_id = new.unit_id and during && new.during and released_at is null
    order by taken desc, at limit 1;
    if peak.taken > new.unit_capacity then
        raise exception using
            errcode = 'exclusion_violation', table = 'claim', constraint = 'claim_within_capacity',
            message = format('The unit holds %s, and %s would be taken at once.', new.unit_capacity, peak.taken),
            detail = json_build_object('unit', new.unit_id, 'at', peak.at, 'taken', peak.taken,
                                       'capacity', new.unit_capacity)::text;
    end if;
    return null;
end $$
"""
CLAIM_TRIGGER = """
create constraint trigger claim_within_capacity
after insert or update of unit_id, unit_capacity, amount, during, released_at on claim
for each row execute function claim_within_capacity()
"""


def upgrade() -> None:
    op.execute("create extension if not exists btree_gist")
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=True),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        op.f("ix_audit_entry_entity_entity_id_at"), "audit_entry", ["entity", "entity_id", "at"], unique=False
    )
    op.create_table(
        "idempotent_answer",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_digest", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "key", name=op.f("pk_idempotent_answer")),
    )
    op.create_index(op.f("ix_idempotent_answer_at"), "idempotent_answer", ["at"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=11), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "state_agency",
                "region",
                "municipality",
                "public_company",
                name="organisation_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("municipality_code", sa.String(length=4), nullable=False),
        sa.Column("county_code", sa.String(length=2), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("name", name=op.f("uq_organisation_name")),
        sa.UniqueConstraint("number", name=op.f("uq_organisation_number")),
    )
    op.create_index(op.f("ix_organisation_county_code"), "organisation", ["county_code"], unique=False)
    op.create_table(
        "skill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("uri", sa.String(), nullable=False),
        sa.Column("label_sv", sa.String(), nullable=False),
        sa.Column("label_en", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("scheme_version", sa.String(), nullable=False),
        sa.Column("ssyk", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
        sa.UniqueConstraint("code", name=op.f("uq_skill_code")),
        sa.UniqueConstraint("uri", name=op.f("uq_skill_uri")),
    )
    op.create_table(
        "member",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("language in ('sv', 'en')", name=op.f("ck_member_language")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_member_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("email", name=op.f("uq_member_email")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_member_issuer_subject")),
    )
    op.create_index(op.f("ix_member_organisation_id"), "member", ["organisation_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_notice_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_organisation_id_at"), "notice", ["organisation_id", "at"], unique=False)
    op.create_table(
        "partnership",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_partnership_organisation_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["organisation.id"], name=op.f("fk_partnership_partner_id")),
        sa.PrimaryKeyConstraint("organisation_id", "partner_id", name=op.f("pk_partnership")),
    )
    op.create_index(op.f("ix_partnership_partner_id"), "partnership", ["partner_id"], unique=False)
    op.create_table(
        "site",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("municipality_code", sa.String(length=4), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("access", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("opening_hours", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "latitude between 54 and 70 and longitude between 10 and 25", name=op.f("ck_site_in_sweden")
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_site_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_site_organisation_id_name")),
    )
    op.create_index(op.f("ix_site_municipality_code"), "site", ["municipality_code"], unique=False)
    op.create_index(op.f("ix_site_organisation_id"), "site", ["organisation_id"], unique=False)
    op.create_table(
        "access_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_access_token_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_access_token_hash")),
    )
    op.create_index(op.f("ix_access_token_member_id"), "access_token", ["member_id"], unique=False)
    op.create_table(
        "matching_run",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "cancelled",
                name="run_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("county_code", sa.String(length=2), nullable=True),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("time_limit_s", sa.Float(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("objective", sa.Integer(), nullable=True),
        sa.Column("bound", sa.Integer(), nullable=True),
        sa.Column("needs", sa.Integer(), nullable=True),
        sa.Column("served", sa.Integer(), nullable=True),
        sa.Column("options", sa.Integer(), nullable=True),
        sa.Column("runtime_s", sa.Float(), nullable=True),
        sa.Column("failure_code", sa.String(length=40), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_matching_run_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_run")),
    )
    op.create_index(op.f("ix_matching_run_member_id"), "matching_run", ["member_id"], unique=False)
    op.create_index(op.f("ix_matching_run_state_lease_until"), "matching_run", ["state", "lease_until"], unique=False)
    op.create_table(
        "request",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column(
            "priority",
            sa.Enum(
                "crisis",
                "statutory",
                "ordinary",
                "exploratory",
                name="priority",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "open",
                "proposed",
                "partly_agreed",
                "agreed",
                "fulfilled",
                "withdrawn",
                "expired",
                name="request_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_request_member_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_request_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )
    op.create_index(op.f("ix_request_member_id"), "request", ["member_id"], unique=False)
    op.create_index(op.f("ix_request_organisation_id"), "request", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_request_state"), "request", ["state"], unique=False)
    op.create_table(
        "resource",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("part_of_id", sa.Uuid(), nullable=True),
        sa.Column(
            "family",
            sa.Enum(
                "space",
                "furniture",
                "vehicle",
                "staff",
                name="family",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("opening_hours", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("site_id is not null or family = 'staff'", name=op.f("ck_resource_stands_somewhere")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_resource_organisation_id")),
        sa.ForeignKeyConstraint(["part_of_id"], ["resource.id"], name=op.f("fk_resource_part_of_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_resource_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_resource_organisation_id_name")),
    )
    op.create_index(op.f("ix_resource_organisation_id"), "resource", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_resource_part_of_id"), "resource", ["part_of_id"], unique=False)
    op.create_index(op.f("ix_resource_site_id"), "resource", ["site_id"], unique=False)
    op.create_table(
        "furniture_lot",
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("condition", sa.Integer(), nullable=False),
        sa.Column("width_cm", sa.Integer(), nullable=True),
        sa.Column("depth_cm", sa.Integer(), nullable=True),
        sa.Column("height_cm", sa.Integer(), nullable=True),
        sa.Column("pickup", sa.String(), nullable=False),
        sa.Column("valuation_sek", sa.Integer(), nullable=True),
        sa.Column("valuation_basis", sa.String(length=40), nullable=True),
        sa.CheckConstraint("condition between 1 and 5", name=op.f("ck_furniture_lot_condition")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_furniture_lot_resource_id")),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_furniture_lot")),
    )
    op.create_table(
        "need",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "family",
            sa.Enum(
                "space",
                "furniture",
                "vehicle",
                "staff",
                name="family",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("requirements", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("timing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("municipality_code", sa.String(length=4), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("max_distance_km", sa.Float(), nullable=True),
        sa.Column("alternative_group", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "proposed",
                "agreed",
                "dropped",
                name="need_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_need_amount_positive")),
        sa.CheckConstraint("parts > 0", name=op.f("ck_need_parts_positive")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_need_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("request_id", "position", name=op.f("uq_need_request_id_position")),
    )
    op.create_index(op.f("ix_need_request_id"), "need", ["request_id"], unique=False)
    op.create_table(
        "offer",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "open",
                "paused",
                "closed",
                name="offer_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "department",
                "organisation",
                "partners",
                "region",
                "all",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("widens", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("department", sa.String(), nullable=True),
        sa.Column(
            "terms",
            sa.Enum("loan", "hand_over", name="terms", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "price_basis",
            sa.Enum(
                "none",
                "fixed",
                "hour",
                "day",
                "month",
                name="price_basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("price_sek", sa.Integer(), nullable=False),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.CheckConstraint("not isempty(during) and not lower_inf(during)", name=op.f("ck_offer_period")),
        sa.CheckConstraint("price_sek >= 0", name=op.f("ck_offer_price")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_offer_member_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_offer_organisation_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_offer_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    op.create_index(op.f("ix_offer_member_id"), "offer", ["member_id"], unique=False)
    op.create_index(op.f("ix_offer_organisation_id"), "offer", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_offer_resource_id"), "offer", ["resource_id"], unique=False)
    op.create_index("ix_offer_state_during", "offer", ["state", "during"], unique=False, postgresql_using="gist")
    op.create_table(
        "proposal",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "approved",
                "agreed",
                "refused",
                "expired",
                "superseded",
                name="proposal_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by_id", sa.Uuid(), nullable=True),
        sa.Column("refusal_code", sa.String(length=40), nullable=True),
        sa.Column("refusal_words", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["refused_by_id"], ["organisation.id"], name=op.f("fk_proposal_refused_by_id")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_proposal_request_id")),
        sa.ForeignKeyConstraint(["run_id"], ["matching_run.id"], name=op.f("fk_proposal_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_request_id"), "proposal", ["request_id"], unique=False)
    op.create_index(op.f("ix_proposal_run_id"), "proposal", ["run_id"], unique=False)
    op.create_index(op.f("ix_proposal_state_answer_by"), "proposal", ["state", "answer_by"], unique=False)
    op.create_table(
        "run_document",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["matching_run.id"], name=op.f("fk_run_document_run_id")),
        sa.PrimaryKeyConstraint("run_id", "kind", name=op.f("pk_run_document")),
    )
    op.create_table(
        "space",
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("area_m2", sa.Float(), nullable=True),
        sa.Column("equipment", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("access", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("visitor_rules", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_space_resource_id")),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_space")),
    )
    op.create_table(
        "staff_capacity",
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("extent_percent", sa.Integer(), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("municipality_codes", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("employee_consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("manager_consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hr_consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("extent_percent between 1 and 100", name=op.f("ck_staff_capacity_extent")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_staff_capacity_resource_id")),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_staff_capacity")),
    )
    op.create_table(
        "unit",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_unit_capacity_positive")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_unit_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("id", "capacity", name=op.f("uq_unit_id_capacity")),
        sa.UniqueConstraint("resource_id", "name", name=op.f("uq_unit_resource_id_name")),
    )
    op.create_index(op.f("ix_unit_resource_id"), "unit", ["resource_id"], unique=False)
    op.create_table(
        "vehicle",
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("fuel", sa.String(length=20), nullable=False),
        sa.Column("range_km", sa.Integer(), nullable=True),
        sa.Column("licence_class", sa.String(length=4), nullable=False),
        sa.Column("towing_kg", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_vehicle_resource_id")),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_vehicle")),
    )
    op.create_table(
        "need_outcome",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("served", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_outcome_need_id")),
        sa.ForeignKeyConstraint(["run_id"], ["matching_run.id"], name=op.f("fk_need_outcome_run_id")),
        sa.PrimaryKeyConstraint("run_id", "need_id", name=op.f("pk_need_outcome")),
    )
    op.create_index(op.f("ix_need_outcome_need_id"), "need_outcome", ["need_id"], unique=False)
    op.create_table(
        "proposal_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("occurs_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column(
            "terms",
            sa.Enum("loan", "hand_over", name="terms", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "price_basis",
            sa.Enum(
                "none",
                "fixed",
                "hour",
                "day",
                "month",
                name="price_basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("price_sek", sa.Integer(), nullable=False),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("option_key", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_proposal_line_amount_positive")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_proposal_line_need_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_proposal_line_offer_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_line_proposal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_line")),
    )
    op.create_index(op.f("ix_proposal_line_need_id"), "proposal_line", ["need_id"], unique=False)
    op.create_index(op.f("ix_proposal_line_offer_id"), "proposal_line", ["offer_id"], unique=False)
    op.create_index(op.f("ix_proposal_line_proposal_id"), "proposal_line", ["proposal_id"], unique=False)
    op.create_table(
        "proposal_party",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "side",
            sa.Enum("lister", "requester", name="side", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "answer",
            sa.Enum("accepted", "refused", name="answer", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_proposal_party_member_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_proposal_party_organisation_id")
        ),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_party_proposal_id")),
        sa.PrimaryKeyConstraint("proposal_id", "organisation_id", "side", name=op.f("pk_proposal_party")),
    )
    op.create_index(op.f("ix_proposal_party_organisation_id"), "proposal_party", ["organisation_id"], unique=False)
    op.create_table(
        "resource_unit",
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_resource_unit_amount_positive")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_resource_unit_resource_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_resource_unit_unit_id")),
        sa.PrimaryKeyConstraint("resource_id", "unit_id", name=op.f("pk_resource_unit")),
    )
    op.create_index(op.f("ix_resource_unit_unit_id"), "resource_unit", ["unit_id"], unique=False)
    op.create_table(
        "staff_skill",
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.CheckConstraint("level between 1 and 5", name=op.f("ck_staff_skill_level")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["staff_capacity.resource_id"], name=op.f("fk_staff_skill_resource_id")
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_staff_skill_skill_id")),
        sa.PrimaryKeyConstraint("resource_id", "skill_id", name=op.f("pk_staff_skill")),
    )
    op.create_index(op.f("ix_staff_skill_skill_id"), "staff_skill", ["skill_id"], unique=False)
    op.create_table(
        "booking",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("lender_id", sa.Uuid(), nullable=False),
        sa.Column("borrower_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "room_use",
                "item_loan",
                "hand_over",
                "vehicle_loan",
                "staff_loan",
                name="booking_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "agreed",
                "handed_over",
                "returned",
                "closed",
                "cancelled",
                "disputed",
                name="booking_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_booking_amount_positive")),
        sa.ForeignKeyConstraint(["borrower_id"], ["organisation.id"], name=op.f("fk_booking_borrower_id")),
        sa.ForeignKeyConstraint(["lender_id"], ["organisation.id"], name=op.f("fk_booking_lender_id")),
        sa.ForeignKeyConstraint(["line_id"], ["proposal_line.id"], name=op.f("fk_booking_line_id")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_booking_need_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_booking_offer_id")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_booking_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("line_id", name=op.f("uq_booking_line_id")),
    )
    op.create_index(op.f("ix_booking_borrower_id"), "booking", ["borrower_id"], unique=False)
    op.create_index(op.f("ix_booking_lender_id"), "booking", ["lender_id"], unique=False)
    op.create_index(op.f("ix_booking_need_id"), "booking", ["need_id"], unique=False)
    op.create_index(op.f("ix_booking_offer_id"), "booking", ["offer_id"], unique=False)
    op.create_index(op.f("ix_booking_request_id"), "booking", ["request_id"], unique=False)
    op.create_table(
        "line_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_line_claim_amount_positive")),
        sa.ForeignKeyConstraint(["line_id"], ["proposal_line.id"], name=op.f("fk_line_claim_line_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_line_claim_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_claim")),
    )
    op.create_index(op.f("ix_line_claim_line_id"), "line_claim", ["line_id"], unique=False)
    op.create_index(
        "ix_line_claim_unit_id_during",
        "line_claim",
        ["unit_id", "during"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_table(
        "claim",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_capacity", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "booking",
                "owner",
                "calendar",
                name="claim_source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("unit_id"), "="),
            (sa.column("during"), "&&"),
            where=sa.text("released_at is null and unit_capacity = 1"),
            using="gist",
            name="ex_claim_exclusive",
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_claim_amount_positive")),
        sa.CheckConstraint("lower_inc(during) and not upper_inc(during)", name=op.f("ck_claim_period")),
        sa.CheckConstraint("released_at is not null or amount <= unit_capacity", name=op.f("ck_claim_within_capacity")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_claim_booking_id")),
        sa.ForeignKeyConstraint(
            ["unit_id", "unit_capacity"],
            ["unit.id", "unit.capacity"],
            name=op.f("fk_claim_unit_id_unit_capacity"),
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_booking_id"), "claim", ["booking_id"], unique=False)
    op.create_index(
        "ix_claim_unit_id_during",
        "claim",
        ["unit_id", "during"],
        unique=False,
        postgresql_using="gist",
        postgresql_where=sa.text("released_at is null"),
    )
    op.execute(CLAIM_WITHIN_CAPACITY)
    op.execute(CLAIM_TRIGGER)


def downgrade() -> None:
    op.drop_index(
        "ix_claim_unit_id_during",
        table_name="claim",
        postgresql_using="gist",
        postgresql_where=sa.text("released_at is null"),
    )
    op.drop_index(op.f("ix_claim_booking_id"), table_name="claim")
    op.drop_table("claim")
    op.drop_index("ix_line_claim_unit_id_during", table_name="line_claim", postgresql_using="gist")
    op.drop_index(op.f("ix_line_claim_line_id"), table_name="line_claim")
    op.drop_table("line_claim")
    op.drop_index(op.f("ix_booking_request_id"), table_name="booking")
    op.drop_index(op.f("ix_booking_offer_id"), table_name="booking")
    op.drop_index(op.f("ix_booking_need_id"), table_name="booking")
    op.drop_index(op.f("ix_booking_lender_id"), table_name="booking")
    op.drop_index(op.f("ix_booking_borrower_id"), table_name="booking")
    op.drop_table("booking")
    op.drop_index(op.f("ix_staff_skill_skill_id"), table_name="staff_skill")
    op.drop_table("staff_skill")
    op.drop_index(op.f("ix_resource_unit_unit_id"), table_name="resource_unit")
    op.drop_table("resource_unit")
    op.drop_index(op.f("ix_proposal_party_organisation_id"), table_name="proposal_party")
    op.drop_table("proposal_party")
    op.drop_index(op.f("ix_proposal_line_proposal_id"), table_name="proposal_line")
    op.drop_index(op.f("ix_proposal_line_offer_id"), table_name="proposal_line")
    op.drop_index(op.f("ix_proposal_line_need_id"), table_name="proposal_line")
    op.drop_table("proposal_line")
    op.drop_index(op.f("ix_need_outcome_need_id"), table_name="need_outcome")
    op.drop_table("need_outcome")
    op.drop_table("vehicle")
    op.drop_index(op.f("ix_unit_resource_id"), table_name="unit")
    op.drop_table("unit")
    op.drop_table("staff_capacity")
    op.drop_table("space")
    op.drop_table("run_document")
    op.drop_index(op.f("ix_proposal_state_answer_by"), table_name="proposal")
    op.drop_index(op.f("ix_proposal_run_id"), table_name="proposal")
    op.drop_index(op.f("ix_proposal_request_id"), table_name="proposal")
    op.drop_table("proposal")
    op.drop_index("ix_offer_state_during", table_name="offer", postgresql_using="gist")
    op.drop_index(op.f("ix_offer_resource_id"), table_name="offer")
    op.drop_index(op.f("ix_offer_organisation_id"), table_name="offer")
    op.drop_index(op.f("ix_offer_member_id"), table_name="offer")
    op.drop_table("offer")
    op.drop_index(op.f("ix_need_request_id"), table_name="need")
    op.drop_table("need")
    op.drop_table("furniture_lot")
    op.drop_index(op.f("ix_resource_site_id"), table_name="resource")
    op.drop_index(op.f("ix_resource_part_of_id"), table_name="resource")
    op.drop_index(op.f("ix_resource_organisation_id"), table_name="resource")
    op.drop_table("resource")
    op.drop_index(op.f("ix_request_state"), table_name="request")
    op.drop_index(op.f("ix_request_organisation_id"), table_name="request")
    op.drop_index(op.f("ix_request_member_id"), table_name="request")
    op.drop_table("request")
    op.drop_index(op.f("ix_matching_run_state_lease_until"), table_name="matching_run")
    op.drop_index(op.f("ix_matching_run_member_id"), table_name="matching_run")
    op.drop_table("matching_run")
    op.drop_index(op.f("ix_access_token_member_id"), table_name="access_token")
    op.drop_table("access_token")
    op.drop_index(op.f("ix_site_organisation_id"), table_name="site")
    op.drop_index(op.f("ix_site_municipality_code"), table_name="site")
    op.drop_table("site")
    op.drop_index(op.f("ix_partnership_partner_id"), table_name="partnership")
    op.drop_table("partnership")
    op.drop_index(op.f("ix_notice_organisation_id_at"), table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_member_organisation_id"), table_name="member")
    op.drop_table("member")
    op.drop_table("skill")
    op.drop_index(op.f("ix_organisation_county_code"), table_name="organisation")
    op.drop_table("organisation")
    op.drop_index(op.f("ix_idempotent_answer_at"), table_name="idempotent_answer")
    op.drop_table("idempotent_answer")
    op.drop_index(op.f("ix_audit_entry_entity_entity_id_at"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.execute("drop function claim_within_capacity")
