"""A request told in words: what each need asks for, and what the latest matching made of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec import UnsetType

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.language.labels import LABELS, label
from api.language.labels.changes import change_text, only_missing_text, told_lacking
from api.language.labels.timing import timing_text
from api.pages.proposals.costs import Affected, Named, affected, affected_by, cost_text
from api.presenters.families import need_text
from core import geo
from core.errors import BadInput
from core.serialization import Dataclass
from core.time.timing import Timing, Weekly, candidates
from marketplace.inquiries.models import Inquiry, InquiryState
from marketplace.inquiries.rules import askable, said_by
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.requests.models import Need, NeedState
from marketplace.requests.queries import WAITING
from marketplace.requests.rules import NeedDraft
from marketplace.runs.models import RunState
from marketplace.runs.reasons import OutcomeReasons
from marketplace.views.request import LatestRun, NeedView, Outcome, RequestView, Suggestion
from resources.families import family_of

Facts = list[tuple[str, str]]
Labels = Mapping[str, str]


@dataclass(frozen=True)
class AskedNow:
    """What a requester is asked about a need: whether a change would do, and until when it may answer."""

    id: UUID
    change: str
    answer_by: datetime


@dataclass(frozen=True)
class NeedCard:
    """One need as its page tells it.

    ``why`` are the reasons that it got nothing, ``against`` the needs against it that the reader may see; ``beside``
    says what else there is to say of the ``changes``. ``steps`` are how many offers were left after each filter;
    ``dates`` are a series' dates with what became of each. ``askable`` are changes that its requester may be asked
    about, by their keys, ``asked_now`` is what it is asked, and ``answers`` are what it has answered.
    """

    need: Need
    title: str
    facts: Facts
    told: str
    why: Sequence[str]
    against: Sequence[Affected]
    steps: Sequence[tuple[str, int]]
    changes: Sequence[str]
    beside: Sequence[str]
    askable: Sequence[tuple[str, str]]
    asked_now: "AskedNow | None"
    answers: Sequence[str]
    dates: Sequence[tuple[str, str]]
    matched_at: str
    run_id: UUID | None
    suggestions: Sequence[Suggestion]


def need_cards(view: RequestView, skills: Labels) -> list[NeedCard]:
    """Return what there is to tell of each need; ``skills`` are labels by code."""
    numbers = {each.need.id: each.need.position for each in view.needs}
    return [_card(each, numbers, skills, view.mentioned) for each in view.needs]


def run_text(run: LatestRun | None) -> str:
    """Return how the latest run over a request stands, or nothing where its needs say it all."""
    if run is None:
        return ""
    stage = run.reasons_state if run.state is RunState.DONE else (run.step or run.state)
    kind = f"{run.kind}_run"
    return label(stage, kind) if stage in LABELS[kind] else ""


def _card(view: NeedView, numbers: Mapping[UUID, int], skills: Labels, named: Named) -> NeedCard:
    need, outcome = view.need, view.outcome
    holds = outcome and need.state is NeedState.OPEN and not outcome.served and not outcome.outdated
    reasons = outcome.reasons if outcome and holds else OutcomeReasons()
    return NeedCard(
        need=need,
        title=_called(need),
        facts=_facts(need, view.timing, view.requirements, skills),
        told=label(view.fault, "fault") if view.fault and need.state in WAITING else _told(need.state, outcome),
        why=list(_why(reasons, numbers)),
        against=_against(reasons, named),
        steps=[(label(each.step, "filter"), each.left) for each in reasons.steps or ()],
        changes=[change_text(change, need.family, skills) for change in reasons.advised],
        beside=list(_beside(reasons, need.family, numbers, skills, refused=any(map(_was_refused, view.inquiries)))),
        askable=[(each.key, change_text(each, need.family, skills)) for each in askable(need.family, reasons)],
        asked_now=_asked_now(view, skills),
        answers=[_answer(each, need.family, skills) for each in view.inquiries if each is not view.waiting_inquiry],
        dates=_dates(view.timing, need.state, outcome),
        matched_at=written.moment(outcome.at) if outcome else "",
        run_id=outcome.run_id if outcome else None,
        suggestions=view.suggestions,
    )


def _why(reasons: OutcomeReasons, numbers: Mapping[UUID, int]) -> Iterator[str]:
    if reasons.emptied:
        yield label(reasons.emptied, "emptied_by")
    if reasons.blocked_by:
        yield _("Need %(numbers)s could not be served.") % {"numbers": _numbered(reasons.blocked_by, numbers)}
    if reasons.taken_by:
        yield ngettext("Another need has what it takes.", "Other needs have what it takes.", len(reasons.taken_by))
    if reasons.loss and reasons.loss.kind in {"exact", "at_most"}:
        yield _("What it would cost others if it were served all the same: %(cost)s.") % {
            "cost": cost_text(reasons.loss).lower()
        }
    elif reasons.loss and reasons.loss.kind == "unknown" and reasons.worked_out_at:
        yield _("We looked for what it would cost others if it were served all the same, and found no answer.")
    if reasons.free_now:
        yield _("By now something is free for it as it is. The next matching looks for it, or you can find it now.")


def _against(reasons: OutcomeReasons, named: Named) -> list[Affected]:
    """The needs that have what it would take, or would lose by its being served."""
    holders = dict.fromkeys(each.need_id for each in reasons.taken_by or () if each.need_id in named)
    held = [affected_by(_("Has what it would take"), named[need_id]) for need_id in holders if need_id]
    return [*held, *(affected(reasons.loss, named) if reasons.loss else ())]


def _asked_now(view: NeedView, skills: Labels) -> AskedNow | None:
    asked = view.waiting_inquiry
    if asked is None or said_by(view.need) != asked.said:
        return None
    return AskedNow(asked.id, change_text(asked.change, view.need.family, skills), asked.answer_by)


def _was_refused(inquiry: Inquiry) -> bool:
    return inquiry.state is InquiryState.REFUSED


def _answer(inquiry: Inquiry, family: str, skills: Labels) -> str:
    told = {
        "change": change_text(inquiry.change, family, skills),
        "state": label(inquiry.state),
        "words": inquiry.words,
    }
    return (_("%(change)s – %(state)s: %(words)s") if inquiry.words else _("%(change)s – %(state)s")) % told


def _beside(
    reasons: OutcomeReasons, family: str, numbers: Mapping[UUID, int], skills: Labels, *, refused: bool
) -> Iterator[str]:
    """Yield what is to be said beside the changes: what alone is missing, and that a search found nothing."""
    lacking = told_lacking(family, reasons)
    yield from (f"{only_missing_text(subject, family, skills)}." for subject in lacking)
    if reasons.advised or reasons.free_now or refused:
        return
    if reasons.also_missing:
        missing = _numbered(reasons.also_missing, numbers)
        yield _("To change this need alone is not enough: nothing is left for need %(numbers)s either.") % {
            "numbers": missing
        }
    elif reasons.failed_at:
        yield _("What would make it possible could not be worked out. You can try again.")
    elif reasons.searched and not isinstance(reasons.searched, UnsetType):
        yield _("We looked for one change that would have been enough, and found none.")
    elif reasons.worked_out_at and reasons.changes is not None:
        yield _("We looked for one change that would have been enough, but the time was not enough to try them all.")


def _numbered(need_ids: Collection[UUID], numbers: Mapping[UUID, int]) -> str:
    """Return needs of the same request by their numbers."""
    return ", ".join(str(numbers[each]) for each in need_ids if each in numbers)


def _told(state: NeedState, outcome: Outcome | None) -> str:
    match state:
        case NeedState.AGREED:
            return _("Both sides have agreed.")
        case NeedState.DROPPED:
            return _("It is no longer asked for.")
        case NeedState.PROPOSED if outcome and outcome.code == "partly_served":
            return label(outcome.code, "need_outcome")
        case NeedState.PROPOSED:
            return label("served", "need_outcome")
    if outcome is None:
        return _("It has not been matched yet.")
    if outcome.outdated:
        return _(
            "The request has been changed since the matching of %(moment)s. What holds now is told by the next "
            "matching, or when you let us look for something now."
        ) % {"moment": written.moment(outcome.at)}
    if outcome.served:
        return _("A match was found, but nothing came of it. It takes part in the next matching.")
    return label(outcome.code, "need_outcome")


def _dates(timing: Timing | None, state: NeedState, outcome: Outcome | None) -> list[tuple[str, str]]:
    """Return each date of a series that is proposed or agreed, with whether it can be had."""
    if not isinstance(timing, Weekly) or outcome is None or state not in {NeedState.PROPOSED, NeedState.AGREED}:
        return []
    missing = {each.date: each.code for each in outcome.reasons.missing or ()}
    dates = candidates(timing)[0].dates
    return [(day.isoformat(), label(missing.get(day, "served"), "date_outcome")) for day in dates]


def draft_facts(need: NeedDraft | OpenNeed, skills: Labels) -> tuple[str, Facts]:
    """Return what a draft of a need, or another's, is called, and what it asks for; ``skills`` are labels by code."""
    return _called(need), _facts(need, need.timing, need.requirements, skills)


def _called(need: Need | NeedDraft | OpenNeed) -> str:
    return need.title or label(need.kind or need.family, f"{need.family}_kind" if need.kind else "family")


def _facts(need: Need | NeedDraft | OpenNeed, timing: Timing | None, asked: Dataclass | None, skills: Labels) -> Facts:
    family = family_of(need.family)
    kind = label(need.kind, f"{need.family}_kind") if need.kind and not family.only_kind else ""
    alternative = _("At most one of group %(number)s") % {"number": need.alternative_group}
    return [
        (_("Kind"), kind),
        (_("When"), timing_text(timing) if timing else ""),
        (_("Where"), _place(need)),
        *(need_text(family, need.amount, need.parts, asked, skills) if asked else ()),
        (_("Alternative"), alternative if need.alternative_group else ""),
    ]


def _place(need: Need | NeedDraft | OpenNeed) -> str:
    if need.municipality_code is None:
        return _("Anywhere in the country")
    try:
        name = geo.municipality(need.municipality_code).name
    except BadInput:  # stored by another version, which knew of it
        name = need.municipality_code
    if need.max_distance_km is None:
        return name
    return _("%(place)s, at most %(distance)s away") % {
        "place": name,
        "distance": written.kilometres(need.max_distance_km),
    }
