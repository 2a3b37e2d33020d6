"""Visits that were called off, and the mail that says so

Revision ID: 0084
Revises: 0083
"""

from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Allow both; the next sweep calls off what has no day any more."""
    _states("asked", "comes", "called_off")
    _kinds("visit", "visit_called_off", "newsletter")


def downgrade() -> None:
    """Forget both."""
    op.execute("delete from mail where kind = 'visit_called_off'")
    op.execute("delete from hub_visit where state = 'called_off'")
    _states("asked", "comes")
    _kinds("visit", "newsletter")


def _states(*allowed: str) -> None:
    _allow("hub_visit", "state", "hub_visit_state", allowed)


def _kinds(*allowed: str) -> None:
    _allow("mail", "kind", "mail_kind", allowed)


def _allow(table: str, column: str, name: str, allowed: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    words = ", ".join(f"'{each}'" for each in allowed)
    op.create_check_constraint(name, table, f"{column} in ({words})")
