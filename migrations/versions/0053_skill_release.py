"""The last version of each vocabulary that has concepts of a kind

Revision ID: 0053
Revises: 0052
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_KINDS = ("skill", "group", "occupation")


def upgrade() -> None:
    """It is the last of those that concepts of the kind have, as far as anybody knows."""
    op.create_table(
        "skill_release",
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*_KINDS, name="concept_kind", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("scheme", "kind", name=op.f("pk_skill_release")),
    )
    op.execute(
        """
        insert into skill_release
        select distinct on (scheme, kind) scheme, kind, scheme_version from skill
        where scheme_version ~ '^[0-9]+(\\.[0-9]+)*$'
        order by scheme, kind, string_to_array(scheme_version, '.')::int[] desc
        """
    )


def downgrade() -> None:
    """Take it from the concepts again."""
    op.drop_table("skill_release")
