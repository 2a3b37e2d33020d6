"""Use cases of inquiries: ask, answer, and let time pass. What follows from a yes is done by `planning.inquiring`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor, Permission
from core.time import clock
from marketplace.inquiries import queries
from marketplace.inquiries.models import Inquiry, InquiryState
from marketplace.inquiries.rules import INQUIRY, said_by
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered, notify
from marketplace.organisations.queries import member
from marketplace.requests.models import Need, NeedState, Request
from marketplace.requests.queries import LIVE
from marketplace.runs.changes import KnownChange


@dataclass(frozen=True)
class Asked:
    """What is to be asked about a need, and until when that may be answered."""

    need: Need
    change: KnownChange
    answer_by: datetime


def ask(session: Session, actor: Actor, requests: Mapping[UUID, Request], asked: Collection[Asked]) -> list[Inquiry]:
    """Ask requesters, whose requests are locked, whether changes would do; each is told once for each request."""
    made = []
    for each in asked:
        row = Inquiry(
            request_id=each.need.request_id,
            need_id=each.need.id,
            member_id=actor.member_id,
            change=each.change,
            said=said_by(each.need),
            answer_by=each.answer_by,
        )
        INQUIRY.begin(session, actor, row, InquiryState.WAITING)
        session.add(row)
        made.append(row)
    session.flush()
    for request_id, answer_by in _soonest(made).items():
        request = requests[request_id]
        notify(
            session,
            {request.organisation_id},
            NoticeCode.INQUIRED,
            "request",
            request.id,
            permission=Permission.REQUEST,
            department=request.department or "",
            member_id=request.member_id,
            request=request.title,
            answerBy=answer_by.isoformat(),
        )
    return made


def answer(
    session: Session, actor: Actor, inquiry: Inquiry, request: Request, *, to: InquiryState, words: str = ""
) -> None:
    """Note what a requester has answered, and tell whoever asked."""
    INQUIRY.move(session, actor, inquiry.id, to, words=words or None, answered_at=clock.now())
    inquiry.words = words
    session.flush()
    _ended(session, inquiry, request, to, words)


def lapse_due(session: Session, now: datetime) -> None:
    """Ask no more what nobody answered in time, or what no longer is a question: the need says something else now."""
    for inquiry, need, request in queries.to_lapse(session, now):
        is_asked = need.state is NeedState.OPEN and request.state in LIVE and said_by(need) == inquiry.said
        if inquiry.answer_by > now and is_asked:
            continue
        why = "changed" if inquiry.answer_by > now else "deadline"
        INQUIRY.move(session, None, inquiry.id, InquiryState.LAPSED, reason_code=why)
        _ended(session, inquiry, request, InquiryState.LAPSED)


def _ended(session: Session, inquiry: Inquiry, request: Request, to: InquiryState, words: str = "") -> None:
    home_id = member(session, inquiry.member_id).organisation_id
    if not queries.waiting_of_request(session, request.id):
        mark_answered(session, {request.organisation_id}, NoticeCode.INQUIRED, "request", request.id)
    notify(
        session,
        {home_id},
        NoticeCode.INQUIRY_ENDED,
        "request",
        request.id,
        permission=Permission.DECIDE,
        member_id=inquiry.member_id,
        request=request.title,
        to=to.value,
        words=words,
    )


def _soonest(made: Collection[Inquiry]) -> dict[UUID, datetime]:
    found: dict[UUID, datetime] = {}
    for each in made:
        found[each.request_id] = min(each.answer_by, found.get(each.request_id, each.answer_by))
    return found
