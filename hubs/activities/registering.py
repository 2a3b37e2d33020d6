"""Use cases of registration: come, wait in line, answer an offer of seats, be fewer, give seats back.

The activity's row is locked first, so that of many who register at once each sees what those before have done. What is
free is offered in the same transaction that freed it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.limits import refuse_if, whole_faults
from core.time import clock
from hubs.activities import queries
from hubs.activities.models import ActivityAudience, ActivityState, HubActivity, HubRegistration
from hubs.activities.rules import LARGEST_GROUP, MOST_REGISTRATIONS, REGISTRATION, offer_until
from hubs.waiting import line as waiting
from hubs.waiting.line import Place, Standing
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered, notify
from marketplace.organisations.queries import member

ENTITY = "hub_activity"


class SeatAnswer(StrEnum):
    """What somebody says who was offered seats."""

    ACCEPT = "accept"
    WAIT = "wait"
    """Wait for all that one wants, and let others have what is too little."""
    DECLINE = "decline"


def register(session: Session, actor: Actor, activity_id: UUID, seats: int = 1) -> HubRegistration:
    """Register a member with so many seats; where they are not free, it stands in line, and is asked about what is.

    Raises
    ------
    NotFound
        The actor does not see the activity.
    BadInput
        A group is larger than may be, or than there are seats in all.
    NotAllowed
        ``members_only``: it is for members of the hub, and the actor is none.
    Conflict
        ``no_registration``: one just comes. ``not_open``: it is not set, or has begun. ``already_registered``.
        ``too_many_registrations``: as many have registered as may.
    """
    view = queries.activity_view(session, actor, activity_id)
    row = _locked(session, activity_id)
    if row.seats is None:
        raise Conflict("no_registration", "One does not register for it: just come, and listen.")
    _check_open(row)
    if row.audience is ActivityAudience.MEMBERS and not view.belongs:
        raise NotAllowed("members_only", "It is for members of the hub.")
    refuse_if(whole_faults("seats", seats, 1, LARGEST_GROUP))
    if seats > row.seats:
        raise BadInput("seats", seats, f"there are {row.seats} in all")
    if queries.own_registration(session, activity_id, actor.member_id) is not None:
        raise Conflict("already_registered", "You have registered already. Give it back first to register anew.")
    if row.last_number >= MOST_REGISTRATIONS:
        raise Conflict("too_many_registrations", "As many have registered as may. Nobody can be added to the line.")
    return _added(session, actor, row, seats)


def answer(session: Session, actor: Actor, activity_id: UUID, said: SeatAnswer) -> None:
    """Answer for seats that one was offered, or give back those that one has.

    Raises
    ------
    NotFound
        The actor has not registered.
    Conflict
        ``nothing_offered``: nothing is, or not any more. ``not_open``: it has begun. ``nothing_missing``: all that
        one wants is offered, so that there is nothing to wait for.
    """
    row = _locked(session, activity_id)
    found = _own(session, actor, activity_id)
    if said is SeatAnswer.DECLINE:
        decline(session, actor, found)
        return
    _check_open(row)
    if not found.offered:
        raise Conflict("nothing_offered", "You are offered no seats now.")
    if said is SeatAnswer.WAIT and found.offered == found.seats - found.taken:
        raise Conflict("nothing_missing", "You are offered all the seats that you want: there is nothing to wait for.")
    do = waiting.accept if said is SeatAnswer.ACCEPT else waiting.let_pass
    _store(session, actor, found, do(_place(found)))
    _answered(session, found)
    advance(session, row)


def be_fewer(session: Session, actor: Actor, activity_id: UUID, seats: int) -> None:
    """Let a group be smaller; what it has too much of is offered to others. Raises as `answer`, and BadInput."""
    row = _locked(session, activity_id)
    found = _own(session, actor, activity_id)
    _check_open(row)
    if not 1 <= seats < found.seats:
        raise BadInput("seats", seats, f"you have asked for {found.seats}: it can only be fewer, and at least one")
    _store(session, actor, found, waiting.lessen(_place(found), seats))
    advance(session, row)


def decline(session: Session, actor: Actor | None, found: HubRegistration) -> None:
    """Give all seats back, and the place in line; also by the link in a mail, where nobody is signed in.

    Doing it twice changes nothing.

    Raises
    ------
    Conflict
        ``not_open``: it has begun, or was cancelled: what nobody can take is not given back.
    """
    row = _locked(session, found.activity_id)
    session.refresh(found)
    if found.state not in REGISTRATION.sources(Standing.DECLINED):
        return
    _check_open(row)
    _leave(session, actor, found, Standing.DECLINED)
    advance(session, row)


def advance(session: Session, row: HubActivity) -> None:
    """Offer free seats to those in line, the first first, and tell them; the activity is locked."""
    if row.seats is None or not _is_open(row):
        return
    line = queries.line(session, row.id)
    seats_left = max(0, row.seats - queries.seats_taken(session, row.id))
    for offer in waiting.next_offers(seats_left, [_place(each) for each in line]):
        found = line[offer.index]
        _store(session, None, found, waiting.offer(_place(found), offer.seats), offer_until(row.starts, clock.now()))
        _tell(session, row, found)


def fit(session: Session, row: HubActivity) -> None:
    """Let no group wait for more seats than there are by now, tell those that do, and offer what is free."""
    for found in queries.line(session, row.id):
        if row.seats is not None and found.seats > row.seats:
            _store(session, None, found, waiting.lessen(_place(found), row.seats))
            its: dict[str, Any] = {"activity": row.title, "to": "fewer", "seats": row.seats, "words": ""}
            home = member(session, found.member_id).organisation_id
            notify(session, {home}, NoticeCode.ACTIVITY_CHANGED, ENTITY, row.id, member_id=found.member_id, **its)
    advance(session, row)


def lapse_due(session: Session, passed: datetime) -> None:
    """Take back what was offered and not answered for in time, tell so, and offer it to those after."""
    for activity_id in queries.offers_over(session, passed):
        row = _locked(session, activity_id)
        for found in queries.line(session, activity_id):
            if found.offer_until is not None and found.offer_until <= passed:
                _lapse(session, row, found)
        advance(session, row)


def give_back_of_left(session: Session) -> None:
    """Give back the seats of who was kept out or has left the hub, or whose organisation has, and tell so."""
    for found in queries.registrations_of_who_left(session, clock.now()):
        decline(session, None, found)
        _tell(session, _locked(session, found.activity_id), found)


def _lapse(session: Session, row: HubActivity, found: HubRegistration) -> None:
    place = waiting.lapse(_place(found))
    _answered(session, found)
    if place is None:
        _leave(session, None, found, Standing.LAPSED, reason_code="deadline")
    else:
        _store(session, None, found, place)
    _tell(session, row, found)


def _added(session: Session, actor: Actor, row: HubActivity, seats: int) -> HubRegistration:
    """Put somebody at the end of the line; what it can have at once it has."""
    assert row.seats is not None
    line = [_place(each) for each in queries.line(session, row.id)]
    seats_left = max(0, row.seats - queries.seats_taken(session, row.id))
    offers = [each for each in waiting.next_offers(seats_left, [*line, Place(seats)]) if each.index == len(line)]
    place = waiting.offer(Place(seats), offers[0].seats) if offers else Place(seats)
    place = waiting.accept(place) if place.offered == seats else place
    row.last_number += 1
    found = HubRegistration(activity_id=row.id, member_id=actor.member_id, number=row.last_number, **_values(place))
    found.offer_until = offer_until(row.starts, clock.now()) if place.offered else None
    REGISTRATION.begin(session, actor, found, place.standing)
    session.add(found)
    session.flush()
    _tell(session, row, found)
    return found


def _place(found: HubRegistration) -> Place:
    return Place(found.seats, found.taken, found.offered, found.lets_pass)


def _values(place: Place) -> dict[str, Any]:
    return {"seats": place.seats, "taken": place.taken, "offered": place.offered, "lets_pass": place.lets_pass}


def _store(
    session: Session, actor: Actor | None, found: HubRegistration, place: Place, until: datetime | None = None
) -> None:
    until = (until or found.offer_until) if place.offered else None
    REGISTRATION.move(session, actor, found.id, place.standing, **_values(place), offer_until=until)


def _leave(
    session: Session, actor: Actor | None, found: HubRegistration, to: Standing, reason_code: str | None = None
) -> None:
    gone: dict[str, Any] = {"taken": 0, "offered": 0, "offer_until": None}
    REGISTRATION.move(session, actor, found.id, to, reason_code=reason_code, **gone)
    _answered(session, found)


def _locked(session: Session, activity_id: UUID) -> HubActivity:
    row = session.get(HubActivity, activity_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("activity", activity_id)
    return row


def _own(session: Session, actor: Actor, activity_id: UUID) -> HubRegistration:
    found = queries.own_registration(session, activity_id, actor.member_id)
    if found is None:
        raise NotFound("registration of yours", activity_id)
    session.refresh(found)
    return found


def _is_open(row: HubActivity) -> bool:
    return row.state is ActivityState.SET and row.starts > clock.now()


def _check_open(row: HubActivity) -> None:
    if not _is_open(row):
        raise Conflict("not_open", "It is not in the calendar, or has begun.")


def _answered(session: Session, found: HubRegistration) -> None:
    """Let nobody be asked any more about seats that were offered."""
    home = member(session, found.member_id).organisation_id
    mark_answered(session, {home}, NoticeCode.SEATS_OFFERED, "hub_registration", found.id)


def _tell(session: Session, row: HubActivity, found: HubRegistration) -> None:
    """Tell somebody how it stands: what it has, is offered and until when, or that it waits or waits no longer."""
    code = NoticeCode.SEATS_OFFERED if found.state is Standing.OFFERED else NoticeCode.REGISTRATION
    facts: dict[str, Any] = {
        "activity": row.title,
        "activityId": str(row.id),
        "to": found.state.value,
        "starts": row.starts.isoformat(),
        "seats": found.seats,
        "taken": found.taken,
        "offered": found.offered,
        "answerBy": found.offer_until.isoformat() if found.offer_until else None,
    }
    home = member(session, found.member_id).organisation_id
    notify(session, {home}, code, "hub_registration", found.id, member_id=found.member_id, **facts)
