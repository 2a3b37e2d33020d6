"""Saved searches on the wire."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import msgspec
from msgspec import Meta

from api.schemas.base import COUNTY, FILLED_IN, KEPT, Name, Wire, limited
from api.schemas.families import FamilyName
from core.limits import LONGEST_CODE
from marketplace.searches.models import SavedSearch
from marketplace.searches.rules import LARGEST, LONGEST_SEARCH, Query


class SearchedFor(Wire):
    """What is looked for; what is left out may be anything. The places and the family are codes."""

    family: FamilyName | None = None
    kind: Annotated[str | None, limited("Of the family.", max_length=LONGEST_CODE, pattern=KEPT)] = None
    text: Annotated[str | None, limited(min_length=1, max_length=LONGEST_SEARCH, pattern=FILLED_IN)] = None
    municipality_code: Annotated[str | None, limited("Four digits.", max_length=4, pattern=r"^[0-9]{4}$")] = None
    county_code: Annotated[str | None, limited("Two digits.", pattern=COUNTY)] = None
    least: Annotated[
        int | None,
        limited("At least so many seats, things, or percent of a person.", minimum=1, maximum=LARGEST),
    ] = None
    first: Annotated[date | None, Meta(description="Free from then on; left out: from the day on which is looked.")] = (
        None
    )
    last: Annotated[date | None, Meta(description="Free through that day, which has not passed.")] = None
    own: Annotated[bool, Meta(description="Only what your organisation offers itself.")] = False

    def query(self) -> Query:
        """Return it as the marketplace knows it."""
        return Query(**msgspec.structs.asdict(self))


class SavedSearchIn(Wire):
    """A search to be told of."""

    name: Name
    query: SearchedFor

    @classmethod
    def example(cls) -> Self:
        """Return a search for rooms in a municipality."""
        return cls(name="Grupprum i Östersund", query=_EXAMPLE)


class SavedSearchOut(Wire):
    """A search of yours: what it last told of, the newest first, and when. `isOver`: its last day has passed."""

    id: UUID
    name: str
    query: SearchedFor
    created_at: datetime
    told_at: datetime | None
    offer_ids: list[UUID]
    is_over: bool

    @classmethod
    def example(cls) -> Self:
        """Return one that has told of an offer."""
        return cls(
            id=UUID("01980000-0000-7000-8000-000000000061"),
            name="Grupprum i Östersund",
            query=_EXAMPLE,
            created_at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
            told_at=datetime.fromisoformat("2026-11-22T09:40:00Z"),
            offer_ids=[UUID("01980000-0000-7000-8000-000000000002")],
            is_over=False,
        )


_EXAMPLE = SearchedFor(family="space", municipality_code="2380", least=8)


def saved_search_out(saved: SavedSearch) -> SavedSearchOut:
    """Return a search as whoever saved it may read it. Whether an offer is still to be seen, the offer itself says."""
    return SavedSearchOut(
        id=saved.id,
        name=saved.name,
        query=msgspec.convert(saved.query, SearchedFor, from_attributes=True),
        created_at=saved.created_at,
        told_at=saved.told_at,
        offer_ids=saved.told,
        is_over=saved.query.is_over,
    )
