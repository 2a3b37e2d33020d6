"""Who belongs to a hub, for its hosts: agreements and applications to answer, and members to welcome."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.pages.forms import uuid_of
from api.pages.offers.choices import options
from api.pages.rendering import page, see_other
from api.pages.visit import AnyRequest, Visit
from core.actor import Actor
from core.database.page import GREATEST_LIMIT
from hubs.membership import agreements, people, queries
from hubs.membership.models import HubMembershipState, HubMemberState
from hubs.membership.rules import WELCOME, Terms
from hubs.places.queries import hosted_hub
from hubs.places.rules import GREATEST_FEE, MOST_SEATS, fee_of
from marketplace.views.reads import members_read

PAGE = "hubs/people.html"


class HubPeoplePages(Controller):
    """The host's page of who belongs to a hub."""

    path = "/hubs/{key:uuid}/people"

    @get("/", sync_to_thread=True)
    def read(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging], key: FromPath[UUID]) -> Template:
        """Show who has applied and is a member, and which organisations are."""
        return page(PAGE, _context(visit, key, paging.page))


class AgreementPages(Controller):
    """What a host answers to organisations."""

    path = "/hub-memberships/{key:uuid}"

    @post("/agreement", sync_to_thread=True)
    def agree(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Agree, or agree anew to other terms."""
        form = visit.form

        def do() -> None:
            fee = form.whole("feeSek", least=0, most=GREATEST_FEE)
            seats, ends = form.whole_or_none("seats", least=1, most=MOST_SEATS), form.day_or_none("ends")
            form.check()
            agreements.agree(visit.session, visit.actor, key, Terms(fee_sek=fee, seats=seats, ends=ends))

        return _of_agreement(visit, key, do, _("The membership is agreed. The organisation is told."))

    @post("/coverage", sync_to_thread=True)
    def cover(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let an agreement that another host keeps cover this hub, too."""
        hub_id = uuid_of(visit.form.value("hubId"))
        row = queries.membership(visit.session, visit.actor, key)
        told = _("The membership covers the hub.")
        wanted = hub_id or row.hub_id
        return _done(visit, wanted, lambda: agreements.cover(visit.session, visit.actor, key, wanted), told)

    @post("/refusal", sync_to_thread=True)
    def refuse(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say no."""
        told = _("The organisation is told that it did not become a member.")
        words = visit.form.value("words")
        return _of_agreement(visit, key, lambda: agreements.refuse(visit.session, visit.actor, key, words), told)


class HubMemberPages(Controller):
    """What a host does about a person."""

    path = "/hub-members/{key:uuid}"

    @post("/admission", sync_to_thread=True)
    def admit(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let somebody in."""
        return _of_person(visit, key, people.admit, _("The person is a member now, and is told."))

    @post("/refusal", sync_to_thread=True)
    def refuse(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Do not let somebody in."""
        return _of_person(visit, key, people.refuse, _("The person is told."))

    @post("/ending", sync_to_thread=True)
    def end(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """End somebody's membership."""
        return _of_person(visit, key, people.end, _("The membership is over, and the person is told."))

    @post("/welcome", sync_to_thread=True)
    def welcome(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Note how far the welcome has come."""
        steps = visit.form.many("welcomed")

        def do(session: Session, actor: Actor, hub_member_id: UUID) -> Any:
            return people.welcome(session, actor, hub_member_id, steps)

        return _of_person(visit, key, do, _("It is noted."))


def _context(visit: Visit, key: UUID, number: int = 1, typed_for: UUID | None = None) -> dict[str, Any]:
    session, actor = visit.session, visit.actor
    view = hosted_hub(session, actor, key)
    applied = queries.people_page(session, key, HubMemberState.APPLIED, 1, GREATEST_LIMIT)
    found = queries.people_page(session, key, HubMemberState.ACTIVE, number)
    members_read(session, actor, [each.member for each in (*applied.items, *found.items)])
    asked = queries.memberships_of_hub(session, key, 1, GREATEST_LIMIT).items
    return {
        "form": visit.form,
        "hub": view.hub,
        "applied": applied,
        "found": found,
        "address": _address(visit.request, key),
        "seats_taken": queries.seats_of_hub(session, key),
        "asked": [each for each in asked if each.membership.state is HubMembershipState.ASKED],
        "agreed": [each for each in asked if each.membership.state is HubMembershipState.AGREED],
        "uncovered": lambda each: [hub for place, hub in each.places if hub.id == key and place.agreed_at is None],
        "fee": lambda each: fee_of(view.fees, each.membership.employees),
        "welcome": options(WELCOME, "hub_welcome"),
        "labels": _labels(),
        "typed_for": typed_for,
    }


def _labels() -> dict[str, str]:
    """Return what the fields are called that each agreement has of its own."""
    return {"feeSek": _("Kronor a year"), "seats": _("How many people, at most"), "ends": _("Through")}


def _address(request: AnyRequest, key: UUID) -> Callable[[int], str]:
    path = f"/hubs/{key}/people"
    return lambda number: address_of_page(request, number) if request.url.path == path else f"{path}?page={number}"


def _of_agreement(visit: Visit, key: UUID, do: Callable[[], Any], told: str) -> Redirect:
    return _done(visit, queries.membership(visit.session, visit.actor, key).hub_id, do, told, typed_for=key)


def _of_person(visit: Visit, key: UUID, do: Callable[[Session, Actor, UUID], Any], told: str) -> Redirect:
    row = queries.hub_member(visit.session, visit.actor, key)
    return _done(visit, row.hub_id, lambda: do(visit.session, visit.actor, key), told)


def _done(visit: Visit, hub_id: UUID, do: Callable[[], Any], told: str, *, typed_for: UUID | None = None) -> Redirect:
    hosted_hub(visit.session, visit.actor, hub_id)
    named = _labels()  # above the page a refusal names fields by what they are called
    with visit.form.acting(visit.session, PAGE, lambda: _context(visit, hub_id, typed_for=typed_for), named):
        do()
    return see_other(visit.request, f"/hubs/{hub_id}/people", told)
