"""A proposal told in words: what is proposed, why, what else could be chosen, and what it costs whom."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from api.language import format as written
from api.language.format import in_sweden
from api.language.i18n import gettext as _
from api.language.labels import LABELS, label, reason_label
from api.language.labels.timing import timing_text
from api.pages.proposals.costs import Affected, Named, affected, cost_text, parts, points_text, total_text
from api.presenters.lent import (
    Facts,
    facts_of,
    kind_of,
    lent_of,
    name_of,
    near_text,
    place_of,
    price_of,
    times_of,
    whose,
)
from api.presenters.loans import LoanRules
from competence.queries import NearSkill
from core.time import timing
from marketplace.offers.excerpts import OfferExcerpt
from marketplace.offers.queries import OfferView
from marketplace.proposals.queries import LineView, ProposalView
from marketplace.runs.reasons import StoredAlternative
from marketplace.views.history import Happening

Others = Mapping[UUID, OfferView | OfferExcerpt]
"""Offers to swap to, by id."""
MOST_PER_DATE = 2
"""Alternatives that are shown for each date of a series; the API tells all."""


@dataclass(frozen=True)
class Criterion:
    """What one criterion gave an option: its points, of how many, and how good that is from 0 to 1.

    What is counted for a need, however it is served, is no reason to choose this option.
    """

    name: str
    meaning: str
    points: str
    most: str
    share: float | None
    is_for_need: bool = False


@dataclass(frozen=True)
class Alternative:
    """Another option as it is listed, best first; `date` is the one it is for where dates are served apart.

    `difference` is what the need itself wins or loses, of which `parts` tell what for; with what it costs others that
    is the `total`.
    """

    line_id: UUID
    option: str
    date: str
    name: str
    told: str
    times: Sequence[str]
    distance: str
    difference: str
    parts: Sequence[tuple[str, str]]
    cost: str
    affected: Sequence[Affected]
    total: str
    can_be_had: bool


@dataclass(frozen=True)
class Card:
    """What serves a need, as its page tells it: one line, or all dates of a series that one offer serves."""

    family: str
    title: str
    name: str
    kind: str
    asked: str
    facts: Facts
    times: Sequence[str]
    missing: Sequence[tuple[str, str]]
    criteria: Sequence[Criterion]
    total: str
    alternatives: Sequence[Alternative]
    need_id: UUID | None = None
    loan: LoanRules | None = None


@dataclass(frozen=True)
class Event:
    """One line of a history."""

    at: datetime
    who: str
    what: str
    why: str


def by_offer(view: ProposalView) -> list[list[LineView]]:
    """Return the lines that belong on one card: the dates of a need that one offer serves."""
    groups: dict[tuple[UUID, UUID], list[LineView]] = {}
    for line in view.lines:
        groups.setdefault((line.need.id, line.offered.offer.id), []).append(line)
    return list(groups.values())


def cards(
    view: ProposalView,
    others: Others,
    named: Named = MappingProxyType({}),
    near: Mapping[UUID, Sequence[NearSkill]] = MappingProxyType({}),
    loans: Mapping[UUID, LoanRules] = MappingProxyType({}),
) -> list[Card]:
    """Return what there is to tell of each thing in a proposal.

    `others` are offers to swap to, if they are shown; `named` are the needs against it that the reader may see; `near`
    is by which skills people have others, and `loans` which rules lending them follows, by line.
    """
    counted = {(line.need.id, line.line.occurs_on): line.line.id for line in reversed(view.lines)}
    return [
        _card(view, group, others, named, set(counted.values()), near=near, loans=loans) for group in by_offer(view)
    ]


def _card(
    view: ProposalView,
    group: Sequence[LineView],
    others: Others,
    named: Named,
    counted: Collection[UUID],
    *,
    near: Mapping[UUID, Sequence[NearSkill]],
    loans: Mapping[UUID, LoanRules],
) -> Card:
    first = group[0]
    if not view.shows(first):
        return _of_another(view, first)
    weights = view.run.policy.get("weights", {})
    known = first.line.reasons.terms or {}
    terms = {code: known[code] for code in LABELS["criterion"] if code in known}
    by_term = {code: sum(line.line.reasons.by_term.get(code, 0) for line in group) for code in terms}
    served = [line.line.reasons for line in group if line.line.id in counted]
    for_need = {
        "stability": sum(reasons.staying or 0 for reasons in served),
        "value": sum(reasons.served_value for reasons in served),
    }
    resource = first.offered.lent.resource
    return Card(
        family=resource.family,
        title=first.need.title or label(first.need.family, "family"),
        name=name_of(first.offered, named=view.names(first)),
        kind=_option_kind(first.offered),
        asked=timing_text(timing.from_json(first.need.timing)),
        facts=_facts(view, first, near.get(first.line.id, ())),
        times=times_of([interval for line in group for interval in line.during]),
        missing=_missing(view, first),
        criteria=[
            *(
                _criterion(code, terms[code], by_term[code], weights.get(code, 0))
                for code in terms
                if by_term[code] or weights.get(code)  # what has no weight says something only where it gives points
            ),
            *(_for_need(code, points, weights.get(code, 0)) for code, points in for_need.items() if points),
        ],
        total=points_text(sum(by_term.values()) + sum(for_need.values())),
        alternatives=list(_alternatives(group, others, named)) if others else [],
        need_id=first.need.id,
        loan=loans.get(first.line.id),
    )


def _option_kind(offered: OfferView) -> str:
    """Return what an option is; a person who asked to try that very need is one of a kind of its own."""
    if offered.offer.for_need_id is not None:
        return _("Somebody who wants to try another employer")
    return kind_of(offered.lent.resource)


def _of_another(view: ProposalView, line: LineView) -> Card:
    """Return what a lister in a bundle is told of what another one lends: that it is there, and who lends it."""
    family = line.need.family
    return Card(
        family=family,
        title=line.need.title or label(family, "family"),
        name=label(family, "family"),
        kind="",
        asked=timing_text(timing.from_json(line.need.timing)),
        facts=[(_("From"), whose(view.home(line)))],
        times=[],
        missing=[],
        criteria=[],
        total="",
        alternatives=[],
    )


def _missing(view: ProposalView, line: LineView) -> list[tuple[str, str]]:
    """Return the dates of a series that nothing serves, and why where it is known."""
    if line.line.occurs_on is None:
        return [(one.date.isoformat(), label(one.code, "date_outcome")) for one in line.line.reasons.missing or ()]
    served = {each.line.occurs_on for each in view.lines if each.need.id == line.need.id}
    wanted = timing.candidates(timing.from_json(line.need.timing))[0].dates
    today = in_sweden(view.run.queued_at).date()
    return [(day.isoformat(), "") for day in wanted if day not in served and day >= today]


def _alternatives(group: Sequence[LineView], others: Others, named: Named) -> Iterator[Alternative]:
    for line in group:
        listed = line.line.reasons.alternatives or ()
        for told in listed if len(group) == 1 else listed[:MOST_PER_DATE]:
            yield _alternative(line, told, others, named)


def event_of(happening: Happening, kind: str) -> Event:
    """Return an audit entry in words; `kind` is that of the states."""
    entry = happening.entry
    what = label(entry.to_state, kind) if entry.to_state else label(entry.reason_code or "changed", "action")
    why = reason_label(entry.reason_code) if entry.to_state and entry.reason_code else ""
    words = entry.words if entry.actor_id else ""  # the system's own words are English and told by the code
    who = happening.who or _("the system")
    return Event(entry.at, who, what, ": ".join(part for part in (why, words) if part))


def _facts(view: ProposalView, line: LineView, near: Sequence[NearSkill]) -> Facts:
    distance, offered, home = line.line.reasons.metres, line.offered, view.home(line)
    return [
        (_("From"), whose(home)),
        (_("Place"), place_of(offered, home, exact=view.is_exact(line))),
        (_("Distance"), "" if distance is None else written.metres(distance)),
        (_("Amount"), lent_of(line.need, offered.lent.resource, line.line.amount, line.during)),
        *facts_of(offered),
        (_("Near skills"), "; ".join(map(near_text, near))),
        (_("Terms"), label(line.line.terms) if offered.lent.family.hand_over else ""),
        (_("Price"), price_of(line.line)),
        (_("Conditions"), line.line.conditions),
    ]


def _criterion(code: str, of_all: int, points: int, weight: int) -> Criterion:
    """Return a criterion with its points, which are less than those of the whole need where a line is a part of it."""
    return Criterion(
        name=label(code, "criterion"),
        meaning=label(code, "criterion_meaning"),
        points=points_text(points),
        most=written.number(weight) if weight else "",
        share=_share(code, of_all, weight),
    )


def _for_need(code: str, points: int, weight: int) -> Criterion:
    """Return what is counted for a need however many lines serve it."""
    return Criterion(
        name=label(code, "for_need"),
        meaning=label(code, "for_need_meaning"),
        points=points_text(points),
        most=written.number(weight) if weight else "",
        share=None,
        is_for_need=True,
    )


def _share(code: str, points: int, weight: int) -> float | None:
    """Return how good points are: give and take goes both ways, all else is lost from the full."""
    if weight <= 0:
        return None
    span = 2 * weight if code == "give_and_take" else weight
    return round(min(max((points + weight) / span, 0.0), 1.0), 3)


def _alternative(line: LineView, told: StoredAlternative, others: Others, named: Named) -> Alternative:
    offered = others[told.offer_id]
    distance = told.metres
    difference = line.line.reasons.difference(line.line.score, told)
    return Alternative(
        line_id=line.line.id,
        option=told.option,
        date=line.line.occurs_on.isoformat() if line.line.occurs_on else "",
        name=name_of(offered, named=False),
        told=", ".join((whose(offered.home), place_of(offered, offered.home, exact=False))),
        times=_other_times(line, told),
        distance="" if distance is None else written.metres(distance),
        difference=points_text(difference.own + (difference.rest or 0)),
        parts=list(parts(difference)),
        cost=cost_text(told.cost),
        affected=affected(told.cost, named),
        total=total_text(told.cost, difference),
        can_be_had=told.cost.kind != "impossible",
    )


def _other_times(line: LineView, told: StoredAlternative) -> list[str]:
    """Return the times of an alternative where they are not those of the line."""
    times = sorted({claim.during for claim in told.claims}, key=lambda interval: interval.start)
    return [] if times == line.during else times_of(times)
