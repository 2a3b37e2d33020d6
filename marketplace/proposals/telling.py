"""Telling a proposal's parties what happened to it."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.actor import Permission, Role
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.organisations.queries import holders
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


def tell_managers(session: Session, proposal: Proposal) -> None:
    """Tell the managers of each person whom an approved proposal would lend that somebody asks for the person."""
    units = queries.units_of_people(session, proposal.id)
    if not units:
        return
    title, answer_by = queries.request_of(session, proposal).title, proposal.answer_by.isoformat()
    for each in holders(session, Role.MANAGER, {home for home, _ in units}):
        if any(each.may(Permission.APPROVE_CARD, home, department) for home, department in units):
            notify(
                session,
                [each.organisation_id],
                NoticeCode.PERSON_ASKED_FOR,
                PROPOSAL.entity,
                proposal.id,
                member_id=each.member_id,
                request=title,
                answerBy=answer_by,
            )


def remind(session: Session, proposal: Proposal) -> None:
    """Tell the organisations that have not answered until when they may."""
    silent = {party.organisation_id for party in queries.parties(session, proposal.id) if party.answer is None}
    title = queries.request_of(session, proposal).title
    answer_by = proposal.answer_by.isoformat()
    notify(session, silent, NoticeCode.REMINDER, PROPOSAL.entity, proposal.id, request=title, answerBy=answer_by)
