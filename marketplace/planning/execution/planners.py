"""Whom a run is told of: the organisations of those who coordinate all that it looks at."""

from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from marketplace.organisations.queries import coordinators
from marketplace.requests.queries import requested
from marketplace.runs.models import MatchingRun
from marketplace.surges.alerts import in_need


def planning_organisations(session: Session, run: MatchingRun) -> set[UUID]:
    """Return the organisations that have somebody who coordinates what a run looks at."""
    asker = requested(session, run.request_id).organisation_id if run.request_id else None
    if run.surge_id is not None:
        asker = in_need(session, run.surge_id)

    def coordinates(actor: Actor) -> bool:
        return actor.coordinates_for(asker) if asker else actor.coordinates_county(run.county_code)

    return {actor.organisation_id for actor in coordinators(session) if coordinates(actor)}
