"""Which revision the schema has, and which this version wants; without Alembic, which only whoever migrates loads."""

from functools import cache
from importlib.resources import files

from sqlalchemy import text
from sqlmodel import Session


@cache
def newest() -> str:
    """Return this version's revision: migrations follow each other, and their files' names begin with their numbers."""
    names = [each.name for each in (files("migrations") / "versions").iterdir() if each.name.endswith(".py")]
    return max(name.partition("_")[0] for name in names)


def is_current(session: Session) -> bool:
    """Tell whether the schema is this version's."""
    if session.scalar(text("select to_regclass('alembic_version')")) is None:
        return False
    return list(session.scalars(text("select version_num from alembic_version"))) == [newest()]
