"""The people of hubs for their members: finding somebody, choosing whom one tells more, what one says of oneself."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.limits import LONGEST_NAME
from hubs.places.models import Hub
from hubs.profiles import queries, service
from hubs.profiles.directory import people_of_all_hubs
from hubs.profiles.models import HubProfile, ProfileAudience, ProfilePart
from hubs.profiles.rules import MOST_TOPICS, ProfileDraft

LIST, EVERYWHERE, PROFILE = (f"hubs/community/{name}.html" for name in ("one_hub", "all_hubs", "profile"))
TOLD = "toldTo.{}"


class AllHubsPeoplePages(Controller):
    """Find people at all hubs."""

    path = "/hub-people"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the members of all hubs who tell all of them their first name, by what they know and where they work."""
        form, wanted = _wanted(visit)
        context = {
            "form": form,
            "found": people_of_all_hubs(visit.session, visit.actor, page=paging.page, limit=paging.limit, **wanted),
            "address": lambda number: address_of_page(visit.request, number),
        }
        return page(EVERYWHERE, context)


class HubCommunityPages(Controller):
    """Find people, note whom one has chosen and wants to meet, say something of oneself."""

    path = "/hubs/{key:uuid}"

    @get("/community", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], key: FromPath[UUID], paging: NamedDependency[Paging]) -> Template:
        """List the members who tell one their first name, by what they know and where they work."""
        form, wanted = _wanted(visit)
        found = queries.people_page(visit.session, visit.actor, key, page=paging.page, limit=paging.limit, **wanted)
        context = {
            "hub": visit.session.get_one(Hub, key),
            "form": form,
            "found": found,
            "address": lambda number: address_of_page(visit.request, number),
        }
        return page(LIST, context)

    @post("/community/{person:uuid}", sync_to_thread=True)
    def note(self, visit: NamedDependency[Visit], key: FromPath[UUID], person: FromPath[UUID]) -> Redirect:
        """Note whether one has chosen somebody, and wants to meet it."""
        chosen, wanted = visit.form.ticked("chosen"), visit.form.ticked("wanted")
        service.note_contact(visit.session, visit.actor, key, person, chosen=chosen, wanted=wanted)
        return see_other(visit.request, f"/hubs/{key}/community", _("Noted. Nobody else sees it."))

    @get("/profile", sync_to_thread=True)
    def read_own(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show what one says of oneself, to be changed."""
        return page(PROFILE, _profile(visit, key, visit.form))

    @post("/profile", sync_to_thread=True)
    def save(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Replace what one says of oneself, and whom each part is told."""
        names = {f"{field}[{number}]": field for field in ("can", "learns") for number in range(MOST_TOPICS + 1)}
        with visit.form.shown_again(PROFILE, _profile(visit, key, visit.form), names):
            service.save(visit.session, visit.actor, key, _draft(visit.form))
        return see_other(visit.request, f"/hubs/{key}/profile", _("What you say of yourself is saved."))


def _wanted(visit: Visit) -> tuple[Form, dict[str, str]]:
    form = Form({name: [text] for name, text in visit.request.query_params.items()})
    return form, {name: form.value(name)[:LONGEST_NAME] for name in ("knows", "organisation")}


def _draft(form: Form) -> ProfileDraft:
    told_to = {part: form.choice(TOLD.format(part), ProfileAudience) for part in ProfilePart}
    can, learns = (tuple(each for each in form.value(name).split(",") if each.strip()) for name in ("can", "learns"))
    with form.noting():
        draft = ProfileDraft(can=can, learns=learns, wonders=form.value("wonders"), told_to=told_to)
    form.check()
    return draft


def _profile(visit: Visit, hub_id: UUID, form: Form) -> dict[str, Any]:
    own = queries.own_profile(visit.session, visit.actor, hub_id)
    said = {part: label(part) for part in (ProfilePart.CAN, ProfilePart.LEARNS, ProfilePart.WONDERS)}
    told = {TOLD.format(part): label(part) for part in ProfilePart}
    return {
        "hub": visit.session.get_one(Hub, hub_id),
        "form": form,
        "labels": said,
        "told": told,
        "summary_labels": {part.value: text for part, text in said.items()} | told,
        "defaults": _defaults(own),
        "audiences": [(each.value, label(each)) for each in ProfileAudience],
    }


def _defaults(own: HubProfile) -> dict[str, str]:
    told = {TOLD.format(part): own.audience(part).value for part in ProfilePart}
    return {"can": ", ".join(own.can), "learns": ", ".join(own.learns), "wonders": own.wonders, **told}
