"""`/api/v1/proposals`: what the optimiser suggests, decided by the coordinator and answered by the parties."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.paging import Paging, listing
from api.http.problem_details import problem_of, problem_response
from api.http.responses import answered
from api.schemas.agreements.loans import loan_out
from api.schemas.agreements.proposals import (
    AcceptanceIn,
    AcceptanceOut,
    ProposalOut,
    RefusalIn,
    SwapIn,
    proposal_listed,
    proposal_out,
)
from api.schemas.base import Listing
from core.actor import Actor
from marketplace.loans.queries import confirmations, loans_in, told_to
from marketplace.proposals import queries, service
from marketplace.proposals.models import ProposalState
from marketplace.proposals.queries import ProposalSearch
from marketplace.proposals.undoing import reopen
from marketplace.views import reads


class Proposals(Controller):
    """Review, decide and answer."""

    path = "/proposals"
    tags = ("proposals",)

    @get("/", operation_id="listProposals", sync_to_thread=True, summary="List proposals / Lista förslag")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        in_state: Annotated[ProposalState | None, QueryParameter(name="state", description="In this state.")] = None,
        run_id: Annotated[UUID | None, QueryParameter(name="runId", description="Made by this run.")] = None,
        request_id: Annotated[UUID | None, QueryParameter(name="requestId", description="For this request.")] = None,
        county_code: Annotated[
            str | None, QueryParameter(name="countyCode", description="Of a need's place.", max_length=2)
        ] = None,
    ) -> Listing[ProposalOut]:
        """List the proposals that your organisation has been asked about, waiting ones first; coordinators see all."""
        wanted = ProposalSearch(in_state, run_id, request_id, county_code)
        found = queries.proposals_page(session, actor, wanted, paging.page, paging.limit)
        reads.proposals_read(session, actor, found.items)
        return listing(request, found, proposal_listed)

    @get("/{key:uuid}", operation_id="readProposal", sync_to_thread=True, summary="Read a proposal / Läs ett förslag")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[ProposalOut]:
        """Read a proposal with its reasons; coordinators also read what else could be chosen and what it costs."""
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/approval",
        operation_id="approveProposal",
        sync_to_thread=True,
        status_code=200,
        summary="Approve / Godkänn",
    )
    def approve(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        if_match: NamedDependency[int | None],
    ) -> Response[ProposalOut]:
        """Let the parties see each other and ask for their answers. For coordinators."""
        service.approve(session, actor, key, if_match)
        return _answered(session, actor, key)

    @post("/{key:uuid}/lock", operation_id="lockProposal", sync_to_thread=True, status_code=200, summary="Lock / Lås")
    def lock(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        if_match: NamedDependency[int | None],
    ) -> Response[ProposalOut]:
        """Keep it, with what it would claim, through later matching runs. For coordinators."""
        service.lock(session, actor, key, if_match)
        return _answered(session, actor, key)

    @delete(
        "/{key:uuid}/lock",
        operation_id="unlockProposal",
        sync_to_thread=True,
        status_code=200,
        summary="Unlock / Lås upp",
    )
    def unlock(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        if_match: NamedDependency[int | None],
    ) -> Response[ProposalOut]:
        """Let the next run replace it again. For coordinators."""
        service.unlock(session, actor, key, if_match)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/swap",
        operation_id="swapProposalOption",
        sync_to_thread=True,
        status_code=200,
        summary="Swap an option / Byt alternativ",
    )
    def swap(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[SwapIn],
        if_match: NamedDependency[int | None],
    ) -> Response[ProposalOut]:
        """Let a line be served by one of its listed alternatives, while it is not approved. For coordinators."""
        service.swap(session, actor, key, data.line_id, data.option, if_version=if_match)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/refusal",
        operation_id="refuseProposal",
        sync_to_thread=True,
        status_code=200,
        summary="Refuse / Avböj",
    )
    def refuse(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[RefusalIn],
        if_match: NamedDependency[int | None],
    ) -> Response[ProposalOut]:
        """Say no, as a coordinator or as a party; the needs are open to be matched again."""
        service.refuse(session, actor, key, data.code, data.words, if_version=if_match)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/reopening",
        operation_id="reopenProposal",
        sync_to_thread=True,
        status_code=200,
        summary="Undo a decision / Ångra ett beslut",
    )
    def reopen(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[ProposalOut]:
        """Undo that a coordinator approved or refused it, until `undoUntil`: it waits for a decision again.

        Refused (409) when it is too late (`undo_too_late`), when no coordinator has decided (`nothing_to_undo`), when a
        party has answered since (`already_answered`), or when what it was for is no longer open (`no_longer_open`).
        """
        reopen(session, actor, key)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/acceptance",
        operation_id="acceptProposal",
        sync_to_thread=True,
        status_code=200,
        summary="Accept / Acceptera",
    )
    def accept(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[AcceptanceIn],
        if_match: NamedDependency[int | None],
    ) -> Response[AcceptanceOut]:
        """Say yes for your organisation. The last yes books and claims everything in it, or nothing.

        For a loan of a person `confirmations` have what its rules require of your side, by line; what is missing is
        named all at once (400). What its rules forbid by now is refused (409 `loan_forbidden`).

        When something in it was taken meanwhile the answer is 409 `taken` with what took it, as far as you may know;
        then nothing is booked, the proposal has ended, and the request is open again.
        """
        outcome = service.accept(session, actor, key, data.side, if_match, confirmed=data.confirmations)
        if outcome.taken:
            return problem_response(request, problem_of(outcome.taken))  # type: ignore[return-value]
        shown = _shown(session, actor, key)
        return answered(
            AcceptanceOut(proposal=shown, booking_ids=[booking.id for booking in outcome.bookings]), shown.version
        )


def _answered(session: Session, actor: Actor, key: UUID) -> Response[ProposalOut]:
    shown = _shown(session, actor, key)
    return answered(shown, shown.version)


def _shown(session: Session, actor: Actor, key: UUID) -> ProposalOut:
    view = queries.proposal_view(session, actor, key)
    reads.proposals_read(session, actor, [view])
    loans = loans_in(session, view.requester, view.shown)
    confirmed = confirmations(session, [key]) if loans else {}
    told = {each.key: loan_out(each, told_to(view, each, confirmed.get(each.parts, ()))) for each in loans}
    return proposal_out(view, queries.alternatives(session, view), told)
