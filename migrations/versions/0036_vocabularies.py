"""Vocabularies of skills: what is broader, what replaces what, and what counts as what

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_KINDS = ("skill", "group", "occupation")
_RELATIONS = (
    "broader",
    "replaced_by",
    "exact_match",
    "close_match",
    "broad_match",
    "narrow_match",
    "essential",
    "optional",
)


def upgrade() -> None:
    """Let each skill count as itself; the vocabulary that is put in next says the rest."""
    kind = sa.Enum(*_KINDS, name="concept_kind", native_enum=False, length=40, create_constraint=True)
    op.add_column("skill", sa.Column("kind", kind, nullable=False, server_default="skill"))
    for name in ("synonyms_sv", "synonyms_en"):
        op.add_column("skill", sa.Column(name, ARRAY(sa.String()), nullable=False, server_default="{}"))
    op.add_column("skill", sa.Column("deprecated", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("skill", sa.Column("in_use", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(op.f("ix_skill_scheme"), "skill", ["scheme"])
    op.create_table(
        "skill_relation",
        sa.Column("skill_id", sa.Uuid(), sa.ForeignKey("skill.id"), primary_key=True),
        sa.Column(
            "kind",
            sa.Enum(*_RELATIONS, name="relation", native_enum=False, length=40, create_constraint=True),
            primary_key=True,
        ),
        sa.Column("uri", sa.String(), primary_key=True),
    )
    op.create_index(op.f("ix_skill_relation_uri"), "skill_relation", ["uri"])
    op.create_table(
        "skill_closure",
        sa.Column("skill_id", sa.Uuid(), sa.ForeignKey("skill.id"), primary_key=True),
        sa.Column("as_id", sa.Uuid(), sa.ForeignKey("skill.id"), primary_key=True),
        sa.Column("less", sa.SmallInteger(), nullable=False),
    )
    op.create_index(op.f("ix_skill_closure_as_id_skill_id"), "skill_closure", ["as_id", "skill_id"])
    op.execute("insert into skill_closure (skill_id, as_id, less) select id, id, 0 from skill")


def downgrade() -> None:
    """Forget what public vocabularies say; their skills stay, as cards name them."""
    op.drop_table("skill_closure")
    op.drop_table("skill_relation")
    op.drop_index(op.f("ix_skill_scheme"), "skill")
    op.execute("delete from skill where kind <> 'skill'")
    for name in ("in_use", "deprecated", "synonyms_en", "synonyms_sv", "kind"):
        op.drop_column("skill", name)
