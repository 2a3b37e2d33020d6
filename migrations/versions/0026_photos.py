"""Photos of what can be lent

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make room for photos, and apart from them for what they look like."""
    op.create_table(
        "photo",
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("alt", sa.String(length=250), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_photo_resource_id_resource")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    op.create_index(op.f("ix_photo_resource_id"), "photo", ["resource_id"])
    op.create_table(
        "photo_image",
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column(
            "size",
            sa.Enum("small", "large", name="photo_size", native_enum=False, length=40, create_constraint=True),
            nullable=False,
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_photo_image_photo_id_photo")),
        sa.PrimaryKeyConstraint("photo_id", "size", name=op.f("pk_photo_image")),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("photo_image")
    op.drop_table("photo")
