"""What a host needs to look after a hub's people, as far as these have told it.

Who has not been seen is worked out from what members have told the host themselves: what they have registered for, and
the days to come on which they tell the hosts that they plan to come. Whether somebody was there nobody knows, nor is it
asked; days that are over are kept for nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import Page
from core.time import clock
from hubs.activities.queries import registered_since
from hubs.desk.suggestions import Suggestion, suggestions
from hubs.introductions import queries as introductions
from hubs.introductions.rules import NOT_AGAIN_WITHIN
from hubs.membership.models import HubMember, HubMemberState
from hubs.membership.queries import PersonView, people_page
from hubs.membership.rules import WELCOME
from hubs.places.queries import HubView, hosted_hub
from hubs.presence.queries import plan_to_come
from hubs.profiles.queries import Person, told_to_hosts
from marketplace.organisations.models import Member

UNSEEN_WEEKS = 4
"""Without anything that one has registered for, who has been a member for as long."""
MOST_LISTED = 50


@dataclass(frozen=True)
class Desk:
    """A hub's people by its host: how many wait for an answer, whom to welcome, who has not been seen, who should
    meet whom, and who may be proposed to meet."""

    view: HubView
    applied: int
    to_welcome: Page[PersonView]
    unseen: Page[PersonView]
    suggestions: Sequence[Suggestion]
    introducible: Sequence[Person]


def desk(session: Session, actor: Actor, hub_id: UUID) -> Desk:
    """Return the desk of a hub.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see it, or is not host of it.
    """
    view = hosted_hub(session, actor, hub_id)
    active = HubMemberState.ACTIVE
    people = told_to_hosts(session, hub_id)
    return Desk(
        view=view,
        applied=people_page(session, hub_id, HubMemberState.APPLIED, 1, 1).total,
        to_welcome=people_page(session, hub_id, active, 1, MOST_LISTED, which=_to_welcome()),
        unseen=people_page(session, hub_id, active, 1, MOST_LISTED, which=_unseen(hub_id)),
        suggestions=_suggestions(session, hub_id, people),
        introducible=people,
    )


def _suggestions(session: Session, hub_id: UUID, people: Sequence[Person]) -> list[Suggestion]:
    ids = [each.member_id for each in people]
    found = select(col(Member.id), col(Member.organisation_id)).where(col(Member.id).in_(ids))
    homes = {member_id: home_id for member_id, home_id in session.execute(found)}  # noqa: C416 (rows)
    known = introductions.pairs_since(session, hub_id, clock.now() - NOT_AGAIN_WITHIN)
    return suggestions(people, homes, introductions.pairs_made(session, hub_id), known)


def _to_welcome() -> ColumnElement[bool]:
    return func.cardinality(col(HubMember.welcomed)) < len(WELCOME)


def _unseen(hub_id: UUID) -> ColumnElement[bool]:
    since = clock.now() - timedelta(weeks=UNSEEN_WEEKS)
    return and_(
        func.coalesce(col(HubMember.joined_at), col(HubMember.created_at)) < since,
        col(HubMember.member_id).not_in(registered_since(hub_id, since)),
        col(HubMember.member_id).not_in(plan_to_come(hub_id)),
    )
