"""Pages of what an offer lends: change all that is said of it, or list another one like it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.language.i18n import gettext as _
from api.pages.families.controls import fact_controls
from api.pages.families.reading import read_facts
from api.pages.families.shown import Fields, shown_facts
from api.pages.families.skills import FIND
from api.pages.forms import Form, uuid_of
from api.pages.offers.choices import own_sites, thing_choices
from api.pages.offers.form import SKILL_ROWS, free_name, noted, resource_of_form, terms_form
from api.pages.offers.hours import fields_of_hours, hours_of_form, week_context
from api.pages.offers.labels import labels
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from competence.service import describe_staff
from core.actor import Actor, Permission, check_may
from core.errors import NotFound
from core.serialization import from_json, to_json
from core.time import clock, opening
from marketplace.offers import queries, service
from marketplace.offers.queries import OfferView
from marketplace.views import reads
from resources.drafts import PartDraft
from resources.families.family import Family
from resources.families.staff import StaffFacts
from resources.queries import parts_of

THING = "offers/thing.html"
_NOT_OF_ANOTHER = ("version", "first", "firstTime", "last", "lastTime", "calendarMailbox")
"""What an offer says of itself alone."""


class ThingPages(Controller):
    """Change what is offered."""

    path = "/offers/{key:uuid}/resource"

    @get("/", sync_to_thread=True)
    def edit(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the form with what is said of what is offered."""
        view = _own(visit.session, visit.actor, key)
        reads.offers_read(visit.session, visit.actor, [view])
        return page(
            THING, _context(visit.session, visit.actor, view, visit.form if visit.form.fields else _stored(view))
        )

    @post("/", sync_to_thread=True)
    def change(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template | Redirect:
        """Change what is said of what is offered, on all its offers."""
        view = _own(visit.session, visit.actor, key)
        if visit.form.value("do") == FIND:
            return page(THING, _context(visit.session, visit.actor, view, visit.form))
        with visit.form.shown_again(THING, _context(visit.session, visit.actor, view, visit.form)):
            _change(visit.session, visit.actor, view, visit.form)
        return see_other(visit.request, f"/offers/{key}", _("It is changed, on all its offers."))


def like(session: Session, actor: Actor, family: Family, offer_id: UUID) -> Form:
    """Return the form of a new offer, filled in as one of the actor's own organisation; its name and times are not.

    Raises
    ------
    NotFound
        There is no such offer of the family that the actor may change.
    """
    view = _own(session, actor, offer_id)
    if view.lent.family is not family:
        raise NotFound("offer", offer_id)
    terms = terms_form(view.offer, view.lent.resource).fields
    said = {name: texts for name, texts in terms.items() if name not in _NOT_OF_ANOTHER}
    parts = parts_of(session, [view.lent.resource.id]).get(view.lent.resource.id, {})
    for n, (name, part) in enumerate(parts.items()):
        said |= {f"parts.{n}.name": [name], f"parts.{n}.seats": [str(part.facts.get("seats", ""))]}
    return Form(_fields(view) | said | {"name": [""], "first": [clock.today().isoformat()]})


def _own(session: Session, actor: Actor, key: UUID) -> OfferView:
    view = queries.offer_view(session, actor, key)
    check_may(actor, Permission.OFFER, view.lent.resource.organisation_id, view.lent.resource.department)
    return view


def _change(session: Session, actor: Actor, view: OfferView, form: Form) -> None:
    family, resource = view.lent.family, view.lent.resource
    version = form.whole("version")
    facts, hours = read_facts(form, family), hours_of_form(form)
    card = None
    if family.anonymous:
        with noted(form):
            card = from_json(StaffFacts, facts)
    chosen = uuid_of(form.value("siteId"))
    site_id = chosen if chosen in dict(own_sites(session, actor)) else resource.site_id
    draft = None
    with noted(form):
        draft = resource_of_form(form, family, facts, site_id)
    form.check()
    assert draft is not None
    parts = parts_of(session, [resource.id]).get(resource.id, {})
    kept = tuple(PartDraft(name, each.facts["seats"], each.facts.get("areaM2")) for name, each in parts.items())
    draft = replace(draft, opening_hours=hours, parts=kept)
    with free_name("name"):
        row = service.change_resource(session, actor, resource.id, draft, if_version=version)
        session.flush()
    if card is not None:
        describe_staff(session, actor, row, card)


def _fields(view: OfferView) -> Fields:
    """Return the fields that say what is offered, and where it stands."""
    resource = view.lent.resource
    stated: Mapping[str, Any] = to_json(view.card.facts) if view.card else resource.facts
    hours = resource.opening_hours
    return shown_facts(view.lent.family, stated) | {
        "name": [resource.name],
        "kind": [resource.kind],
        "description": [resource.description],
        "siteId": [str(resource.site_id or "")],
        **fields_of_hours(opening.from_json(hours) if hours else None),
    }


def _stored(view: OfferView) -> Form:
    return Form(_fields(view) | {"version": [str(view.lent.resource.version)]})


def _context(session: Session, actor: Actor, view: OfferView, form: Form) -> dict[str, Any]:
    family, stored = view.lent.family, _stored(view)
    skills = len([name for name in {**stored.fields, **form.fields} if name.startswith("skills.")]) // 2
    rows = max(SKILL_ROWS, skills + 1)
    return {
        "form": form,
        "stored": stored,
        "view": view,
        "anonymous": family.anonymous,
        "stands_somewhere": family.workplace is None,
        "controls_of_facts": fact_controls(family),
        "labels": labels(family, rows),
        **week_context(form if form.fields else stored),
        "skill_rows": range(rows),
        "choices": thing_choices(session, actor, family, form),
    }
