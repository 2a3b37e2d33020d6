"""What a skill is called."""

from api.language.i18n import gettext as _
from api.language.i18n import language
from competence.models import Skill


def skill_text(skill: Skill) -> str:
    """Return what a skill is called, and whether its vocabulary has it no more."""
    called = skill.label_sv if language() == "sv" else skill.label_en
    return _("%(skill)s (no longer in the vocabulary)") % {"skill": called} if skill.deprecated else called
