"""Telling a proposal's parties what happened to it."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.proposals import queries
from marketplace.proposals.models import Proposal
from marketplace.proposals.rules import PROPOSAL


def tell(session: Session, proposal: Proposal, code: NoticeCode, but_for: UUID | None = None, **facts: Any) -> None:
    """Tell the organisations of all parties but one; of what was never approved they know nothing, and are not told."""
    if proposal.approved_at is None:
        return
    homes = {party.organisation_id for party in queries.parties(session, proposal.id)} - {but_for}
    title = queries.request_of(session, proposal).title
    notify(session, homes, code, PROPOSAL.entity, proposal.id, request=title, **facts)


def remind(session: Session, proposal: Proposal) -> None:
    """Tell the organisations that have not answered until when they may."""
    silent = {party.organisation_id for party in queries.parties(session, proposal.id) if party.answer is None}
    title = queries.request_of(session, proposal).title
    answer_by = proposal.answer_by.isoformat()
    notify(session, silent, NoticeCode.REMINDER, PROPOSAL.entity, proposal.id, request=title, answerBy=answer_by)
