"""Every table, gathered by importing all models: what Alembic compares the database with."""

from competence import models as _competence
from competence.approvals import models as _approvals
from core.database import idempotency as _idempotency
from core.database import kept_forms as _kept_forms
from core.database import steady_clock as _steady_clock
from core.database.audit import chain as _audit_chain
from core.database.audit import entries as _audit
from core.database.tables import metadata
from hubs.activities import models as _hub_activities
from hubs.coffee import models as _hub_coffee
from hubs.feedback import models as _hub_feedback
from hubs.figures import models as _hub_figures
from hubs.groups import models as _hub_groups
from hubs.introductions import models as _hub_introductions
from hubs.letters import models as _hub_letters
from hubs.membership import models as _hub_membership
from hubs.places import models as _hub_places
from hubs.presence import models as _hub_presence
from hubs.profiles import models as _hub_profiles
from hubs.questions import models as _hub_questions
from hubs.visits import models as _hub_visits
from marketplace.bookings import models as _bookings
from marketplace.busy import models as _busy
from marketplace.calendars import models as _calendars
from marketplace.cards import models as _cards
from marketplace.checklists import models as _checklists
from marketplace.damage import models as _damage
from marketplace.inquiries import models as _inquiries
from marketplace.later_ends import models as _later_ends
from marketplace.loans import models as _loans
from marketplace.mail import models as _mail
from marketplace.mobility import models as _mobility
from marketplace.notices import models as _notices
from marketplace.offers import models as _offers
from marketplace.organisations import models as _organisations
from marketplace.papers import models as _papers
from marketplace.proposals import models as _proposals
from marketplace.questions import models as _questions
from marketplace.requests import models as _requests
from marketplace.runs import models as _planning
from marketplace.scenarios import models as _scenarios
from marketplace.searches import models as _searches
from marketplace.shortfalls import models as _shortfalls
from marketplace.stocktakes import models as _stocktakes
from marketplace.surges import models as _surges
from marketplace.uploads import models as _uploads
from marketplace.webhooks import models as _webhooks
from resources import models as _resources
from resources.photos import models as _photos

__all__ = ["metadata"]

_TABLES = (
    _approvals,
    _cards,
    _checklists,
    _competence,
    _damage,
    _audit,
    _audit_chain,
    _idempotency,
    _kept_forms,
    _steady_clock,
    _bookings,
    _busy,
    _calendars,
    _hub_activities,
    _hub_feedback,
    _hub_figures,
    _hub_coffee,
    _hub_introductions,
    _hub_letters,
    _hub_groups,
    _hub_membership,
    _hub_places,
    _hub_presence,
    _hub_profiles,
    _hub_questions,
    _hub_visits,
    _inquiries,
    _later_ends,
    _loans,
    _mail,
    _mobility,
    _notices,
    _offers,
    _organisations,
    _photos,
    _papers,
    _planning,
    _proposals,
    _requests,
    _searches,
    _questions,
    _resources,
    _scenarios,
    _shortfalls,
    _stocktakes,
    _surges,
    _uploads,
    _webhooks,
)
