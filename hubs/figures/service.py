"""Use cases of figures: close quarters; and of initiatives: note one, and say what has become of it."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.actor import Actor, Permission, refusal
from core.database import changes
from core.database.audit import record
from core.errors import Conflict
from core.time import clock
from hubs.feedback.models import HubAnswer
from hubs.feedback.rules import quarter_after
from hubs.feedback.service import forget
from hubs.figures import queries
from hubs.figures.counting import figures_of
from hubs.figures.models import HubInitiative, HubQuarter
from hubs.figures.rules import MOST_INITIATIVES, InitiativeDraft, quarters_to_close
from hubs.places.models import Hub

INITIATIVE = "hub_initiative"


def close_due(session: Session, today: date) -> None:
    """Close the quarters of all hubs that are over, and in which nothing is answered any more."""
    for hub, last in queries.hubs_with_last(session):
        begun = hub.created_at.astimezone(clock.STOCKHOLM).date()
        for quarter in quarters_to_close(quarter_after(last) if last else begun, today):
            close(session, hub.id, quarter)


def close(session: Session, hub_id: UUID, quarter: date) -> None:
    """Make the figures of a quarter, once, and forget who came when: they are never made anew of what is left then."""
    log = queries.log_of(session, hub_id, quarter)
    values = HubQuarter(
        hub_id=hub_id,
        begins=quarter,
        closed_at=clock.now(),
        digest=log.digest(),
        figures=[each.stored() for each in figures_of(log)],
    ).model_dump()
    session.execute(insert(HubQuarter).values(values).on_conflict_do_nothing())
    forget(session, hub_id, quarter_after(quarter))
    earlier = (col(HubAnswer.hub_id) == hub_id, col(HubAnswer.quarter) < quarter, col(HubAnswer.words) != "")
    session.execute(update(HubAnswer).where(*earlier).values(words=""))


def note_initiative(session: Session, actor: Actor, hub_id: UUID, draft: InitiativeDraft) -> HubInitiative:
    """Note, as a member of a hub or its host, that something was born there.

    Raises
    ------
    NotFound
        The actor may not read what was.
    Conflict
        ``too_many_initiatives``: as many are noted as may be. ``initiative_exists``: one of that title is.
    """
    hub = queries.readable(session, actor, hub_id)
    session.execute(select(col(Hub.id)).where(col(Hub.id) == hub.id).with_for_update())  # others wait to be counted
    of_hub = select(func.count()).select_from(HubInitiative).where(col(HubInitiative.hub_id) == hub_id)
    if session.scalars(of_hub).one() >= MOST_INITIATIVES:
        raise Conflict("too_many_initiatives", f"{MOST_INITIATIVES} initiatives are noted, which is the most.")
    same = (col(HubInitiative.hub_id) == hub_id, col(HubInitiative.title) == draft.title.strip())
    if session.scalars(select(col(HubInitiative.id)).where(*same).limit(1)).one_or_none() is not None:
        raise Conflict("initiative_exists", "An initiative of that title is noted already: say what has become of it.")
    its: dict[str, Any] = {"hub_id": hub_id, "organisation_id": actor.organisation_id, "member_id": actor.member_id}
    row = HubInitiative(**its, **_values(draft))
    session.add(row)
    session.flush()
    record(session, actor, INITIATIVE, row.id, to_state=row.state)
    return row


def change_initiative(
    session: Session,
    actor: Actor,
    hub_id: UUID,
    initiative_id: UUID,
    draft: InitiativeDraft,
    *,
    if_version: int | None = None,
) -> HubInitiative:
    """Say what has become of an initiative, or say it anew: for who has noted it, and the hub's host.

    Raises
    ------
    NotFound, NotAllowed, VersionChanged
        As their names say.
    """
    hub = queries.readable(session, actor, hub_id)
    row = queries.initiative(session, hub_id, initiative_id)
    if not (queries.hosts(actor, hub) or row.member_id == actor.member_id):
        raise refusal(actor, Permission.HOST)
    changes.change(session, actor, INITIATIVE, row, _values(draft), if_version=if_version)
    return row


def _values(draft: InitiativeDraft) -> dict[str, Any]:
    said = {"title": draft.title.strip(), "about": draft.about.strip()}
    return said | {"born_on": draft.born_on, "state": draft.state}
