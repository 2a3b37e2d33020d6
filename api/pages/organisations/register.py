"""Pages of organisations: who takes part, and one with what it offers, its give and take, and whom to turn to."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import page
from api.pages.visit import Visit
from api.presenters import lent
from core import geo
from core.actor import Actor, Permission
from marketplace.bookings.queries import give_and_take
from marketplace.offers.models import OfferState
from marketplace.offers.queries import count_of
from marketplace.offers.search import OfferSearch
from marketplace.organisations import queries
from marketplace.organisations.queries import OrganisationSearch, admins_told_to
from marketplace.requests.service import needs_waiting
from marketplace.views import reads
from marketplace.views.search import offers_in_short

AnyRequest = Request[Any, Any, Any]
LONGEST_SEARCH = 200


class OrganisationPages(Controller):
    """List and show."""

    path = "/organisations"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the organisations that take part, by name."""
        typed = Form({name: [text] for name, text in visit.request.query_params.items()})
        search = OrganisationSearch(typed.value("text")[:LONGEST_SEARCH] or None)
        context = {
            "form": typed,
            "found": queries.organisations(visit.session, search, paging.page, paging.limit),
            "address": lambda number: address_of_page(visit.request, number),
            "municipality": municipality_name,
        }
        return page("organisations/list.html", context)

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging], key: FromPath[UUID]) -> Template:
        """Show an organisation with what it offers that the member may see, and its give and take."""
        session, actor = visit.session, visit.actor
        found = queries.organisation(session, key)
        told = key == actor.organisation_id or actor.coordinates_for(key)
        admins = admins_told_to(session, actor, key)
        reads.members_read(session, actor, [each for each in admins if key != actor.organisation_id])
        context = {
            "organisation": found,
            "municipality": municipality_name(found.municipality_code),
            "county": _county_name(found.county_code),
            "at_home": key == actor.organisation_id,
            "may_number": actor.may(Permission.ADMINISTER, key),
            "may_leave": actor.may(Permission.LEAVE, key) or actor.may(Permission.REGISTER),
            "told": told,
            "quotas": _quotas(session, key) if told else [],
            "sites": queries.sites_of(session, key) if told else (),
            "partners": queries.partners_of(session, key),
            "admins": admins,
            "exchange": give_and_take(session, actor, key),
            **offers_shown(
                visit.request, session, actor, OfferSearch(organisation_id=key, state=OfferState.OPEN), paging
            ),
        }
        return page("organisations/one.html", context)


def offers_shown(
    request: AnyRequest, session: Session, actor: Actor, search: OfferSearch, paging: Paging
) -> dict[str, Any]:
    """Return a page of offers that the member may see, and the words for each."""
    found = offers_in_short(session, actor, search, paging.page, paging.limit)
    reads.offers_read(session, actor, found.items)
    return {
        "found": found,
        "address": lambda number: address_of_page(request, number),
        "name": lambda view: lent.name_of(view, named=view.named),
        "what": lambda view: lent.what_of(view.lent.resource, view.capacity),
        "place": lambda view: lent.place_in_short(view, exact=view.exact),
    }


def _quotas(session: Session, key: UUID) -> list[tuple[str, str]]:
    """Return how many offers and waiting needs an organisation has, and how many it may have."""
    held = (
        (_("Offers now"), count_of(session, key), queries.offer_quota(session, key)),
        (_("Needs waiting now"), needs_waiting(session, key), queries.need_quota(session, key)),
    )
    return [(name, _("%(n)s of at most %(most)s") % {"n": n, "most": most}) for name, n, most in held]


def municipality_name(code: str) -> str:
    """Return what a municipality is called."""
    return geo.municipality(code).name


def _county_name(code: str) -> str:
    return next((each.name for each in geo.counties() if each.code == code), code)
