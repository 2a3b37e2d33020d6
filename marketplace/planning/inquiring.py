"""Asking requesters whether a change that would help would do; a yes changes the need, and it is matched at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor, Permission, check_may, refusal
from core.errors import BadInput, Conflict, NotFound, StateChanged
from core.limits import LONGEST_WORDS
from core.settings import settings
from core.text import check_text
from core.time import clock
from marketplace.inquiries import queries, service
from marketplace.inquiries.models import Inquiry, InquiryState
from marketplace.inquiries.rules import askable, said_by, with_change, without_refused
from marketplace.inquiries.service import Asked
from marketplace.planning.service import look_for
from marketplace.planning.snapshot.open_needs import begin_of
from marketplace.requests import queries as requests
from marketplace.requests.models import Need, NeedState, Request
from marketplace.requests.reading import need_from_json, need_to_json
from marketplace.requests.rules import NeedDraft, check_may_change
from marketplace.requests.service import change_need
from marketplace.runs.models import NeedOutcome
from marketplace.runs.queries import latest_outcomes

MOST_AT_ONCE = 50
SMALLEST = ""
"""Names the first of the changes that would help, whichever that is."""


@dataclass(frozen=True)
class _Found:
    """What is known of needs: what the latest run did with each, what was asked; and when its request was changed."""

    outcomes: Mapping[UUID, tuple[NeedOutcome, datetime]]
    inquiries: Mapping[UUID, Sequence[Inquiry]]
    changed: Mapping[UUID, datetime]


def ask(session: Session, actor: Actor, wanted: Mapping[UUID, str]) -> list[Inquiry]:
    """Ask the requesters of some needs, all or none, whether a change of each would do, named by its key.

    What is asked already is not asked again. Only changes that the latest run found, or that were worked out since, can
    be asked about, as something is free for the need then.

    Raises
    ------
    NotFound, NotAllowed
        There is no such need, or the actor does not coordinate whoever asks for it.
    BadInput
        None is named, or more than `MOST_AT_ONCE`; or no such change would help.
    Conflict
        ``inquiry_waits``: something else is asked about the need. ``need_changed``: it says something else since.
        StateChanged: it waits for nothing.
    """
    if not actor.may(Permission.DECIDE):
        raise refusal(actor, Permission.DECIDE)
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        raise BadInput("need", len(wanted), f"choose from 1 to {MOST_AT_ONCE} at a time")
    homes = _locked(session, actor, wanted)
    needs = {each.id: each for found in requests.needs_of(session, homes).values() for each in found}
    found = _Found(
        latest_outcomes(session, wanted), queries.of_needs(session, wanted), requests.last_changed(session, homes)
    )
    kept, asked = [], []
    for need_id, key in wanted.items():
        waiting = next((each for each in found.inquiries.get(need_id, ()) if each.state is InquiryState.WAITING), None)
        if waiting is not None:
            if key not in {SMALLEST, waiting.change.key}:
                raise Conflict("inquiry_waits", "Something else is being asked about the need: wait for the answer.")
            kept.append(waiting)
        else:
            asked.append(_asked(needs[need_id], homes[needs[need_id].request_id], key, found))
    return [*kept, *service.ask(session, actor, homes, asked)]


def accept(session: Session, actor: Actor, inquiry_id: UUID) -> Inquiry:
    """Change the need to what was asked about, for its requester, and look at once for what serves it.

    Raises
    ------
    NotFound, NotAllowed, StateChanged
        There is no such inquiry, it is not the actor's to answer, or it is answered or has lapsed.
    Conflict
        ``need_changed``: the need says something else than when it was asked. ``too_many_needs``, as of a new request.
    BadInput
        The change can no longer be made, as when its time has passed.
    """
    inquiry, request, need = _to_answer(session, actor, inquiry_id)
    service.answer(session, actor, inquiry, request, to=InquiryState.ACCEPTED)
    if said_by(need) != inquiry.said:
        raise _need_changed()
    change_need(session, actor, request, need, with_change(_draft_of(need), inquiry.change))
    look_for(session, actor, request.id)
    return inquiry


def refuse(session: Session, actor: Actor, inquiry_id: UUID, words: str = "") -> Inquiry:
    """Say that a change would not do, and why if one wants to: it is not suggested again. Raises as `accept`."""
    check_text("words", words, most=LONGEST_WORDS)
    inquiry, request, _ = _to_answer(session, actor, inquiry_id)
    service.answer(session, actor, inquiry, request, to=InquiryState.REFUSED, words=words)
    return inquiry


def _locked(session: Session, actor: Actor, need_ids: Mapping[UUID, str]) -> dict[UUID, Request]:
    """Return the requests of needs, locked in their order, all of which the actor coordinates."""
    found = {each.id: each for each in requests.locked_seen(session, actor, need_ids)}
    known = {need.id for each in requests.needs_of(session, found).values() for need in each}
    for need_id in need_ids:
        if need_id not in known:
            raise NotFound("need", need_id)
    for each in found.values():
        check_may(actor, Permission.DECIDE, each.organisation_id)
    return found


def _asked(need: Need, request: Request, key: str, found: _Found) -> Asked:
    if need.state is not NeedState.OPEN or request.state not in requests.LIVE:
        raise StateChanged("need", need.id, need.state.value, NeedState.OPEN.value)
    outcome, looked_at = found.outcomes.get(need.id, (None, clock.now()))
    if outcome is None or outcome.served:
        raise BadInput("change", key, "the latest matching found no such change that would help")
    if outcome.reasons.worked_out_at:
        looked_at = datetime.fromisoformat(outcome.reasons.worked_out_at)
    if request.id in found.changed and looked_at < found.changed[request.id]:
        raise _need_changed()
    changes = askable(need.family, without_refused(outcome.reasons, queries.refused(found.inquiries.get(need.id, ()))))
    change = next((each for each in changes if key in {SMALLEST, each.key}), None)
    if change is None:
        raise BadInput("change", key, "the latest matching found no such change that would help")
    return Asked(need, change, _answer_by(with_change(_draft_of(need), change)))


def _answer_by(changed: NeedDraft) -> datetime:
    """Some days from now, or when what it would be changed to begins, if that is sooner and to come."""
    now, begin = clock.now(), begin_of(changed.timing)
    latest = now + timedelta(days=settings().inquiry_answer_days)
    return begin if now < begin < latest else latest


def _to_answer(session: Session, actor: Actor, inquiry_id: UUID) -> tuple[Inquiry, Request, Need]:
    """Return an inquiry that the actor may answer, with its request, locked, and its need."""
    inquiry = queries.inquiry_view(session, actor, inquiry_id).inquiry
    request = requests.locked_visible(session, actor, inquiry.request_id)
    check_may_change(actor, request)
    needs = requests.needs_of(session, [request.id])[request.id]
    return inquiry, request, next(each for each in needs if each.id == inquiry.need_id)


def _draft_of(need: Need) -> NeedDraft:
    return need_from_json(need_to_json(need))


def _need_changed() -> Conflict:
    return Conflict("need_changed", "What is asked for has been changed since, so the question no longer holds.")
