"""What a capacity card says, in words, and what is offered of it."""

from collections.abc import Sequence

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.families.skills import skill_text
from competence.models import Skill
from core import geo
from core.time.interval import Interval
from resources.families.staff import StaffFacts

Facts = list[tuple[str, str]]


def card_facts(facts: StaffFacts, skills: Sequence[tuple[Skill, int]], during: Interval | None) -> Facts:
    """Return what a card says."""
    places = [geo.municipality(code).name for code in facts.municipality_codes]
    remote = [_("Remote work")] if facts.remote else []
    told = (f"{skill_text(skill)} ({label(str(level), 'skill_level').lower()})" for skill, level in skills)
    return [
        (label("skills", "staff_shown"), ", ".join(told)),
        (_("How much"), written.percent(facts.extent_percent / 100)),
        (_("Where"), ", ".join([*places, *remote])),
        (_("Languages"), ", ".join(sorted(facts.languages))),
        (_("Offered"), written.period(during) if during else _("Not yet")),
    ]
