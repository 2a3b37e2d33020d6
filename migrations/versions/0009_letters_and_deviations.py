"""Each letter as one character in names and words, and no more deviations from opening hours than anybody has

Revision ID: 0009
Revises: 0008

What was stored before each letter was one character (`a` and a ring, as a Mac writes it) is not found by what is typed
now. Of a name that has to be the only one of its kind, one with a twin stays as it is, so that people can tell which of
the two is to go. Texts inside JSON stay: they are compared as they are written, or normalised where they are searched.

Opening hours with tens of thousands of deviations made every list slow in which they stood. The last thousand that are
not over stay; more are refused where they are entered.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOST_DEVIATIONS = 1000
TEXTS = {
    "organisation": ("short_name",),
    "member": ("name", "department"),
    "site": ("address",),
    "resource": ("description",),
    "offer": ("department", "conditions"),
    "request": ("title", "purpose"),
    "need": ("title",),
}
NAMES = {"organisation": None, "site": "organisation_id", "resource": "organisation_id", "unit": "resource_id"}
"""Tables whose `name` has to be the only one within something."""


def upgrade() -> None:
    """Write letters as one character, and leave out deviations beyond those that count."""
    for table, columns in TEXTS.items():
        for column in columns:
            op.execute(
                f"update {table} set {column} = normalize({column}, nfc) where {column} is not nfc normalized"  # noqa: S608
            )
    for table, within in NAMES.items():
        same = f"and o.{within} = t.{within}" if within else ""
        op.execute(
            f"update {table} t set name = normalize(t.name, nfc) where t.name is not nfc normalized and not exists ("  # noqa: S608
            f" select from {table} o where o.id <> t.id {same} and normalize(o.name, nfc) = normalize(t.name, nfc))"
        )
    for table in ("site", "resource"):
        op.execute(
            f"update {table} t set opening_hours = jsonb_set(t.opening_hours, '{{exceptions}}', ("  # noqa: S608
            " select coalesce(jsonb_agg(kept.each order by kept.place), '[]') from ("
            "  select e.each, e.place from jsonb_array_elements(t.opening_hours->'exceptions')"
            "  with ordinality e(each, place) where e.each->>'last' >= current_date::text"
            f"  order by e.place desc limit {MOST_DEVIATIONS}) kept))"
            " where case when jsonb_typeof(t.opening_hours->'exceptions') = 'array'"
            f" then jsonb_array_length(t.opening_hours->'exceptions') > {MOST_DEVIATIONS} end"
        )


def downgrade() -> None:
    """Leave everything as it is: versions before read it alike."""
