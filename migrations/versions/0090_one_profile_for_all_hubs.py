"""What a member says of itself is the same at all hubs

Revision ID: 0090
Revises: 0089
"""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None

_FROM_FEW_TO_MANY = ("nobody", "chosen", "members", "hosts")
_MOST_TOPICS = 20
_PROFILE = sa.table(
    "hub_profile",
    sa.column("id", sa.Uuid()),
    sa.column("can", postgresql.ARRAY(sa.String())),
    sa.column("learns", postgresql.ARRAY(sa.String())),
    sa.column("wonders", sa.String()),
    sa.column("told_to", postgresql.JSONB()),
)


def upgrade() -> None:
    """Make one profile of each member's. Nobody is told more than before: see `_told_to`."""
    db = op.get_bind()
    counted = db.execute(
        sa.text("select member_id, count(*) from hub_member where state = 'active' group by member_id")
    )
    seats = {member_id: count for member_id, count in counted}  # noqa: C416 (rows)
    found = db.execute(sa.text("select * from hub_profile order by member_id, updated_at desc, id")).mappings()
    for member_id, rows in groupby(found.all(), itemgetter("member_id")):
        its = [dict(each) for each in rows]
        said = _said(its)
        told_to = _told_to(its, alone=seats.get(member_id, 0) <= len(its))
        db.execute(sa.update(_PROFILE).where(_PROFILE.c.id == its[0]["id"]).values(**said, told_to=told_to))
        db.execute(sa.delete(_PROFILE).where(_PROFILE.c.id.in_([each["id"] for each in its[1:]])))
    op.drop_constraint(op.f("uq_hub_profile_hub_id_member_id"), "hub_profile", type_="unique")
    op.drop_constraint(op.f("fk_hub_profile_hub_id"), "hub_profile", type_="foreignkey")
    op.drop_index(op.f("ix_hub_profile_member_id"), "hub_profile")
    op.drop_column("hub_profile", "hub_id")
    op.create_unique_constraint(op.f("uq_hub_profile_member_id"), "hub_profile", ["member_id"])
    op.execute(
        "delete from hub_contact as contact using hub_profile as other where other.member_id = contact.other_id"
        " and (coalesce(other.told_to ->> 'name', 'nobody') = 'nobody' or other.told_to ->> 'name' = 'chosen'"
        " and not exists (select from hub_contact as back where back.chosen and back.hub_id = contact.hub_id"
        " and back.member_id = contact.other_id and back.other_id = contact.member_id))"
    )


def _said(profiles: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what was said at any of the hubs, the latest first."""
    said = {name: _once(topic for each in profiles for topic in each[name]) for name in ("can", "learns")}
    return said | {"wonders": next((each["wonders"] for each in profiles if each["wonders"]), "")}


def _once(topics: Iterable[str]) -> list[str]:
    return list({each.casefold(): each for each in topics}.values())[:_MOST_TOPICS]


def _told_to(profiles: list[dict[str, Any]], *, alone: bool) -> dict[str, str]:
    """Return whom each part is told: as before by who has said the same at all its hubs, to the fewest of these; to
    nobody what was said at some of them only, until its owner says so anew.
    """
    if not alone:
        return {}
    told = {}
    for part in {part for each in profiles for part in each["told_to"]}:
        if len({str(each.get(part)) for each in profiles}) == 1:
            told[part] = min((each["told_to"].get(part, "nobody") for each in profiles), key=_FROM_FEW_TO_MANY.index)
    return told


def downgrade() -> None:
    """Give each member a profile at each of its hubs; what was told all hubs is told members and hosts."""
    op.execute(
        "update hub_profile set told_to = (select coalesce(jsonb_object_agg(key,"
        " case value when 'all_hubs' then 'hosts' else value end), '{}') from jsonb_each_text(told_to))"
    )
    op.drop_constraint(op.f("uq_hub_profile_member_id"), "hub_profile", type_="unique")
    op.add_column("hub_profile", sa.Column("hub_id", sa.Uuid(), nullable=True))
    op.execute(
        "insert into hub_profile (version, created_at, updated_at, id, hub_id, member_id, can, learns, wonders,"
        " told_to) select said.version, said.created_at, said.updated_at, gen_random_uuid(), seat.hub_id,"
        " said.member_id, can, learns, wonders, told_to from hub_profile as said join hub_member as seat"
        " on seat.member_id = said.member_id and seat.state = 'active'"
    )
    op.execute("delete from hub_profile where hub_id is null")
    op.alter_column("hub_profile", "hub_id", nullable=False)
    op.create_foreign_key(op.f("fk_hub_profile_hub_id"), "hub_profile", "hub", ["hub_id"], ["id"])
    op.create_unique_constraint(op.f("uq_hub_profile_hub_id_member_id"), "hub_profile", ["hub_id", "member_id"])
    op.create_index(op.f("ix_hub_profile_member_id"), "hub_profile", ["member_id"])
