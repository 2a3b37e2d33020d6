"""Pages of offers: search, one, post one of each family in one form, change, open, pause, close, yeses to a card."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.labels import LABELS, label
from api.pages import drafts
from api.pages.families.controls import fact_controls
from api.pages.families.skills import FIND
from api.pages.forms import Form
from api.pages.offers.choices import municipalities, options, thing_choices
from api.pages.offers.form import (
    FIELDS,
    PART_ROWS,
    SKILL_ROWS,
    free_name,
    read_post,
    read_terms,
    terms_form,
    widen_names,
    widen_rows,
)
from api.pages.offers.hours import week_context
from api.pages.offers.labels import labels
from api.pages.offers.narrowing import Narrowing, query_of
from api.pages.offers.things import like as like_offer
from api.pages.proposals.presenter import Event, event_of
from api.pages.rendering import KEPT_BY_THE_BROWSER, page, see_other
from api.pages.visit import Visit
from api.presenters import lent
from competence.approvals.models import ApprovalState, Approver, CardApproval, Channel
from competence.approvals.queries import given
from competence.approvals.rules import LONGEST_EVIDENCE
from competence.queries import held_cards
from core.actor import Actor, Permission, Private, check_may
from core.errors import BadInput, NotFound
from core.time import clock
from core.time.interval import from_range
from marketplace.bookings.ahead import ahead
from marketplace.cards import approving
from marketplace.cards.approving import runs_short
from marketplace.offers import queries, service
from marketplace.offers.excerpts import OfferExcerpt
from marketplace.offers.models import Offer, OfferState, PriceBasis, Terms, Visibility
from marketplace.offers.queries import OfferView
from marketplace.offers.rules import visible_tier, widens_of
from marketplace.organisations.models import Member, Organisation
from marketplace.views import reads
from marketplace.views.history import happenings, reads_offer
from marketplace.views.search import browse_offers
from resources import service as resources
from resources.families import FAMILIES
from resources.families.family import Family
from resources.photos.queries import photos_of
from resources.vocabulary import Access

LIST, ONE, NEW, CHANGE = "offers/list.html", "offers/one.html", "offers/new.html", "offers/change.html"
_OF_THE_RESOURCE = {"valuationBasis": "terms", "valuationSek": "terms"}
"""What is wrong with these is told beside the terms where the resource itself is not in the form."""


class OfferPages(Controller):
    """Find, post, change, open, pause, close."""

    path = "/offers"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the offers that the member may see, narrowed by the query."""
        actor = visit.actor
        typed = Form({name: [text] for name, text in visit.request.query_params.items()})
        search = query_of(typed).search(actor)
        browsed = browse_offers(visit.session, actor, search, paging.page, paging.limit)
        found = browsed.found
        reads.offers_read(visit.session, actor, found.items)
        context = {
            "form": typed,
            "found": found,
            "narrowing": Narrowing(visit.request, typed, search, browsed.facets),
            "misspelled": ", ".join(_("“%(words)s”") % {"words": word} for word in browsed.misspelled),
            "told": [_in_short(view) for view in found.items],
            "shows_state": any(view.offer.state is not OfferState.OPEN for view in found.items),
            "address": lambda number: address_of_page(visit.request, number),
            "may_post": actor.may(Permission.OFFER),
            "may_ask": actor.may(Permission.REQUEST),
            "drafts": drafts.listed(visit.session, actor, drafts.OFFERS, "name", _labels_of_page),
            "families": list(FAMILIES),
            "family_options": options(FAMILIES, "family"),
            "municipality_options": municipalities(),
        }
        return page(LIST, context)

    @get("/new", sync_to_thread=False)
    def choose_family(self) -> Redirect:
        """Go to the list of offers, where one chooses what to offer."""
        return Redirect("/offers", status_code=303)

    @get("/new/{family:str}", sync_to_thread=True)
    def new(
        self,
        visit: NamedDependency[Visit],
        family: FromPath[str],
        like: Annotated[UUID | None, QueryParameter(description="An offer of one's own to begin with.")] = None,
    ) -> Template:
        """Show the form of a new offer, empty or filled in as another."""
        actor, restored = visit.actor, visit.form
        check_may(actor, Permission.OFFER)
        if like is not None and not restored.fields:
            restored = like_offer(visit.session, actor, _family(family), like)
        draft = drafts.stored(visit.session, actor, drafts.OFFERS + family, restored)
        context = _form_context(visit.session, actor, _family(family), restored, draft)
        context["wanted_kind"] = visit.request.query_params.get("kind", "")
        return page(NEW, context, headers=KEPT_BY_THE_BROWSER)

    @post("/new/{family:str}", sync_to_thread=True)
    def create(self, visit: NamedDependency[Visit], family: FromPath[str]) -> Template | Redirect:
        """List the resource, with its address where that is new, and offer it."""
        session, actor, form = visit.session, visit.actor, visit.form
        check_may(actor, Permission.OFFER)
        kind, is_open, path = _family(family), form.value("do") != "draft", drafts.OFFERS + family
        stored = drafts.stored(session, actor, path, form)
        if form.value("do") == FIND:
            return page(NEW, _form_context(session, actor, kind, form, stored))
        with form.shown_again(NEW, _form_context(session, actor, kind, form, stored), FIELDS):
            draft = drafts.taken_up(session, actor, path, form)
            try:
                with session.begin_nested():
                    offer = _posted(session, actor, form, kind, is_open)
            except BadInput as error:
                if is_open:
                    raise
                return drafts.saved(visit.request, session, actor, form, draft=draft, error=error)
            drafts.sent(session, draft)
        return see_other(visit.request, f"/offers/{offer.id}", _posted_message(kind, is_open))

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show an offer with what is offered."""
        view = queries.offer_view(visit.session, visit.actor, key)
        reads.offers_read(visit.session, visit.actor, [view])
        return page(ONE, _one_context(visit.session, visit.actor, view, visit.form))

    @get("/{key:uuid}/change", sync_to_thread=True)
    def edit(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the form with what an offer says."""
        view = queries.offer_view(visit.session, visit.actor, key)
        check_may(visit.actor, Permission.OFFER, *_owner_of(view))
        reads.offers_read(visit.session, visit.actor, [view])
        return page(CHANGE, _change_context(view, visit.form if visit.form.fields else _terms_form(view)))

    @post("/{key:uuid}/change", sync_to_thread=True)
    def change(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Change the offer's time, price, conditions and who may see it."""
        form = visit.form
        view = queries.offer_view(visit.session, visit.actor, key)
        check_may(visit.actor, Permission.OFFER, *_owner_of(view))
        with form.shown_again(CHANGE, _change_context(view, form), {**FIELDS, **_OF_THE_RESOURCE}):
            version = form.whole("version")
            draft = read_terms(
                form,
                view.offer,
                view.lent.resource,
                also=lambda said: service.change_faults(visit.session, view.offer, said),
            )
            service.update_offer(visit.session, visit.actor, key, draft, if_version=version)
        return see_other(visit.request, f"/offers/{key}", _("The offer is changed."))

    @post("/{key:uuid}/opening", sync_to_thread=True)
    def open(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Show a draft or a paused offer to those who may see it."""
        with acting_on_offer(visit.session, visit.actor, key, visit.form):
            service.open_offer(visit.session, visit.actor, key)
        return see_other(visit.request, f"/offers/{key}", _("The offer is open."))

    @post("/{key:uuid}/pause", sync_to_thread=True)
    def pause(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Hide an offer for the time being."""
        with acting_on_offer(visit.session, visit.actor, key, visit.form):
            service.pause_offer(visit.session, visit.actor, key)
        return see_other(
            visit.request, f"/offers/{key}", _("The offer is paused: nobody else sees it until you open it.")
        )

    @post("/{key:uuid}/closing", sync_to_thread=True)
    def close(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Take an offer away, which the page then lets one undo for some minutes."""
        with acting_on_offer(visit.session, visit.actor, key, visit.form):
            service.close_offer(visit.session, visit.actor, key, visit.form.value("words") or None)
        return see_other(visit.request, f"/offers/{key}")

    @post("/{key:uuid}/reopening", sync_to_thread=True)
    def reopen(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Undo that the offer was closed."""
        with acting_on_offer(visit.session, visit.actor, key, visit.form):
            service.reopen_offer(visit.session, visit.actor, key)
        return see_other(visit.request, f"/offers/{key}", _("It is undone: the offer is as it was before."))

    @post("/{key:uuid}/consents", sync_to_thread=True)
    def consent(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Write down that somebody has said yes to a capacity card, or takes it back."""
        session, actor, form = visit.session, visit.actor, visit.form
        resource, yes = queries.offer_view(session, actor, key).lent.resource, form.value("given") == "yes"
        with acting_on_offer(session, actor, key, form):
            who, evidence = form.choice("who", Approver), form.text("evidence", most=LONGEST_EVIDENCE)
            until = form.day_or_none("until")
            if yes:
                approving.give(session, actor, resource, who, evidence, until=until)
            else:
                approving.withdraw(session, actor, resource, who)
        told = _("The yes is noted.") if yes else _("The yes is taken back, and the card is hidden.")
        return see_other(visit.request, f"/offers/{key}", told)


def _posted(session: Session, actor: Actor, form: Form, family: Family, is_open: bool) -> Offer:
    said = read_post(form, family, session.get_one(Organisation, actor.organisation_id).kind)
    resource = said.resource
    if said.site is not None:
        with free_name("siteName"):
            resource = said.at(resources.create_site(session, actor, said.site).id)
    with free_name("name"):
        return service.post_resource(session, actor, resource, said.offer, card=said.card, open=is_open)


def _labels_of_page(path: str, _form: Form) -> dict[str, str]:
    return labels(_family(path.removeprefix(drafts.OFFERS)))


def _family(text: str) -> Family:
    if text not in FAMILIES:
        raise NotFound("family", text)
    return FAMILIES[text]


def _in_short(view: OfferView | OfferExcerpt) -> dict[str, Any]:
    """Return an offer in the words of a list; on its own page its size stands among the facts."""
    size = view.size if isinstance(view, OfferExcerpt) else None
    return {
        "view": view,
        "name": lent.name_of(view, named=view.named),
        "what": lent.what_of(view.lent.resource, view.capacity, size),
        "whose": lent.whose(view.home),
        "place": lent.place_in_short(view, exact=view.exact),
        "price": lent.price_of(view.offer),
    }


def _told(view: OfferView) -> dict[str, Any]:
    """Return an offer in words."""
    place = lent.place_of(view, view.home, exact=view.exact)
    return _in_short(view) | {"place": place, "facts": lent.facts_of(view), "described": view.named}


def _states(view: OfferView) -> dict[str, Any]:
    """Return who sees the offer now and later, and where those who may move it may move it."""
    state = view.offer.state if view.managed else OfferState.CLOSED
    widens, today = widens_of(view.offer), clock.today()
    return {
        "may_open": state in (OfferState.DRAFT, OfferState.PAUSED),
        "may_pause": state is OfferState.OPEN,
        "may_change": state is not OfferState.CLOSED,
        "tier": visible_tier(view.offer.visibility, widens, today),
        "later": [(day, tier) for day, tier in widens if day > today],
    }


def acting_on_offer(session: Session, actor: Actor, key: UUID, form: Form) -> AbstractContextManager[None]:
    """Show the offer's page again where what a form on it asks for cannot be done."""
    return form.acting(
        session, ONE, lambda: _one_context(session, actor, queries.offer_view(session, actor, key), form)
    )


def _one_context(session: Session, actor: Actor, view: OfferView, form: Form) -> dict[str, Any]:
    """Return what the page of one offer shows."""
    states = _states(view)
    return {
        "view": view,
        "told": _told(view),
        **states,
        "form": form,
        "approvals": _approvals(session, actor, view),
        **_person(session, actor, view),
        "may_note": actor.may(Permission.NOTE_APPROVAL, *_owner_of(view)),
        "may_approve": actor.may(Permission.APPROVE_CARD, *_owner_of(view)),
        "ahead": ahead(session, actor, view.offer.id) if states["may_change"] else [],
        "events": _events(session, actor, view),
        "photos": photos_of(session, [view.offer.resource_id]).get(view.offer.resource_id, []),
        "is_of_others": view.offer.organisation_id != actor.organisation_id,
        "may_ask": actor.may(Permission.REQUEST),
    }


def _events(session: Session, actor: Actor, view: OfferView) -> list[Event]:
    """Return what has happened to the offer, for those who may change it, auditors and coordinators."""
    if not reads_offer(actor, view):
        return []
    return [event_of(each, "offer_state") for each in happenings(session, actor, {"offer": [view.offer.id]})]


def _approvals(session: Session, actor: Actor, view: OfferView) -> list[dict[str, Any]]:
    """Return who says yes to a capacity card, and who can be asked next; for those who answer for it."""
    if view.card is None or not actor.reads(Private.APPROVAL, *_owner_of(view)):
        return []
    said = {each.who: each for each in given(session, view.offer.resource_id)}
    asked = next((who for who in Approver if who not in said), None) or _said_too_short(view, said.values())
    return [{"who": who, "given": said.get(who), "next": who is asked} for who in Approver]


def _said_too_short(view: OfferView, said: Iterable[CardApproval]) -> Approver | None:
    """Return whose yes, the first in order, has to be said anew here; an employee who is a member has a page for it."""
    if view.offer.state is OfferState.CLOSED:
        return None
    here = [each for each in said if each.who is not Approver.EMPLOYEE or each.channel is Channel.NOTED]
    return next((each.who for each in here if runs_short(each, from_range(view.offer.during))), None)


def _person(session: Session, actor: Actor, view: OfferView) -> dict[str, Any]:
    """Return whose card it is and who is asked about it, for HR, which is written down."""
    if view.card is None or not actor.reads(Private.APPROVAL_NOTE, *_owner_of(view)):
        return {"person": None, "asked": None}
    held = held_cards(session, [view.offer.resource_id])[view.offer.resource_id]
    asked = next((each for each in held.live if each.state is ApprovalState.ASKED and each.asked_of_id), None)
    person = session.get_one(Member, held.row.member_id) if held.row.member_id else None
    reads.persons_read(session, actor, [view.offer.resource_id] if person else [])
    reads.asked_read(session, actor, [asked] if asked else [])
    return {"person": person, "asked": (asked, session.get_one(Member, asked.asked_of_id)) if asked else None}


def _owner_of(view: OfferView) -> tuple[UUID, str | None]:
    """Return the organisation, and the unit of it, that what is offered belongs to."""
    return view.lent.resource.organisation_id, view.lent.resource.department


def _own_department(actor: Actor) -> str:
    """Return the unit that something is probably listed for, where the actor does not list for all."""
    may_list_for = actor.departments_for(Permission.OFFER)
    if may_list_for is None:
        return ""
    return actor.department if actor.department in may_list_for else min(may_list_for)


def _terms_form(view: OfferView) -> Form:
    return terms_form(view.offer, view.lent.resource)


def _posted_message(family: Family, is_open: bool) -> str:
    if not is_open:
        return _("The offer is kept as a draft.")
    if family.anonymous:
        return _("The card is posted. It is shown to others once the employee, the manager and HR have said yes.")
    return _("The offer is open.")


def _form_context(
    session: Session, actor: Actor, family: Family, form: Form, draft: Form | None = None
) -> dict[str, Any]:
    """Return what the template of a new offer needs; with a draft, the form goes on with it."""
    return {
        "form": form,
        "stored": draft,
        "family": family.name,
        "title": label(family.name, "offer_family"),
        "note": label(family.name, "family_note") if family.name in LABELS["family_note"] else "",
        "anonymous": family.anonymous,
        "has_calendar": family.has_calendars,
        "stands_somewhere": family.workplace is None,
        "divisible": bool(family.divisible),
        "controls_of_facts": fact_controls(family),
        "labels": labels(family),
        **week_context(form),
        "today": clock.today().isoformat(),
        "wanted_kind": "",
        "department": _own_department(actor),
        "part_rows": range(PART_ROWS),
        "skill_rows": range(SKILL_ROWS),
        "widen_rows": [widen_names(n) for n in range(widen_rows(form))],
        "choices": {
            **_term_choices(family),
            **thing_choices(session, actor, family, form),
            "municipality": municipalities(),
            "access": options(Access),
        },
    }


def _change_context(view: OfferView, form: Form) -> dict[str, Any]:
    family = view.lent.family
    told = _told(view)
    return {"form": form, "view": view, "told": told, "family": family.name, "labels": labels(family), "today": ""} | {
        "department": "",
        "has_calendar": family.has_calendars,
        "choices": _term_choices(family),
        "stored": _terms_form(view),
        "widen_rows": [widen_names(n) for n in range(widen_rows(form))],
    }


def _term_choices(family: Family) -> dict[str, list[tuple[str, str]]]:
    terms = Terms if family.hand_over else [Terms.LOAN]
    return {"terms": options(terms), "price": options(PriceBasis), "visibility": options(reversed(Visibility))}
