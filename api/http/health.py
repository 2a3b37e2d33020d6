"""Is the process alive, and can it do its work? For whatever watches over the installation."""

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct
from sqlmodel import Session

from core.database import migrate
from core.errors import Unavailable


class Health(Struct):
    """The answer of both checks."""

    status: str


@get("/health/live", sync_to_thread=False, include_in_schema=False)
def live() -> Health:
    """Tell that the process answers."""
    return Health("ok")


@get("/health/ready", sync_to_thread=True, include_in_schema=False)
def ready(session: NamedDependency[Session]) -> Health:
    """Tell that the database answers and has this version's schema; 503 otherwise."""
    if not migrate.is_current(session):
        raise Unavailable("The database's schema is not that of this version. Run `platsverket db upgrade`.")
    return Health("ok")
