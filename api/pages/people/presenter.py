"""What a capacity card says, in words, and what is offered of it."""

from collections.abc import Sequence

from api.language import format as written
from api.language.i18n import gettext as _
from api.presenters.lent import card_facts
from competence.models import Skill
from core import geo
from core.time.interval import Interval
from resources.families.staff import FEWEST_MEANT, StaffFacts

Facts = list[tuple[str, str]]


def card_told(facts: StaffFacts, skills: Sequence[tuple[Skill, int]], during: Interval | None) -> Facts:
    """Return what a card says, and when it is offered, to those who are asked for a yes to it."""
    places = [geo.municipality(code).name for code in facts.municipality_codes]
    remote = [_("Remote work")] if facts.remote else []
    return [
        (_("How much"), written.percent(facts.extent_percent)),
        *card_facts(facts, skills),
        (_("Where"), ", ".join([*places, *remote])),
        (_("What others see of the employer"), _employer(facts)),
        (_("Offered"), written.period(during) if during else _("Not yet")),
    ]


def _employer(facts: StaffFacts) -> str:
    if facts.few_are_meant:
        few = _(
            "The group of organisations and the county, until a loan is agreed: it could be about fewer than %(n)s."
        )
        return few % {"n": FEWEST_MEANT}
    return _("Its name and the places: the card could be about %(n)s people.") % {"n": facts.people_meant}
