"""Use cases of activities: initiated, shaped, proposed, set with their rooms, cancelled, documented, over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from core.actor import Actor, Permission, refusal
from core.database.changes import change
from core.errors import BadInput, Conflict, NotAllowed, NotFound, PlatsverketError
from core.limits import refuse_if, whole_faults
from core.time import clock
from core.time.interval import Interval
from hubs.activities import queries, registering
from hubs.activities.models import ActivityState, HubActivity
from hubs.activities.queries import ActivityView
from hubs.activities.rules import (
    ACTIVITY,
    MOST_IN_SERIES,
    MOST_OPEN,
    ActivityDraft,
    document_faults,
    start_faults,
    week_later,
)
from hubs.groups.queries import own_groups
from hubs.membership.queries import is_member
from hubs.places.models import Hub, HubZone
from hubs.places.rules import check_open
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered, notify
from marketplace.organisations.models import Member
from resources import claims
from resources.claims import Wanted
from resources.models import Claim, ClaimSource
from resources.queries import units_of

ENTITY = ACTIVITY.entity
_S = ActivityState


def initiate(session: Session, actor: Actor, hub_id: UUID, draft: ActivityDraft, weeks: int = 1) -> list[HubActivity]:
    """Let a member of a hub, or its host, begin an activity; with more `weeks` a series of as many, a week apart.

    Raises
    ------
    NotFound
        There is no such hub.
    NotAllowed
        ``not_hub_member``: the actor is no member there.
    BadInput
        It is no zone of the hub, the series is too long, or the time has come already, or is years ahead.
    Conflict
        ``hub_closed``. ``too_many_activities``: so many of the actor's are not set yet.
    """
    hub = queries.hub(session, hub_id)
    check_open(hub)
    if not may_initiate(session, actor, hub):
        raise NotAllowed("not_hub_member", "Only members of the hub initiate activities there.")
    refuse_if([*whole_faults("weeks", weeks, 1, MOST_IN_SERIES), *start_faults(draft.starts)])
    _check_zone(session, hub, draft.zone_id)
    _check_group(session, actor, draft.group_id)
    session.refresh(hub, with_for_update=True)  # others wait to be counted
    if queries.open_of(session, hub_id, actor.member_id) + weeks > MOST_OPEN + MOST_IN_SERIES * (weeks > 1):
        raise Conflict("too_many_activities", f"You have {MOST_OPEN} activities that are not set yet, the most.")
    made = [_made(session, actor, hub, draft, week_later(draft, week)) for week in range(weeks)]
    if weeks > 1:
        for each in made:
            each.series_id = made[0].id
    session.flush()
    return made


def may_initiate(session: Session, actor: Actor, hub: Hub) -> bool:
    """Tell whether the actor is host or a member of a hub."""
    return actor.hosts(hub.site_id, hub.organisation_id) or is_member(session, hub.id, actor.member_id)


def shaped(session: Session, actor: Actor, activity_id: UUID) -> ActivityView:
    """Return an activity that the actor may change now. Raises NotFound, NotAllowed."""
    view = queries.activity_view(session, actor, activity_id)
    _check_shapes(actor, view)
    return view


def change_draft(
    session: Session, actor: Actor, activity_id: UUID, draft: ActivityDraft, *, if_version: int | None = None
) -> HubActivity:
    """Let an activity be what the draft says: who initiated it may until it is set, the host until it is over.

    Whoever has registered is told of another time or place. A group in line that is larger than there are seats by now
    waits for as many as there are, and is told so.

    Raises
    ------
    NotFound, NotAllowed, StateChanged, VersionChanged
        As their names say.
    BadInput
        It is no zone of the hub, there would be fewer seats than are taken, or it would begin at a time that is over.
    Conflict, CapacityExceeded
        As `set_`, where it is set.
    """
    view = _locked(session, actor, activity_id)
    row = view.activity
    _check_shapes(actor, view)
    if row.state in {_S.HELD, _S.CANCELLED}:
        raise Conflict("over", "It is over, or was cancelled, and is changed no more.")
    if draft.starts != row.starts:
        refuse_if(start_faults(draft.starts))
    if draft.zone_id != row.zone_id:
        _check_zone(session, view.hub, draft.zone_id)
    if draft.group_id != row.group_id:
        _check_group(session, actor, draft.group_id)
    _check_seats(view, draft.seats)
    before, form = (row.starts, row.ends, row.zone_id), row.form
    if change(session, actor, ENTITY, row, _values(draft), if_version=if_version) and row.state is _S.SET:
        moved = (row.starts, row.ends, row.zone_id) != before
        if moved or row.form is not form:
            _check_beside(session, view.hub, row)
        if moved:
            _give_back(session, row)
            _take(session, row)
            _tell_registered(session, row, "moved")
        registering.fit(session, row)
    session.flush()
    return row


def propose(session: Session, actor: Actor, activity_id: UUID) -> None:
    """Let the host know of an activity, and of all dates of its series; for who initiated it.

    Raises
    ------
    NotFound, NotAllowed, StateChanged
        As their names say.
    """
    view = _locked(session, actor, activity_id)
    if not view.initiates:
        raise NotFound("activity of yours", activity_id)
    keys = [each.id for each in queries.series_in(session, view.activity, _S.DRAFT)]
    ACTIVITY.move_all(session, actor, keys or [activity_id], _S.PROPOSED)
    _tell_host(session, view.hub, view.activity, NoticeCode.ACTIVITY_PROPOSED)


def send_back(session: Session, actor: Actor, activity_id: UUID, words: str = "") -> None:
    """Let who initiated an activity work on it again, and tell why; for the host. Raises as `propose`."""
    view = _kept(session, actor, activity_id)
    ACTIVITY.move(session, actor, activity_id, _S.DRAFT, words=words or None)
    _tell_initiator(session, view.activity, "draft", words=words)


def set_(session: Session, actor: Actor, activity_id: UUID) -> None:
    """Put an activity into the calendar, and take its zone for it; for the host.

    Raises
    ------
    NotFound, NotAllowed, StateChanged
        As their names say.
    Conflict
        ``beside_breakfast``: one of two that would go on at once is the breakfast. ``past``: its time has come.
    CapacityExceeded
        The zone is taken then.
    """
    view = _kept(session, actor, activity_id)
    _set(session, actor, view)
    _tell_set(session, view)


def set_series(session: Session, actor: Actor, activity_id: UUID) -> dict[UUID, PlatsverketError | None]:
    """Set each date of a series that is proposed, and return why one could not be, if so; for the host.

    Who initiated it is told once.

    Raises
    ------
    NotFound, NotAllowed
        As their names say.
    """
    view = _kept(session, actor, activity_id)
    outcomes: dict[UUID, PlatsverketError | None] = {}
    for each in queries.series_in(session, view.activity, _S.PROPOSED):
        try:
            with session.begin_nested():
                _set(session, actor, _kept(session, actor, each.id))
            outcomes[each.id] = None
        except Conflict as error:
            outcomes[each.id] = error
    if None in outcomes.values():
        _tell_set(session, view)
    return outcomes


def cancel(session: Session, actor: Actor, activity_id: UUID, words: str = "") -> None:
    """Let an activity not be; for the host, and until it is set for who initiated it. Whoever has registered is told.

    Raises
    ------
    NotFound, NotAllowed, StateChanged
        As their names say.
    """
    view = _locked(session, actor, activity_id)
    _check_shapes(actor, view)
    row, was_set = view.activity, view.activity.state is _S.SET
    _give_back(session, row)
    ACTIVITY.move(session, actor, activity_id, _S.CANCELLED, words=words or None, claim_ids=[])
    if was_set:
        _tell_registered(session, row, "cancelled", words=words)
    if not view.initiates:
        _tell_initiator(session, row, "cancelled", words=words)


def document(session: Session, actor: Actor, activity_id: UUID, address: str) -> None:
    """Say where what was written down is. All who have registered are told, also who could not come and gave it back.

    Raises
    ------
    NotFound, NotAllowed
        As their names say.
    BadInput
        It is no address of the web.
    Conflict
        ``not_begun``: there is nothing to document yet.
    """
    view = _locked(session, actor, activity_id)
    _check_holds(actor, view)
    refuse_if(document_faults(address))
    row = view.activity
    if row.state not in {_S.SET, _S.HELD} or row.starts > clock.now():
        raise Conflict("not_begun", "It has not begun, or was cancelled: there is nothing to document.")
    if change(session, actor, ENTITY, row, {"documents": address}):
        _tell(session, row, queries.ever_registered(session, row), NoticeCode.ACTIVITY_DOCUMENTED)


def registered(session: Session, actor: Actor, activity_id: UUID) -> Sequence[Row[Any]]:
    """Return who has registered, for the host and who initiated it. Raises NotFound, NotAllowed."""
    _check_holds(actor, queries.activity_view(session, actor, activity_id))
    return queries.registered(session, activity_id)


def end_due(session: Session, passed: datetime) -> None:
    """Note that what is over was held."""
    ACTIVITY.move_all(session, None, queries.over(session, passed), _S.HELD, reason_code="over")


def take_over_of_left(session: Session) -> None:
    """Let the host of the hub hold what somebody has initiated who has left, also in the middle of it.

    It stands as it is, with its room and all who have registered. What was only a draft is nobody's, and cancelled.
    """
    for row in queries.of_who_left(session):
        hub = queries.hub(session, row.hub_id)
        if row.state is _S.DRAFT:
            ACTIVITY.move(session, None, row.id, _S.CANCELLED, reason_code="left", member_id=None)
            continue
        change(session, None, ENTITY, row, {"organisation_id": hub.organisation_id, "member_id": None})
        _tell_host(session, hub, row, NoticeCode.ACTIVITY_TAKEN_OVER)


def _made(session: Session, actor: Actor, hub: Hub, draft: ActivityDraft, during: Interval) -> HubActivity:
    row = HubActivity(hub_id=hub.id, organisation_id=actor.organisation_id, member_id=actor.member_id, **_values(draft))
    assert during.end is not None
    row.starts, row.ends = during.start, during.end
    ACTIVITY.begin(session, actor, row, _S.DRAFT)
    session.add(row)
    session.flush()
    return row


def _set(session: Session, actor: Actor, view: ActivityView) -> None:
    row = view.activity
    if row.starts <= clock.now():
        raise Conflict("past", "Its time has come already: choose another.")
    check_open(view.hub)
    _check_beside(session, view.hub, row)
    _take(session, row)
    ACTIVITY.move(session, actor, row.id, _S.SET, set_at=clock.now(), claim_ids=row.claim_ids)
    mark_answered(session, {view.hub.organisation_id}, NoticeCode.ACTIVITY_PROPOSED, ENTITY, row.id)


def _values(draft: ActivityDraft) -> dict[str, Any]:
    return {
        "form": draft.form,
        "audience": draft.audience,
        "title": draft.title.strip(),
        "about": draft.about.strip(),
        "starts": draft.starts,
        "ends": draft.ends,
        "zone_id": draft.zone_id,
        "group_id": draft.group_id,
        "seats": draft.seats,
    }


def _locked(session: Session, actor: Actor, activity_id: UUID) -> ActivityView:
    """Return an activity that the actor may see, locked until the transaction ends."""
    view = queries.activity_view(session, actor, activity_id)
    session.refresh(view.activity, with_for_update=True)
    return queries.activity_view(session, actor, activity_id)


def _kept(session: Session, actor: Actor, activity_id: UUID) -> ActivityView:
    view = _locked(session, actor, activity_id)
    if not view.keeps:
        raise refusal(actor, Permission.HOST)
    return view


def _check_holds(actor: Actor, view: ActivityView) -> None:
    if not (view.keeps or view.initiates):
        raise refusal(actor, Permission.HOST)


def _check_shapes(actor: Actor, view: ActivityView) -> None:
    """Refuse whoever is not the host, nor has initiated what is not set yet."""
    if view.keeps or (view.initiates and view.activity.state in {_S.DRAFT, _S.PROPOSED}):
        return
    if view.initiates:
        raise NotAllowed("host_only", "It stands in the calendar: ask the host of the hub.")
    raise refusal(actor, Permission.HOST)


def _check_zone(session: Session, hub: Hub, zone_id: UUID | None) -> None:
    zone = session.get(HubZone, zone_id) if zone_id else None
    if zone_id and (zone is None or zone.hub_id != hub.id):
        raise BadInput("zoneId", str(zone_id), "choose one of the hub's zones")


def _check_group(session: Session, actor: Actor, group_id: UUID | None) -> None:
    if group_id and group_id not in {each.id for each in own_groups(session, actor)}:
        raise BadInput("groupId", str(group_id), "choose a group that you are in")


def _check_seats(view: ActivityView, seats: int | None) -> None:
    """Refuse fewer seats than are taken, or are offered to somebody; and none while anybody has some or waits."""
    free, of = view.free, view.activity.seats
    taken = 0 if of is None or free is None else of - free
    if taken and (seats is None or seats < taken):
        raise BadInput("seats", seats, f"{taken} are taken, or offered to somebody: it cannot be fewer")
    if view.waiting and seats is None:
        raise BadInput("seats", None, "somebody stands in line: say how many may come")


def _check_beside(session: Session, hub: Hub, row: HubActivity) -> None:
    session.refresh(hub, with_for_update=True)  # of two that may not be beside each other, one comes first
    other = queries.beside(session, row)
    if other is None:
        return
    local = other.starts.astimezone(clock.STOCKHOLM)
    raise Conflict(
        "beside_breakfast",
        f"Nothing is put beside the breakfast. At the same time, {local:%Y-%m-%d %H:%M}, there is “{other.title}”.",
        {"activity": str(other.id)},
    )


def _take(session: Session, row: HubActivity) -> None:
    """Take all of an activity's zone, if it has one, for its time."""
    units = units_of(session, [row.zone_id])[row.zone_id] if row.zone_id else []
    wanted = [Wanted(unit.id, unit.capacity, Interval(row.starts, row.ends)) for unit, _ in units]
    row.claim_ids = [each.id for each in claims.take(session, wanted, ClaimSource.ACTIVITY, note=row.title)]


def _give_back(session: Session, row: HubActivity) -> None:
    held = [claim for key in row.claim_ids if (claim := session.get(Claim, key))]
    claims.release(session, held)
    row.claim_ids = []


def _tell_set(session: Session, view: ActivityView) -> None:
    """Tell who initiated it, unless that is the host who sets it."""
    if not view.initiates:
        _tell_initiator(session, view.activity, "set")


def _tell_host(session: Session, hub: Hub, row: HubActivity, code: NoticeCode) -> None:
    notify(session, {hub.organisation_id}, code, ENTITY, row.id, permission=Permission.HOST, activity=row.title)


def _tell_initiator(session: Session, row: HubActivity, to: str, words: str = "") -> None:
    if row.member_id is not None:
        facts: dict[str, Any] = {"activity": row.title, "to": to, "words": words}
        code = NoticeCode.ACTIVITY_DECIDED
        notify(session, {row.organisation_id}, code, ENTITY, row.id, member_id=row.member_id, **facts)


def _tell_registered(session: Session, row: HubActivity, to: str, words: str = "") -> None:
    members = [each.Member for each in queries.registered(session, row.id)]
    _tell(session, row, members, NoticeCode.ACTIVITY_CHANGED, to=to, words=words)


def _tell(session: Session, row: HubActivity, members: Sequence[Member], code: NoticeCode, **more: Any) -> None:
    facts: dict[str, Any] = {"activity": row.title, "starts": row.starts.isoformat(), **more}
    for each in members:
        notify(session, {each.organisation_id}, code, ENTITY, row.id, member_id=each.id, **facts)
