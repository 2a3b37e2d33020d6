"""What a capacity card says, in words, and what is offered of it."""

from collections.abc import Sequence

from api.language import format as written
from api.language.i18n import gettext as _
from api.pages.offers.presenter import card_facts
from competence.models import Skill
from core import geo
from core.time.interval import Interval
from resources.families.staff import StaffFacts

Facts = list[tuple[str, str]]


def card_told(facts: StaffFacts, skills: Sequence[tuple[Skill, int]], during: Interval | None) -> Facts:
    """Return what a card says, and when it is offered."""
    places = [geo.municipality(code).name for code in facts.municipality_codes]
    remote = [_("Remote work")] if facts.remote else []
    return [
        (_("How much"), written.percent(facts.extent_percent)),
        *card_facts(facts, skills),
        (_("Where"), ", ".join([*places, *remote])),
        (_("Offered"), written.period(during) if during else _("Not yet")),
    ]
