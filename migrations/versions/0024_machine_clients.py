"""Programs that an organisation's identity provider lets in are members of their own

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "machine_client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_machine_client_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_client")),
        sa.UniqueConstraint("issuer", "client_id", name=op.f("uq_machine_client_issuer_client_id")),
        sa.UniqueConstraint("member_id", name=op.f("uq_machine_client_member_id")),
    )


def downgrade() -> None:
    """Forget which members are programs; as people they cannot sign in, so they are kept out."""
    op.execute(
        "update member set active = false, version = version + 1 from machine_client"
        " where member_id = member.id and active"
    )
    op.drop_table("machine_client")
