"""Pages of what members of hubs ask each other: finding, asking, and one question with its answers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.auth import signed_in_actor
from api.http.paging import Paging, address_of_page
from api.http.visitor import visitor_of
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form, uuid_of
from api.pages.rendering import KEPT_BY_THE_BROWSER, page, see_other
from api.pages.visit import Visit
from core.actor import Actor
from core.errors import NotFound
from core.limits import LONGEST_NAME, LONGEST_WORDS
from hubs.activities.queries import activity_view
from hubs.groups.queries import GroupView, group_view
from hubs.membership.queries import is_member
from hubs.places.models import Hub
from hubs.places.queries import hub_view
from hubs.profiles.queries import check_member
from hubs.questions import queries, service
from hubs.questions.models import HubAnswerState, HubQuestionState, QuestionAudience
from hubs.questions.queries import HubQuestionSearch
from hubs.questions.rules import HubQuestionDraft

LIST, NEW, ONE = (f"hubs/questions/{name}.html" for name in ("list", "new", "one"))
AnyRequest = Request[Any, Any, Any]


class HubQuestionPages(Controller):
    """Find, ask, answer, report, take away."""

    path = "/hub-questions"

    @get("/", sync_to_thread=True)
    def search(
        self, request: AnyRequest, session: NamedDependency[Session], paging: NamedDependency[Paging]
    ) -> Template:
        """List what one may read, for anybody, by words, at a hub, about what is on there, or in a group."""
        actor = _reader(request, session)
        form = Form({name: [text] for name, text in request.query_params.items()})
        hub_id, activity_id = uuid_of(form.value("hub")), uuid_of(form.value("activity"))
        hub = hub_view(session, actor, hub_id).hub if hub_id else None
        in_group = _group(session, actor, uuid_of(form.value("group")))
        group_id = in_group.group.id if in_group else None
        wanted = HubQuestionSearch(hub_id, activity_id, form.value("text")[:LONGEST_NAME], group_id)
        context = {
            "form": form,
            "found": queries.questions_page(session, actor, wanted, page=paging.page, limit=paging.limit),
            "address": lambda number: address_of_page(request, number),
            "hub": hub,
            "activity": activity_view(session, actor, activity_id).activity if activity_id else None,
            "in_group": in_group,
            "may_ask": bool(hub and actor and is_member(session, hub.id, actor.member_id)),
        }
        return page(LIST, context)

    @get("/new/{key:uuid}", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the form of a question to the members of a hub, perhaps about what is on, or to a group."""
        return page(NEW, _new(visit, key) | {"form": visit.form}, headers=KEPT_BY_THE_BROWSER)

    @post("/new/{key:uuid}", sync_to_thread=True)
    def ask(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Ask, and go on to the question's page."""
        with visit.form.shown_again(NEW, _new(visit, key), {"activityId": "activity", "groupId": "group"}):
            row = service.ask(visit.session, visit.actor, key, _draft(visit.form))
        return see_other(visit.request, f"/hub-questions/{row.id}", _("Your question is asked."))

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, request: AnyRequest, session: NamedDependency[Session], key: FromPath[UUID]) -> Template:
        """Show a question with its answers to anybody who may read it."""
        return page(ONE, _one(session, _reader(request, session), key) | {"form": Form()})

    @post("/{key:uuid}/answers", sync_to_thread=True)
    def answer(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Answer it."""
        words, named = visit.form.text("words", required=True, most=LONGEST_WORDS), visit.form.ticked("named")
        told = _("Your answer is there, and whoever asked is told.")
        return _done(visit, key, lambda: service.answer(visit.session, visit.actor, key, words, named=named), told)

    @post("/{key:uuid}/report", sync_to_thread=True)
    def report(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Tell the hosts that something has no place there."""
        words = visit.form.text("report_words", required=True, most=LONGEST_WORDS)
        told = _("The hosts of the hub are told.")
        return _done(visit, key, lambda: service.report(visit.session, visit.actor, key, words), told)

    @post("/{key:uuid}/removal", sync_to_thread=True)
    def remove(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Take it away, or one of its answers."""
        answer_id = uuid_of(visit.form.value("answer"))
        to = "" if answer_id else "/hub-questions"
        told = _("It is taken away.")
        return _done(visit, key, lambda: service.remove(visit.session, visit.actor, key, answer_id), told, to)


def _reader(request: AnyRequest, session: Session) -> Actor | None:
    return None if visitor_of(request) is None else signed_in_actor(request, session)


def _done(visit: Visit, key: UUID, do: Callable[[], object], told: str, to: str = "") -> Redirect:
    names = {"words": "report_words"} if "report_words" in visit.form.fields else {}
    with visit.form.acting(visit.session, ONE, lambda: _one(visit.session, visit.actor, key), names):
        do()
    return see_other(visit.request, to or f"/hub-questions/{key}", told)


def _draft(form: Form) -> HubQuestionDraft:
    """Return what a form says, all that is wrong in it told at once."""
    group_id = uuid_of(form.value("group"))
    audience = QuestionAudience.GROUP if group_id else form.choice("audience", QuestionAudience)
    with form.noting():
        draft = HubQuestionDraft(
            title=form.value("title"),
            words=form.value("words"),
            audience=audience,
            named=form.ticked("named"),
            activity_id=uuid_of(form.value("activity")),
            group_id=group_id,
        )
    form.check()
    return draft


def _group(session: Session, actor: Actor | None, group_id: UUID | None) -> GroupView | None:
    """Return a group that somebody reads the questions of; NotFound where it is not signed in, or sees no such."""
    if group_id is None:
        return None
    if actor is None:
        raise NotFound("group", group_id)
    return group_view(session, actor, group_id)


def _new(visit: Visit, hub_id: UUID) -> dict[str, Any]:
    about, in_ = (
        uuid_of(visit.form.value(name) or visit.request.query_params.get(name, "")) for name in ("activity", "group")
    )
    in_group = _group(visit.session, visit.actor, in_)
    if in_group is None:
        check_member(visit.session, visit.actor, hub_id)
    elif in_group.own is None or in_group.hub.id != hub_id:
        raise NotFound("group of yours", in_group.group.id)
    labels = {"title": _("What do you want to know?"), "words": _("Tell more"), "audience": _("Who may read it?")}
    return {
        "hub": visit.session.get_one(Hub, hub_id),
        "activity": activity_view(visit.session, visit.actor, about).activity if about else None,
        "group": in_group.group if in_group else None,
        "audiences": [(each.value, label(each)) for each in QuestionAudience if each is not QuestionAudience.GROUP],
        "labels": labels,
        "summary_labels": labels,
    }


def _one(session: Session, actor: Actor | None, key: UUID) -> dict[str, Any]:
    view = queries.question_view(session, actor, key)
    return {
        "view": view,
        "removed": view.question.state is HubQuestionState.REMOVED,
        "answers": [(each, each.answer.state is HubAnswerState.REMOVED) for each in view.answers],
        "signed_in": actor is not None,
        "labels": {"words": _("Your answer"), "report_words": _("What has no place here?")},
    }
