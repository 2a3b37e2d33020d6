"""Municipalities on the wire."""

from typing import Self

from api.schemas.base import Wire
from core.geo import Municipality


class MunicipalityOut(Wire):
    """A municipality and its county by code and name; the position is that of its seat."""

    code: str
    name: str
    county_code: str
    county_name: str
    latitude: float
    longitude: float

    @classmethod
    def example(cls) -> Self:
        """Return Östersund."""
        return cls(
            code="2380",
            name="Östersund",
            county_code="23",
            county_name="Jämtlands län",
            latitude=63.1767,
            longitude=14.6361,
        )


def municipality_out(municipality: Municipality) -> MunicipalityOut:
    """Return a municipality as the API shows it."""
    return MunicipalityOut(
        code=municipality.code,
        name=municipality.name,
        county_code=municipality.county_code,
        county_name=municipality.county_name,
        latitude=municipality.latitude,
        longitude=municipality.longitude,
    )
