"""How many offers there are of each family and kind, in each place, and of each size, of those that somebody may see.

Each count is of what is left by all else that is looked for: so many are found if this is chosen instead.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session, col

from core.actor import Actor
from core.database.statements import Made, Values
from marketplace.offers.homes import codes_told
from marketplace.offers.models import Offer
from marketplace.offers.search import OfferSearch, conditions, size_of
from resources.families import FAMILIES
from resources.families.family import Family, Measure
from resources.models import Resource, Site

Counts = Mapping[str, int]
Counted = Select[str, str, int]
STEPS = {
    Measure.PEOPLE: (4, 8, 12, 20, 40, 80),
    Measure.SEATS: (2, 4, 5, 7, 9),
    Measure.PIECES: (2, 5, 10, 20, 50),
    Measure.PERCENT: (20, 40, 60, 80, 100),
    Measure.DESKS: (2, 5, 10, 20),
}
"""The sizes that can be chosen: at least so much."""


@dataclass(frozen=True)
class Facets:
    """How many there are in all, and by what could be chosen instead.

    `kinds` and `sizes` are those of the family that is looked for, `municipalities` those of the county. Sizes are not
    counted where a time is looked for: how many are free then depends on how much is asked for. `without` counts what
    there would be without one of the choices, by its name.
    """

    total: int = 0
    families: Counts = field(default_factory=dict)
    kinds: Counts = field(default_factory=dict)
    counties: Counts = field(default_factory=dict)
    municipalities: Counts = field(default_factory=dict)
    sizes: Counts = field(default_factory=dict)
    without: Counts = field(default_factory=dict)


def common(search: OfferSearch) -> OfferSearch:
    """Return what is looked for without what facets choose."""
    return replace(search, family=None, kind=None, municipality_code=None, county_code=None, least=None)


def county_of(search: OfferSearch) -> str | None:
    """Return the county that is looked in, be it in one of its municipalities."""
    return search.municipality_code[:2] if search.municipality_code else search.county_code


def measured(family: Family) -> Measure | None:
    """Return what the size of a family is counted in."""
    sized = family.sized or family.counted
    return sized.measure if sized else None


def facets_of(session: Session, statement: CompoundSelect[str, str, int], values: Values) -> Facets:
    """Return the facets that `counted` counts."""
    found: dict[str, dict[str, int]] = {}
    for name, key, count in session.execute(statement, values):
        counts = found.setdefault(name, {})
        counts[key] = counts.get(key, 0) + count
    totals = found.pop("all")
    return Facets(total=totals.pop("total"), without=totals, **found)


def counted(actor: Actor | None, search: OfferSearch, found: Select[Any]) -> CompoundSelect[str, str, int]:
    """Return what counts the facets of a SELECT of what fits `common`."""
    what = OfferSearch(family=search.family, kind=search.kind)
    place = OfferSearch(municipality_code=search.municipality_code, county_code=search.county_code)
    size = size_of() if _steps(search) else null()  # of facts, which are long: read only where it is asked for
    columns = (
        *(col(Offer.id), col(Resource.family), col(Resource.kind), size.label("size"), *_places(actor)),
        *(_holds(each, actor).label(name) for name, each in (("what", what), ("place", place))),
        _holds(OfferSearch(least=search.least), actor).label("large"),
    )
    base = found.order_by(None).with_only_columns(*columns, maintain_column_froms=True).cte("found")
    return union_all(*_counts(base.c, search))


@dataclass(frozen=True)
class Places:
    """How many offers there are in each municipality, by its code, and how many are of none: work at a distance."""

    counts: Counts
    nowhere: int


def places_of(session: Session, actor: Actor | None, wanted: Made[Select[Any]]) -> Places:
    """Return where the offers of a SELECT are; one statement."""
    columns = (col(Offer.id), *_places(actor))
    base = wanted.statement.order_by(None).with_only_columns(*columns, maintain_column_froms=True).cte("found")
    empty = base.c.code.is_(None) & (func.coalesce(func.cardinality(base.c.codes), 0) == 0)
    nowhere = select(literal("nowhere"), literal(""), func.count()).select_from(base).where(empty)
    (_, _, number), *rows = session.execute(union_all(nowhere, *_by_place("places", base.c, 4, true())), wanted.values)
    counts: Counter[str] = Counter()
    for _, code, count in rows:
        counts[code] += count
    return Places(counts, int(number))


def _counts(base: Any, search: OfferSearch) -> Sequence[Counted]:
    holds = {
        "total": and_(base.what, base.place, base.large),
        "what": and_(base.place, base.large),
        "place": and_(base.what, base.large),
        "least": and_(base.what, base.place),
    }
    totals = select(*(func.count().filter(each).label(name) for name, each in holds.items())).cte("totals").c
    found = [
        *(select(literal("all"), literal(name), totals[name]) for name in holds),
        _by("families", base.family, holds["what"]),
        *_by_place("counties", base, 2, holds["place"]),
    ]
    if search.family is not None:
        found.append(_by("kinds", base.kind, and_(holds["what"], base.family == search.family)))
        if steps := _steps(search):
            found.append(_by_size("sizes", base.size, steps, holds["least"]))
    if (county := county_of(search)) is not None:
        found += _by_place("municipalities", base, 4, holds["place"], county)
    return found


def _steps(search: OfferSearch) -> Sequence[int]:
    """Return the sizes that are counted by; none where no family is looked for, or a time is."""
    family = FAMILIES.get(search.family) if search.family and search.during is None else None
    measure = measured(family) if family else None
    return STEPS[measure] if measure else ()


def _by(name: str, key: ColumnElement[str], holds: ColumnElement[bool]) -> Counted:
    counted = select(literal(name), key, func.count()).where(holds)
    return counted.group_by(key)


def _by_place(name: str, base: Any, letters: int, holds: ColumnElement[bool], within: str = "") -> Sequence[Counted]:
    """Count by so many letters of the codes; whoever works at several places in one is counted there once."""
    codes = func.unnest(base.codes).table_valued("code", joins_implicitly=True).render_derived()
    there, works = func.left(base.code, letters), func.left(codes.c.code, letters)
    wanted = [each.startswith(within) if within else true() for each in (there, works)]
    stands = _by(name, there, and_(holds, base.code.is_not(None), wanted[0]))
    people = select(literal(name), works, func.count(base.id.distinct())).select_from(base.id.table, codes)
    return stands, people.where(holds, base.codes.is_not(None), wanted[1]).group_by(works)


def _by_size(name: str, size: Any, steps: Sequence[int], holds: ColumnElement[bool]) -> Counted:
    step = func.unnest(cast(steps, ARRAY(Integer))).table_valued(column("step", Integer)).render_derived()
    counted = select(literal(name), cast(step.c.step, String), func.count()).where(holds, size >= step.c.step)
    return counted.group_by(step.c.step)


def _holds(search: OfferSearch, actor: Actor | None) -> ColumnElement[bool]:
    return and_(true(), *conditions(search, actor))


def _places(actor: Actor | None) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return where something stands, and where a person works, who stands nowhere, as the actor may know it."""
    code = col(Site.municipality_code)
    return code.label("code"), case((code.is_(None), codes_told(actor)), else_=null()).label("codes")
