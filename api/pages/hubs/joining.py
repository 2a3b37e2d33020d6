"""Joining a hub: what one's organisation has agreed or asks for, and one's own application, signature and leaving."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.language.i18n import gettext as _
from api.pages.forms import Form, uuid_of
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.actor import Actor, Permission, check_may
from core.errors import Conflict
from core.limits import GREATEST_WHOLE
from core.time import clock
from hubs.membership import agreements, manifesto, people, queries
from hubs.membership.models import HubMember, HubMemberState
from hubs.membership.reading import hub_told
from hubs.membership.rules import ApplicationDraft, MembershipDraft
from hubs.places.queries import hub_view, hubs_page
from hubs.places.rules import MOST_SEATS

PAGE = "hubs/membership.html"
NAMES = {"firstName": "newFirstName"}
"""Of the form of who belongs to the hub already."""
MOST_OFFERED = 20
"""Other hubs that an agreement may cover, too."""


class JoiningPages(Controller):
    """Ask for one's organisation, apply, sign, leave."""

    path = "/hubs/{key:uuid}"

    @get("/membership", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show how one's organisation and oneself stand with a hub."""
        return page(PAGE, _context(visit.session, visit.actor, key, visit.form))

    @post("/membership", sync_to_thread=True)
    def ask(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Ask for one's organisation to join."""
        form, session, actor = visit.form, visit.session, visit.actor
        check_may(actor, Permission.ADMINISTER, actor.organisation_id)
        with form.shown_again(PAGE, _context(session, actor, key, form)):
            agreements.ask(session, actor, _membership_of(form, key))
        return _back(visit, key, _("The host is asked. You get a notice of the answer."))

    @post("/application", sync_to_thread=True)
    def apply(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Apply oneself."""
        form, session, actor = visit.form, visit.session, visit.actor
        with form.shown_again(PAGE, _context(session, actor, key, form)):
            said = {name: form.value(name) for name in ("aims", "contribution")}
            people.apply(session, actor, key, ApplicationDraft(first_name=form.value("firstName"), **said))
        return _back(visit, key, _("You have applied. You get a notice of the answer."))

    @post("/signature", sync_to_thread=True)
    def sign(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Sign the manifesto that was shown."""

        def do() -> None:
            number = visit.form.whole("number", least=1)
            visit.form.check()
            row = _going_on(visit, key)
            manifesto.sign(visit.session, visit.actor, row.id, number)

        return _done(visit, key, do, _("You have signed the manifesto."))

    @post("/first-name", sync_to_thread=True)
    def call_oneself(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Have another first name."""

        def do() -> None:
            row = _going_on(visit, key)
            people.call_oneself(visit.session, visit.actor, row.id, visit.form.value("newFirstName"))

        return _done(visit, key, do, _("Your first name is changed."))

    @post("/leaving", sync_to_thread=True)
    def leave(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Leave, or take one's application back."""

        def do() -> None:
            row = queries.own(visit.session, visit.actor, key)
            if row is not None:
                people.leave(visit.session, visit.actor, row.id)

        return _done(visit, key, do, _("You are no member there any more."))


class OwnAgreementPages(Controller):
    """What an organisation's admin does about its agreement."""

    path = "/hub-memberships/{key:uuid}"

    @post("/withdrawal", sync_to_thread=True)
    def withdraw(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Take back what was asked for."""
        row = queries.membership(visit.session, visit.actor, key)
        told = _("What was asked for is taken back.")
        return _done(visit, row.hub_id, lambda: agreements.withdraw(visit.session, visit.actor, key), told)

    @post("/ending", sync_to_thread=True)
    def end(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """End the agreement, for its organisation or its host."""
        row = queries.membership(visit.session, visit.actor, key)
        told = _("The membership has ended, for all of the organisation's people too. They are told.")
        return _done(visit, row.hub_id, lambda: agreements.end(visit.session, visit.actor, key), told)


def _going_on(visit: Visit, key: UUID) -> HubMember:
    row = queries.own(visit.session, visit.actor, key)
    if row is None:
        raise Conflict("membership_over", "You are no member there any more, and have not applied.")
    return row


def _membership_of(form: Form, hub_id: UUID) -> MembershipDraft:
    """Return what a form says, all that is wrong in it told at once."""
    employees = form.whole("employees", least=1, most=GREATEST_WHOLE)
    seats = form.whole_or_none("seats", least=1, most=MOST_SEATS)
    starts, ends = form.day("starts", clock.today()), form.day_or_none("ends")
    others = {key for text in form.many("hubIds") if (key := uuid_of(text))} - {hub_id}
    with form.noting():
        draft = MembershipDraft(
            hub_ids=(hub_id, *sorted(others)),
            employees=employees or 1,
            starts=starts,
            ends=ends,
            seats=seats,
            signatory=form.value("signatory"),
        )
    form.check()
    return draft


def _context(session: Session, actor: Actor, key: UUID, form: Form) -> dict[str, Any]:
    told = hub_told(session, actor, key)
    own = queries.own(session, actor, key)
    signed = queries.signed_by(session, [own.id])[own.id] if own else {}
    others = [each for each in hubs_page(session, actor, 1, MOST_OFFERED).items if each.hub.id != key]
    asking = {
        "employees": _("How many does the organisation employ?"),
        "seats": _("How many of them may be members?"),
        "starts": _("From"),
        "ends": _("Through"),
        "signatory": _("Who signs for the organisation?"),
        "hubIds": _("Other hubs too"),
    }
    applying = {
        "aims": _("What do you and your organisation aim for?"),
        "contribution": _("What do you hope to contribute?"),
        "firstName": _("First name, for the clothes-peg"),
    }
    labels = {**asking, **applying, "newFirstName": _("Another first name")}
    return {
        "form": form,
        "told": told,
        "hub": told.view.hub,
        "administers": actor.may(Permission.ADMINISTER, actor.organisation_id),
        "agreements": queries.own_memberships(session, actor, key),
        "covered": queries.membership_at(session, actor.organisation_id, key) is not None,
        "own": own,
        "active": own is not None and own.state is HubMemberState.ACTIVE,
        "signed": signed,
        "others": [(str(each.hub.id), each.hub.name) for each in others],
        "labels": labels,
        "summary_labels": labels,
        "today": clock.today().isoformat(),
    }


def _done(visit: Visit, key: UUID, do: Callable[[], Any], told: str) -> Redirect:
    hub_view(visit.session, visit.actor, key)
    with visit.form.acting(visit.session, PAGE, lambda: _context(visit.session, visit.actor, key, visit.form), NAMES):
        do()
    return _back(visit, key, told)


def _back(visit: Visit, key: UUID, told: str) -> Redirect:
    return see_other(visit.request, f"/hubs/{key}/membership", told)
