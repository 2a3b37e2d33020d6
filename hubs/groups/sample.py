"""A network of facilitators in the sample region, with members of both hubs."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from hubs.groups import service
from hubs.groups.models import HubGroup, HubGroupKind
from hubs.groups.rules import GroupDraft


def play(session: Session, hub_id: UUID, members: Sequence[Actor]) -> HubGroup:
    """Let the first begin it, and all be in it and tell the others so; return it."""
    draft = GroupDraft(
        kind=HubGroupKind.NETWORK,
        name="Facilitatorer",
        about="För den som leder möten och workshoppar, eller vill lära sig det. Vi lånar varandra.",
    )
    group = service.begin(session, members[0], hub_id, draft)
    for member in members:
        service.join(session, member, group.id, named=True)
    return group
