"""`/api/v1/skills`: the words for what people can do."""

# ruff: noqa: ARG002 - asking for `actor` is what demands a token

from typing import Annotated, Any

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlmodel import Session

from api.http.paging import Paging, listing
from api.schemas.base import Listing
from api.schemas.skills import SkillOut, skill_out
from competence import queries
from core.actor import Actor


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
        text: Annotated[str, QueryParameter(description="In the code or a label.", max_length=200)] = "",
    ) -> Listing[SkillOut]:
        """List the vocabulary by code."""
        return listing(request, queries.skills_page(session, text, paging.page, paging.limit), skill_out)

    @get("/{code:str}", operation_id="readSkill", sync_to_thread=True, summary="Read a skill / Läs en kompetens")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], code: FromPath[str]
    ) -> SkillOut:
        """Read a skill by its code."""
        return skill_out(queries.skill(session, code))
