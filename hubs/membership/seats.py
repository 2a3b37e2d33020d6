"""Use case of a hub whose seats people have: what is said of it changes, and its members keep theirs."""

from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.errors import BadInput
from hubs.membership.agreements import lock_hubs
from hubs.membership.queries import seats_of_hub
from hubs.places import service
from hubs.places.models import Hub
from hubs.places.queries import hosted_hub
from hubs.places.rules import HubDraft


def change_hub(session: Session, actor: Actor, hub_id: UUID, draft: HubDraft, *, if_version: int | None = None) -> Hub:
    """Let a hub be what the draft says, with no fewer seats than are taken.

    Raises
    ------
    NotFound, NotAllowed, VersionChanged, BadInput, Conflict
        As `hubs.places.service.change`; or there would be fewer seats than members.
    """
    hosted_hub(session, actor, hub_id)
    lock_hubs(session, [hub_id])  # who is let in meanwhile is counted, or waits
    taken = seats_of_hub(session, hub_id)
    if draft.seats is not None and draft.seats < taken:
        raise BadInput("seats", draft.seats, f"{taken} people are members: it cannot be fewer")
    return service.change(session, actor, hub_id, draft, if_version=if_version)
