"""Pages of proposals: the coordinator's review and the parties' answers, one page that shows what each may do."""

from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.language.labels import label
from api.pages.forms import Form, one_of, uuid_of
from api.pages.offers.presenter import name_of, sum_of
from api.pages.proposals.costs import points_text
from api.pages.proposals.presenter import (
    by_offer,
    cards,
    event_of,
    reason_label,
    when_in_short,
    why_in_short,
)
from api.pages.rendering import page, see_other
from core import geo
from core.actor import Actor
from core.errors import Conflict
from core.time import clock
from marketplace.planning.reasons import on_request
from marketplace.proposals import queries, service
from marketplace.proposals.models import ProposalState
from marketplace.proposals.queries import LineView, ProposalSearch, ProposalView
from marketplace.proposals.rules import RefusalCode, all_accepted, possible_actions
from marketplace.runs.models import ReasonsState
from marketplace.views import reads
from marketplace.views.history import happenings
from marketplace.views.mentioned import Mentioned, mentioned

LIST, ONE = "proposals/list.html", "proposals/one.html"
AnyRequest = Request[Any, Any, Any]


class ProposalPages(Controller):
    """List, review, decide, answer."""

    path = "/proposals"

    @get("/", sync_to_thread=True)
    def search(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Template:
        """List the proposals that the member may see, narrowed by the query."""
        typed = Form({name: [text] for name, text in request.query_params.items()})
        search = ProposalSearch(
            state=one_of(ProposalState, typed.value("state")),
            run_id=uuid_of(typed.value("run")),
            county_code=typed.value("county") or None,
        )
        found = queries.proposals_page(session, actor, search, paging.page, paging.limit)
        reads.proposals_read(session, actor, found.items)
        context = {
            "form": typed,
            "found": found,
            "actor": actor,
            "address": lambda number: address_of_page(request, number),
            "counts": queries.counts_by_state(session, actor),
            "state_options": [(state, label(state)) for state in ProposalState],
            "run_options": _run_options(session, actor) if actor.coordinates else [],
            "county_options": [(county.code, county.name) for county in geo.counties()],
            "why": why_in_short,
            "when": when_in_short,
            "points": points_text,
            "proposed": _proposed,
            "title": _title,
        }
        return page(LIST, context)

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        restored: NamedDependency[Form],
        key: FromPath[UUID],
    ) -> Template:
        """Show a proposal with its reasons, and what the member may do with it."""
        return page(ONE, _context(session, actor, key, restored))

    @post("/{key:uuid}/approval", sync_to_thread=True)
    def approve(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        form: NamedDependency[Form],
        key: FromPath[UUID],
    ) -> Redirect:
        """Ask the parties."""
        with _acting(session, actor, key, form):
            service.approve(session, actor, key, _version(form))
        return see_other(request, f"/proposals/{key}", _("The proposal is approved. The parties have been asked."))

    @post("/{key:uuid}/lock", sync_to_thread=True)
    def lock(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        form: NamedDependency[Form],
        key: FromPath[UUID],
    ) -> Redirect:
        """Keep it through later runs."""
        with _acting(session, actor, key, form):
            service.lock(session, actor, key, _version(form))
        return see_other(request, f"/proposals/{key}", _("The proposal is locked and stays through later matchings."))

    @post("/{key:uuid}/unlock", sync_to_thread=True)
    def unlock(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        form: NamedDependency[Form],
        key: FromPath[UUID],
    ) -> Redirect:
        """Let the next run replace it."""
        with _acting(session, actor, key, form):
            service.unlock(session, actor, key, _version(form))
        return see_other(request, f"/proposals/{key}", _("The proposal is unlocked. The next matching may replace it."))

    @post("/{key:uuid}/swap", sync_to_thread=True)
    def swap(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        form: NamedDependency[Form],
        key: FromPath[UUID],
    ) -> Redirect:
        """Choose another option for a line."""
        with _acting(session, actor, key, form):
            line_id = uuid_of(form.value("line")) or key  # what is no id is no line either
            service.swap(session, actor, key, line_id, form.value("option"), if_version=_version(form))
        return see_other(request, f"/proposals/{key}", _("The alternative is chosen. You can swap back."))

    @post("/{key:uuid}/refusal", sync_to_thread=True)
    def refuse(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        form: NamedDependency[Form],
        key: FromPath[UUID],
    ) -> Redirect:
        """Say no, with a reason."""
        with _acting(session, actor, key, form):
            code, words = form.choice("code", RefusalCode), form.text("words")
            form.check()
            service.refuse(session, actor, key, code, words)
        return see_other(request, f"/proposals/{key}", _("The proposal is refused. What was needed is open again."))

    @post("/{key:uuid}/acceptance", sync_to_thread=True)
    def accept(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        form: NamedDependency[Form],
        key: FromPath[UUID],
    ) -> Redirect:
        """Say yes; the last one books it all."""
        with _acting(session, actor, key, form):
            outcome = service.accept(session, actor, key)
        if outcome.taken:
            return see_other(request, f"/proposals/{key}", _taken(outcome.taken), "warning")
        made = len(outcome.bookings)
        if not made:
            return see_other(request, f"/proposals/{key}", _("You have accepted. The others have not answered yet."))
        told = ngettext("Agreed: %(n)s booking is made.", "Agreed: %(n)s bookings are made.", made) % {"n": made}
        path = f"/bookings/{outcome.bookings[0].id}" if made == 1 else "/bookings"
        return see_other(request, path, told)


def _acting(session: Session, actor: Actor, key: UUID, form: Form) -> AbstractContextManager[None]:
    return form.acting(session, ONE, lambda: _context(session, actor, key, form))


def _context(session: Session, actor: Actor, key: UUID, form: Form) -> dict[str, Any]:
    view = queries.proposal_view(session, actor, key)
    reads.proposals_read(session, actor, [view])
    others = queries.alternatives(session, view)
    parties = [each.party for each in view.parties]
    own = [party for party in parties if party.organisation_id == actor.organisation_id]
    return {
        "view": view,
        "form": form,
        "cards": cards(view, others, _named(session, actor, view) if others else {}),
        "may": possible_actions(actor, view.proposal, parties, clock.now()),
        "home": actor.organisation_id,
        "accepted": bool(own) and all_accepted(own),
        "coordinates": view.decided_by_reader,
        "is_explaining": view.decided_by_reader and view.run.reasons_state is ReasonsState.LOOKING,
        "asking": on_request.asking_states(session, actor, view.run.id, {line.need.id for line in view.lines}),
        "split": _split(view),
        "points": points_text,
        "refusal": reason_label(view.proposal.refusal_code) if view.proposal.refusal_code else "",
        "refuser": next((each.organisation.name for each in view.parties if _refused(view, each)), ""),
        "reasons": [(code, label(code)) for code in RefusalCode],
        "events": [event_of(each, "proposal_state") for each in happenings(session, actor, {"proposal": [key]})]
        if view.decided_by_reader
        else [],
    }


def _named(session: Session, actor: Actor, view: ProposalView) -> dict[UUID, Mentioned]:
    """Return the needs that alternatives would touch, as far as the reader may see them."""
    told = (each.cost for line in view.shown for each in line.line.reasons.alternatives or ())
    return mentioned(session, actor, {need_id for loss in told for need_id in loss.named})


def _title(view: ProposalView) -> str:
    """Return what a proposal is for: the request, and which of its needs where each has a proposal of its own."""
    needs = {line.need.id: line.need.title for line in view.lines}
    title = next(iter(needs.values())) if len(needs) == 1 else ""
    return f"{view.request.title}: {title}" if title else view.request.title


def _proposed(view: ProposalView) -> list[tuple[str, str]]:
    """Return what would be lent and by whom, each once."""
    lent = [group[0] for group in by_offer(view)]
    return [(_name(view, line), line.offered.organisation.name) for line in lent]


def _name(view: ProposalView, line: LineView) -> str:
    if not view.shows(line):
        return label(line.need.family, "family")
    return name_of(line.offered, named=view.names(line))


def _split(view: ProposalView) -> list[tuple[str, str, str]]:
    """Return who would be paid for what, and how much."""
    return [
        (group[0].offered.organisation.name, group[0].need.title or label(group[0].need.family, "family"), _sum(group))
        for group in by_offer(view)
        if view.shows(group[0])
    ]


def _sum(group: list[LineView]) -> str:
    costs = [line.cost_sek for line in group]
    return sum_of(None if None in costs else sum(cost for cost in costs if cost is not None))


def _refused(view: ProposalView, party: queries.PartyView) -> bool:
    return party.organisation.id == view.proposal.refused_by_id


def _taken(taken: Conflict) -> str:
    clashes: Any = taken.details.get("clashes") or [{"resource": _("Something in it")}]
    text = _("%(resource)s was taken meanwhile, so nothing is booked. The request is open again.")
    return text % {"resource": clashes[0]["resource"] or _("Something in it")}


def _run_options(session: Session, actor: Actor) -> list[tuple[str, str]]:
    return [
        (str(run.id), f"{written.moment(run.queued_at)} {run.name}".strip())
        for run in queries.recent_runs(session, actor)
    ]


def _version(form: Form) -> int | None:
    return form.whole_or_none("version")
