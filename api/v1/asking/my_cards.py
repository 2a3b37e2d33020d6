"""`/api/v1/my-cards`: the capacity card that is one's own: read it, agree, take back, pause, answer when called."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.paging import Paging, listing
from api.schemas.asking.my_cards import MyCallAnswer, MyCardAgreement, MyCardOut, MyCardWithdrawal, my_card_out
from api.schemas.base import Listing
from core.actor import Actor
from core.database.page import page_of
from marketplace.cards import mine
from marketplace.planning import surging
from marketplace.surges.calls import my_calls


class MyCards(Controller):
    """What is one's own."""

    path = "/my-cards"
    tags = ("my-cards",)

    @get("/", operation_id="listMyCards", sync_to_thread=True, summary="List your cards / Lista dina kort")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[MyCardOut]:
        """List the cards that HR has said are yours, with what the three have answered, and alerts that call them."""
        found = page_of(mine.my_cards(session, actor), paging.page, paging.limit)
        calls = my_calls(session, actor) if found.items else []
        return listing(request, found, lambda card: my_card_out(card, calls))

    @post(
        "/{key:uuid}/call-answer",
        operation_id="answerMyCall",
        sync_to_thread=True,
        status_code=204,
        summary="Answer when your card is called / Svara när ditt kort är kallat",
    )
    def answer_call(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[MyCallAnswer],
    ) -> None:
        """Say that you do not come, which holds at once, or that you can, which HR is told, who answers for you."""
        surging.answer_own_call(session, actor, key, data.call_id, comes=data.comes, begins=data.begins)

    @post(
        "/{key:uuid}/agreement",
        operation_id="agreeToMyCard",
        sync_to_thread=True,
        status_code=204,
        summary="Agree to be lent / Säg ja till att lånas ut",
    )
    def agree(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[MyCardAgreement],
    ) -> None:
        """Say yes to your card as you have read it; 409 `card_changed` where it says something else by now."""
        mine.agree(session, actor, key, data.reading)

    @post(
        "/{key:uuid}/withdrawal",
        operation_id="declineMyCard",
        sync_to_thread=True,
        status_code=204,
        summary="Decline, or take a yes back / Tacka nej, eller ta tillbaka ditt ja",
    )
    def decline(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[MyCardWithdrawal],
    ) -> None:
        """Say no to what is asked, or take your yes back: nobody finds the card, and what waits for an answer ends."""
        mine.decline(session, actor, key, data.words)

    @post(
        "/{key:uuid}/pause",
        operation_id="pauseMyCard",
        sync_to_thread=True,
        status_code=204,
        summary="Pause your card / Pausa ditt kort",
    )
    def pause(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]) -> None:
        """Let nobody find your card for the time being; the yeses stand."""
        mine.pause(session, actor, key)

    @post(
        "/{key:uuid}/resumption",
        operation_id="resumeMyCard",
        sync_to_thread=True,
        status_code=204,
        summary="Let it be found again / Låt det hittas igen",
    )
    def resume(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]) -> None:
        """Let your card be found again, as far as you have paused it yourself."""
        mine.resume(session, actor, key)
