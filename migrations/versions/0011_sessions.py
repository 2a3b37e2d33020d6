"""Sessions are rows, so that one can be ended; a person may be a member of several organisations

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for them. Whoever is signed in signs in once more."""
    op.drop_constraint(op.f("uq_member_issuer_subject"), "member")
    op.create_unique_constraint(
        op.f("uq_member_organisation_id_issuer_subject"), "member", ["organisation_id", "issuer", "subject"]
    )
    op.create_index(op.f("ix_member_issuer_subject"), "member", ["issuer", "subject"])
    op.create_table(
        "web_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=True),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("provider_session", sa.String(), nullable=True),
        sa.Column("assurance", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_web_session_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("secret", name=op.f("uq_web_session_secret")),
    )
    op.create_index(op.f("ix_web_session_member_id"), "web_session", ["member_id"])
    op.create_index(op.f("ix_web_session_previous"), "web_session", ["previous"])
    op.create_index(op.f("ix_web_session_ends_at"), "web_session", ["ends_at"])
    op.create_index(op.f("ix_web_session_issuer_subject"), "web_session", ["issuer", "subject"])


def downgrade() -> None:
    """Forget them: whoever is signed in signs in once more."""
    op.drop_table("web_session")
    op.drop_index(op.f("ix_member_issuer_subject"), "member")
    op.drop_constraint(op.f("uq_member_organisation_id_issuer_subject"), "member")
    op.execute(  # one of several memberships goes on to be known by the provider's name
        "update member set issuer = null, subject = null where exists (select 1 from member other where"
        " (other.issuer, other.subject) = (member.issuer, member.subject) and other.id < member.id)"
    )
    op.create_unique_constraint(op.f("uq_member_issuer_subject"), "member", ["issuer", "subject"])
