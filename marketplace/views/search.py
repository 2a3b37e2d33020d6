"""Looking for offers that can be had in a time: what is taken is the same as for matching."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, union_all
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Listed, Page, Paged
from core.database.statements import made_once
from core.time.interval import Interval
from marketplace.offers import queries as offers
from marketplace.offers.excerpts import OfferExcerpt, excerpts_page, in_short
from marketplace.offers.facets import Facets, Places, common, counted, facets_of, places_of
from marketplace.offers.free_time import free_counts
from marketplace.offers.mentions import Asked, forgiving
from marketplace.offers.models import Offer
from marketplace.offers.queries import OfferView
from marketplace.offers.search import OfferSearch, conditions
from marketplace.proposals.queries import kept_claims
from resources.queries import claims_taken


def search_offers(
    session: Session, actor: Actor | None, search: OfferSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[OfferView]:
    """Return the offers that fit, see `offers.queries.search_offers`, and that nobody has been promised."""
    return offers.search_offers(session, actor, search, page, limit, taken_of=taken)


def offers_in_short(
    session: Session, actor: Actor | None, search: OfferSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[OfferExcerpt]:
    """Return what `search_offers` does as lists of pages show it."""
    words = offers.words_looked_for(session, actor, search)
    return excerpts_page(session, actor, in_short(offers.found_free(session, actor, search, words, taken)), page, limit)


@dataclass(frozen=True)
class Browsed:
    """A page of what was looked for, how many there are of what else, and the words that nothing is spelled as."""

    found: Page[OfferExcerpt]
    facets: Facets
    misspelled: tuple[str, ...] = ()


def browse_offers(
    session: Session, actor: Actor | None, search: OfferSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Browsed:
    """Return what `search_offers` does, with facets; and where nothing is found, what there is without each choice."""
    words: Sequence[Asked] = ()
    shown: Listed
    if _is_listed(search):
        shown, facets = _chosen(actor, (search,)), facets_of(session, *_counted(actor, (search,)))
    else:
        visible, facets, words = _looked_for(session, actor, search)
        shown = in_short(visible.where(*conditions(replace(search, text=None, during=None), actor)))
    found = excerpts_page(session, actor, shown, page, limit, total=facets.total)
    if not facets.total:
        facets = replace(facets, without={**facets.without, **_without(session, actor, search)})
    return Browsed(found, facets, tuple(each.word.typed for each in words if each.forgiven))


def _is_listed(search: OfferSearch) -> bool:
    """Tell whether nothing is looked for but what lists let one choose: so many searches are remembered."""
    of_lists = ("family", "kind", "municipality_code", "county_code", "state")
    return search == OfferSearch(**{name: getattr(search, name) for name in of_lists})


@made_once
def _chosen(actor: Actor | None, search: tuple[OfferSearch]) -> Paged:
    return Paged(in_short(offers.fitting(actor, common(search[0]), ()).where(*conditions(search[0], actor))))


@made_once
def _counted(actor: Actor | None, search: tuple[OfferSearch]) -> CompoundSelect[str, str, int]:
    return counted(actor, search[0], offers.fitting(actor, common(search[0]), ()))


def _looked_for(
    session: Session, actor: Actor | None, search: OfferSearch
) -> tuple[Select[Offer], Facets, Sequence[Asked]]:
    """Return what `_faceted` does, with the words that it looked for."""
    # Where something has all of the words none of them is misspelled, and nobody has to look for each.
    words = offers.words_typed(session, search)
    visible, facets = _faceted(session, actor, search, words)
    if not facets.total:
        typed, words = words, forgiving(session, offers.visible_to(actor), words, actor)
        if words != typed:
            visible, facets = _faceted(session, actor, search, words)
    return visible, facets, words


def offer_facets(session: Session, actor: Actor | None, search: OfferSearch) -> Facets:
    """Return how many there are of what `search_offers` finds, and of what could be chosen instead."""
    words = offers.words_looked_for(session, actor, search)
    return _faceted(session, actor, search, words)[1]


def _faceted(
    session: Session, actor: Actor | None, search: OfferSearch, words: Sequence[Asked]
) -> tuple[Select[Offer], Facets]:
    """Return the SELECT of what fits all but what facets choose, and is free, with the facets of it."""
    found = offers.found_free(session, actor, common(search), words, taken)
    return found, facets_of(session, counted(actor, search, found), {})


def offers_found(session: Session, actor: Actor, search: OfferSearch) -> list[UUID]:
    """Return all that `search_offers` finds, by id."""
    words = offers.words_looked_for(session, actor, search)
    found = offers.found_free(session, actor, search, words, taken)
    return list(session.scalars(found.with_only_columns(col(Offer.id), maintain_column_froms=True)))


def offers_by_day(session: Session, actor: Actor, search: OfferSearch, days: Sequence[Interval]) -> list[int]:
    """Return how many of the offers that `search_offers` finds can be had on each of some days, in order."""
    during = replace(search, during=Interval(days[0].start, days[-1].end))
    found = offers.fitting(actor, during, offers.words_looked_for(session, actor, search))
    return free_counts(session, found, days, search.least, taken)


def place_offers(session: Session, actor: Actor | None, search: OfferSearch) -> Places:
    """Return in which municipalities what `search_offers` finds is, wherever it is looked for."""
    anywhere = replace(search, municipality_code=None, county_code=None)
    words = offers.words_looked_for(session, actor, anywhere)
    return places_of(session, actor, offers.found_free(session, actor, anywhere, words, taken))


def _without(session: Session, actor: Actor | None, search: OfferSearch) -> Mapping[str, int]:
    """Return how many there would be without the words, and at any time."""
    less = {"text": replace(search, text=None), "during": replace(search, during=None)}
    return {name: search_offers(session, actor, other, 1, 1).total for name, other in less.items() if other != search}


def taken(unit_ids: Select[UUID], during: Interval) -> CompoundSelect[UUID, int, Range[datetime]]:
    """Return in SQL what bookings and closed periods take of units, and what waiting proposals keep from all others."""
    return union_all(claims_taken(unit_ids, during), kept_claims(unit_ids, during))
