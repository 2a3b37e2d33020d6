"""Requests as lists show them: the columns that a line of a list needs, read in one statement as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlmodel import col

from core.limits import MOST_NEEDS_LISTED
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import OrganisationInShort
from marketplace.requests.models import Need, NeedState, Priority, Request, RequestState


class RequestInShort(NamedTuple):
    """What is read of a request."""

    id: UUID
    state: RequestState
    title: str
    priority: Priority
    together: bool
    created_at: datetime
    updated_at: datetime
    opened_at: datetime | None


class NeedInShort(NamedTuple):
    """What is read of a need, as JSON has it."""

    id: str
    title: str
    family: str
    kind: str | None
    amount: int
    state: str


@dataclass(frozen=True, slots=True)
class RequestExcerpt:
    """A request in a list: its first needs in order, how many it has, and how many of each family are not dropped."""

    request: RequestInShort
    organisation: OrganisationInShort
    needs: tuple[NeedInShort, ...]
    need_count: int
    families: Mapping[str, int]


_of_it = col(Need.request_id) == col(Request.id)
_first = (
    select(*map(col, (Need.id, Need.title, Need.family, Need.kind, Need.amount, Need.state)))
    .where(_of_it)
    .order_by(col(Need.position))
    .limit(MOST_NEEDS_LISTED)
    .correlate(Request)
    .subquery()
)
_by_family = (
    select(col(Need.family), func.count().label("many"))
    .where(_of_it, col(Need.state) != NeedState.DROPPED)
    .group_by(col(Need.family))
    .correlate(Request)
    .subquery()
)
_REQUEST = (
    *(Request.id, Request.state, Request.title, Request.priority, Request.together),
    *(Request.created_at, Request.updated_at, Request.opened_at),
)
COLUMNS: tuple[Any, ...] = (
    *map(col, _REQUEST),
    col(Organisation.id),
    col(Organisation.name),
    select(func.jsonb_agg(func.jsonb_build_array(*_first.c))).scalar_subquery(),
    select(func.count()).where(_of_it).correlate(Request).scalar_subquery(),
    select(func.jsonb_object_agg(*_by_family.c)).scalar_subquery(),
)
"""What is read of a request that is joined with its organisation."""


def excerpt(row: Row[Any]) -> RequestExcerpt:
    """Return the request of a row that begins with `COLUMNS`."""
    of_request = len(_REQUEST)
    key, name, needs, count, families = row[of_request : len(COLUMNS)]
    return RequestExcerpt(
        request=RequestInShort(*row[:of_request]),
        organisation=OrganisationInShort(key, name),
        needs=tuple(NeedInShort(*each) for each in needs or ()),
        need_count=count,
        families=families or {},
    )
