"""Every table, gathered by importing all models: what Alembic compares the database with."""

from platsverket.competence import models as _competence
from platsverket.core import audit as _audit
from platsverket.core import idempotency as _idempotency
from platsverket.core.tables import metadata
from platsverket.marketplace.bookings import models as _bookings
from platsverket.marketplace.notices import models as _notices
from platsverket.marketplace.offers import models as _offers
from platsverket.marketplace.organisations import models as _organisations
from platsverket.marketplace.planning import models as _planning
from platsverket.marketplace.proposals import models as _proposals
from platsverket.marketplace.requests import models as _requests
from platsverket.resources import models as _resources

__all__ = ["metadata"]

_TABLES = (
    _competence,
    _audit,
    _idempotency,
    _bookings,
    _notices,
    _offers,
    _organisations,
    _planning,
    _proposals,
    _requests,
    _resources,
)
