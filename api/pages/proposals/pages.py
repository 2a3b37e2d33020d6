"""Pages of proposals: the coordinator's review and the parties' answers, one page that shows what each may do."""

from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.language.labels import label, reason_label
from api.pages.forms import Form, uuid_of
from api.pages.proposals.costs import points_text
from api.pages.proposals.listing import LIST, list_context
from api.pages.proposals.loans import ticked, ticks
from api.pages.proposals.presenter import by_offer, cards, event_of
from api.pages.proposals.queue import Queue
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from api.presenters.lent import sum_of, whose
from api.presenters.loans import loan_rules
from competence.queries import NearSkill, near_skills
from core.actor import Actor
from core.errors import Conflict
from core.time import clock
from marketplace.loans.queries import confirmations, loans_in, told_to
from marketplace.offers.excerpts import excerpts_by_id
from marketplace.planning.reasons import asking
from marketplace.proposals import queries, service
from marketplace.proposals.queries import LineView, ProposalView
from marketplace.proposals.rules import Action, RefusalCode, all_accepted, may_answer, possible_actions
from marketplace.proposals.undoing import lately_decided
from marketplace.runs.models import ReasonsState
from marketplace.views import reads
from marketplace.views.history import happenings
from marketplace.views.mentioned import Mentioned, mentioned

ONE = "proposals/one.html"
AnyRequest = Request[Any, Any, Any]


class ProposalPages(Controller):
    """List, review, decide, answer."""

    path = "/proposals"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the proposals that the member may see, narrowed by the query."""
        typed = _query(visit.request)
        return page(LIST, list_context(visit.session, visit.actor, typed, paging, chosen=visit.form))

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show a proposal with its reasons, and what the member may do with it; in turn, its neighbours too."""
        return page(ONE, _context(visit.session, visit.actor, key, visit.form, Queue.asked(_query(visit.request))))

    @post("/{key:uuid}/approval", sync_to_thread=True)
    def approve(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Ask the parties."""
        with acting(visit.session, visit.actor, key, visit.form):
            then = _then(visit.session, visit.actor, key, visit.form)
            service.approve(visit.session, visit.actor, key, _version(visit.form))
        return see_other(visit.request, then)  # which says so to a coordinator, and how to undo it

    @post("/{key:uuid}/lock", sync_to_thread=True)
    def lock(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Keep it through later runs."""
        with acting(visit.session, visit.actor, key, visit.form):
            then = _then(visit.session, visit.actor, key, visit.form)
            service.lock(visit.session, visit.actor, key, _version(visit.form))
        return see_other(visit.request, then, _("The proposal is locked and stays through later matchings."))

    @post("/{key:uuid}/unlock", sync_to_thread=True)
    def unlock(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let the next run replace it."""
        with acting(visit.session, visit.actor, key, visit.form):
            service.unlock(visit.session, visit.actor, key, _version(visit.form))
        told = _("The proposal is unlocked. The next matching may replace it.")
        return see_other(visit.request, _same(key, visit.form), told)

    @post("/{key:uuid}/swap", sync_to_thread=True)
    def swap(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Choose another option for a line."""
        form = visit.form
        with acting(visit.session, visit.actor, key, form):
            line_id = uuid_of(form.value("line")) or key  # what is no id is no line either
            service.swap(visit.session, visit.actor, key, line_id, form.value("option"), if_version=_version(form))
        return see_other(visit.request, _same(key, form), _("The alternative is chosen. You can swap back."))

    @post("/{key:uuid}/refusal", sync_to_thread=True)
    def refuse(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say no, with a reason."""
        actor, form = visit.actor, visit.form
        with acting(visit.session, actor, key, form):
            code, words = form.choice("code", RefusalCode), form.text("words")
            then = _then(visit.session, actor, key, form)
            service.refuse(visit.session, actor, key, code, words, if_version=_version(form))
        told = "" if actor.coordinates else _("The proposal is refused. What was needed is open again.")
        return see_other(visit.request, then, told)

    @post("/{key:uuid}/acceptance", sync_to_thread=True)
    def accept(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say yes; the last one books it all."""
        with acting(visit.session, visit.actor, key, visit.form):
            outcome = service.accept(visit.session, visit.actor, key, confirmed=ticked(visit.form))
        if outcome.taken:
            return see_other(visit.request, f"/proposals/{key}", _taken(outcome.taken), "warning")
        made = len(outcome.bookings)
        if not made:
            return see_other(
                visit.request, f"/proposals/{key}", _("You have accepted. The others have not answered yet.")
            )
        told = ngettext("Agreed: %(n)s booking is made.", "Agreed: %(n)s bookings are made.", made) % {"n": made}
        path = f"/bookings/{outcome.bookings[0].id}" if made == 1 else "/bookings"
        return see_other(visit.request, path, told)


def acting(session: Session, actor: Actor, key: UUID, form: Form) -> AbstractContextManager[None]:
    """Show a proposal's page again where what a form on it asks for cannot be done."""
    return form.acting(session, ONE, lambda: _context(session, actor, key, form, Queue.asked(form)))


def _then(session: Session, actor: Actor, key: UUID, form: Form) -> str:
    """Return where to go on after a decision: where they are looked at in turn, to the next; else to the same."""
    queue = Queue.asked(form)
    return f"/proposals/{key}" if queue is None else queue.address(queue.place(session, actor, key).after)


def _same(key: UUID, form: Form) -> str:
    queue = Queue.asked(form)
    return queue.address(key) if queue else f"/proposals/{key}"


def _near(session: Session, view: ProposalView) -> dict[UUID, list[NearSkill]]:
    """Return by which skills people have what is asked for, by the first line of each need that one serves."""
    found = {}
    for first, *_others in by_offer(view):
        if first.offered.card is not None and view.shows(first):
            asked = {**first.need.requirements.get("skillsShould", {}), **first.need.requirements.get("skillsMust", {})}
            found[first.line.id] = near_skills(session, first.offered.card.facts.skills, asked)
    return found


def _query(request: AnyRequest) -> Form:
    return Form({name: [text] for name, text in request.query_params.items()} or {"": [""]})


def _context(session: Session, actor: Actor, key: UUID, form: Form, queue: Queue | None) -> dict[str, Any]:
    view = queries.proposal_view(session, actor, key)
    queue = queue if view.decided_by_reader else None
    reads.proposals_read(session, actor, [view])
    others = excerpts_by_id(session, queries.alternative_offers(view))
    parties = [each.party for each in view.parties]
    loans = loans_in(session, view.requester, view.shown)
    confirmed = confirmations(session, [key]) if loans else {}
    told = cards(
        view,
        others,
        _named(session, actor, view) if others else {},
        _near(session, view),
        {each.key: loan_rules(each, told_to(view, each, confirmed.get(each.parts, ()))) for each in loans},
    )
    own = [party for party in parties if party.organisation_id == actor.organisation_id]
    departments = queries.departments(session, view.proposal.id)
    may = possible_actions(actor, view.proposal, parties, departments, clock.now())
    silent = [party for party in own if party.answer is None and may_answer(actor, party, departments)]
    return {
        "view": view,
        "form": form,
        "queue": queue,
        "place": queue.place(session, actor, key) if queue else None,
        "decided": lately_decided(session, actor) if queue else [],
        "cards": told,
        "may": may,
        "ticks": ticks(loans, silent) if Action.ACCEPT in may else [],
        "home": actor.organisation_id,
        "accepted": bool(own) and all_accepted(own),
        "coordinates": view.decided_by_reader,
        "is_explaining": view.decided_by_reader and view.run.reasons_state is ReasonsState.LOOKING,
        "asking": asking.asking_states(
            session, actor, view.requester.id, view.run.id, {line.need.id for line in view.lines}
        ),
        "split": _split(view),
        "points": points_text,
        "refusal": reason_label(view.proposal.refusal_code) if view.proposal.refusal_code else "",
        "refuser": whose(view.refuser) if view.refuser else "",
        "whose": whose,
        "reasons": [(code, label(code)) for code in RefusalCode],
        "events": [event_of(each, "proposal_state") for each in happenings(session, actor, {"proposal": [key]})]
        if view.decided_by_reader
        else [],
    }


def _named(session: Session, actor: Actor, view: ProposalView) -> dict[UUID, Mentioned]:
    """Return the needs that alternatives would touch, as far as the reader may see them."""
    told = (each.cost for line in view.shown for each in line.line.reasons.alternatives or ())
    return mentioned(session, actor, {need_id for loss in told for need_id in loss.named})


def _split(view: ProposalView) -> list[tuple[str, str, str]]:
    """Return who would be paid for what, and how much."""
    return [
        (whose(view.home(group[0])), group[0].need.title or label(group[0].need.family, "family"), _sum(group))
        for group in by_offer(view)
        if view.shows(group[0])
    ]


def _sum(group: list[LineView]) -> str:
    costs = [line.cost_sek for line in group]
    return sum_of(None if None in costs else sum(cost for cost in costs if cost is not None))


def _taken(taken: Conflict) -> str:
    clashes: Any = taken.details.get("clashes") or [{"resource": _("Something in it")}]
    text = _("%(resource)s was taken meanwhile, so nothing is booked. The request is open again.")
    return text % {"resource": clashes[0]["resource"] or _("Something in it")}


def _version(form: Form) -> int | None:
    return form.whole_or_none("version")
