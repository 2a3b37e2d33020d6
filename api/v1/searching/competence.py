"""`/api/v1/skills/{code}/capacity`: how many have a competence, and where, without asking for a loan."""

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlmodel import Session

from api.schemas.searching.competence import CompetenceOut, competence_out
from competence.queries import skill
from core.actor import Actor
from marketplace.offers.finding import count_cards
from marketplace.offers.search import OfferSearch


class SkillCapacity(Controller):
    """Find competence."""

    path = "/skills/{code:str}/capacity"
    tags = ("skills",)

    @get(
        "/",
        operation_id="countCompetence",
        sync_to_thread=True,
        summary="Count who has a skill / Räkna vilka som har en kompetens",
    )
    def count(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],  # noqa: ARG002 - asking for it is what demands a token
        code: FromPath[str],
        level: Annotated[int | None, QueryParameter(ge=1, le=5, description="At this level at least.")] = None,
        county_code: Annotated[str | None, QueryParameter(name="countyCode", description="In this county.")] = None,
        language: Annotated[
            str | None, QueryParameter(description="Who speaks it: its ISO 639 code.", max_length=3)
        ] = None,
    ) -> CompetenceOut:
        """Count the capacity cards with a skill, by county and group of organisations, also those not shown to you.

        In steps of five, rounded down. The cards that you may see are among the offers:
        `GET /api/v1/offers?family=staff&skill=…`.
        """
        wanted = skill(session, code).code
        return competence_out(
            count_cards(
                session, OfferSearch(None, skill=wanted, level=level, county_code=county_code, language=language)
            )
        )
