"""Facts of any family on the resource's row

Revision ID: 0003
Revises: 0002

What a lister says of a resource stood in a table for each family. It moves to one column, as JSON of the family's own
class, like what a need asks; so a new family needs no migration. Names of families are checked where they come in.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FAMILIES = ("space", "furniture", "vehicle", "staff")

FACTS = {
    "space": (
        "'seats', f.seats, 'areaM2', f.area_m2, 'equipment', to_jsonb(f.equipment), 'access', to_jsonb(f.access),"
        " 'visitorRules', f.visitor_rules"
    ),
    "furniture_lot": (
        "'count', f.count, 'condition', f.condition, 'widthCm', f.width_cm, 'depthCm', f.depth_cm,"
        " 'heightCm', f.height_cm, 'pickup', f.pickup, 'valuationSek', f.valuation_sek,"
        " 'valuationBasis', f.valuation_basis"
    ),
    "vehicle": (
        "'seats', f.seats, 'fuel', f.fuel, 'rangeKm', f.range_km, 'licenceClass', f.licence_class,"
        " 'towingKg', f.towing_kg"
    ),
}


def upgrade() -> None:
    """Move the facts, of staff the percent that its unit has, and let families be any."""
    # Blocks on their way between workers are of the shape of before. Their runs begin anew when their leases end.
    op.execute("delete from run_block")
    op.add_column("resource", sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    for table, pairs in FACTS.items():
        op.execute(
            f"update resource r set facts = jsonb_build_object({pairs}) from {table} f where f.resource_id = r.id"  # noqa: S608
        )
    op.execute(
        "update resource r set facts = jsonb_build_object('extentPercent', u.capacity)"
        " from unit u where u.resource_id = r.id and r.family = 'staff'"
    )
    op.execute("update resource set facts = '{}' where facts is null")
    op.alter_column("resource", "facts", nullable=False)
    for table in FACTS:
        op.drop_table(table)
    for table in ("resource", "need"):
        op.drop_constraint(op.f(f"ck_{table}_family"), table, type_="check")


def downgrade() -> None:
    """Put the facts back into their tables, if there are none of a family that had no table."""
    known = ", ".join(f"'{name}'" for name in FAMILIES)
    for table in ("resource", "need"):
        others = op.get_bind().scalar(sa.text(f"select count(*) from {table} where family not in ({known})"))  # noqa: S608
        if others:
            raise RuntimeError(f"{others} rows of {table} are of families that 0002 does not know: remove them first")
        op.create_check_constraint(op.f(f"ck_{table}_family"), table, f"family in ({known})")
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
    texts = "array(select jsonb_array_elements_text(facts -> '{}'))"
    op.execute(
        "insert into space select id, (facts ->> 'seats')::int, (facts ->> 'areaM2')::float,"  # noqa: S608
        f" {texts.format('equipment')}, {texts.format('access')}, facts ->> 'visitorRules'"
        " from resource where family = 'space'"
    )
    op.execute(
        "insert into furniture_lot select id, (facts ->> 'count')::int, (facts ->> 'condition')::int,"
        " (facts ->> 'widthCm')::int, (facts ->> 'depthCm')::int, (facts ->> 'heightCm')::int, facts ->> 'pickup',"
        " (facts ->> 'valuationSek')::int, facts ->> 'valuationBasis' from resource where family = 'furniture'"
    )
    op.execute(
        "insert into vehicle select id, (facts ->> 'seats')::int, facts ->> 'fuel', (facts ->> 'rangeKm')::int,"
        " facts ->> 'licenceClass', (facts ->> 'towingKg')::int from resource where family = 'vehicle'"
    )
    op.drop_column("resource", "facts")
