"""Asking for a facilitator of an activity: by a request that begins filled in, and is matched as others are."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.actor import Actor, Permission, refusal
from core.database.changes import change
from core.errors import Conflict
from core.time import clock
from core.time.timing import Fixed
from hubs.activities import queries
from hubs.activities.models import ActivityState, HubActivity
from hubs.activities.rules import ACTIVITY
from marketplace.bookings.queries import going_on
from marketplace.organisations.models import Organisation
from marketplace.requests.models import Request, RequestState
from marketplace.requests.rules import NeedDraft, RequestDraft
from marketplace.requests.service import file_request
from resources.families.staff import StaffRequirements
from resources.models import Site

NETWORK = "facilitation"
"""The skill by whose network facilitators are lent, see `StaffRequirements.network`."""
_OVER = (ActivityState.HELD, ActivityState.CANCELLED)


def ask(session: Session, actor: Actor, activity_id: UUID) -> UUID:
    """Keep a request for a facilitator at an activity's time and place as a draft, and return it.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see the activity, or neither keeps nor initiates it; or it may ask for nothing.
    Conflict
        ``over``: its time has come, or it was cancelled. ``asked_already``.
    BadInput
        The vocabulary knows no facilitators, or it lasts longer than one is lent.
    """
    view = queries.activity_view(session, actor, activity_id)
    if not (view.keeps or view.initiates):
        raise refusal(actor, Permission.HOST)
    row = view.activity
    session.refresh(row, with_for_update=True)
    if row.state in _OVER or row.starts <= clock.now():
        raise Conflict("over", "It is over, or was cancelled, and is changed no more.")
    if asked_for(session, row) is not None:
        raise Conflict("asked_already", "A facilitator is asked for already.")
    site = session.get_one(Site, view.hub.site_id)
    need = NeedDraft(
        family="staff",
        amount=100,
        municipality_code=site.municipality_code,
        timing=Fixed(row.starts, row.ends),
        requirements=StaffRequirements(network=NETWORK),
    )
    made = file_request(session, actor, RequestDraft(title=row.title, purpose=row.about, needs=(need,)), open=False)
    change(session, actor, ACTIVITY.entity, row, {"request_id": made.id})
    return made.id


def asked_for(session: Session, row: HubActivity) -> Request | None:
    """Return the request for its facilitator that was not withdrawn, if there is one."""
    found = session.get(Request, row.request_id) if row.request_id else None
    return None if found is None or found.state is RequestState.WITHDRAWN else found


def lent_by(session: Session, row: HubActivity) -> list[str]:
    """Return which organisations lend a facilitator, as agreed."""
    lenders = {each.lender_id for each in going_on(session, row.request_id)} if row.request_id else set()
    if not lenders:
        return []
    names = select(col(Organisation.name)).where(col(Organisation.id).in_(lenders))
    return list(session.scalars(names.order_by(col(Organisation.name))))
