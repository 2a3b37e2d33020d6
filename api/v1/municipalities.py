"""`/api/v1/municipalities`: where in Sweden."""

# ruff: noqa: ARG002 - asking for `actor` is what demands a token

from typing import Annotated, Any

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from api.http.paging import Paging, listing
from api.schemas.base import Listing
from api.schemas.municipalities import MunicipalityOut, municipality_out
from core import geo
from core.actor import Actor
from core.database.page import Page
from core.errors import NotFound


class Municipalities(Controller):
    """Look up municipalities."""

    path = "/municipalities"
    tags = ("municipalities",)

    @get("/", operation_id="listMunicipalities", sync_to_thread=False, summary="List municipalities / Lista kommuner")
    def page(
        self,
        *,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        county_code: Annotated[str | None, QueryParameter(name="countyCode", description="Two digits.")] = None,
    ) -> Listing[MunicipalityOut]:
        """List the municipalities of Sweden, or of a county, in the order of the Swedish alphabet."""
        found = [each for each in geo.municipalities() if county_code in (None, each.county_code)]
        first = (paging.page - 1) * paging.limit
        page = Page(found[first : first + paging.limit], paging.page, paging.limit, len(found))
        return listing(request, page, municipality_out)

    @get(
        "/{code:str}",
        operation_id="readMunicipality",
        sync_to_thread=False,
        summary="Read a municipality / Läs en kommun",
    )
    def read(self, *, actor: NamedDependency[Actor], code: FromPath[str]) -> MunicipalityOut:
        """Read a municipality by its code of four digits."""
        for each in geo.municipalities():
            if each.code == code:
                return municipality_out(each)
        raise NotFound("municipality", code)
