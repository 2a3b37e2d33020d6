"""Use cases of requests: file, change, open, withdraw, let time pass, and follow what happens to the needs' proposals.

A request's state follows from its needs' (`rules.state_of`) and is settled in one place, `_settle`.
Requests are always locked before needs, both in the order of their ids, so that no two use cases wait for each other.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from competence.service import note_use
from core import serialization
from core.actor import Actor
from core.database import bulk
from core.database.audit import latest_moves, record
from core.database.counting import take_turn
from core.database.lifecycle import UNDONE
from core.database.undo import check_in_time
from core.errors import BadInput, Conflict, InvalidParameter, StateChanged, VersionChanged
from core.limits import LONGEST_WORDS, refuse_if
from core.text import check_text
from core.time import clock, timing
from marketplace.organisations.queries import need_quota
from marketplace.requests import queries
from marketplace.requests.models import Need, NeedState, Request, RequestState
from marketplace.requests.reading import request_from_json, request_to_json
from marketplace.requests.rules import (
    NEED,
    REQUEST,
    WITHDRAWN,
    NeedDraft,
    RequestDraft,
    Wanted,
    check_may_change,
    check_may_file,
    department_of,
    state_of,
)
from resources.families.staff import StaffRequirements

EDITABLE = (RequestState.DRAFT, RequestState.OPEN)
FOLLOWS_NEEDS = (RequestState.OPEN, RequestState.PROPOSED, RequestState.PARTLY_AGREED, RequestState.AGREED)
"""States of a request that are made of its needs' states."""
SERVED = (NeedState.PROPOSED, NeedState.AGREED)
"""States of a need that something serves or would serve."""


def file_request(
    session: Session,
    actor: Actor,
    draft: RequestDraft,
    open: bool = True,  # noqa: A002
) -> Request:
    """File a request for the actor's organisation, open to be matched or kept as a draft.

    Raises
    ------
    NotAllowed
        The actor is no requester.
    BadInput
        A need asks for a skill that the vocabulary does not have.
    Conflict
        ``too_many_needs``: as many of the organisation's needs as may be wait already.
    """
    check_may_file(actor)
    if open:
        _refuse_too_many(session, actor.organisation_id, _apart(draft.needs))
    return add_request(session, actor, draft, skills=queries.known_skills(session, _skills(draft.needs)), open=open)


def add_request(
    session: Session,
    actor: Actor,
    draft: RequestDraft,
    *,
    skills: Collection[str],
    open: bool = True,  # noqa: A002
) -> Request:
    """File a request, given which skills the vocabulary has and however many wait; else raises as `file_request`."""
    check_may_file(actor)
    _check_skills(draft.needs, skills)
    note_use(session, _skills(draft.needs))
    request = Request(
        organisation_id=actor.organisation_id,
        member_id=actor.member_id,
        department=department_of(actor),
        **_heading(draft),
    )
    _write(session, actor, request, draft, open=open)
    return request


def file_for_surge(
    session: Session, actor: Actor, organisation_id: UUID, surge_role_id: UUID, draft: RequestDraft
) -> Request:
    """File what a role of an alert asks for, for the organisation in need, by the coordinator who raised it.

    Whether that one may is for the alert to know. BadInput: a need asks for a skill that the vocabulary does not have.
    """
    _check_skills(draft.needs, queries.known_skills(session, _skills(draft.needs)))
    note_use(session, _skills(draft.needs))
    request = Request(
        organisation_id=organisation_id,
        member_id=actor.member_id,
        surge_role_id=surge_role_id,
        **_heading(draft),
    )
    _write(session, actor, request, draft, open=True)
    return request


def withdraw_all(session: Session, actor: Actor | None, request_ids: Collection[UUID]) -> None:
    """Drop what is not agreed of requests of which that is over that they were for, as an alert."""
    for request in queries.locked(session, request_ids):
        if request.state not in queries.LIVE:
            continue
        if request.state is not RequestState.PARTLY_AGREED:
            REQUEST.move(session, actor, request.id, RequestState.WITHDRAWN)
        _drop(session, actor, _needs_of(session, [request]), WITHDRAWN)
        if request.state is RequestState.PARTLY_AGREED:
            _settle(session, actor, [request])


def _write(session: Session, actor: Actor, request: Request, draft: RequestDraft, *, open: bool) -> None:  # noqa: A002
    states = (RequestState.DRAFT, RequestState.OPEN) if open else (RequestState.DRAFT,)
    request.opened_at = clock.now() if open else None
    REQUEST.begin(session, actor, request, *states)
    session.add(request)
    bulk.flush(session)
    for position, need in enumerate(draft.needs, start=1):
        bulk.add(session, Need, request_id=request.id, position=position, **_columns(need))
    bulk.flush(session)


def update_request(
    session: Session,
    actor: Actor,
    request_id: UUID,
    draft: RequestDraft,
    if_version: int | None = None,
) -> Request:
    """Let a draft or an open request say what ``draft`` says.

    A need with the ``id`` of one that is there changes it; one without is new; those not mentioned are dropped but
    kept, with what earlier runs said of them. Where it says that already, nothing is written.

    Raises
    ------
    NotFound, NotAllowed, StateChanged, VersionChanged
        It is not the actor's to change, is past changing, or was changed since it was read.
    BadInput
        A need has the ``id`` of none in this request, or asks for an unknown skill.
    Conflict
        ``too_many_needs``, as of `file_request`.
    """
    request = _own(session, actor, request_id)
    if if_version is not None and request.version != if_version:
        raise VersionChanged("request", request_id)
    if request.state is RequestState.OPEN:
        _refuse_too_many(session, actor.organisation_id, _apart(draft.needs), request_id)
    needs = queries.needs_of(session, [request_id])[request_id]
    skills = queries.known_skills(session, _skills(draft.needs))
    write_request(session, actor, request, needs, draft, skills=skills)
    return request


def write_request(
    session: Session,
    actor: Actor,
    request: Request,
    needs: Sequence[Need],
    draft: RequestDraft,
    *,
    skills: Collection[str],
) -> None:
    """Let a request that was found and locked, with all of its needs, say what the draft says, as `update_request`."""
    check_may_change(actor, request)
    if request.state not in EDITABLE:
        raise StateChanged("request", request.id, request.state.value, RequestState.OPEN.value)
    _check_skills(draft.needs, skills)
    note_use(session, _skills(draft.needs))
    if _says_already(request, needs, draft):
        return
    _write_needs(session, actor, request.id, needs, draft.needs)
    request.sqlmodel_update(_heading(draft))
    request.version += 1
    bulk.flush(session)
    record(session, actor, "request", request.id, reason_code="changed", details={"version": request.version})


def change_need(session: Session, actor: Actor, request: Request, need: Need, draft: NeedDraft) -> None:
    """Let one need that waits for a proposal say what ``draft`` says, also where others of its request have got theirs.

    The request is locked. Raises as `update_request`.
    """
    check_may_change(actor, request)
    if request.state not in queries.LIVE or need.state is not NeedState.OPEN:
        raise StateChanged("need", need.id, need.state.value, NeedState.OPEN.value)
    others = [each for each in _needs_of(session, [request]) if each.id != need.id and each.state in queries.WAITING]
    more = timing.served_apart(draft.timing) + sum(_served_apart(each.timing) for each in others)
    _refuse_too_many(session, actor.organisation_id, more, request.id)
    need.sqlmodel_update(_columns(draft))
    request.version += 1
    session.flush()
    record(session, actor, "request", request.id, reason_code="changed", details={"version": request.version})


def open_request(session: Session, actor: Actor, request_id: UUID) -> Request:
    """Open a draft to be matched.

    Raises
    ------
    BadInput
        It has meanwhile become wrong, as when its time has passed.
    Conflict
        ``too_many_needs``, as of `file_request`.
    """
    request = _own(session, actor, request_id)
    if request.state is not RequestState.DRAFT:
        raise StateChanged(REQUEST.entity, request_id, request.state.value, RequestState.OPEN.value)
    draft = request_from_json(request_to_json(request, _needs_of(session, [request])))
    _refuse_too_many(session, actor.organisation_id, _apart(draft.needs))
    REQUEST.move(session, actor, request_id, RequestState.OPEN, opened_at=clock.now())
    return request


def withdraw_request(session: Session, actor: Actor, request_id: UUID, words: str = "") -> Request:
    """Drop what has not been agreed. A request of which nothing was agreed is withdrawn; else the rest stays agreed.

    Proposals for needs that are dropped end by themselves (`proposals.service.expire_due`) when it is too late to undo.

    Raises
    ------
    Conflict
        Everything is agreed: the bookings have to be cancelled instead.
    """
    check_text("words", words, most=LONGEST_WORDS)
    request = _own(session, actor, request_id)
    if request.state is RequestState.AGREED:
        raise Conflict("all_agreed", "All of it is agreed. Cancel the bookings instead.", {"id": str(request_id)})
    needs = _needs_of(session, [request])
    if request.state is RequestState.PARTLY_AGREED:
        _drop(session, actor, needs, WITHDRAWN)
        _settle(session, actor, [request])
    else:
        REQUEST.move(session, actor, request_id, RequestState.WITHDRAWN, words=words or None)
        _drop(session, actor, needs, WITHDRAWN)
    return request


def reopen_request(
    session: Session,
    actor: Actor,
    request_id: UUID,
    proposed: Collection[UUID] = (),
    decided_at: datetime | None = None,
) -> Request:
    """Undo the withdrawal of a request: it and its needs are what they were before. Done twice it is as once.

    Of the needs, those are `proposed` again whose proposal waits still. `decided_at` is when somebody last decided
    what is to become of needs that belong together.

    Raises
    ------
    Conflict
        ``nothing_to_undo``: it is not withdrawn. ``undo_too_late``: it was too long ago. ``passed``: so has the time of
        all needs. ``decided``: it was decided to do without the rest. ``too_many_needs``, as of `file_request`.
        StateChanged: it has ended meanwhile.
    """
    request = _own(session, actor, request_id)
    needs = _needs_of(session, [request])
    withdrawal = queries.withdrawal_of(session, needs)
    if withdrawal is None:
        if any(each.reason_code == UNDONE for each in latest_moves(session, NEED.entity, _ids(needs)).values()):
            return request
        raise Conflict("nothing_to_undo", "There is nothing to undo.")
    check_in_time(withdrawal.at)
    if decided_at is not None and decided_at > withdrawal.at:
        raise Conflict("decided", "It has been decided since to do without the rest, so it cannot be undone.")
    was_draft = _undo_state(session, actor, request, [need for need in needs if need.id in withdrawal.needs])
    waiting = {key for key, before in withdrawal.needs.items() if before is NeedState.PROPOSED} & set(proposed)
    NEED.move_all(session, actor, withdrawal.needs.keys() - waiting, NeedState.OPEN, undo=True)
    NEED.move_all(session, actor, waiting, NeedState.PROPOSED, undo=True)
    if not was_draft:
        again = [need for need in needs if need.id in withdrawal.needs]
        _refuse_too_many(session, actor.organisation_id, sum(_served_apart(need.timing) for need in again), request_id)
        _settle(session, actor, [request], reason_code=UNDONE)
    return request


def _undo_state(session: Session, actor: Actor, request: Request, needs: Sequence[Need]) -> bool:
    """Bring back a request with the needs that were withdrawn; say whether it was a draft."""
    was = latest_moves(session, REQUEST.entity, [request.id]).get(request.id)
    was_draft = request.state is RequestState.WITHDRAWN and was is not None and was.from_state == RequestState.DRAFT
    if not was_draft and all(need.ends_at is not None and need.ends_at <= clock.now() for need in needs):
        raise Conflict("passed", "The time of what was needed has passed meanwhile, so it cannot be undone.")
    if request.state is RequestState.WITHDRAWN:
        before = RequestState.DRAFT if was_draft else RequestState.OPEN
        REQUEST.move(session, actor, request.id, before, undo=True)
    elif request.state not in FOLLOWS_NEEDS:
        raise StateChanged(REQUEST.entity, request.id, request.state.value, RequestState.OPEN.value)
    return was_draft


def needs_proposed(session: Session, need_ids: Collection[UUID], run_id: UUID, actor: Actor | None = None) -> None:
    """Note that proposals of a run serve these needs; StateChanged, and nothing written, if one is not open."""
    requests = _locked_with(session, need_ids)
    NEED.move_all(session, actor, need_ids, NeedState.PROPOSED, run_id=run_id)
    _settle(session, actor, requests, run_id=run_id)


def needs_agreed(session: Session, need_ids: Collection[UUID], actor: Actor | None = None) -> None:
    """Note that both sides agreed; the needs' alternatives are dropped.

    Raises
    ------
    StateChanged
        One is not proposed.
    """
    requests = _locked_with(session, need_ids)
    NEED.move_all(session, actor, need_ids, NeedState.AGREED)
    _drop(session, actor, _alternatives_of(session, requests, need_ids), "alternative_agreed")
    _settle(session, actor, requests)


def needs_open_again(
    session: Session, need_ids: Collection[UUID], actor: Actor | None = None, reason_code: str | None = None
) -> None:
    """Let needs be matched again whose proposal or booking came to nothing, and the alternatives dropped for them.

    Needs that are open, or whose request has ended meanwhile, stay as they are.
    """
    requests = [each for each in _locked_with(session, need_ids) if each.state in FOLLOWS_NEEDS]
    needs, named = _needs_of(session, requests), set(need_ids)
    fallen = [need for need in needs if need.id in named and need.state in SERVED]
    groups = {_group(need) for need in fallen if need.alternative_group is not None}
    waiting = [need for need in needs if need.state is NeedState.DROPPED and _group(need) in groups]
    ids = [need.id for need in (*fallen, *waiting)]
    NEED.move_all(session, actor, ids, NeedState.OPEN, reason_code=reason_code)
    _settle(session, actor, requests, reason_code=reason_code)


def bundle_kept(session: Session, actor: Actor | None, request: Request) -> None:
    """Let the needs that are agreed do without the rest of those they belonged together with, which are dropped."""
    if request.state not in FOLLOWS_NEEDS:
        return
    _drop(session, actor, _needs_of(session, [request]), "bundle_kept")
    request.together = False
    _settle(session, actor, [request], reason_code="bundle_kept")


def end_requests(session: Session, find_ended: Callable[[], Collection[UUID]]) -> None:
    """Let time do its part: of requests that have ended what was never agreed expires, and the rest is fulfilled.

    `find_ended` is asked again once they are locked: one may have been moved forward meanwhile.
    """
    found = queries.locked(session, find_ended())
    still_ended = find_ended()
    requests = [each for each in found if each.id in still_ended]
    for state in (RequestState.FULFILLED, RequestState.EXPIRED):
        ended = {each.id: each for each in requests if each.state in REQUEST.sources(state)}
        needs = _needs_of(session, ended.values())
        REQUEST.move_all(session, None, ended, state)
        _drop(session, None, needs, "time_passed")


def _group(need: Need) -> tuple[UUID, int | None]:
    return need.request_id, need.alternative_group


def _locked_with(session: Session, need_ids: Collection[UUID]) -> list[Request]:
    return queries.locked(session, queries.request_ids_of(session, need_ids))


def _needs_of(session: Session, requests: Iterable[Request]) -> list[Need]:
    found = queries.needs_of(session, [request.id for request in requests])
    return [need for needs in found.values() for need in needs]


def _settle(session: Session, actor: Actor | None, requests: Iterable[Request], **why: Any) -> None:
    """Move each locked request to the state that its needs give it."""
    needs = queries.needs_of(session, [request.id for request in requests])
    to: dict[RequestState, list[UUID]] = defaultdict(list)
    for request in requests:
        wanted = state_of(need.state for need in needs[request.id])
        if wanted is not request.state:
            to[wanted].append(request.id)
    for state, ids in to.items():
        REQUEST.move_all(session, actor, ids, state, **why)


def _ids(needs: Iterable[Need]) -> list[UUID]:
    return [need.id for need in needs]


def _drop(session: Session, actor: Actor | None, needs: Iterable[Need], reason_code: str, **values: Any) -> None:
    """Drop those of the needs that nothing is agreed on."""
    ids = [need.id for need in needs if need.state in NEED.sources(NeedState.DROPPED)]
    NEED.move_all(session, actor, ids, NeedState.DROPPED, reason_code=reason_code, **values)


def _alternatives_of(session: Session, requests: Iterable[Request], need_ids: Collection[UUID]) -> list[Need]:
    needs, named = _needs_of(session, requests), set(need_ids)
    groups = {_group(need) for need in needs if need.id in named and need.alternative_group is not None}
    return [need for need in needs if _group(need) in groups]


def _own(session: Session, actor: Actor, request_id: UUID) -> Request:
    """Lock and return a request that the actor may change."""
    request = queries.locked_visible(session, actor, request_id)
    check_may_change(actor, request)
    return request


def _skills(needs: Iterable[NeedDraft]) -> set[str]:
    return {code for _, code in _skills_by_place(needs)}


def _skills_by_place(needs: Iterable[NeedDraft]) -> list[tuple[str, str]]:
    return [
        (f"needs[{place}].requirements.{field}.{code}", code)
        for place, need in enumerate(needs)
        if isinstance(need.requirements, StaffRequirements)
        for field, skills in (
            ("skillsMust", need.requirements.skills_must),
            ("skillsShould", need.requirements.skills_should),
        )
        for code in skills
    ]


def _check_skills(needs: Iterable[NeedDraft], known: Collection[str]) -> None:
    refuse_if(
        InvalidParameter(path, code, "there is no such skill in the vocabulary")
        for path, code in _skills_by_place(needs)
        if code not in known
    )


def _refuse_too_many(session: Session, organisation_id: UUID, more: int, but_for: UUID | None = None) -> None:
    """Refuse more needs than an organisation may have waiting, so that none takes all of a run from the others."""
    take_turn(session, "needs", organisation_id)
    waiting = needs_waiting(session, organisation_id, but_for)
    most = need_quota(session, organisation_id)
    if waiting + more > most:
        raise Conflict(
            "too_many_needs",
            f"Your organisation may have {most} needs waiting at a time, and has {waiting} beside the {more} of this "
            "request. Each date counts that may be served by another resource. "
            "Withdraw something, keep it as a draft, or ask whoever runs the service to let your organisation have "
            "more.",
            {"most": most, "waiting": waiting, "more": more},
        )


def needs_waiting(session: Session, organisation_id: UUID, but_for: UUID | None = None) -> int:
    """Return how many needs of an organisation wait, but for those of one request; dates served apart count each."""
    return sum(_served_apart(each) for each in queries.waiting_timings(session, organisation_id, but_for))


def _apart(drafts: Iterable[NeedDraft]) -> int:
    return sum(timing.served_apart(each.timing) for each in drafts)


def _served_apart(stored: dict[str, Any]) -> int:
    try:
        return timing.served_apart(timing.from_json(stored))
    except BadInput:  # no version of ours stored it
        return 1


def _heading(draft: RequestDraft) -> dict[str, Any]:
    return {
        "title": draft.title.strip(),
        "purpose": draft.purpose.strip(),
        "priority": draft.priority,
        "together": draft.together,
    }


def _columns(need: NeedDraft) -> dict[str, Any]:
    """Return what stands in a need's row."""
    plain_ones = {field.name: getattr(need, field.name) for field in fields(Wanted) if field.name != "id"}
    return plain_ones | {
        "title": need.title.strip(),
        "timing": timing.to_json(need.timing),
        "ends_at": timing.end_of(need.timing),
        "requirements": serialization.to_json(need.requirements),
    }


def _says_already(request: Request, needs: Iterable[Need], draft: RequestDraft) -> bool:
    kept = [need for need in needs if need.state is not NeedState.DROPPED]
    if [need.id for need in kept] != [each.id for each in draft.needs]:
        return False
    said = [(request, _heading(draft)), *((row, _columns(each)) for row, each in zip(kept, draft.needs, strict=True))]
    return all(getattr(row, name) == value for row, values in said for name, value in values.items())


def _write_needs(
    session: Session, actor: Actor, request_id: UUID, rows: Sequence[Need], drafts: Sequence[NeedDraft]
) -> None:
    kept = {need.id: need for need in rows if need.state is not NeedState.DROPPED}
    refuse_if(
        InvalidParameter(f"needs[{place}].id", str(draft.id), "this request has no such need, or it is named twice")
        for place, draft in enumerate(drafts)
        if draft.id is not None and (draft.id not in kept or draft.id in {each.id for each in drafts[:place]})
    )
    named = {draft.id for draft in drafts}
    _drop(session, actor, [need for need in kept.values() if need.id not in named], "removed", alternative_group=None)
    dropped = [need for need in rows if need.id not in named]
    places = {
        key: place for place, key in enumerate((*(each.id for each in drafts), *(n.id for n in dropped)), start=1)
    }
    moved = [need for need in rows if need.position != places[need.id]]
    for need in moved:  # out of the way: positions are unique at every moment
        need.position = -need.position
    if moved:
        bulk.flush(session, now=True)
    for position, draft in enumerate(drafts, start=1):
        columns = _columns(draft) | {"position": position}
        if draft.id:
            kept[draft.id].sqlmodel_update(columns)
        else:
            session.add(Need(request_id=request_id, **columns))
    for need in dropped:
        need.position = places[need.id]
    bulk.flush(session)
