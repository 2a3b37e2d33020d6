"""Each yes to a capacity card is a row of its own: to what, until when, by whom, how it was said

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_WHO = ("employee", "manager", "hr")
_STATES = ("asked", "given", "declined", "withdrawn", "expired", "overtaken", "replaced")
_CHANNELS = ("signed_in", "link", "noted")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40, create_constraint=True)


def upgrade() -> None:
    """Make a row of each yes that stands: to the card as it is, for as long as nobody takes it back."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "card_approval",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), sa.ForeignKey("staff_capacity.resource_id"), nullable=False),
        sa.Column("who", _enum("approver", _WHO), nullable=False),
        sa.Column("state", _enum("approval_state", _STATES), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("covers", postgresql.TSTZRANGE(), nullable=True),
        sa.Column("at", moment, nullable=True),
        sa.Column("channel", _enum("channel", _CHANNELS), nullable=True),
        sa.Column("member_id", sa.Uuid(), sa.ForeignKey("member.id"), nullable=True),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("asked_of_id", sa.Uuid(), sa.ForeignKey("member.id"), nullable=True),
        sa.Column("deputy_id", sa.Uuid(), sa.ForeignKey("member.id"), nullable=True),
        sa.Column("answer_by", moment, nullable=True),
        sa.Column("link_hash", sa.String(64), nullable=True, unique=True),
    )
    for name in ("resource_id", "member_id", "asked_of_id"):
        op.create_index(op.f(f"ix_card_approval_{name}"), "card_approval", [name])
    op.create_index(op.f("ix_card_approval_state_answer_by"), "card_approval", ["state", "answer_by"])
    op.create_index(
        "uq_card_approval_live",
        "card_approval",
        ["resource_id", "who"],
        unique=True,
        postgresql_where=sa.text("state in ('asked', 'given')"),
    )
    op.add_column("staff_capacity", sa.Column("approved_during", postgresql.TSTZRANGE(), nullable=True))
    op.add_column("staff_capacity", sa.Column("member_id", sa.Uuid(), sa.ForeignKey("member.id"), nullable=True))
    op.create_index(op.f("ix_staff_capacity_member_id"), "staff_capacity", ["member_id"])
    op.execute(
        "insert into card_approval (id, created_at, updated_at, version, resource_id, who, state, said, covers, at,"
        " channel, member_id, noted_by, evidence)"
        " select gen_random_uuid(), yes.at, yes.at, 1, card.resource_id, yes.who, 'given',"
        "  jsonb_build_object('extentPercent', card.extent_percent, 'remote', card.remote,"
        "   'municipalityCodes', card.municipality_codes, 'languages', card.languages, 'skills', coalesce("
        "    (select jsonb_object_agg(skill.code, held.level) from staff_skill held"
        "     join skill on skill.id = held.skill_id where held.resource_id = card.resource_id), '{}')),"
        "  tstzrange(least(yes.at, (select min(lower(offer.during)) from offer"
        "   where offer.resource_id = card.resource_id and offer.state <> 'closed')), null),"
        "  yes.at, 'noted', member.id, coalesce(note ->> 'name', ''), coalesce(note ->> 'evidence', '')"
        " from staff_capacity card cross join lateral (values ('employee', card.employee_consent_at),"
        "  ('manager', card.manager_consent_at), ('hr', card.hr_consent_at)) as yes (who, at)"
        " left join lateral (select card.consent_notes -> yes.who as note) as noted on true"
        " left join member on member.id = cast(note ->> 'memberId' as uuid)"
        " where yes.at is not null"
    )
    op.execute(
        "update staff_capacity set approved_during = (select tstzrange(max(lower(said.covers)), null)"
        " from card_approval said where said.resource_id = staff_capacity.resource_id)"
        " where employee_consent_at is not null and manager_consent_at is not null and hr_consent_at is not null"
    )
    for who in _WHO:
        op.drop_column("staff_capacity", f"{who}_consent_at")
    op.drop_column("staff_capacity", "consent_notes")


def downgrade() -> None:
    """Keep of each yes that stands whose it is, since when, and how it is known."""
    op.execute("delete from notice where code in ('card_yours', 'card_to_approve', 'card_answered')")
    op.add_column("staff_capacity", sa.Column("consent_notes", postgresql.JSONB(), server_default="{}", nullable=False))
    for who in _WHO:
        op.add_column("staff_capacity", sa.Column(f"{who}_consent_at", sa.DateTime(timezone=True), nullable=True))
        op.execute(
            f"update staff_capacity set {who}_consent_at = said.at, consent_notes = consent_notes"  # noqa: S608
            " || jsonb_build_object(said.who, jsonb_build_object('memberId', said.member_id, 'name', said.noted_by,"
            " 'evidence', said.evidence)) from card_approval said"
            f" where said.resource_id = staff_capacity.resource_id and said.who = '{who}' and said.state = 'given'"
        )
    op.drop_index(op.f("ix_staff_capacity_member_id"), "staff_capacity")
    op.drop_column("staff_capacity", "member_id")
    op.drop_column("staff_capacity", "approved_during")
    op.drop_table("card_approval")
