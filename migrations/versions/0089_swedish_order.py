"""What lists are ordered by is kept, and found by indexes

Revision ID: 0089
Revises: 0088
"""

import sqlalchemy as sa
from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

# Letters of Europe up to ž, and what each is ordered as: å ä ö come after z, and so do these characters.
LETTERS = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZª²³´µ¹ºÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿ"
    "ĀāĂăĄąĆćĈĉĊċČčĎďĐĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦĨĩĪīĬĭĮįİĴĵĶķĹĺĻļĽľŁŃńŅņŇňŊŌōŎŏŐőŒŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽž"
)
ORDERED_AS = (
    "abcdefghijklmnopqrstuvwxyza23'μ1oaaaa|{|ceeeeiiiiðnoooo}}uuuyyþaaaa|{|ceeeeiiiinoooo}}uuuyy"
    "yaaaaaaccccccccddđeeeeeeeeeegggggggghhħiiiiiiiiijjkkllllllłnnnnnnŋooooooœrrrrrrssssssssttttŧuuuuuuuuuuuuwwyyyzzzzzz"
)
SWEDISH_ORDER = f"""
create function swedish_order(words text) returns text language sql immutable parallel safe
return translate(left(words, 40), '{LETTERS}', '{ORDERED_AS.replace("'", "''")}')
"""
ORDERED = (
    *((table, "name") for table in ("organisation", "member", "site", "resource", "unit", "hub", "hub_group")),
    ("hub_member", "first_name"),
)
LISTED = ("(state <> 'proposed')", "(state <> 'approved')", "created_at desc", "id desc")


def upgrade() -> None:
    """Let no list work out its order for all rows, to show some."""
    op.execute(SWEDISH_ORDER)
    for table, name in ORDERED:
        ordered = sa.Computed(f"swedish_order({name}::text)", persisted=True)
        op.add_column(table, sa.Column(f"{name}_order", sa.String(collation="C"), ordered, nullable=True))
    op.create_index("ix_proposal_listed", "proposal", [sa.text(each) for each in LISTED])
    op.create_index("ix_request_opened_at_id", "request", ["opened_at", "id"])


def downgrade() -> None:
    """Forget it."""
    op.drop_index("ix_request_opened_at_id", "request")
    op.drop_index("ix_proposal_listed", "proposal")
    for table, name in ORDERED:
        op.drop_column(table, f"{name}_order")
    op.execute("drop function swedish_order(text)")
