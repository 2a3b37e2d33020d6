"""Undoing what a coordinator has decided of a proposal: it waits for a decision again, in the place that it had."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.audit import AuditEntry, latest_moves
from core.database.lifecycle import UNDONE
from core.database.undo import check_in_time
from core.errors import Conflict
from core.settings import settings
from core.time import clock
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered
from marketplace.proposals import fitting, queries
from marketplace.proposals.models import Answer, Proposal, ProposalParty, ProposalState
from marketplace.proposals.rules import PROPOSAL, answer_by, check_decides
from marketplace.proposals.telling import tell
from marketplace.requests.models import NeedState, Request
from marketplace.requests.service import needs_proposed

MOST_SHOWN = 100
_LATEST = 500
"""So many of somebody's entries in the audit are looked through for what may be undone."""


class Decided(NamedTuple):
    """A proposal that the reader has decided on, and until when that may be undone."""

    id: UUID
    state: ProposalState
    title: str
    undo_until: datetime


def _decided() -> Select[UUID, ProposalState, str, datetime]:
    """What somebody has lately decided on, the latest first: made once, as every list and each page in turn asks it."""
    latest = select(AuditEntry).where(col(AuditEntry.actor_id) == bindparam("member_id"))
    entry = latest.order_by(col(AuditEntry.sequence).desc()).limit(_LATEST).subquery()
    return (
        select(col(Proposal.id), col(Proposal.state), col(Request.title), entry.c.at)
        .join(entry, entry.c.entity_id == col(Proposal.id))
        .join(Request, col(Request.id) == col(Proposal.request_id))
        .where(
            entry.c.entity == PROPOSAL.entity,
            entry.c.from_state == ProposalState.PROPOSED.value,
            entry.c.to_state == col(Proposal.state),
            col(Proposal.state).in_(queries.DECIDED),
            entry.c.at > bindparam("since"),
        )
        .order_by(entry.c.sequence.desc())
    )


_DECIDED = _decided()


def lately_decided(session: Session, actor: Actor) -> list[Decided]:
    """Return what a member has decided on and may still undo, the latest first."""
    minutes = timedelta(minutes=settings().undo_minutes)
    found: dict[UUID, Decided] = {}
    for key, state, title, at in session.execute(
        _DECIDED, {"member_id": actor.member_id, "since": clock.now() - minutes}
    ):
        found.setdefault(key, Decided(key, state, title, at + minutes))
    return list(found.values())[:MOST_SHOWN]


def reopen(session: Session, actor: Actor, proposal_id: UUID) -> Proposal:
    """Undo that a coordinator approved or refused a proposal: nobody is asked any more. Done twice it is as once.

    Raises
    ------
    NotAllowed
        The actor does not decide on it.
    Conflict
        ``nothing_to_undo``: nobody has decided on it, or a party was asked and said no. ``undo_too_late``: it was too
        long ago. ``already_answered``: a party has said yes since. ``no_longer_open``: what it was for is proposed
        something else, or no longer wanted.
    """
    proposal = queries.locked(session, actor, proposal_id)
    parties = queries.parties(session, proposal_id)
    check_decides(actor, parties)
    decision = latest_moves(session, PROPOSAL.entity, [proposal_id]).get(proposal_id)
    if decision is not None and decision.reason_code == UNDONE:
        return proposal
    if decision is None or not queries.is_decision(decision):
        raise Conflict("nothing_to_undo", "There is nothing to undo.")
    check_in_time(decision.at)
    waits_until = proposal.answer_by
    if proposal.state is ProposalState.APPROVED:
        waits_until = _time_to_decide(session, proposal)
        _take_back_question(session, proposal, parties)
    else:
        _want_again(session, actor, proposal, parties)
    PROPOSAL.move(
        session,
        actor,
        proposal_id,
        ProposalState.PROPOSED,
        undo=True,
        run_id=proposal.run_id,
        approved_at=None,
        reminded_at=None,
        answer_by=waits_until,
        refused_by_id=None,
        refusal_code=None,
        refusal_words=None,
    )
    return proposal


def _take_back_question(session: Session, proposal: Proposal, parties: Sequence[ProposalParty]) -> None:
    if any(party.answer is not None for party in parties):
        raise Conflict("already_answered", "A party has answered since, so it cannot be undone.")
    homes = {party.organisation_id for party in parties}
    for code in (NoticeCode.APPROVED, NoticeCode.PERSON_ASKED_FOR):
        mark_answered(session, homes, code, PROPOSAL.entity, proposal.id)
    tell(session, proposal, NoticeCode.TAKEN_BACK)


def _want_again(session: Session, actor: Actor, proposal: Proposal, parties: Sequence[ProposalParty]) -> None:
    needs = queries.needs_of(session, proposal.id)
    if any(need.state is not NeedState.OPEN for need in needs):
        raise Conflict(
            "no_longer_open",
            "Something else is proposed for it by now, or it is no longer wanted, so it cannot be undone.",
        )
    for party in parties:
        if party.answer is Answer.REFUSED:
            party.answer, party.member_id, party.answered_at = None, None, None
    needs_proposed(session, {need.id for need in needs}, proposal.run_id, actor)


def _time_to_decide(session: Session, proposal: Proposal) -> datetime:
    """Return until when it waits, as its run said: so it stands where it stood among what waits."""
    wanted = fitting.wanted_of(queries.claims_of(session, proposal.id))
    return answer_by(proposal.created_at, settings().proposal_answer_days, wanted)
