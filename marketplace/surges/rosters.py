"""Use cases of rosters: agree to one beforehand, change it, end it."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from core.actor import Actor, Permission, check_may
from core.database.audit import record
from core.database.tables import any_of
from core.errors import BadInput, Conflict, StateChanged, VersionChanged
from marketplace.surges import queries
from marketplace.surges.models import Roster, RosterCard, RosterState, Surge, SurgeCall, SurgeState
from marketplace.surges.rules import ROSTER, RosterDraft


def make_roster(session: Session, actor: Actor, draft: RosterDraft) -> Roster:
    """Agree beforehand that cards of the actor's organisation may be called.

    Raises
    ------
    NotAllowed
        The actor is not HR for the whole organisation.
    BadInput
        A card is not the organisation's.
    Conflict
        ``in_other_roster``: one of the cards is in another.
    """
    check_may(actor, Permission.KEEP_ROSTERS, actor.organisation_id)
    row = Roster(organisation_id=actor.organisation_id, **_columns(actor, draft))
    _check_cards(session, row, draft)
    ROSTER.begin(session, actor, row, RosterState.IN_FORCE)
    session.add(row)
    session.flush()
    _put_in(session, row, draft)
    return row


def change_roster(
    session: Session, actor: Actor, roster_id: UUID, draft: RosterDraft, if_version: int | None = None
) -> Roster:
    """Let a roster in force say what the draft says. Who is called already stays so, within it.

    Raises
    ------
    NotFound, NotAllowed, StateChanged, VersionChanged
        It is not the actor's to change, has ended, or was changed since it was read.
    BadInput, Conflict
        As in `make_roster`.
    """
    row = _to_change(session, actor, roster_id)
    if if_version not in {None, row.version}:
        raise VersionChanged(ROSTER.entity, roster_id)
    if row.state is not RosterState.IN_FORCE:
        raise StateChanged(ROSTER.entity, roster_id, row.state.value, RosterState.IN_FORCE.value)
    _check_cards(session, row, draft)
    row.sqlmodel_update(_columns(actor, draft))
    row.version += 1
    _take_out(session, roster_id)
    _put_in(session, row, draft)
    record(session, actor, ROSTER.entity, roster_id, reason_code="changed", details={"version": row.version})
    return row


def end_roster(session: Session, actor: Actor, roster_id: UUID) -> Roster:
    """Let a roster hold no more: its cards may be in another, and nobody of it is called again."""
    row = _to_change(session, actor, roster_id)
    ROSTER.move(session, actor, roster_id, RosterState.ENDED)
    _take_out(session, roster_id)
    return row


def _to_change(session: Session, actor: Actor, roster_id: UUID) -> Roster:
    row = queries.locked_roster(session, actor, roster_id)
    check_may(actor, Permission.KEEP_ROSTERS, row.organisation_id)
    return row


def _columns(actor: Actor, draft: RosterDraft) -> dict[str, Any]:
    return {
        "member_id": actor.member_id,
        "name": draft.name.strip(),
        "occasions": sorted(each.value for each in draft.occasions),
        "notice_hours": draft.notice_hours,
        "floor_percent": draft.floor_percent,
        "until": draft.until,
    }


def _check_cards(session: Session, row: Roster, draft: RosterDraft) -> None:
    own = {each.id for each in queries.cards_of(session, row.organisation_id)}
    if foreign := sorted(map(str, draft.card_ids - own)):
        raise BadInput("cardIds", foreign[0], "it is no capacity card of your organisation")
    if others := queries.in_other_rosters(session, draft.card_ids, row.id):
        raise Conflict(
            "in_other_roster",
            "A card is in one roster at most, and some of these are in another. Take them out there first.",
            {"cardIds": sorted(map(str, others))},
        )


def _put_in(session: Session, row: Roster, draft: RosterDraft) -> None:
    session.flush()
    cards = [{"resource_id": each, "roster_id": row.id} for each in sorted(draft.card_ids)]
    session.execute(insert(RosterCard), cards)
    _take_calls_along(session, row, draft)


def _take_calls_along(session: Session, row: Roster, draft: RosterDraft) -> None:
    """Let who is called already be lent within this roster from now on, where that is for what the alert is about."""
    alerts = select(col(Surge.id)).where(col(Surge.state) == SurgeState.OPEN, col(Surge.occasion).in_(draft.occasions))
    called = any_of(col(SurgeCall.resource_id), draft.card_ids), col(SurgeCall.surge_id).in_(alerts)
    session.execute(update(SurgeCall).where(*called).values(roster_id=row.id))


def _take_out(session: Session, roster_id: UUID) -> None:
    session.execute(delete(RosterCard).where(col(RosterCard.roster_id) == roster_id))
