"""What can be looked up: which API this is, where in Sweden, the words for what people can do."""

# ruff: noqa: ARG002 - asking for `actor` is what demands a token

from typing import Annotated, Any

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlmodel import Session

from api.http.paging import Paging, listing
from api.schemas.base import Listing
from api.schemas.lookups import ApiInfo, MunicipalityOut, SkillOut, municipality_out, skill_out
from competence import queries
from core import geo
from core.actor import Actor
from core.database.page import Page
from core.errors import NotFound


class Information(Controller):
    """What the API says about itself. Needs no token."""

    path = "/api-info"
    tags = ("about",)
    security = ({},)

    @get("/", operation_id="readApiInfo", sync_to_thread=False, summary="About this API / Om detta API")
    def read(self) -> ApiInfo:
        """Tell name, version, release date, documentation and status of the API."""
        return ApiInfo.example()


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


class Skills(Controller):
    """Look up skills."""

    path = "/skills"
    tags = ("skills",)

    @get("/", operation_id="listSkills", sync_to_thread=True, summary="List skills / Lista kompetenser")
    def page(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        text: Annotated[
            str,
            QueryParameter(
                description="The code, or in a label or a synonym: of the skill, of what it counts as, or of an"
                " occupation that needs it. So `jurist` finds administrative law.",
                max_length=200,
            ),
        ] = "",
    ) -> Listing[SkillOut]:
        """List the skills that may be named, by code; of a text first those that are called just so."""
        return listing(request, queries.skills_page(session, text, paging.page, paging.limit), skill_out)

    @get("/{code:str}", operation_id="readSkill", sync_to_thread=True, summary="Read a skill / Läs en kompetens")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], code: FromPath[str]
    ) -> SkillOut:
        """Read a skill by its code, also one that is deprecated, a group or an occupation."""
        found = queries.skill(session, code)
        return skill_out(found, queries.successors(session, found) if found.deprecated else ())
