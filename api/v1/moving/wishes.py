"""`/api/v1/mobility-wishes`: one's own wishes to try another employer, and the needs that fit them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.schemas.base import Listing
from api.schemas.moving.wishes import (
    AboutNeedIn,
    MobilityFitsOut,
    MobilityWishIn,
    MobilityWishOut,
    fit_out,
    wish_out,
)
from core.actor import Actor
from marketplace.mobility import queries, wishes
from marketplace.mobility.models import WishState
from marketplace.planning import wishing


class MobilityWishes(Controller):
    """Try another employer for a while."""

    path = "/mobility-wishes"
    tags = ("mobility-wishes",)

    @get("/", operation_id="listMobilityWishes", sync_to_thread=True, summary="List your wishes / Lista dina önskemål")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[MobilityWishOut]:
        """List your own wishes, the last first. Nobody else reads them."""
        return listing(request, queries.wishes_page(session, actor, paging.page, paging.limit), wish_out)

    @post("/", operation_id="writeMobilityWish", sync_to_thread=True, summary="Write a wish / Skriv ett önskemål")
    def write(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[MobilityWishIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[MobilityWishOut]:
        """Write down what you would like to try, as a draft. Refused (409) beside three others (`too_many_wishes`)."""

        def made() -> Response[MobilityWishOut]:
            row = wishes.write(session, actor, data.draft())
            return created(wish_out(row, []), f"/api/v1/mobility-wishes/{row.id}", row.version)

        return idempotency.answer(data, made)

    @get(
        "/{key:uuid}",
        operation_id="readMobilityWish",
        sync_to_thread=True,
        summary="Read a wish / Läs ett önskemål",
    )
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[MobilityWishOut]:
        """Read a wish of yours, and what became of the needs that you asked HR about."""
        return _out(session, actor, key)

    @put(
        "/{key:uuid}",
        operation_id="changeMobilityWish",
        sync_to_thread=True,
        summary="Change a wish / Ändra ett önskemål",
    )
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[MobilityWishIn],
        if_match: NamedDependency[int | None],
    ) -> Response[MobilityWishOut]:
        """Replace what a wish says. What you have asked HR about stays as you asked it."""
        wishes.change(session, actor, key, data.draft(), if_version=if_match)
        return _out(session, actor, key)

    @get(
        "/{key:uuid}/fits",
        operation_id="listMobilityFits",
        sync_to_thread=True,
        summary="What fits a wish / Vad som passar ett önskemål",
    )
    def fits(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> MobilityFitsOut:
        """List the needs of others that fit an open wish and welcome somebody who wants to try. They don't learn it."""
        wish = queries.wish(session, actor, key)
        found = wishing.fits(session, actor, wish) if wish.state is WishState.OPEN else []
        return MobilityFitsOut(items=[fit_out(each) for each in found])

    @post(
        "/{key:uuid}/opening",
        operation_id="openMobilityWish",
        sync_to_thread=True,
        status_code=200,
        summary="Open a wish / Öppna ett önskemål",
    )
    def open(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[MobilityWishOut]:
        """Say so: you are told what fits. Of an open one it begins its time anew."""
        return _moved(session, actor, key, wishes.open_)

    @post(
        "/{key:uuid}/pause",
        operation_id="pauseMobilityWish",
        sync_to_thread=True,
        status_code=200,
        summary="Pause a wish / Pausa ett önskemål",
    )
    def pause(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[MobilityWishOut]:
        """Look for nothing for the time being; cards that were made of it are paused with it."""
        return _moved(session, actor, key, wishes.pause)

    @post(
        "/{key:uuid}/ending",
        operation_id="endMobilityWish",
        sync_to_thread=True,
        status_code=200,
        summary="End a wish / Avsluta ett önskemål",
    )
    def end(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[MobilityWishOut]:
        """End a wish. What HR was asked by it is taken back, and what waits for an answer ends."""
        return _moved(session, actor, key, wishes.end)

    @post(
        "/{key:uuid}/interests",
        operation_id="askAboutMobility",
        sync_to_thread=True,
        status_code=200,
        summary="Ask HR about a need / Fråga HR om ett delbehov",
    )
    def ask(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[AboutNeedIn],
    ) -> Response[MobilityWishOut]:
        """Ask HR about a need that fits an open wish: HR and your manager come in now, and not before.

        A capacity card is made, for that need alone, with your yes. Refused (409) where the need is gone (`need_gone`),
        a loan may not last so long (`no_loan`), a card of yours is offered then (`card_offered`), nobody else is HR
        (`nobody_in_hr`) or the wish is not open (`wish_not_open`).
        """
        wishing.ask(session, actor, key, data.need_id)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/withdrawals",
        operation_id="withdrawMobilityInterest",
        sync_to_thread=True,
        status_code=200,
        summary="Take back that HR was asked / Ta tillbaka frågan till HR",
    )
    def withdraw(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[AboutNeedIn],
    ) -> Response[MobilityWishOut]:
        """Take back that HR was asked about a need: nobody finds the card, and what waits for an answer ends."""
        wishing.withdraw(session, actor, key, data.need_id)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/dismissals",
        operation_id="dismissMobilityFit",
        sync_to_thread=True,
        status_code=200,
        summary="Not for me / Inte för mig",
    )
    def dismiss(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[AboutNeedIn],
    ) -> Response[MobilityWishOut]:
        """Do not show a need that fits any more."""
        wishing.dismiss(session, actor, key, data.need_id)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/dismissals/removal",
        operation_id="showMobilityFitAgain",
        sync_to_thread=True,
        status_code=200,
        summary="Show a need again / Visa ett delbehov igen",
    )
    def show_again(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[AboutNeedIn],
    ) -> Response[MobilityWishOut]:
        """Show a need again that you have dismissed, as long as it fits."""
        wishing.show_again(session, actor, key, data.need_id)
        return _out(session, actor, key)


def _moved(
    session: Session, actor: Actor, key: UUID, move: Callable[[Session, Actor, UUID], Any]
) -> Response[MobilityWishOut]:
    move(session, actor, key)
    return _out(session, actor, key)


def _out(session: Session, actor: Actor, key: UUID) -> Response[MobilityWishOut]:
    wish = queries.wish(session, actor, key)
    session.refresh(wish)
    return answered(wish_out(wish, queries.interests_of(session, key)), wish.version)
