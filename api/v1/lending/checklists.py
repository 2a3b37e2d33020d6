"""`/api/v1/checklists`: what an organisation goes through as something is handed over and comes back."""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlmodel import Session

from api.http.paging import Paging, listing
from api.schemas.agreements.checklists import ChecklistIn, ChecklistOut, checklist_out
from api.schemas.base import Listing
from core.actor import Actor
from marketplace.checklists import queries
from marketplace.checklists.rules import Purpose
from marketplace.checklists.service import keep


class Checklists(Controller):
    """List them, write one."""

    path = "/checklists"
    tags = ("bookings",)

    @get("/", operation_id="listChecklists", sync_to_thread=True, summary="List checklists / Lista checklistor")
    def page(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[ChecklistOut]:
        """List your organisation's checklists: those for all of its sites first, then by site."""
        return listing(request, queries.checklists(session, actor, paging.page, paging.limit), checklist_out)

    @post(
        "/",
        operation_id="keepChecklist",
        sync_to_thread=True,
        status_code=204,
        summary="Keep a checklist / Spara en checklista",
    )
    def keep(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], data: JSONBody[ChecklistIn]
    ) -> None:
        """Let this be the list from now on, in the place of the one for the same family, step and site.

        Without items there is none. What has been ticked stays with its movement as it was worded then. For who lists
        in the whole organisation, or administers it.
        """
        keep(session, actor, Purpose(str(data.family), data.step, data.site_id), data.items)
