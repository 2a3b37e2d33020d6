"""`/api/v1/surges`: alerts in a crisis, the calls that follow, and how far they are filled."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.schemas.base import Listing
from api.schemas.surges.alerts import CallAnswerIn, CallOut, SurgeIn, SurgeOut, call_out, surge_out
from api.schemas.surges.report import AlertReportOut, alert_report_out
from core.actor import Actor, Permission, check_may
from marketplace.exchange.alerts import alert_report
from marketplace.planning import surging
from marketplace.surges import alerts, calls, fill
from marketplace.surges.models import CallState
from marketplace.views.reads import names_read

END_LOANS = "End the loans too, as soon as their notice allows; those that begin only after that are cancelled."


class Surges(Controller):
    """Raise an alert, answer its calls, follow it, stand down."""

    path = "/surges"
    tags = ("surges",)

    @get("/", operation_id="listSurges", sync_to_thread=True, summary="List alerts / Lista insatser")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[SurgeOut]:
        """List the alerts of your area or organisation, and those by which cards of yours are called."""
        return listing(request, alerts.surges_page(session, actor, paging.page, paging.limit), surge_out)

    @post("/", operation_id="raiseAlert", sync_to_thread=True, summary="Raise an alert / Larma")
    def make(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[SurgeIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[SurgeOut]:
        """Raise an alert for an organisation in need; for its coordinators (else 403 `alert_without_authority`).

        Cards that rosters allow for the occasion and that fit a role are called, requests of the organisation are filed
        with the priority of a crisis, and a first plan is made within seconds.
        """

        check_may(actor, Permission.ALERT)

        def made() -> Response[SurgeOut]:
            row = surging.raise_alert(session, actor, data.draft())
            return created(_out(session, actor, row.id), f"/api/v1/surges/{row.id}", row.version)

        return idempotency.answer(data, made)

    @get("/{key:uuid}", operation_id="readSurge", sync_to_thread=True, summary="Read an alert / Läs en insats")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[SurgeOut]:
        """Read an alert with how far each role is filled now: answers count at once, before they are planned with."""
        out = _out(session, actor, key)
        return answered(out, out.version)

    @get(
        "/{key:uuid}/report",
        operation_id="readAlertReport",
        sync_to_thread=True,
        summary="Read what came of an alert / Läs vad det blev av en insats",
    )
    def report(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> AlertReportOut:
        """Read what has come of an alert: answers, roles over time, days lent by organisation, and floors.

        Of organisations other than yours it is told of five people or more.
        """
        return alert_report_out(alert_report(session, actor, key))

    @get(
        "/{key:uuid}/calls",
        operation_id="listCalls",
        sync_to_thread=True,
        summary="List calls / Lista förfrågningar",
    )
    def calls(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[CallOut]:
        """List the cards of yours that are called by an alert, by name. For HR and listers where they work."""
        alerts.surge_view(session, actor, key)
        found = calls.own_calls_page(session, actor, key, paging.page, paging.limit)
        names_read(session, actor, [each.resource for each in found.items])
        return listing(request, found, call_out)

    @post(
        "/{key:uuid}/answers",
        operation_id="answerCalls",
        sync_to_thread=True,
        status_code=200,
        summary="Answer calls / Besvara förfrågningar",
    )
    def answer(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[CallAnswerIn],
    ) -> Response[SurgeOut]:
        """Say yes or no for cards that are called, or take a yes back. A yes after the time is a yes. All or none."""
        surging.answer_calls(session, actor, key, data.call_ids, CallState(data.answer), begins=data.begins)
        out = _out(session, actor, key)
        return answered(out, out.version)

    @post(
        "/{key:uuid}/stand-down",
        operation_id="standDown",
        sync_to_thread=True,
        status_code=200,
        summary="Stand down / Avsluta en insats",
    )
    def end(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        end_loans: Annotated[bool, QueryParameter(name="endLoans", description=END_LOANS)] = False,
    ) -> Response[SurgeOut]:
        """End an alert: nobody is called any more, whoever is not agreed on is released, and both sides are told.

        What is agreed stands until its sides end it early, or ends with its notice by `endLoans`.
        """
        surging.stand_down(session, actor, key, end_loans=end_loans)
        out = _out(session, actor, key)
        return answered(out, out.version)


def _out(session: Session, actor: Actor, key: UUID) -> SurgeOut:
    view = alerts.surge_view(session, actor, key)
    session.refresh(view.surge)
    return surge_out(view, fill.fill_of(session, key))
