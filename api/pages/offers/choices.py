"""What may be chosen in the forms of offers, with the words for it."""

from collections.abc import Iterable
from functools import cache
from uuid import UUID

from sqlmodel import Session

from api.language.labels import label
from api.pages.families.skills import SkillChoices, skill_choices
from api.pages.forms import Form
from core import geo
from core.actor import Actor
from resources.families.family import Family
from resources.queries import sites_page

Choices = list[tuple[str, str]]
MOST_SITES = 100


def thing_choices(session: Session, actor: Actor, family: Family, form: Form) -> dict[str, Choices | SkillChoices]:
    """Return what may be chosen of what is offered and where it stands."""
    return {
        "kind": options(family.kinds),
        "site": [(str(key), name) for key, name in own_sites(session, actor)],
        "skill": skill_choices(session, form),
        "skill_level": options("12345", "skill_level"),
    }


def own_sites(session: Session, actor: Actor) -> list[tuple[UUID, str]]:
    """Return the sites of the actor's organisation, so many as can be chosen among."""
    found = sites_page(session, actor, 1, MOST_SITES).items
    return [(each.id, each.name) for each, _hours in found if each.organisation_id == actor.organisation_id]


def options(codes: Iterable[str], kind: str | None = None) -> Choices:
    """Return codes with their labels."""
    return [(str(code), label(code, kind)) for code in codes]


@cache
def municipalities() -> tuple[tuple[str, str], ...]:
    """Return all municipalities, in the order of the alphabet."""
    return tuple((each.code, each.name) for each in geo.municipalities())
