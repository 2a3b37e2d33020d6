"""`/api/v1/activities`: what is on at hubs, and registering for it."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.schemas.base import Listing
from api.schemas.hubs.activities import (
    ActivityDocuments,
    ActivityIn,
    ActivityOut,
    ActivityWords,
    FacilitatorOut,
    NewActivityIn,
    RegisteredOut,
    RegistrationAnswer,
    RegistrationIn,
    RegistrationOut,
    activity_listed,
    activity_out,
    registered_out,
    registration_out,
)
from core.actor import Actor
from core.database.page import page_of
from hubs.activities import facilitating, queries, registering, service
from hubs.activities.models import ActivityForm
from hubs.activities.queries import ActivitySearch, ActivityView
from marketplace.requests.rules import check_may_file
from marketplace.views import reads

Key = FromPath[UUID]


class Activities(Controller):
    """List, initiate, shape, set, cancel, document; register, and answer."""

    path = "/activities"
    tags = ("hubs",)

    @get("/", operation_id="listActivities", sync_to_thread=True, summary="List what is on / Lista aktiviteter")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        hub: Annotated[UUID | None, QueryParameter(description="At this hub.")] = None,
        form: Annotated[ActivityForm | None, QueryParameter(description="Of this form.")] = None,
        over: Annotated[bool, QueryParameter(description="What is over or cancelled instead, the last first.")] = False,
        group: Annotated[UUID | None, QueryParameter(description="Of this network or working group.")] = None,
    ) -> Listing[ActivityOut]:
        """List what comes, the next first: what is in the calendar for you, and what you have initiated."""
        wanted = ActivitySearch(hub, form, over, group)
        found = queries.activities_page(session, actor, wanted, page=paging.page, limit=paging.limit)
        return listing(request, found, activity_listed)

    @post(
        "/", operation_id="initiateActivity", sync_to_thread=True, summary="Initiate something / Initiera en aktivitet"
    )
    def initiate(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[NewActivityIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[ActivityOut]:
        """Begin something at a hub that you are a member or host of: a draft, that you propose when it is ready.

        Of a series the first is answered; each has a `seriesId`.
        """

        def make() -> Response[ActivityOut]:
            row = service.initiate(session, actor, data.hub_id, data.activity.draft(), data.weeks)[0]
            return created(_out(session, actor, row.id), f"/api/v1/activities/{row.id}", row.version)

        return idempotency.answer(data, make)

    @get("/{key:uuid}", operation_id="readActivity", sync_to_thread=True, summary="Read an activity / Läs en aktivitet")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: Key
    ) -> Response[ActivityOut]:
        """Read an activity, and how you stand there."""
        view = queries.activity_view(session, actor, key)
        return answered(activity_out(view), view.activity.version)

    @get(
        "/{key:uuid}/facilitator",
        operation_id="readActivityFacilitator",
        sync_to_thread=True,
        summary="Read who facilitates / Läs vem som processleder",
    )
    def facilitator(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: Key
    ) -> FacilitatorOut:
        """Read which organisations lend a facilitator; and by what one is asked for, if you hold the activity."""
        return _facilitator(session, queries.activity_view(session, actor, key))

    @post(
        "/{key:uuid}/facilitator",
        operation_id="askForFacilitator",
        sync_to_thread=True,
        summary="Ask for a facilitator / Be om en processledare",
    )
    def ask_for_facilitator(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        idempotency: NamedDependency[Idempotency],
    ) -> Response[FacilitatorOut]:
        """Keep a request for a facilitator at its time and place as a draft, that you look over and open.

        For requesters who have initiated it or are hosts. 409 `over`, `asked_already`.
        """

        def make() -> Response[FacilitatorOut]:
            check_may_file(actor)
            request_id = facilitating.ask(session, actor, key)
            return created(FacilitatorOut(request_id=request_id, lent_by=[]), f"/api/v1/requests/{request_id}")

        return idempotency.answer(None, make)

    @put(
        "/{key:uuid}",
        operation_id="changeActivity",
        sync_to_thread=True,
        summary="Change an activity / Ändra en aktivitet",
    )
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        data: JSONBody[ActivityIn],
        if_match: NamedDependency[int | None],
    ) -> Response[ActivityOut]:
        """Replace what is said of it: whoever has initiated it until it is set, the host until it is over.

        Who has registered is told of another time or place. 409 `beside_breakfast`: nothing is put beside that.
        """
        row = service.change_draft(session, actor, key, data.draft(), if_version=if_match)
        return answered(_out(session, actor, key), row.version)

    @post(
        "/{key:uuid}/proposal",
        operation_id="proposeActivity",
        sync_to_thread=True,
        status_code=200,
        summary="Propose it to the host / Föreslå den för värden",
    )
    def propose(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: Key) -> ActivityOut:
        """Let the host know that a draft of yours is ready, with all dates of its series."""
        service.propose(session, actor, key)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/return",
        operation_id="returnActivity",
        sync_to_thread=True,
        status_code=204,
        summary="Send a proposal back / Skicka tillbaka ett förslag",
    )
    def send_back(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        data: JSONBody[ActivityWords],
    ) -> None:
        """Let who has initiated it work on it again. For hosts."""
        service.send_back(session, actor, key, data.words)

    @post(
        "/{key:uuid}/setting",
        operation_id="setActivity",
        sync_to_thread=True,
        status_code=200,
        summary="Put it into the calendar / Lägg in den i kalendern",
    )
    def set_(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: Key) -> ActivityOut:
        """Set what is proposed, and take its zone. For hosts. 409 `beside_breakfast`, or where the zone is taken."""
        service.set_(session, actor, key)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/cancellation",
        operation_id="cancelActivity",
        sync_to_thread=True,
        status_code=200,
        summary="Cancel an activity / Ställ in en aktivitet",
    )
    def cancel(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        data: JSONBody[ActivityWords],
    ) -> ActivityOut:
        """Let it not be: the host, or who has initiated it until it is set. Who has registered is told."""
        service.cancel(session, actor, key, data.words)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/documentation",
        operation_id="documentActivity",
        sync_to_thread=True,
        status_code=200,
        summary="Say where the documentation is / Länka dokumentationen",
    )
    def document(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        data: JSONBody[ActivityDocuments],
    ) -> ActivityOut:
        """Let all who have registered know where what was written down is, the absent too."""
        service.document(session, actor, key, data.documents)
        return _out(session, actor, key)

    @get(
        "/{key:uuid}/registrations",
        operation_id="listRegistrations",
        sync_to_thread=True,
        summary="List who has registered / Lista anmälda",
    )
    def registered(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: Key,
    ) -> Listing[RegisteredOut]:
        """List who has registered, in order, those in line too. For the host and who has initiated it."""
        found = page_of(service.registered(session, actor, key), paging.page, paging.limit)
        reads.members_read(session, actor, [each.Member for each in found.items])
        return listing(request, found, registered_out)

    @post(
        "/{key:uuid}/registrations",
        operation_id="registerForActivity",
        sync_to_thread=True,
        summary="Register / Anmäl",
    )
    def register(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        data: JSONBody[RegistrationIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[RegistrationOut]:
        """Register with so many. Where they are not free you stand in line, and are asked about those that are."""

        def make() -> Response[RegistrationOut]:
            row = registering.register(session, actor, key, data.seats)
            return created(registration_out(row), f"/api/v1/activities/{key}")

        return idempotency.answer(data, make)

    @post(
        "/{key:uuid}/registration",
        operation_id="lessenRegistration",
        sync_to_thread=True,
        status_code=200,
        summary="Be fewer / Bli färre",
    )
    def be_fewer(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        data: JSONBody[RegistrationIn],
    ) -> ActivityOut:
        """Come with fewer than you have registered; what is left is offered to others."""
        registering.be_fewer(session, actor, key, data.seats)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/answer",
        operation_id="answerSeats",
        sync_to_thread=True,
        status_code=200,
        summary="Answer, or give back / Svara eller lämna återbud",
    )
    def answer(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        data: JSONBody[RegistrationAnswer],
    ) -> ActivityOut:
        """Answer for seats that you are offered, or give back what you have."""
        registering.answer(session, actor, key, data.answer)
        return _out(session, actor, key)


def _out(session: Session, actor: Actor, key: UUID) -> ActivityOut:
    return activity_out(queries.activity_view(session, actor, key))


def _facilitator(session: Session, view: ActivityView) -> FacilitatorOut:
    asked = facilitating.asked_for(session, view.activity) if view.keeps or view.initiates else None
    return FacilitatorOut(request_id=asked.id if asked else None, lent_by=facilitating.lent_by(session, view.activity))
