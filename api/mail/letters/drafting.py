"""A draft of a letter: what happened, what comes and what was asked, in words that the host goes on with."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session

from api.language import format as written
from api.language.i18n import DEFAULT, ngettext, speaking
from api.language.i18n import gettext as _
from core.actor import Actor
from core.settings import settings
from core.time import clock
from hubs.activities.models import ActivityAudience, ActivityState, HubActivity
from hubs.letters import queries, service
from hubs.letters.models import HubLetter, HubLetterPlan, LetterKind
from hubs.letters.queries import AskedTold, LetterFacts
from hubs.letters.rules import on_the_wall
from hubs.letters.text import END, MEMBERS, NEW_MEMBERS
from hubs.places.models import Hub
from hubs.questions.models import QuestionAudience

T = TypeVar("T")
FRIDAY = 4


def draft(session: Session, actor: Actor | None, row: HubLetterPlan) -> HubLetter:
    """Make the letter that a plan is due for; `actor` is the host who asks for it, if one does.

    Raises
    ------
    NotAllowed, Conflict
        As `hubs.letters.service.begin`.
    """
    hub = session.get_one(Hub, row.hub_id)
    send_at = service.go_on(row) if actor is None else on_the_wall(row.next_on, row.at)
    since = service.since(session, hub.id, row.kind, row.weeks)
    facts = queries.facts(session, hub, row.kind, since, send_at)
    with speaking(row.language):
        made = HubLetter(
            hub_id=hub.id,
            kind=row.kind,
            language=row.language,
            subject=_subject(hub, row.kind, send_at),
            words=_words(facts, row.kind),
            since=since,
            send_at=send_at,
        )
    return service.begin(session, actor, hub, made)


def _subject(hub: Hub, kind: LetterKind, send_at: datetime) -> str:
    named = _("%(hub)s week %(week)s") if kind is LetterKind.WEEKLY else _("News from %(hub)s, week %(week)s")
    return named % {"hub": hub.name, "week": written.in_sweden(send_at).isocalendar().week}


def _words(facts: LetterFacts, kind: LetterKind) -> str:
    for_members = [NEW_MEMBERS] if kind is LetterKind.WEEKLY else []
    parts = [
        [_("Hello!")],
        for_members,
        _part(_("What has happened"), facts.held, _held, _of_members),
        _part(_("What comes"), facts.coming, _coming, _of_members),
        _part(_("How do you do it?"), facts.questions, _asked, _is_for_members),
    ]
    return "\n\n".join("\n".join(each) for each in parts if each) + "\n"


def _part(title: str, things: Sequence[T], line: Callable[[T], str], hidden: Callable[[T], bool]) -> list[str]:
    """Return a heading and a line for each thing in order, those for members between marks; without things nothing."""
    if not things:
        return []
    told = [f"## {title}", ""]
    if all(map(hidden, things)):
        return [MEMBERS, *told, *map(line, things), END]
    for is_hidden, some in groupby(things, hidden):
        lines = [line(each) for each in some]
        told += [MEMBERS, *lines, END] if is_hidden else lines
    return told


def _held(activity: HubActivity) -> str:
    return " ".join(_happening(activity, _("What was written down is there.") if activity.documents else ""))


def _coming(activity: HubActivity) -> str:
    register = activity.seats is not None and activity.state is ActivityState.SET
    return " ".join(_happening(activity, _("Register there.") if register else ""))


def _happening(activity: HubActivity, more: str) -> Iterator[str]:
    yield f"- {written.moment(activity.starts)}: {_link(activity.title, f'/activities/{activity.id}')}."
    if more:
        yield more


def _asked(told: AskedTold) -> str:
    answers = ngettext("%(n)s answer", "%(n)s answers", told.answers) % {"n": told.answers}
    return f"- {_link(told.question.title, f'/hub-questions/{told.question.id}')}: {answers}"


def _link(title: str, path: str) -> str:
    named = " ".join(title.split())
    for letter in "\\[]*_`":
        named = named.replace(letter, f"\\{letter}")
    return f"[{named}]({settings().address}{path})"


def _of_members(activity: HubActivity) -> bool:
    return activity.audience is ActivityAudience.MEMBERS


def _is_for_members(told: AskedTold) -> bool:
    return told.question.audience is not QuestionAudience.EVERYBODY


def usual_plan(hub_id: UUID, kind: LetterKind) -> HubLetterPlan:
    """Return when a letter would go of which nothing is planned: on Friday, of a newsletter every two months."""
    today = clock.today()
    friday = today + timedelta(days=(FRIDAY - today.weekday() - 1) % 7 + 1)
    weeks = 1 if kind is LetterKind.WEEKLY else 8
    return HubLetterPlan(hub_id=hub_id, kind=kind, next_on=friday, at=time(10), weeks=weeks, language=DEFAULT)
