"""Pages for those who administer an organisation: its members, the roles of each, and adding and keeping out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form, uuid_of
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core import geo
from core.actor import Actor, Permission, Role, check_may
from core.errors import BadInput
from core.limits import LONGEST_NAME, LONGEST_WORDS
from core.roles import BY_DEPARTMENT
from marketplace.importing.known import Known
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.organisations import passkeys, queries, rules, service
from marketplace.organisations.grants import MOST_IN_AN_AREA, Grant, GrantDraft, grants_of, roles_in_order
from marketplace.organisations.models import Member
from marketplace.organisations.rules import MemberDraft
from marketplace.views import reads

LIST, NEW, ONE = "members/list.html", "members/new.html", "members/one.html"


class MemberPages(Controller):
    """List, add, grant, withdraw, keep out, let in."""

    path = "/members"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the members of one's organisation with their roles."""
        actor = visit.actor
        check_may(actor, Permission.ADMINISTER, actor.organisation_id)
        found = queries.members(visit.session, actor, actor.organisation_id, paging.page, paging.limit)
        reads.members_read(visit.session, actor, found.items)
        context = {
            "found": found,
            "address": lambda number: address_of_page(visit.request, number),
            "roles_in_order": roles_in_order,
            "may_provision": actor.may(Permission.PROVISION, actor.organisation_id),
            "leaving": f"/organisations/{actor.organisation_id}/leaving" if actor.may(Permission.LEAVE) else "",
        }
        return page(LIST, context)

    @get("/new", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit]) -> Template:
        """Show the form of a new member."""
        actor = visit.actor
        check_may(actor, Permission.ADMINISTER, actor.organisation_id)
        return page(NEW, {"form": visit.form, **_choices(actor, actor.organisation_id)})

    @post("/new", sync_to_thread=True)
    def add(self, visit: NamedDependency[Visit]) -> Redirect:
        """Add the member and go on to its page."""
        actor, form = visit.actor, visit.form
        check_may(actor, Permission.ADMINISTER, actor.organisation_id)
        with form.shown_again(NEW, _choices(actor, actor.organisation_id)):
            draft = MemberDraft(
                name=form.text("name", most=LONGEST_NAME),
                email=form.text("email"),
                roles=frozenset(form.choices("roles", Role)),
                department=form.text("department") or None,
            )
            reason = form.text("reason", required=bool(draft.roles), most=LONGEST_WORDS)
            form.check()
            made = service.add_member(visit.session, actor, actor.organisation_id, draft, reason)
        return see_other(visit.request, f"/members/{made.id}", _("The member is added."))

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show a member with its roles, who gave them, why and until when."""
        return page(ONE, _context(visit.session, visit.actor, key, visit.form))

    @post("/{key:uuid}/grants", sync_to_thread=True)
    def grant(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Give the member a role."""
        form = visit.form
        with _acting(visit.session, visit.actor, key, form):
            role, reason = form.choice("role", Role), form.text("reason", required=True, most=LONGEST_WORDS)
            until, organisations = form.day_or_none("until"), _organisations(visit.session, form)
            form.check()
            draft = GrantDraft(
                role,
                reason,
                until,
                county_codes=tuple(form.many("countyCodes")),
                organisation_ids=organisations,
                departments=tuple(form.many("departments")),
                site_ids=tuple(filter(None, map(uuid_of, form.many("siteIds")))),
            )
            service.grant_role(visit.session, visit.actor, key, draft)
        told = _("%(role)s: the role is given.") % {"role": label(draft.role, "role")}
        return see_other(visit.request, f"/members/{key}", told)

    @post("/{key:uuid}/grants/{role:str}/withdrawal", sync_to_thread=True)
    def withdraw(self, visit: NamedDependency[Visit], key: FromPath[UUID], role: FromPath[Role]) -> Redirect:
        """Take a role from the member."""
        with _acting(visit.session, visit.actor, key, visit.form):
            reason = visit.form.text(f"why-{role}", required=True, most=LONGEST_WORDS)
            visit.form.check()
            service.withdraw_role(visit.session, visit.actor, key, role, reason)
        told = _("%(role)s: the role is taken back.") % {"role": label(role, "role")}
        return see_other(visit.request, f"/members/{key}", told)

    @post("/{key:uuid}/deactivation", sync_to_thread=True)
    def deactivate(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Keep the member out from now on."""
        with _acting(visit.session, visit.actor, key, visit.form):
            service.deactivate_member(visit.session, visit.actor, key)
        return see_other(visit.request, f"/members/{key}", _("The member is kept out, and signed out everywhere."))

    @post("/{key:uuid}/activation", sync_to_thread=True)
    def activate(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let the member in again."""
        with _acting(visit.session, visit.actor, key, visit.form):
            service.activate_member(visit.session, visit.actor, key)
        return see_other(visit.request, f"/members/{key}", _("The member is let in again."))

    @post("/{key:uuid}/passkeys/removal", sync_to_thread=True)
    def remove_passkeys(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let the member's passkeys be worth nothing, as when they are lost."""
        with _acting(visit.session, visit.actor, key, visit.form):
            holder = passkeys.remove_all(visit.session, visit.actor, key)
        notify(
            visit.session,
            [holder.organisation_id],
            NoticeCode.PASSKEYS_REMOVED,
            "member",
            key,
            permission=Permission.ADMINISTER,
            member_id=key,
            member=holder.name,
        )
        return see_other(visit.request, f"/members/{key}", _("The member's passkeys are removed."))


@contextmanager
def _acting(session: Session, actor: Actor, key: UUID, form: Form) -> Iterator[None]:
    _to_administer(session, actor, key)
    with form.acting(session, ONE, lambda: _context(session, actor, key, form)):
        yield


def _to_administer(session: Session, actor: Actor, key: UUID) -> Member:
    member = queries.member_seen(session, actor, key)
    check_may(actor, Permission.ADMINISTER, member.organisation_id)
    return member


def _context(session: Session, actor: Actor, key: UUID, form: Form) -> dict[str, Any]:
    member = _to_administer(session, actor, key)
    reads.members_read(session, actor, [member])
    granted_by = {UUID(each.granted_by) for each in grants_of(member).values() if each.granted_by}
    granters = queries.names_of(session, granted_by)
    return {
        "member": member,
        "organisation": queries.organisation(session, member.organisation_id),
        "grants": [
            (
                role,
                grant,
                granters.get(UUID(grant.granted_by)) if grant.granted_by else None,
                _where(session, role, grant),
            )
            for role, grant in grants_of(member).items()
        ],
        "form": form,
        "has_passkeys": passkeys.has_any(session, member.id),
        "counties": [(each.code, each.name) for each in geo.counties()],
        "may_make_coordinators": actor.may(Permission.REGISTER),
        "sites": [(str(each.id), each.name) for each in queries.sites_of(session, member.organisation_id)],
        "departments": [(each, each) for each in queries.departments_of(session, member.organisation_id)],
        **_choices(actor, member.organisation_id),
    }


def _organisations(session: Session, form: Form) -> tuple[UUID, ...]:
    """Return the organisations of which the form has one on each line, by name or number."""
    found, known = [], Known(session)
    for line in _lines(form, "organisationIds"):
        try:
            found.append(known.organisation(line).id)
        except BadInput:
            form.wrong(
                "organisationIds", f"no single organisation is called {line[:LONGEST_NAME]}: write its name or number"
            )
    return tuple(found)


def _lines(form: Form, name: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, form.value(name).splitlines()[: MOST_IN_AN_AREA + 1])))


def _where(session: Session, role: Role, grant: Grant) -> list[tuple[str, str]]:
    """Return what a role is limited to: counties and organisations, units, sites."""
    counties = [each.name for each in geo.counties() if each.code in grant.county_codes]
    area = [*counties, *queries.organisation_names(session, grant.organisation_ids)]
    sites = queries.sites_among(session, grant.site_ids) if grant.site_ids else ()
    return [
        (_("Coordinates"), ", ".join(area)),
        (
            _("Holds for"),
            ", ".join(grant.departments) or (_("The whole organisation") if role in BY_DEPARTMENT else ""),
        ),
        (_("Sites"), ", ".join(each.name for each in sites)),
    ]


def _choices(actor: Actor, organisation_id: UUID) -> dict[str, Any]:
    """Return the roles that the actor may give in an organisation, and the labels of the fields."""
    return {
        "roles": [(role, label(role, "role")) for role in rules.grantable(actor, organisation_id)],
        "labels": {
            "name": _("Name or role"),
            "email": _("E-mail address"),
            "department": _("Unit"),
            "roles": _("Roles"),
            "role": _("Role"),
            "reason": _("Why"),
            "until": _("Last day"),
            "countyCodes": _("Counties of a coordinator"),
            "organisationIds": _("Organisations of a coordinator"),
            "departments": _("Units that the role is for"),
            "siteIds": _("Sites of a hub host"),
            **{f"why-{role}": _("Why it is taken back") for role in Role},
        },
    }
