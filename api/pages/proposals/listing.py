"""The list of proposals: what it is narrowed to, its rows in words, and what a coordinator has chosen in it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel import Session

from api.http.paging import Paging
from api.language import format as written
from api.language.labels import label
from api.pages.forms import Form, one_of, uuid_of
from api.pages.offers.presenter import name_of
from api.pages.proposals.costs import points_text
from api.pages.proposals.presenter import by_offer, when_in_short, why_in_short
from api.pages.proposals.queue import Queue
from core import geo
from core.actor import Actor
from marketplace.proposals import queries
from marketplace.proposals.models import ProposalState
from marketplace.proposals.queries import LineView, ProposalSearch, ProposalView
from marketplace.proposals.rules import RefusalCode
from marketplace.proposals.undoing import lately_decided
from marketplace.views import reads

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
    found = queries.proposals_page(session, actor, search, paging.page, paging.limit)
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


def title_of(view: ProposalView) -> str:
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


def _run_options(session: Session, actor: Actor) -> list[tuple[str, str]]:
    return [
        (str(run.id), f"{written.moment(run.queued_at)} {run.name}".strip())
        for run in queries.recent_runs(session, actor)
    ]
