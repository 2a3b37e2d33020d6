"""What may be asked for, and how a request and each of its needs move from state to state."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core import geo, limits
from core.actor import Actor, Permission, check_may
from core.database.lifecycle import Lifecycle
from core.errors import BadInput, InvalidParameter, NotAllowed
from core.limits import LONGEST_NAME, LONGEST_TEXT, MOST_NEEDS, refuse_if
from core.serialization import Dataclass
from core.text import text_faults
from core.time import clock, timing
from core.time.timing import Flexible, Period, Timing, Weekly
from marketplace.requests.by_the_hour import loan_faults, pair_faults
from marketplace.requests.models import Need, NeedState, Priority, Request, RequestState
from resources.families import family_of
from resources.families.family import Measure
from resources.families.field_spec import size_faults

FARTHEST_KM = 2000
"""Farther than from one end of the country to the other."""

REQUEST = Lifecycle(
    "request",
    Request,
    {
        RequestState.DRAFT: frozenset({RequestState.OPEN, RequestState.WITHDRAWN}),
        RequestState.OPEN: frozenset({RequestState.PROPOSED, RequestState.WITHDRAWN, RequestState.EXPIRED}),
        RequestState.PROPOSED: frozenset(
            {
                RequestState.OPEN,
                RequestState.PARTLY_AGREED,
                RequestState.AGREED,
                RequestState.WITHDRAWN,
                RequestState.EXPIRED,
            }
        ),
        # A cancelled booking opens its need again, so what was agreed can move back.
        RequestState.PARTLY_AGREED: frozenset(
            {RequestState.OPEN, RequestState.PROPOSED, RequestState.AGREED, RequestState.FULFILLED}
        ),
        RequestState.AGREED: frozenset({RequestState.OPEN, RequestState.PARTLY_AGREED, RequestState.FULFILLED}),
    },
    undoes={RequestState.WITHDRAWN: frozenset({RequestState.DRAFT, RequestState.OPEN})},
)

NEED = Lifecycle(
    "need",
    Need,
    {
        NeedState.OPEN: frozenset({NeedState.PROPOSED, NeedState.DROPPED}),
        NeedState.PROPOSED: frozenset({NeedState.OPEN, NeedState.AGREED, NeedState.DROPPED}),
        NeedState.AGREED: frozenset({NeedState.OPEN}),
        # An alternative that was dropped for its sibling is wanted again when the sibling falls.
        NeedState.DROPPED: frozenset({NeedState.OPEN}),
    },
    undoes={NeedState.DROPPED: frozenset({NeedState.OPEN, NeedState.PROPOSED})},
)
WITHDRAWN = "withdrawn"
"""Why a need was dropped: its request was withdrawn, which may be undone for some minutes."""


def state_of(needs: Iterable[NeedState]) -> RequestState:
    """Return the state of a live request that has these needs; those dropped don't count."""
    states = set(needs) - {NeedState.DROPPED}
    if states == {NeedState.AGREED}:
        return RequestState.AGREED
    if NeedState.AGREED in states:
        return RequestState.PARTLY_AGREED
    return RequestState.PROPOSED if NeedState.PROPOSED in states else RequestState.OPEN


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is wanted, how much of it, and where.

    ``amount`` is people for a desk pool, things for furniture, percent for staff, else 1. ``parts`` is from how many
    lots furniture may come. At most one need of each ``alternative_group`` is served. Without ``max_distance_km``
    any place in the country will do. ``id`` names the need that this replaces when a request is changed.

    Raises
    ------
    BadInput
        Everything that is wrong at once, with the fields named as in JSON.
    """

    family: str
    kind: str | None = None
    title: str = ""
    amount: int = 1
    parts: int = 1
    municipality_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    max_distance_km: float | None = None
    alternative_group: int | None = None
    id: UUID | None = None

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("title", self.title, 0, LONGEST_NAME)
        kinds = list(family_of(self.family).kinds)
        if self.kind is not None and self.kind not in kinds:
            yield InvalidParameter("kind", self.kind, f"it has to be one of {', '.join(kinds)}")
        yield from self._amount_faults()
        yield from self._place_faults()
        yield from limits.whole_faults("alternativeGroup", self.alternative_group, 1, limits.GREATEST_WHOLE)

    def _amount_faults(self) -> Iterator[InvalidParameter]:
        family = family_of(self.family)
        counted = family.counted if family.counts(self.kind) else None
        in_percent = counted is not None and counted.measure is Measure.PERCENT
        most = counted.most if counted else 1
        if not 1 <= self.amount <= most:
            if in_percent:
                yield InvalidParameter("amount", self.amount, "it is percent of a full-time post, from 1 to 100")
            elif counted:
                yield InvalidParameter("amount", self.amount, f"it is how many, from 1 to {most}")
            else:
                yield InvalidParameter("amount", self.amount, "it has to be 1: write one need for each")
        if not family.several_lots and self.parts != 1:
            yield InvalidParameter("parts", self.parts, "only furniture may come from several lots")
        elif not 1 <= self.parts <= max(self.amount, 1):
            yield InvalidParameter("parts", self.parts, "it has to be at least 1, and no more than there are things")

    def _place_faults(self) -> Iterator[InvalidParameter]:
        if self.municipality_code is not None:
            yield from _municipality_faults(self.municipality_code)
        elif self.latitude is not None or self.longitude is not None:
            yield InvalidParameter("municipalityCode", None, "name the municipality that the position lies in")
        elif self.max_distance_km is not None:
            yield InvalidParameter("maxDistanceKm", self.max_distance_km, "name a municipality to count from")
        if self.max_distance_km is not None and not 0 < self.max_distance_km <= FARTHEST_KM:
            yield InvalidParameter(
                "maxDistanceKm", self.max_distance_km, f"it has to be above 0 and at most {FARTHEST_KM} km"
            )
        if (self.latitude is None) != (self.longitude is None):
            yield InvalidParameter("latitude", self.latitude, "a position has both a latitude and a longitude")
        elif self.latitude is not None and self.longitude is not None:
            yield from _position_faults(self.latitude, self.longitude)


@dataclass(frozen=True, kw_only=True)
class NeedDraft(Wanted):
    """One wanted thing with its time and what it has to be like, checked against the clock too."""

    timing: Timing
    requirements: Dataclass

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from super()._faults()
        yield from timing_faults(self.timing)
        yield from requirements_faults(self.family, self.requirements)
        yield from between_faults(vars(self))


@dataclass(frozen=True, kw_only=True)
class RequestDraft:
    """What a project needs: one or several needs, ``together`` (all or none) or each for itself.

    Raises
    ------
    BadInput
        Everything that is wrong at once, with paths such as ``needs[2].alternativeGroup``.
    """

    title: str
    needs: tuple[NeedDraft, ...]
    purpose: str = ""
    priority: Priority = Priority.ORDINARY
    together: bool = False

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from heading_faults(self.title, self.purpose)
        yield from needs_faults(self.needs)
        yield from alternative_faults([need.alternative_group for need in self.needs], together=self.together)
        yield from pair_faults(self.needs, together=self.together)


def check_may_file(actor: Actor) -> None:
    """Only a requester files and changes requests.

    Raises
    ------
    NotAllowed
        Something in it is wrong.
    """
    check_may(actor, Permission.REQUEST)
    check_may(actor, Permission.REQUEST, actor.organisation_id, department_of(actor))


def department_of(actor: Actor) -> str | None:
    """Return the unit that somebody asks for: its own, unless it may ask for another one alone."""
    may_ask_for = actor.departments_for(Permission.REQUEST)
    if may_ask_for is None or actor.department in may_ask_for or len(may_ask_for) != 1:
        return actor.department
    return next(iter(may_ask_for))


def check_may_change(actor: Actor, request: Request) -> None:
    """Only a requester of the organisation that filed a request, and for its unit, changes it.

    Raises
    ------
    NotAllowed
        Something in it is wrong.
    """
    if request.organisation_id != actor.organisation_id:
        raise NotAllowed("not_your_request", "Only the organisation that filed a request may change it.")
    check_may(actor, Permission.REQUEST, request.organisation_id, request.department)


def heading_faults(title: str, purpose: str) -> Iterator[InvalidParameter]:
    """Yield what is wrong with what stands above a request's needs."""
    yield from text_faults("title", title, 1, LONGEST_NAME)
    yield from text_faults("purpose", purpose, 0, LONGEST_TEXT)


def timing_faults(wanted: Timing) -> Iterator[InvalidParameter]:
    """Yield why nothing can be had at such a time."""
    if timing.is_past(wanted, clock.now()):
        yield InvalidParameter("timing", timing.to_json(wanted), "it lies in the past")
    if isinstance(wanted, Weekly) and wanted.skipped:  # a stored one can be read, and is served on its other dates
        yield from wanted.skipped.under("timing").parameters
    if isinstance(wanted, Flexible):
        yield from limits.whole_faults("timing.stepMin", wanted.step_min, 1, limits.LONGEST_STEP_MIN)
    for name, moment in timing.moments_of(wanted):
        yield from limits.instant_faults(f"timing.{name}", moment)


def between_faults(said: Mapping[str, Any]) -> Iterator[InvalidParameter]:
    """Yield which of a need's values contradict each other, as far as these are among those that are known."""
    family, wanted, asked = family_of(said["family"]), said.get("timing"), said.get("requirements")
    if said.get("parts", 1) > 1 and isinstance(wanted, Flexible):
        yield InvalidParameter("parts", said["parts"], "from several lots the start has to be fixed")
    if not isinstance(asked, family.requirements):
        return
    if family.counted and family.counted.people and {"kind", "amount"} <= said.keys() and family.counts(said["kind"]):
        people = family.size(1, asked)
        if said["amount"] != people:
            yield InvalidParameter("amount", said["amount"], f"for {people} people it has to be as many: a desk each")
    yield from loan_faults(said.get("amount"), wanted, getattr(asked, "network", ""))
    without_end = isinstance(wanted, Period) and wanted.last is None
    to_keep = family.keeps(asked)
    if without_end and not to_keep:
        yield InvalidParameter("timing.last", None, "only furniture to keep has no last day")
    if to_keep and wanted is not None and not without_end:
        yield InvalidParameter(
            "requirements.toKeep", True, "what is kept is not given back: use a period without a last day"
        )


def requirements_faults(family: str, asked: Dataclass) -> Iterator[InvalidParameter]:
    """Yield what is wrong with what something has to be like."""
    if isinstance(asked, family_of(family).requirements):
        yield from (fault.under("requirements") for fault in size_faults(asked))
    else:
        yield InvalidParameter("requirements", type(asked).__name__, f"they are not for the family {family}")


def alternative_faults(groups: Sequence[int | None], *, together: bool) -> Iterator[InvalidParameter]:
    """Yield which of a request's needs, each with its group if any, are no alternatives."""
    members = Counter(groups)
    for place, group in enumerate(groups):
        path = f"needs[{place}].alternativeGroup"
        if group is not None and together:
            yield InvalidParameter(path, group, "needs that belong together are all wanted: none is an alternative")
        elif group is not None and members[group] == 1:
            yield InvalidParameter(path, group, "it is alone in its group: an alternative has at least two")


def needs_faults(needs: Sized) -> Iterator[InvalidParameter]:
    """Yield what is wrong with how many needs there are."""
    if not 1 <= len(needs) <= MOST_NEEDS:
        yield InvalidParameter("needs", len(needs), f"a request has from 1 to {MOST_NEEDS} needs")


def _municipality_faults(code: str) -> Iterator[InvalidParameter]:
    try:
        found = geo.municipality(code)
    except BadInput as error:
        yield InvalidParameter("municipalityCode", code, error.parameters[0].reason)
    else:
        if found.code != code:
            yield InvalidParameter("municipalityCode", code, f"write its code, {found.code}")


def _position_faults(latitude: float, longitude: float) -> Iterator[InvalidParameter]:
    try:
        geo.Position(latitude, longitude)
    except BadInput as error:
        yield from error.parameters
