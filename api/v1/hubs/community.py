"""`/api/v1/hubs/{id}/…` for the hub's members: its people, what one says of oneself, and the days of a week."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.paging import Paging, listing
from api.http.responses import answered
from api.schemas.base import Listing
from api.schemas.hubs.presence import (
    HubContactIn,
    HubPersonAnywhereOut,
    HubPersonOut,
    HubProfileIn,
    HubProfileOut,
    HubWeekIn,
    HubWeekOut,
    hub_person_anywhere_out,
    hub_person_out,
    hub_profile_out,
    hub_week_out,
)
from core.actor import Actor
from core.limits import LONGEST_NAME
from core.time import clock
from hubs.presence import queries as presence
from hubs.presence.rules import monday_of
from hubs.presence.service import say
from hubs.profiles import queries, service
from hubs.profiles.directory import people_of_all_hubs

Knows = Annotated[str, QueryParameter(description="Who knows this, in some of its words.", max_length=LONGEST_NAME)]
At = Annotated[str, QueryParameter(description="Who works there, by a part of its name.", max_length=LONGEST_NAME)]


class HubPeople(Controller):
    """Find people at all hubs."""

    path = "/hub-people"
    tags = ("hubs",)

    @get("/", operation_id="listPeopleOfAllHubs", sync_to_thread=True, summary="Find people / Hitta personer")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        knows: Knows = "",
        organisation: At = "",
    ) -> Listing[HubPersonAnywhereOut]:
        """List who tells the members of all hubs its first name, by what they know and where they work, if they tell
        all: for members of any hub."""
        found = people_of_all_hubs(
            session, actor, knows=knows, organisation=organisation, page=paging.page, limit=paging.limit
        )
        return listing(request, found, hub_person_anywhere_out)


class HubCommunity(Controller):
    """Find people, say something of oneself, say and ask which days."""

    path = "/hubs/{key:uuid}"
    tags = ("hubs",)

    @get("/people", operation_id="listHubPeople", sync_to_thread=True, summary="Find people / Hitta personer")
    def people(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
        knows: Knows = "",
        organisation: At = "",
    ) -> Listing[HubPersonOut]:
        """List members who tell you their first name, by what they know and where they work, if they tell you."""
        found = queries.people_page(
            session, actor, key, knows=knows, organisation=organisation, page=paging.page, limit=paging.limit
        )
        return listing(request, found, hub_person_out)

    @post(
        "/people/{person:uuid}",
        operation_id="noteHubPerson",
        sync_to_thread=True,
        status_code=200,
        summary="Choose somebody, or want to meet / Välj någon, eller vilja träffas",
    )
    def note(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        person: FromPath[UUID],
        data: JSONBody[HubContactIn],
    ) -> HubPersonOut:
        """Note whether you tell somebody what you tell the chosen, and whether you want to meet it; no more than 100
        people (`too_many_contacts`)."""
        noted = service.note_contact(session, actor, key, person, chosen=data.chosen, wanted=data.wanted)
        return hub_person_out(noted)

    @get("/profile", operation_id="readHubProfile", sync_to_thread=True, summary="Your profile / Din profil")
    def profile(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[HubProfileOut]:
        """Read what you say of yourself, the same at all your hubs, and whom each part is told."""
        row = queries.own_profile(session, actor, key)
        return answered(hub_profile_out(row), row.version)

    @put("/profile", operation_id="changeHubProfile", sync_to_thread=True, summary="Change it / Ändra den")
    def save(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubProfileIn],
        if_match: NamedDependency[int | None],
    ) -> Response[HubProfileOut]:
        """Replace what you say of yourself. What is told nobody any more is gone for others at once."""
        row = service.save(session, actor, key, data.draft(), if_version=if_match)
        return answered(hub_profile_out(row), row.version)

    @get("/week", operation_id="readHubWeek", sync_to_thread=True, summary="A week / En vecka")
    def week(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        monday: Annotated[date | None, QueryParameter(description="Its first day; this week without.")] = None,
    ) -> Response[HubWeekOut]:
        """Read who comes when, of those who tell you, your own days, and which of them you are told.

        It is this week, or the one that begins on `monday`. Days that are over are shown to nobody. Numbers are
        multiples of five.
        """
        return _week(session, actor, key, monday or monday_of(clock.today()))

    @put("/week", operation_id="changeHubWeek", sync_to_thread=True, summary="Your days / Dina dagar")
    def say(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubWeekIn],
        if_match: NamedDependency[int | None],
    ) -> Response[HubWeekOut]:
        """Replace your days, and ask which to come. You are told within some minutes, together with all who ask."""
        say(session, actor, key, data.draft(), if_version=if_match)
        return _week(session, actor, key, data.monday)


def _week(session: Session, actor: Actor, hub_id: UUID, monday: date) -> Response[HubWeekOut]:
    row = presence.own_week(session, actor, hub_id, monday)
    told = presence.advice(session, actor, row) if row.answered_at else []
    return answered(hub_week_out(row, told, presence.week(session, actor, hub_id, monday)), row.version)
