"""Opening hours shortened by the database: what one party stores must not fill others' lists."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, column, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import defer

from core.limits import MOST_DEVIATIONS_LISTED
from core.time import clock
from resources.models import Resource, Site

_HOURS: tuple[Any, ...] = (Resource.opening_hours, Site.opening_hours)
WITHOUT_HOURS = tuple(map(defer, _HOURS))
"""For a SELECT that has them shortened: rows are read without them."""
_NONE, _NOTHING, _EMPTY = (literal_column(f"'{value}'::jsonb", JSONB) for value in ("null", "{}", "[]"))


class ListedHours(NamedTuple):
    """The JSON of opening hours with their next deviations only, and how many they have in all."""

    stored: dict[str, Any] | None = None
    deviations: int = 0

    @property
    def shortened(self) -> bool:
        """Whether some are left out; those that are over always are."""
        return self.stored is not None and 0 < self.deviations != len(self.stored["exceptions"])


NO_HOURS = ListedHours()


def listed_hours(*columns: Any) -> ColumnElement[list[Any]]:
    """Return what makes `ListedHours` of the first of some columns that has any hours, in the order of its values."""
    stored = func.coalesce(*(func.nullif(func.nullif(each, _NONE), _NOTHING) for each in columns), type_=JSONB)
    deviations = stored["exceptions"]
    each = func.jsonb_array_elements(deviations).table_valued(column("value", JSONB), with_ordinality="place")
    each = each.render_derived()
    today = clock.today().isoformat()
    to_come = (
        select(each.c.value, each.c.place)
        .where(each.c.value["last"].astext >= today)
        .order_by(each.c.value["first"].astext, each.c.place)
        .limit(MOST_DEVIATIONS_LISTED)
        .subquery()
    )
    ordered = func.jsonb_agg(aggregate_order_by(to_come.c.value, to_come.c.place))
    next_ones = select(func.coalesce(ordered, _EMPTY)).scalar_subquery()
    shortened = stored.op("||")(func.jsonb_build_object("exceptions", next_ones))
    has_deviations = and_(func.jsonb_typeof(stored) == "object", func.jsonb_typeof(deviations) == "array")
    return case(
        (has_deviations, func.jsonb_build_array(shortened, func.jsonb_array_length(deviations))),
        else_=func.jsonb_build_array(stored, 0),
    )
