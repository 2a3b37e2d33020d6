"""A search in statements: they are made of what is looked for, and its words, times and amounts are their values."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.statements import Made, Values
from core.time.clock import STOCKHOLM
from core.time.interval import Interval
from marketplace.offers.mentions import Asked, found_by_words, having_words, mentioned
from marketplace.offers.models import Offer
from marketplace.offers.search import OfferSearch, conditions, distance_km
from marketplace.offers.sought.free_search import TakenOf, alike_of, free_in, is_free, values_of

MOST_TEXTS = 50
"""Whose statements are remembered of one kind of search."""
_OF_LISTS = ("family", "kind", "municipality_code", "county_code", "state")
_DAY = datetime(2000, 1, 1, tzinfo=STOCKHOLM)
_ANY_TIME = Interval(_DAY, _DAY + timedelta(days=1))


class Sought:
    """The statements of a search among offers that begin with `visible_to`; what `taken_of` says counts as taken."""

    def __init__(self, visible: Select[Offer], actor: Actor | None, search: OfferSearch, taken_of: TakenOf) -> None:
        self._actor = actor
        self._search = search
        self._taken_of = taken_of
        self._narrowed = visible.where(*conditions(search, actor))
        self.having = lru_cache(MOST_TEXTS)(self._having)

    @cached_property
    def fitting(self) -> Select[Offer]:
        """What fits, in its order; whether it is free is not said."""
        found = self._narrowed
        if self._search.text:
            found = found.join(mentioned(), mentioned().c.id == col(Offer.id))
        return found.order_by(*self._order())

    @cached_property
    def found(self) -> Select[Offer]:
        """What fits and can be had in the time that is looked for, in its order."""
        return self.fitting if self._search.during is None else self.fitting.where(is_free())

    @cached_property
    def alike(self) -> Select[*tuple[Any, ...]]:
        """What is read of all that fits to tell when it is free."""
        return alike_of(self.fitting, self._taken_of, apart=False)

    @cached_property
    def _alike_apart(self) -> Select[*tuple[Any, ...]]:
        return alike_of(self.fitting, self._taken_of, apart=True)

    def _having(self, words: tuple[Asked, ...]) -> Select[int, str]:
        return having_words(self._narrowed, words, self._actor)

    def worded(self, session: Session, search: OfferSearch, words: Sequence[Asked], values: Values) -> Values:
        """Return the values of `fitting` and `alike` for a search with some words; `values` are those of who asks."""
        if search.during is not None:
            values = {**values, **values_of(search.during, search.least)}
        if search.text:
            having = Made(self.having(tuple(words)), values) if words else None
            values = {**values, **found_by_words(session, having)}
        return values

    def values(self, session: Session, search: OfferSearch, words: Sequence[Asked], values: Values) -> Values:
        """Return the values of `found` for a search with some words; `values` are those of who asks."""
        values = self.worded(session, search, words, values)
        if search.during is None:
            return values
        return {**values, **free_in(session, Made(self._alike_apart, values), search.during, search.least)}

    def _order(self) -> Iterator[ColumnElement[Any]]:
        if self._search.near is not None:
            yield distance_km(self._search.near, self._actor).nulls_last()
        if self._search.text:
            yield mentioned().c.fit.desc()
        yield col(Offer.id).desc()


def is_listed(search: OfferSearch) -> bool:
    """Tell whether all else that is looked for is what lists let one choose: so many searches are remembered."""
    listed = OfferSearch(**{name: getattr(search, name) for name in _OF_LISTS})
    return replace(search, text=None, during=None) == listed


def any_like(search: OfferSearch) -> OfferSearch:
    """Return a search with the same statements, whatever words and time are looked for."""
    return replace(search, text=search.text and "…", during=search.during and _ANY_TIME)
