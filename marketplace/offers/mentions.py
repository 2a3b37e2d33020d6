"""What a word is looked for in, of an offer, and how well it fits.

Whoever may not see a text must not find an offer by it, nor learn of it by the order: what a lister calls a capacity
card is shown to nobody else, and a site's name only to those who may see the site. All that is stored is composed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import NullType
from sqlmodel import Session, col

from competence.models import Skill, StaffSkill
from competence.queries import found_by
from core.actor import Actor
from core.database.full_text import LEAST_FORGIVEN, Word, words_of
from core.database.statements import Made, Values
from core.database.tables import coordinated
from core.serialization import camel
from marketplace.offers.homes import home_is_told, stands_in
from marketplace.offers.models import Offer
from marketplace.offers.words import codes_named, means, names_like, written_facts
from marketplace.organisations.models import Organisation
from resources.models import FACTS_WORDS, RESOURCE_WORDS, Resource, Site
from resources.queries import is_no_person

_OF_PLACES = frozenset(["kommun", "län"])
"""What is said beside the name of a place, and by no offer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A word that is looked for; `spelled_like` are those that it may stand for where nothing is spelled as it is."""

    word: Word
    forgiven: bool = False
    spelled_like: tuple[Word, ...] = ()


def asked_words(session: Session, text: str) -> list[Asked]:
    """Return the words of a text, as they are spelled."""
    words = words_of(session, text)
    return [Asked(word) for word in words if word.typed not in _OF_PLACES] or [Asked(word) for word in words]


def forgiving(session: Session, visible: Select[Any], asked: list[Asked], actor: Actor | None) -> list[Asked]:
    """Return words, those of them as misspelled that no offer has which the actor may see."""
    long = [each for each in asked if len(each.word.typed) >= LEAST_FORGIVEN]
    if not long:
        return asked
    there = session.execute(select(*(exists(visible.where(mentions(each, actor))) for each in long))).one()
    missing = {each.word.typed for each, is_there in zip(long, there, strict=True) if not is_there}
    return [_forgiven(each) if each.word.typed in missing else each for each in asked]


def mentions(asked: Asked, actor: Actor | None) -> ColumnElement[bool]:
    """Say that a word stands in what is shown of an offer: whose it is, what it is, what it has, and where it stands.

    Families, kinds and facts are found by their words in both languages; people by their skills.
    """
    if asked.forgiven:
        return or_(_resembles(asked.word, actor), *(_stands_for(each, actor) for each in asked.spelled_like))
    word = asked.word
    return or_(
        and_(is_no_person(), col(Offer.resource_id).in_(_by_text(word))),
        col(Offer.resource_id).in_(_skilled(word.within(col(Skill.words)))),
        and_(home_is_told(actor), col(Offer.organisation_id).in_(_called(Organisation, word.within(*_NAMES)))),
        and_(shows_site(actor), col(Resource.site_id).in_(_called(Site, word.within(col(Site.name))))),
        means(word),
        *_in_named(word, actor),
    )


def having_words(narrowed: Select[Any], asked: Sequence[Asked], actor: Actor | None) -> Select[int, str]:
    """Return what has all of some words of a SELECT that begins with `visible_to`: keys by how well they fit."""
    having = narrowed.where(*(mentions(each, actor) for each in asked))
    found = having.with_only_columns(col(Offer.id), _fit(asked).label("fit"), maintain_column_froms=True).subquery().c
    return select(found.fit, cast(func.array_agg(found.id), Text)).group_by(found.fit)


def found_by_words(session: Session, having: Made[Select[int, str]] | None) -> Values:
    """Return the values with which `mentioned` is what `having_words` finds, or nothing.

    Words are looked for once, however often it is then asked what has them.
    """
    rows = session.execute(*having).all() if having else ()
    alike = [(f"{fits},", keys.strip("{}")) for fits, keys in rows]
    # The ids go back as the text that they came in: to make thousands of keys of it takes longer than all the rest.
    return {
        "mentioned": "{" + ",".join(keys for _, keys in alike) + "}",
        "fits": "{" + "".join(fits * (keys.count(",") + 1) for fits, keys in alike).removesuffix(",") + "}",
    }


@cache
def mentioned() -> Subquery:
    """Return the offers, by `id`, that have the words that are looked for, and how well each fits.

    Those that fit best come first, and then the newest: so that for a page no more are looked up than it shows.
    """
    keys = cast(bindparam("mentioned", type_=NullType()), ARRAY(Uuid))
    fits = cast(bindparam("fits", type_=NullType()), ARRAY(Integer))
    table = func.unnest(keys, fits).table_valued(column("id", Uuid), column("fit", Integer))
    words = table.render_derived(name="having_words").c
    return select(words.id, words.fit).order_by(words.fit.desc(), words.id.desc()).subquery("mentioned")


def _fit(asked: Sequence[Asked]) -> ColumnElement[int]:
    """Return how well an offer fits that has all of some words: most where they are in its name, or are what it is."""
    points = [
        case(
            (and_(is_no_person(), _is_called(each)), 3),
            (or_(*(means(word, whole=True) for word in (each.word, *each.spelled_like))), 2),
            else_=0,
        )
        for each in asked
    ]
    return sum(points[1:], points[0])


def shows_site(actor: Actor | None) -> ColumnElement[bool]:
    """Say whether the actor may know the site, as `queries.OfferView.exact` does."""
    if actor is None:
        return true()
    return or_(col(Offer.organisation_id) == actor.organisation_id, coordinated(actor, col(Offer.organisation_id)))


_NAMES = (col(Organisation.name), col(Organisation.short_name))


def _forgiven(asked: Asked) -> Asked:
    alike = tuple(Word(each, each) for each in names_like(asked.word.typed))
    return replace(asked, forgiven=True, spelled_like=alike)


def _resembles(word: Word, actor: Actor | None) -> ColumnElement[bool]:
    return or_(
        and_(is_no_person(), col(Offer.resource_id).in_(_called(Resource, word.resembles(col(Resource.name))))),
        col(Offer.resource_id).in_(_skilled(word.resembles(col(Skill.words)))),
        and_(home_is_told(actor), col(Offer.organisation_id).in_(_called(Organisation, word.resembles(*_NAMES)))),
        and_(shows_site(actor), col(Resource.site_id).in_(_called(Site, word.resembles(col(Site.name))))),
    )


def _stands_for(word: Word, actor: Actor | None) -> ColumnElement[bool]:
    """Say that an offer is, has or stands in what one of the known words says."""
    return or_(means(word, whole=True), *_in_named(word, actor))


def _in_named(word: Word, actor: Actor | None) -> list[ColumnElement[bool]]:
    codes = codes_named(word.typed)
    return [stands_in(codes, actor)] if codes else []


def _by_text(word: Word) -> Select[Any]:
    """Return the resources whose name, description or written facts have a word, each found by an index of its own.

    The index over facts has all that is stored of them; that a word stands in one that is shown is then looked up.
    """
    key = select(col(Resource.id))
    written = (
        and_(col(Resource.family) == family, word.within(cast(col(Resource.facts)[camel(fact)].astext, String)))
        for family, fact in written_facts()
    )
    found = (
        key.where(word.within(col(Resource.name))),
        key.where(word.is_in(RESOURCE_WORDS)),
        key.where(word.is_in(FACTS_WORDS), or_(*written)),
    )
    return select(union_all(*found).subquery().c[0])


def _skilled(condition: ColumnElement[bool]) -> Select[Any]:
    """Return the people with a skill that something holds of, or of what it counts as, or of who needs it."""
    return select(col(StaffSkill.resource_id)).where(found_by(condition, col(StaffSkill.skill_id)))


def _called(table: type[Resource | Site | Organisation], condition: ColumnElement[bool]) -> Select[Any]:
    """Return the keys of what is called so: looked for once, and not again for each offer of it."""
    return select(col(table.id)).where(condition).correlate(None)


def _is_called(asked: Asked) -> ColumnElement[bool]:
    name = col(Resource.name)
    condition = asked.word.resembles(name) if asked.forgiven else asked.word.within(name)
    return col(Resource.id).in_(_called(Resource, condition))
