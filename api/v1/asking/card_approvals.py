"""Whose a capacity card is and which manager is asked, for HR; and the manager's answer (`/api/v1/card-approvals`)."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.schemas.asking.card_approvals import (
    ApprovalRequestIn,
    ApprovalRequestMade,
    AskedCardOut,
    CardAnswer,
    CardPersonIn,
    asked_card_out,
)
from competence.approvals.models import Channel
from core.actor import Actor
from core.settings import settings
from marketplace.cards import answering, asking
from marketplace.views import reads
from resources import queries


class CardApprovalRequests(Controller):
    """Who is asked about a card."""

    path = "/resources"
    tags = ("resources",)

    @post(
        "/{resource:uuid}/person",
        operation_id="setCardPerson",
        sync_to_thread=True,
        status_code=204,
        summary="Say whose a card is / Säg vems ett kort är",
    )
    def say_whose(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        resource: FromPath[UUID],
        data: JSONBody[CardPersonIn],
    ) -> None:
        """Say which member a capacity card is of, who is told, and asked unless its yes is noted. For HR.

        What was said of the card as somebody else's is taken back.
        """
        asking.say_whose(session, actor, queries.resource(session, actor, resource), data.address)

    # Not 201, as for access tokens: the text of a link is never kept.
    @post(
        "/{resource:uuid}/approval-requests",
        operation_id="askManager",
        sync_to_thread=True,
        status_code=200,
        summary="Ask a manager about a card / Fråga en chef om ett kort",
    )
    def ask(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        resource: FromPath[UUID],
        data: JSONBody[ApprovalRequestIn],
    ) -> ApprovalRequestMade:
        """Ask a manager to approve a card to which the employee has said yes. For HR.

        Refused (409) before the employee has said yes (`consent_order`), and where a manager has approved
        (`already_given`). Asked again, the link of before holds no more.
        """
        found = queries.resource(session, actor, resource)
        asked = asking.ask_manager(session, actor, found, data.manager, data.deputy)
        link = f"{settings().address_at(str(request.base_url))}/card-links/{asked.secret}"
        return ApprovalRequestMade(link=link, answer_by=asked.answer_by)


class CardApprovals(Controller):
    """What one is asked as somebody's manager."""

    path = "/card-approvals"
    tags = ("card-approvals",)

    @get(
        "/{key:uuid}",
        operation_id="readCardApproval",
        sync_to_thread=True,
        summary="Read what you are asked / Läs vad du tillfrågas om",
    )
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> AskedCardOut:
        """Read the card that you are asked about, as a notice (`card_to_approve`) tells by its `entityId`.

        Refused (409) when nothing is asked of you any more, with why: `link_used`, `link_expired`, `card_changed`,
        `other_asked` or `no_longer_asked`.
        """
        asked = answering.asked_of(session, actor, key)
        reads.names_read(session, actor, [asked.resource])
        return asked_card_out(asked)

    @post(
        "/{key:uuid}/answer",
        operation_id="answerCardApproval",
        sync_to_thread=True,
        status_code=204,
        summary="Approve or decline / Godkänn eller avböj",
    )
    def answer(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[CardAnswer],
    ) -> None:
        """Approve that the person is lent while the card is offered, or decline, once; HR is told, and decides.

        Refused (409) as reading it is, and where the card says something else than what you have read (`card_changed`).
        """
        asked = answering.asked_of(session, actor, key)
        channel, seen = Channel.SIGNED_IN, data.reading
        answering.answer(session, actor, asked, yes=data.yes, words=data.words, channel=channel, seen=seen)
