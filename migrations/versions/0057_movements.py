"""What of a booking goes out and comes back is a ledger of movements

Revision ID: 0057
Revises: 0056
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

_KINDS = ("out", "in", "lost", "damaged", "repaired")
_HAND_OVERS = """
insert into movement (id, booking_id, kind, amount, condition, member_id, at)
select gen_random_uuid(), booking.id, 'out', booking.amount, '', noted.actor_id, coalesce(noted.at, booking.updated_at)
from booking left join lateral (
    select member.id as actor_id, at from audit_entry left join member on member.id = actor_id
    where entity = 'booking' and entity_id = booking.id and to_state = 'handed_over' order by sequence limit 1
) noted on true
where booking.state not in ('agreed', 'cancelled') order by booking.id
"""
_RETURNS = """
insert into movement (id, booking_id, kind, amount, condition, member_id, at)
select gen_random_uuid(), booking.id, 'in', booking.amount, '', noted.actor_id, booking.returned_at
from booking left join lateral (
    select member.id as actor_id from audit_entry left join member on member.id = actor_id
    where entity = 'booking' and entity_id = booking.id and to_state = 'returned' order by sequence limit 1
) noted on true
where booking.returned_at is not null order by booking.id
"""
_CLOSED_WITHOUT = """
insert into movement (id, booking_id, kind, amount, condition, at)
select gen_random_uuid(), id, 'in', amount, '', updated_at
from booking where state = 'closed' and returned_at is null and kind <> 'hand_over' order by id
"""
"""What was disputed could be closed without its return being noted, and its time was free from then on."""


def upgrade() -> None:
    """All that is noted as handed over went out at once, and all that is returned came back at once."""
    op.create_table(
        "movement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*_KINDS, name="movement_kind", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_movement_amount_positive")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_movement_booking_id_booking")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_movement_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
    )
    op.create_index(op.f("ix_movement_booking_id"), "movement", ["booking_id"])
    for moved in (_HAND_OVERS, _RETURNS, _CLOSED_WITHOUT):
        op.execute(moved)


def downgrade() -> None:
    """Forget how many went out and came back when: the state of each booking stays."""
    op.drop_table("movement")
