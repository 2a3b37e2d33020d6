"""The list of proposals: what it is narrowed to, its rows in words, and what a coordinator has chosen in it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel import Session

from api.http.paging import Paging
from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form, one_of, uuid_of
from api.pages.proposals.costs import points_text
from api.pages.proposals.queue import Queue
from api.presenters.lent import name_of, whose
from core import geo
from core.actor import Actor
from marketplace.proposals import queries
from marketplace.proposals.models import ProposalState
from marketplace.proposals.queries import ProposalSearch
from marketplace.proposals.rules import RefusalCode
from marketplace.proposals.undoing import lately_decided
from marketplace.views import reads
from marketplace.views.proposals import LineExcerpt, ProposalExcerpt, proposals_in_short

LIST = "proposals/list.html"
NARROWING = ("state", "run", "county")


def list_context(
    session: Session,
    actor: Actor,
    typed: Form,
    paging: Paging,
    *,
    chosen: Form,
    faults: Mapping[UUID, str] | None = None,
) -> dict[str, Any]:
    """Return what the list shows: `typed` narrows it, and of what was `chosen` in it some may be at `faults`."""
    search = ProposalSearch(
        state=one_of(ProposalState, typed.value("state")),
        run_id=uuid_of(typed.value("run")),
        county_code=typed.value("county") or None,
    )
    found = proposals_in_short(session, actor, search, paging.page, paging.limit)
    reads.proposals_read(session, actor, found.items)
    kept = {name: typed.value(name) for name in NARROWING if typed.value(name)}
    reviews = actor.coordinates and search.state is ProposalState.PROPOSED
    return {
        "form": chosen,
        "typed": typed,
        "found": found,
        "actor": actor,
        "address": lambda number: f"/proposals?{urlencode({**kept, 'page': number})}",
        "kept": {**kept, "page": paging.page},
        "counts": queries.counts_by_state(session, actor),
        "state_options": [(state, label(state)) for state in ProposalState],
        "run_options": _run_options(session, actor) if actor.coordinates else [],
        "county_options": [(county.code, county.name) for county in geo.counties()],
        "why": why_in_short,
        "when": when_in_short,
        "points": points_text,
        "proposed": _proposed,
        "title": title_of,
        "reviews": reviews,
        "queue": Queue.of(typed),
        "reasons": [(code, label(code)) for code in RefusalCode],
        "faults": faults or {},
        "decided": lately_decided(session, actor) if actor.coordinates else [],
    }


def title_of(view: ProposalExcerpt) -> str:
    """Return what a proposal is for: the request, and which of its needs where each has a proposal of its own."""
    needs = {line.need.id: line.need.title for line in view.lines}
    title = next(iter(needs.values())) if len(needs) == 1 else ""
    named = not title or view.request.title.endswith(title)
    return view.request.title if named else f"{view.request.title}: {title}"


def why_in_short(view: ProposalExcerpt) -> str:
    """Return in a few words how far away it is and what lost it most points."""
    farthest = max((view.line.metres for view in view.shown if view.line.metres is not None), default=None)
    lost: dict[str, int] = {}
    for line in view.shown:
        for terms in line.line.terms:
            for code, points in (terms or {}).items():
                lost[code] = lost.get(code, 0) + min(points, 0)
    worst = min(lost, key=lambda code: lost[code], default=None)
    if worst is None or lost[worst] == 0:
        least = _("no points lost")
    else:
        least = _("least good: %(criterion)s") % {"criterion": label(worst, "weight").lower()}
    return least if farthest is None else f"{written.metres(farthest)}, {least}"


def when_in_short(view: ProposalExcerpt) -> str:
    """Return from when until when all that is shown of it is."""
    times = [(each.line.first, each.line.last) for each in view.shown if each.line.first]
    if not times:
        return "–"
    if sum(each.line.times for each in view.shown) == 1:
        return written.period(times[0])
    first = written.day(min(start for start, _end in times))
    ends = [end for _start, end in times if end]
    until = written.day(max(ends) - timedelta(microseconds=1)) if len(ends) == len(times) else ""
    return first if first == until else f"{first}–{until}"


def _proposed(view: ProposalExcerpt) -> list[tuple[str, str]]:
    """Return what would be lent and by whom, each once."""
    return [(_name(view, line), whose(view.home(line))) for line in view.lines]


def _name(view: ProposalExcerpt, line: LineExcerpt) -> str:
    if not view.shows(line):
        return label(line.need.family, "family")
    return name_of(line.offered, named=view.names(line))


def _run_options(session: Session, actor: Actor) -> list[tuple[str, str]]:
    return [
        (str(key), f"{written.moment(queued_at)} {name}".strip())
        for key, queued_at, name in queries.recent_runs(session, actor)
    ]
