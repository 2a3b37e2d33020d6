"""Looking for offers that can be had in a time: what is taken is the same as for matching."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, union_all
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, Paged
from core.database.statements import Made, Values, made_once
from core.time.interval import Interval
from marketplace.offers import queries as offers
from marketplace.offers.excerpts import OfferExcerpt, excerpts_page, in_short
from marketplace.offers.facets import Facets, Places, common, counted, facets_of, places_of
from marketplace.offers.mentions import Asked, forgiving
from marketplace.offers.models import Offer
from marketplace.offers.queries import OfferView
from marketplace.offers.search import OfferSearch, conditions
from marketplace.offers.sought.free_search import free_counts
from marketplace.offers.sought.statements import Sought, any_like, is_listed
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
    found = _found(session, actor, search)
    return excerpts_page(session, actor, Made(Paged(in_short(found.statement)), found.values), page, limit)


def _found(session: Session, actor: Actor | None, search: OfferSearch) -> Made[Select[Offer]]:
    words = offers.words_looked_for(session, actor, search)
    return offers.found_free(session, actor, search, words, taken)


@dataclass(frozen=True)
class Browsed:
    """A page of what was looked for, how many there are of what else, and the words that nothing is spelled as."""

    found: Page[OfferExcerpt]
    facets: Facets
    misspelled: tuple[str, ...] = ()


class Browsing:
    """The statements of a page of offers with facets."""

    def __init__(self, actor: Actor | None, search: OfferSearch) -> None:
        self.sought = Sought(offers.visible_to(actor), actor, common(search), taken)
        self._actor = actor
        self._search = search

    @cached_property
    def page(self) -> Paged:
        chosen = conditions(replace(self._search, during=None), self._actor)
        return Paged(in_short(self.sought.found.where(*chosen)))

    @cached_property
    def facets(self) -> CompoundSelect[str, str, int]:
        return counted(self._actor, self._search, self.sought.found)


def browse_offers(
    session: Session, actor: Actor | None, search: OfferSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Browsed:
    """Return what `search_offers` does, with facets; and where nothing is found, what there is without each choice."""
    browsing, of_actor = _browsing(actor, search)
    words = offers.words_typed(session, search)

    def counts(looked_for: Sequence[Asked]) -> tuple[Values, Facets]:
        values = browsing.sought.values(session, search, looked_for, of_actor)
        return values, facets_of(session, browsing.facets, values)

    # Where something has all of the words none of them is misspelled, and nobody has to look for each.
    values, facets = counts(words)
    if not facets.total:
        typed, words = words, forgiving(session, offers.visible_to(actor), words, actor)
        if words != typed:
            values, facets = counts(words)
    found = excerpts_page(session, actor, Made(browsing.page, values), page, limit, total=facets.total)
    if not facets.total:
        facets = replace(facets, without={**facets.without, **_without(session, actor, search)})
    return Browsed(found, facets, tuple(each.word.typed for each in words if each.forgiven))


def _browsing(actor: Actor | None, search: OfferSearch) -> Made[Browsing]:
    if is_listed(search):
        return _browsing_alike(actor, (any_like(search),))
    return Made(Browsing(actor, search), {})


@made_once
def _browsing_alike(actor: Actor | None, search: tuple[OfferSearch]) -> Browsing:
    return Browsing(actor, *search)


def offer_facets(session: Session, actor: Actor | None, search: OfferSearch) -> Facets:
    """Return how many there are of what `search_offers` finds, and of what could be chosen instead."""
    browsing, of_actor = _browsing(actor, search)
    words = offers.words_looked_for(session, actor, search)
    return facets_of(session, browsing.facets, browsing.sought.values(session, search, words, of_actor))


def offers_found(session: Session, actor: Actor, search: OfferSearch) -> list[UUID]:
    """Return all that `search_offers` finds, by id."""
    found = _found(session, actor, search)
    ids = found.statement.with_only_columns(col(Offer.id), maintain_column_froms=True)
    return list(session.scalars(ids, found.values))


def offers_by_day(session: Session, actor: Actor, search: OfferSearch, days: Sequence[Interval]) -> list[int]:
    """Return how many of the offers that `search_offers` finds can be had on each of some days, in order."""
    during = replace(search, during=Interval(days[0].start, days[-1].end))
    sought = Sought(offers.visible_to(actor), actor, during, taken)
    words = offers.words_looked_for(session, actor, search)
    alike = Made(sought.alike, sought.worded(session, during, words, {}))
    return free_counts(session, alike, days, search.least)


def place_offers(session: Session, actor: Actor | None, search: OfferSearch) -> Places:
    """Return in which municipalities what `search_offers` finds is, wherever it is looked for."""
    anywhere = replace(search, municipality_code=None, county_code=None)
    return places_of(session, actor, _found(session, actor, anywhere))


def _without(session: Session, actor: Actor | None, search: OfferSearch) -> Mapping[str, int]:
    """Return how many there would be without the words, and at any time."""
    less = {"text": replace(search, text=None), "during": replace(search, during=None)}
    if search.during is not None:  # what is free depends on how much is asked for
        less["least"] = replace(search, least=None)
    return {name: search_offers(session, actor, other, 1, 1).total for name, other in less.items() if other != search}


def taken(unit_ids: Select[UUID] | None, during: ColumnElement[Any]) -> CompoundSelect[UUID, int, Range[datetime]]:
    """Return in SQL what bookings and closed periods take of units, and what waiting proposals keep from all others."""
    return union_all(claims_taken(unit_ids, during), kept_claims(unit_ids, during))
