"""Choosing among skills: those that are listed, and what a word finds in all vocabularies."""

from dataclasses import dataclass, fields

from sqlmodel import Session

from api.pages.forms import Form
from api.presenters.skills import skill_text
from competence.models import Skill
from competence.queries import listed_skills, skills_by_code, skills_page
from core.database.page import Page
from core.serialization import camel
from core.swedish import swedish_key
from resources.families import FAMILIES
from resources.families.field_spec import spec_of

FIND = "find-skills"
"""What the button says that looks for a word."""
_WORD = ".skills.find"
MOST_FOUND = 50
LONGEST_WORD = 200

Choices = list[tuple[str, str]]

_NAMING = {"code", "skill"} | {
    camel(each.name)
    for family in FAMILIES.values()
    for kind in (family.facts, family.requirements)
    for each in fields(kind)
    if (spec := spec_of(each)) and spec.skill
}
"""What the fields of forms end with that name a skill: a skill that is not listed has to be there to be kept."""


@dataclass(frozen=True)
class SkillChoices:
    """The skills that are listed, and the first that a word found, if one was looked for; `more` are left out."""

    listed: Choices
    found: Choices
    word: str = ""
    more: int = 0


def skill_choices(session: Session, form: Form) -> SkillChoices:
    """Return what may be chosen in a form: what is listed, what the form has chosen, and what its word finds."""
    listed = {skill.code: skill for skill in listed_skills(session)}
    texts = {name: form.value(name) for name in form.fields}
    naming = [text for name, text in texts.items() if name.rpartition(".")[2] in _NAMING]
    named = {text for text in naming if 0 < len(text) <= LONGEST_WORD}
    listed |= skills_by_code(session, named - listed.keys()) if named - listed.keys() else {}
    words = [text.strip() for name, text in texts.items() if f".{name}".endswith(_WORD) and text.strip()]
    word = words[0][:LONGEST_WORD] if words else ""
    found = skills_page(session, word, limit=MOST_FOUND) if word else Page[Skill]([], 1, MOST_FOUND, 0)
    told = [(each.code, skill_text(each)) for each in found.items]
    return SkillChoices(_in_order(list(listed.values())), told, word, found.total - len(told))


def _in_order(skills: list[Skill]) -> Choices:
    return sorted(((each.code, skill_text(each)) for each in skills), key=lambda pair: swedish_key(pair[1]))
