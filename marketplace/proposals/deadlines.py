"""What happens to requests and proposals when time passes. Everything here may be done twice, by two at once, or late.

Each takes up the rows that nobody else is at; what it leaves is found by the next sweep.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from core.settings import settings
from marketplace.notices.rules import NoticeCode
from marketplace.proposals import queries, waiting
from marketplace.proposals.models import Proposal, ProposalState
from marketplace.proposals.rules import PROPOSAL
from marketplace.proposals.telling import remind, tell
from marketplace.requests.service import end_requests, needs_open_again


def expire_requests(session: Session, now: datetime) -> None:
    """End requests whose time is over, and those that were agreed and whose bookings are all closed."""
    end_requests(session, lambda: waiting.ended_request_ids(session, now))


def expire_due(session: Session, now: datetime, passed: datetime | None = None) -> int:
    """End proposals whose time is out, and those that nobody can agree to any more; their needs are open again.

    The latter have a need that was dropped (its request was withdrawn, or an alternative was agreed on), or an offer
    that was closed, or a person to whose loan not all three say yes; a withdrawal or closing that may still be undone
    ends none.
    Deadlines are passed up to the instant `passed`, see `core.database.steady_clock`; without it up to now.
    Returns how many were ended.
    """
    ended = end_unapproved(session)
    unwanted, gone = waiting.without_need(session, now), waiting.without_offer(session, now)
    ended += _end(session, unwanted, ProposalState.SUPERSEDED, "no_longer_wanted", NoticeCode.WITHDRAWN)
    ended += _end(session, gone, ProposalState.SUPERSEDED, "no_longer_offered", NoticeCode.WITHDRAWN)
    return ended + _end(
        session, waiting.due(session, passed or now), ProposalState.EXPIRED, "deadline", NoticeCode.EXPIRED
    )


def end_unapproved(session: Session, resource_id: UUID | None = None) -> int:
    """End proposals that would lend a person, or this one, to whose loan not all three say yes; return how many."""
    found = waiting.without_approval(session, resource_id)
    return _end(session, found, ProposalState.SUPERSEDED, "approval_ended", NoticeCode.WITHDRAWN)


def remind_due(session: Session, now: datetime) -> int:
    """Remind, once, the parties that have not answered and soon have to. Returns of how many proposals."""
    soon = now + timedelta(days=settings().proposal_reminder_days)
    found = waiting.to_remind(session, now, soon)
    for proposal in found:
        proposal.reminded_at = now
        remind(session, proposal)
    session.flush()
    return len(found)


def _end(session: Session, proposals: Sequence[Proposal], state: ProposalState, reason: str, notice: NoticeCode) -> int:
    """End the proposals that have not just been ended for another reason."""
    waiting = [proposal for proposal in proposals if PROPOSAL.sources(state) >= {proposal.state}]
    for proposal in waiting:
        PROPOSAL.move(session, None, proposal.id, state, reason_code=reason, run_id=proposal.run_id)
        needs = queries.needs_of(session, proposal.id)
        needs_open_again(session, [need.id for need in needs], reason_code=reason)
        tell(session, proposal, notice, reason=reason)
    return len(waiting)
