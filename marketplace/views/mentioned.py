"""The needs that reasons name, as much as the reader may see of them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col

from core.actor import Actor
from core.database.tables import any_of
from marketplace.organisations.models import Organisation
from marketplace.requests.models import Need, Request
from marketplace.requests.queries import visible_to


@dataclass(frozen=True)
class Mentioned:
    """A need that somebody may read of, with its request and who asks for it."""

    need: Need
    request: Request
    organisation: Organisation


def mentioned(session: Session, actor: Actor, need_ids: Collection[UUID]) -> dict[UUID, Mentioned]:
    """Return those of the needs that the actor may see, by their ids."""
    if not need_ids:
        return {}
    statement = (
        visible_to(actor)
        .add_columns(Need, Organisation)
        .join(Need, col(Need.request_id) == col(Request.id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .where(any_of(col(Need.id), set(need_ids)))
    )
    rows = session.execute(statement)
    return {need.id: Mentioned(need, request, organisation) for request, need, organisation in rows}
