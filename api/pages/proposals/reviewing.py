"""The coordinator's review: proposals in turn, several at once, and undoing what was decided."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlmodel import Session

from api.http.paging import Paging
from api.language.faults import problem_text
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.pages.forms import Form, FormRefused, uuid_of
from api.pages.proposals.listing import LIST, NARROWING, list_context
from api.pages.proposals.pages import acting
from api.pages.proposals.queue import Queue
from api.pages.rendering import see_other
from api.pages.visit import Visit
from core.actor import Actor, Permission, refusal
from core.errors import BadInput, Conflict, PlatsverketError
from core.numbers import read_whole
from marketplace.proposals import review
from marketplace.proposals.review import MOST_AT_ONCE, Decision, NotDecided, Verdict
from marketplace.proposals.rules import RefusalCode
from marketplace.proposals.undoing import reopen


class ReviewPages(Controller):
    """Look at what waits in turn, decide on several at once, undo."""

    path = "/proposals"

    @get("/queue", sync_to_thread=True)
    def begin(self, visit: NamedDependency[Visit]) -> Redirect:
        """Go to the proposal that is to be looked at first; where none waits, to the list."""
        if not visit.actor.may(Permission.DECIDE):
            raise refusal(visit.actor, Permission.DECIDE)
        queue = Queue.of(Form({name: [text] for name, text in visit.request.query_params.items()}))
        found = review.first(visit.session, visit.actor, queue.search)
        return see_other(visit.request, queue.address(found), "" if found else _("Nothing waits for a decision."))

    @post("/decisions", sync_to_thread=True)
    def decide(self, visit: NamedDependency[Visit]) -> Redirect:
        """Do the same with all that are chosen; where some cannot be, with none, and show why."""
        session, actor, form = visit.session, visit.actor, visit.form
        if not actor.may(Permission.DECIDE):
            raise refusal(actor, Permission.DECIDE)
        chosen = _chosen(form)
        try:
            verdict = form.choice("do", Verdict)
            code, words = form.value("code"), form.text("words")
            if verdict is Verdict.REFUSE:
                code = form.choice("code", RefusalCode)
            form.check()
            review.decide_all(session, actor, chosen, Decision(verdict, code, words))
        except BadInput as error:
            session.rollback()
            form.errors = list(error.parameters)
            raise FormRefused(LIST, _list_of(session, actor, form)) from error
        except NotDecided as error:
            session.rollback()
            rest = [text for text in form.many("proposal") if _key(text) not in error.faults]
            form.fields["proposal"] = rest
            told = {key: _told(fault) for key, fault in error.faults.items()}
            raise FormRefused(LIST, _list_of(session, actor, form, told), 409) from error
        return see_other(visit.request, _listed(form), _done(verdict, len(chosen)))

    @post("/{key:uuid}/reopening", sync_to_thread=True)
    def undo(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Undo that a coordinator approved or refused it."""
        with acting(visit.session, visit.actor, key, visit.form):
            reopen(visit.session, visit.actor, key)
        queue = Queue.asked(visit.form)
        path = queue.address(key) if queue else f"/proposals/{key}"
        return see_other(visit.request, path, _("It is undone: the proposal waits for your decision again."))


def _chosen(form: Form) -> dict[UUID, int | None]:
    """Return the proposals that are ticked, with the versions that were shown."""
    texts = form.many("proposal")
    if not texts:
        form.wrong("proposal", "choose at least one proposal")
    elif len(texts) > MOST_AT_ONCE:
        form.wrong("proposal", f"choose at most {MOST_AT_ONCE} at a time")
    found = {_key(text): _version(text) for text in texts[:MOST_AT_ONCE]}
    return {key: version for key, version in found.items() if key is not None}


def _key(text: str) -> UUID | None:
    return uuid_of(text.partition(":")[0])


def _version(text: str) -> int | None:
    try:
        return read_whole(text.partition(":")[2])
    except BadInput:  # undoing needs none
        return None


def _list_of(session: Session, actor: Actor, form: Form, faults: dict[UUID, str] | None = None) -> dict[str, Any]:
    number = form.whole_or_none("page", least=1, most=1_000_000) or 1
    return list_context(session, actor, form, Paging(number), chosen=form, faults=faults)


def _listed(form: Form) -> str:
    kept = Form({name: [form.value(name)] for name in NARROWING})
    return Queue.of(kept).listed


def _told(fault: PlatsverketError) -> str:
    code = fault.code if isinstance(fault, Conflict) else "not_found"
    return problem_text(code, str(fault))


def _done(verdict: Verdict, count: int) -> str:
    said = {
        Verdict.APPROVE: ngettext(
            "%(n)s proposal is approved. The parties have been asked.",
            "%(n)s proposals are approved. The parties have been asked.",
            count,
        ),
        Verdict.REFUSE: ngettext("%(n)s proposal is refused.", "%(n)s proposals are refused.", count),
        Verdict.LOCK: ngettext("%(n)s proposal is locked.", "%(n)s proposals are locked.", count),
        Verdict.UNLOCK: ngettext("%(n)s proposal is unlocked.", "%(n)s proposals are unlocked.", count),
        Verdict.REOPEN: ngettext(
            "Undone: %(n)s proposal waits for a decision again.",
            "Undone: %(n)s proposals wait for a decision again.",
            count,
        ),
    }
    return said[verdict] % {"n": count}
