"""Small alerts for tests: organisations with cards on rosters, one that is in need, and a coordinator of all."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from core.actor import Actor
from core.database import db
from core.time import clock
from core.time.timing import Period
from marketplace.offers.models import Offer
from marketplace.planning import attempts
from marketplace.proposals.models import Proposal, ProposalLine, ProposalState
from marketplace.requests.rules import NeedDraft
from marketplace.runs.queries import surge_run_to_come
from marketplace.surges.models import CallState, Occasion, SurgeCall
from marketplace.surges.rules import AlertDraft, RoleDraft
from resources.families.staff import StaffRequirements
from resources.models import Resource
from tests import builders


def role(number: int, percent: int = 100, title: str = "Handläggare", **values: Any) -> RoleDraft:
    """So many people for two weeks, from two weeks from now on, who know something of procurement."""
    first = clock.today() + timedelta(days=14)
    need = {
        "family": "staff",
        "title": title,
        "amount": percent,
        "municipality_code": "2380",
        "max_distance_km": 50.0,
        "timing": Period(first, first + timedelta(days=13)),
        "requirements": StaffRequirements(skills_must={"procurement": 2}),
    }
    return RoleDraft(number=number, need=NeedDraft(**(need | values)))


def draft(organisation_id: UUID, *roles: RoleDraft, **values: Any) -> AlertDraft:
    """An alert for somebody who many seek protection with."""
    said = {"occasion": Occasion.RECEPTION, "title": "Många söker skydd", "what": "Tusen har kommit."}
    said |= {"answer_by": clock.now() + timedelta(hours=4)}
    return AlertDraft(organisation_id=organisation_id, roles=roles, **(said | values))


def lender(session: Session, *percents: int, **roster: Any) -> tuple[Actor, list[Resource]]:
    """Add an organisation with an offered card of each extent, all on one roster, and its HR."""
    home = builders.organisation(session)
    cards = [builders.staff(session, home, extent_percent=percent) for percent in percents]
    for card in cards:
        builders.offer(session, card)
    hr = builders.member(session, home, roles=["hr", "lister"])
    builders.roster(session, *cards, member_id=hr.id, **roster)
    return builders.actor_of(session, hr), cards


def plan(surge_id: UUID) -> None:
    """Do the run that waits for an alert, as a worker would."""
    with db.unit_of_work() as session:
        run = surge_run_to_come(session, surge_id)
        assert run is not None
        key = run.id
    attempts.execute(key)


def proposed(session: Session) -> dict[UUID, Proposal]:
    """Return the proposals that wait, by the resource that each would lend."""
    found = (
        select(Offer.resource_id, Proposal)
        .join(ProposalLine, col(ProposalLine.offer_id) == col(Offer.id))
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .where(col(Proposal.state).in_((ProposalState.PROPOSED, ProposalState.APPROVED)))
    )
    return dict(session.exec(found.execution_options(populate_existing=True)).all())


def calls(session: Session, surge_id: UUID) -> dict[UUID, SurgeCall]:
    """Return the calls of an alert, by resource."""
    found = select(SurgeCall).where(col(SurgeCall.surge_id) == surge_id)
    return {call.resource_id: call for call in session.exec(found.execution_options(populate_existing=True))}


def states(session: Session, surge_id: UUID) -> list[CallState]:
    """Return how the calls of an alert stand."""
    return sorted(call.state for call in calls(session, surge_id).values())
