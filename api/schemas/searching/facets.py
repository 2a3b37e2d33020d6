"""How many offers there are of what, on the wire."""

from collections.abc import Mapping
from typing import Annotated, Self

from msgspec import Meta

from api.schemas.base import Wire
from marketplace.offers.facets import Facets


class FacetOut(Wire):
    """One choice, as the query of a search says it, and how many offers there would be with it."""

    value: str
    count: int


class FacetsOut(Wire):
    """How many offers a search finds, and how many it would find if it asked for something else of one sort."""

    total: int
    families: list[FacetOut]
    kinds: list[FacetOut]
    county_codes: list[FacetOut]
    municipality_codes: list[FacetOut]
    least: Annotated[list[FacetOut], Meta(description="So large at least.")]

    @classmethod
    def example(cls) -> Self:
        """Return what there is of spaces in a county."""
        return cls(
            total=3,
            families=[FacetOut(value="space", count=3), FacetOut(value="vehicle", count=1)],
            kinds=[FacetOut(value="meeting_room", count=2), FacetOut(value="hall", count=1)],
            county_codes=[FacetOut(value="23", count=3)],
            municipality_codes=[FacetOut(value="2380", count=3)],
            least=[FacetOut(value="4", count=3), FacetOut(value="8", count=2)],
        )


def facets_out(facets: Facets) -> FacetsOut:
    """Return counts, the largest first; sizes from the smallest."""
    return FacetsOut(
        total=facets.total,
        families=_counts(facets.families),
        kinds=_counts(facets.kinds),
        county_codes=_counts(facets.counties),
        municipality_codes=_counts(facets.municipalities),
        least=[FacetOut(value=each, count=facets.sizes[each]) for each in sorted(facets.sizes, key=int)],
    )


def _counts(counts: Mapping[str, int]) -> list[FacetOut]:
    return [FacetOut(value=each, count=counts[each]) for each in sorted(counts, key=lambda each: (-counts[each], each))]
