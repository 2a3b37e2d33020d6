"""What a list of offers is narrowed to, in words, and what it could be narrowed to instead, with counts and links."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlencode

from litestar import Request

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form
from core import geo
from core.time import clock
from marketplace.offers.facets import Facets, county_of, measured
from marketplace.offers.search import OfferSearch
from marketplace.searches.rules import LARGEST, LONGEST_SEARCH, Query
from resources.families import FAMILIES
from resources.families.family import Measure

FIRST_SHOWN = 8
"""Of one group; the rest is a step away."""
_ORDER = ("text", "family", "kind", "county", "municipality", "least", "from", "until", "mine")
_PLACES = {name: place for place, name in enumerate(_ORDER)}
_TAKEN_OVER = ("family", "kind", "municipality", "least", "from", "until")
_PAGING = {"page", "limit"}


@dataclass(frozen=True)
class Choice:
    """Something that the list can be narrowed to, or one that it is narrowed to: with the address without it."""

    text: str
    address: str
    count: int | None = None
    chosen: bool = False


@dataclass(frozen=True)
class Group:
    """What can be chosen of one sort, the most frequent first."""

    title: str
    choices: list[Choice]

    @property
    def first(self) -> list[Choice]:
        """What is shown at once."""
        return self.choices[:FIRST_SHOWN]

    @property
    def rest(self) -> list[Choice]:
        """What is shown a step away."""
        return self.choices[FIRST_SHOWN:]


class Narrowing:
    """The choices of one search, with links that keep the rest of it."""

    def __init__(self, request: Request[Any, Any, Any], typed: Form, search: OfferSearch, facets: Facets) -> None:
        self._query = {name: text for name, text in request.query_params.items() if text and name not in _PAGING}
        self._said = list(in_words(search, own=typed.ticked("mine")))
        self._search = search
        self._facets = facets

    @cached_property
    def groups(self) -> list[Group]:
        """What the list can be narrowed to."""
        facets, search, family = self._facets, self._search, self._search.family
        found = [self._group(_("What"), "family", facets.families, _family_text, ("kind", "least"))]
        if family is not None and FAMILIES[family].only_kind is None:
            found.append(self._group(_("Which kind"), "kind", facets.kinds, lambda code: _kind_text(family, code)))
        found.append(self._group(_("County"), "county", facets.counties, _county_name, ("municipality",)))
        if county_of(search) is not None:
            found.append(self._group(_("Municipality"), "municipality", facets.municipalities, _municipality_name))
        if facets.sizes:
            steps = [
                self._choice("least", each, size_text(family, int(each)), facets.sizes[each])
                for each in sorted(facets.sizes, key=int)
            ]
            found.append(Group(_("How large"), steps))
        return [group for group in found if group.choices]

    @property
    def map_address(self) -> str:
        """Where a map shows what is looked for."""
        return self._address(county=None, municipality=None).replace("/offers", "/offers/map", 1)

    @property
    def list_address(self) -> str:
        """Where a list has what is looked for."""
        return self._address()

    @property
    def wherever(self) -> list[str]:
        """What the list is narrowed to beside places, in words."""
        return [text for name, text in self._said if name not in ("county", "municipality")]

    def address_in(self, municipality_code: str) -> str:
        """Return where a list has what is looked for in a municipality."""
        return self._address(county=None, municipality=municipality_code)

    @property
    def saving_address(self) -> str:
        """Where the search is given a name, to be told of what newly fits."""
        return self._address().replace("/offers", "/saved-searches/new", 1)

    @property
    def request_address(self) -> str:
        """Where a request begins with what was looked for."""
        asked = [(name, self._query[name]) for name in _TAKEN_OVER if name in self._query]
        return f"/requests/new?{urlencode(asked)}" if self._search.family else "/requests/new"

    @property
    def chosen(self) -> list[Choice]:
        """What the list is narrowed to, in the order of the form, each with the address without it."""
        without = {"family": ("kind", "least"), "county": ("municipality",), "from": ("until",)}
        return [
            Choice(text, self._address(**dict.fromkeys((name, *without.get(name, ())))), self._count_without(name))
            for name, text in self._said
        ]

    def _count_without(self, name: str) -> int | None:
        """Return how many there would be without a choice, where there are none with it."""
        without = self._facets.without
        if self._facets.total:
            return None
        match name:
            case "kind":
                return self._facets.families.get(self._search.family or "", 0)
            case "municipality" if self._search.county_code is None:
                return without.get("place")
        keys = {"text": "text", "family": "what", "county": "place", "least": "least", "from": "during"}
        return without.get(keys.get(name, ""))

    def _group(
        self, title: str, name: str, counts: Mapping[str, int], text: Callable[[str], str], drops: Iterable[str] = ()
    ) -> Group:
        codes = sorted(counts, key=lambda code: (-counts[code], text(code)))
        return Group(title, [self._choice(name, code, text(code), counts[code], drops) for code in codes])

    def _choice(self, name: str, code: str, text: str, count: int, drops: Iterable[str] = ()) -> Choice:
        chosen = self._query.get(name) == code
        changes = {**dict.fromkeys(drops), name: None if chosen else code}
        return Choice(text, self._address(**changes), count, chosen)

    def _address(self, **changes: str | None) -> str:
        asked = [_written(*each) for each in sorted((self._query | changes).items(), key=_place) if each[1] is not None]
        return f"/offers?{'&'.join(asked)}" if asked else "/offers"


def _place(asked: tuple[str, str | None]) -> int:
    return _PLACES.get(asked[0], len(_PLACES))


@lru_cache(maxsize=2000)
def _written(name: str, text: str | None) -> str:
    """Return a condition as addresses have it: the same stand in each of them."""
    return urlencode({name: text})


def query_of(typed: Form) -> Query:
    """Return what the query asks for; wrong values narrow nothing and are told beside their fields."""
    first, last = typed.day_or_none("from"), typed.day_or_none("until")
    if last and last < (first or clock.today()):
        typed.wrong("until", "it ends before it starts")
        first = last = None
    family = _one_of(typed, "family", FAMILIES)
    municipality = _one_of(typed, "municipality", {each.code for each in geo.municipalities()})
    county = _one_of(typed, "county", {each.code for each in geo.counties()})
    return Query(
        family=family,
        kind=_one_of(typed, "kind", set(FAMILIES[family].kinds)) if family else None,
        text=typed.value("text")[:LONGEST_SEARCH] or None,
        municipality_code=municipality,
        county_code=None if municipality and municipality[:2] != county else county,
        least=typed.whole_or_none("least", least=1, most=LARGEST),
        first=first,
        last=last,
        own=typed.ticked("mine"),
    )


def fields_of(query: Query) -> dict[str, str]:
    """Return a query as the fields of the form, those that are filled in."""
    fields = {
        "text": query.text,
        "family": query.family,
        "kind": query.kind,
        "county": query.county_code,
        "municipality": query.municipality_code,
        "least": query.least,
        "from": query.first,
        "until": query.last,
        "mine": "yes" if query.own else None,
    }
    return {name: str(value) for name, value in fields.items() if value is not None}


def names_of_fields() -> dict[str, str]:
    """Return what the fields of the form are called."""
    return {
        "text": _("Words"),
        "family": _("What"),
        "kind": _("Which kind"),
        "county": _("County"),
        "municipality": _("Municipality"),
        "least": _("Seats, things or percent, at least"),
        "from": _("From"),
        "until": _("Through"),
        "mine": _("Only our own"),
    }


def in_words(search: OfferSearch, *, own: bool) -> Iterator[tuple[str, str]]:
    """Yield what is looked for in words, by the names of the fields, in the order of the form."""
    texts = {
        "text": _("“%(words)s”") % {"words": search.text} if search.text else "",
        "family": _family_text(search.family) if search.family else "",
        "kind": _kind_text(search.family, search.kind) if search.family and search.kind else "",
        "county": _county_name(search.county_code) if search.county_code else "",
        "municipality": _municipality_name(search.municipality_code) if search.municipality_code else "",
        "least": size_text(search.family, search.least) if search.least else "",
        "from": written.period(search.during) if search.during else "",
        "mine": _("Only our own") if own else "",
    }
    yield from ((name, text) for name, text in texts.items() if text)


def _one_of(typed: Form, name: str, known: Container[str]) -> str | None:
    return typed.value(name) if typed.value(name) in known else None


def size_text(family: str | None, least: int) -> str:
    """Return a least size in words, as the family counts."""
    measure = measured(FAMILIES[family]) if family in FAMILIES else None
    number = written.number(least)
    match measure:
        case Measure.PEOPLE:
            return _("For %(number)s people or more") % {"number": number}
        case Measure.PERCENT:
            return _("%(share)s of full time or more") % {"share": written.percent(least)}
        case Measure.SEATS:
            return _("%(number)s seats or more") % {"number": number}
        case Measure.PIECES:
            return _("%(number)s pieces or more") % {"number": number}
        case _:
            return _("%(number)s or more") % {"number": number}


def _family_text(family: str) -> str:
    return label(family, "family") if family in FAMILIES else family


def _kind_text(family: str | None, kind: str) -> str:
    return label(kind, f"{family}_kind")


def _county_name(code: str) -> str:
    return next((each.name for each in geo.counties() if each.code == code), code)


def _municipality_name(code: str) -> str:
    return geo.municipality(code).name
