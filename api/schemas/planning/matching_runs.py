"""Matching runs on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import COUNTY, Label, Wire, limited
from api.schemas.families import FamilyName
from marketplace.planning.execution.report import gap_percent
from marketplace.planning.options.policy import DEFAULT, MEANINGS, POLICIES, Policy
from marketplace.planning.rules import LARGEST_SEED, LONGEST_S, RunDraft
from marketplace.proposals.models import ProposalState
from marketplace.runs.models import MatchingRun, ReasonsState, RunKind, RunState
from marketplace.runs.reasons import to_json
from marketplace.runs.rules import FAILURES
from marketplace.views.run import OutcomeView, RunView, ServedBy

_ID = "01980000-0000-7000-8000-00000000000{}"
_WHEN = datetime.fromisoformat("2026-11-21T08:30:00Z")


class RunIn(Wire):
    """What a run is asked to do."""

    county_code: Annotated[str | None, limited("Only needs placed in this county; null: all.", pattern=COUNTY)] = None
    policy: Annotated[str, limited("The name of one of the policies.", pattern=f"^({'|'.join(POLICIES)})$")] = DEFAULT
    seed: Annotated[
        int, limited("The same market with the same seed gives the same plan.", minimum=0, maximum=LARGEST_SEED)
    ] = 1
    time_limit_s: Annotated[
        float | None,
        limited(
            "Seconds until it has published, preparing included; null: as the installation is set.",
            exclusive_minimum=0,
            maximum=LONGEST_S,
        ),
    ] = None
    name: Label = ""

    @classmethod
    def example(cls) -> Self:
        """Return a run over one county."""
        return cls(county_code="23", policy="balanced", seed=1, time_limit_s=30, name="Hösten i Jämtland")

    def draft(self) -> RunDraft:
        """Return what is asked for.

        Raises
        ------
        BadInput
            Something in it is wrong; the error tells all of it.
        """
        return RunDraft(self.county_code, self.policy, self.seed, self.time_limit_s, self.name)


class WeightOut(Wire):
    """One criterion: the most points that it can give or take, and what that means."""

    name: str
    points: int
    meaning: str


class PolicyOut(Wire):
    """Named weights, and what serving a need of each priority class is worth in points."""

    name: str
    meaning: str
    weights: list[WeightOut]
    values: dict[str, int]

    @classmethod
    def example(cls) -> Self:
        """Return the policy that is used unless another is named."""
        return policy_out(POLICIES[DEFAULT])  # type: ignore[return-value]


class FailureOut(Wire):
    """Why a run failed."""

    code: str
    words: str


class BaselineOut(Wire):
    """What first come, first served comes to on the same offers and needs, by the same rules and points."""

    value: int
    served: Annotated[int, Meta(description="How many needs it would have served.")]
    families: Annotated[dict[str, int], Meta(description="How many of these of each family.")]


class RunOut(Wire):
    """One matching run: what it was asked, how far it has come, and what came out."""

    id: UUID
    name: str
    state: RunState
    kind: Annotated[
        RunKind,
        Meta(description="whole: all that is open. local: a request and what stands around it. surge: of an alert."),
    ]
    request_id: Annotated[UUID | None, Meta(description="Of a local run.")]
    county_code: str | None
    policy: PolicyOut
    seed: int
    time_limit_s: float
    started_by: Annotated[
        str | None, Meta(description="Nobody: the system itself, or a coordinator whom you need not know.")
    ]
    attempts: int
    progress: Annotated[
        dict[str, Any],
        Meta(
            description="step (loading, building, keeping, solving, publishing, explaining, done), done and total of "
            "it but for solving, seconds since it began, value, bound, gap (the share of the bound that may be gained "
            "still), blocks and served of needs as the optimiser counts them: each date of a need whose dates are "
            "served apart is one of its own, so that they are not the run's `served` and `needs`. Renewed every second "
            "while it is under way. When it is done, spent: the seconds of each of its phases until it had published "
            "(loading, building, keeping, searching, publishing)."
        ),
    ]
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    status: Annotated[str | None, Meta(description="optimal, feasible or stopped.")]
    objective: Annotated[
        int | None,
        Meta(
            description="What it is worth. This, `bound`, `gapPercent`, `options` and the numbers of `progress` are of "
            "all that it looked at: null for those who do not coordinate that."
        ),
    ]
    bound: Annotated[int | None, Meta(description="No plan can be worth more.")]
    gap_percent: float | None
    baseline: Annotated[
        BaselineOut | None,
        Meta(
            description="What a booking system would have come to: whoever asked first takes what fits best, and "
            "nobody is moved. Null for a local run, an older one, and where there was no time for it."
        ),
    ]
    needs: Annotated[int | None, Meta(description="How many needs it looked at that you may see.")]
    served: Annotated[int | None, Meta(description="How many of these got a proposal, for all dates or some.")]
    options: int | None
    runtime_s: float | None
    failure: FailureOut | None
    reasons_state: Annotated[
        ReasonsState | None,
        Meta(description="Of a run that is done: looking, found, or ended before all was looked for; null: older."),
    ]
    set_aside: Annotated[
        int, Meta(description="How many needs and offers it had to leave out that you may see: its page names them.")
    ]

    @classmethod
    def example(cls) -> Self:
        """Return a run that is done."""
        return cls(
            id=UUID(_ID.format(1)),
            name="Hösten i Jämtland",
            state=RunState.DONE,
            kind=RunKind.WHOLE,
            request_id=None,
            county_code="23",
            policy=PolicyOut.example(),
            seed=1,
            time_limit_s=30,
            started_by="Samordnaren",
            attempts=1,
            progress={
                "step": "done",
                "value": 912345,
                "bound": 912345,
                "gap": 0.0,
                "served": 9,
                "needs": 10,
                "blocks": 1,
                "seconds": 0.4,
            },
            queued_at=_WHEN,
            started_at=_WHEN,
            finished_at=_WHEN,
            status="optimal",
            objective=912345,
            bound=912345,
            gap_percent=0.0,
            baseline=BaselineOut(value=821300, served=8, families={"space": 5, "furniture": 2, "vehicle": 1}),
            needs=10,
            served=9,
            options=83,
            runtime_s=1.3,
            failure=None,
            reasons_state=ReasonsState.FOUND,
            set_aside=0,
        )


class ServedByOut(Wire):
    """What was proposed for a need, and how the proposal stands now."""

    proposal_id: UUID
    proposal_state: ProposalState
    offer_id: UUID
    organisation: Annotated[str | None, Meta(description="Null as `organisation` of an offer.")]
    occurs_on: Annotated[date | None, Meta(description="The date, where dates are served apart.")]
    amount: int
    score: int


class NeedOutcomeOut(Wire):
    """What a run did with one need, and why."""

    need_id: UUID
    request_id: UUID
    organisation: str
    title: str
    family: FamilyName
    kind: str | None
    served: bool
    code: str
    reasons: Annotated[
        dict[str, Any],
        Meta(
            description="steps, emptiedBy, takenBy, loss, changes, onlyMissing (must-haves of which each alone stands "
            "in the way) and missing, as codes and numbers. A change that is contested would take what has been "
            "advised for another need too, which may not be enough for both. Only coordinators and those who may read "
            "the requests read the ids of the needs in takenBy and loss; to others they are null. What was "
            "worked out on request: askedAt while it goes on, then workedOutAt or failedAt, and "
            "freeNow where something is free by now."
        ),
    ]
    served_by: list[ServedByOut]

    @classmethod
    def example(cls) -> Self:
        """Return a need for which nothing was near enough."""
        return cls(
            need_id=UUID(_ID.format(2)),
            request_id=UUID(_ID.format(3)),
            organisation="Statskontoret",
            title="Projektrum",
            family="space",
            kind="meeting_room",
            served=False,
            code="no_option",
            reasons={
                "steps": [{"step": "kind", "left": 12}, {"step": "place", "left": 0}],
                "emptiedBy": "place",
                "changes": [{"code": "distance", "fartherKm": 12, "distanceKm": 22, "offerId": _ID.format(4)}],
            },
            served_by=[],
        )


def policy_out(policy: Policy) -> PolicyOut:
    """Return a policy with what each of its weights means."""
    stored = policy.to_json()
    weights = [
        WeightOut(name=name, points=points, meaning=MEANINGS[name]) for name, points in stored["weights"].items()
    ]
    return PolicyOut(name=policy.name, meaning=policy.meaning, weights=weights, values=stored["values"])


def run_out(view: RunView) -> RunOut:
    """Return a run, as much as its reader may know."""
    run, whole = view.run, view.is_told_whole
    return RunOut(
        id=run.id,
        name=run.name,
        state=run.state,
        kind=run.kind,
        request_id=run.request_id,
        county_code=run.county_code,
        policy=policy_out(Policy.from_json(run.policy)),
        seed=run.seed,
        time_limit_s=run.time_limit_s,
        started_by=view.started_by,
        attempts=run.attempts,
        progress=view.progress,
        queued_at=run.queued_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        status=run.status,
        objective=run.objective if whole else None,
        bound=run.bound if whole else None,
        gap_percent=gap_percent(run) if whole else None,
        baseline=_baseline(run) if whole else None,
        needs=view.needs,
        served=view.served,
        options=run.options if whole else None,
        runtime_s=run.runtime_s,
        failure=_failure(run),
        reasons_state=run.reasons_state,
        set_aside=view.set_aside,
    )


def _baseline(run: MatchingRun) -> BaselineOut | None:
    if run.baseline is None or run.state is not RunState.DONE:
        return None
    return BaselineOut(value=run.baseline.value, served=run.baseline.served, families=run.baseline.families)


def _failure(run: MatchingRun) -> FailureOut | None:
    return FailureOut(code=run.failure_code, words=FAILURES.get(run.failure_code, "")) if run.failure_code else None


def outcome_out(view: OutcomeView) -> NeedOutcomeOut:
    """Return what a run did with a need."""
    return NeedOutcomeOut(
        need_id=view.need.id,
        request_id=view.request.id,
        organisation=view.organisation.name,
        title=view.need.title,
        family=view.need.family,
        kind=view.need.kind,
        served=view.outcome.served,
        code=view.outcome.code,
        reasons=to_json(view.reasons),
        served_by=[_served_by(each) for each in view.lines],
    )


def _served_by(each: ServedBy) -> ServedByOut:
    return ServedByOut(
        proposal_id=each.proposal.id,
        proposal_state=each.proposal.state,
        offer_id=each.line.offer_id,
        organisation=each.home.organisation.name if each.home.organisation else None,
        occurs_on=each.line.occurs_on,
        amount=each.line.amount,
        score=each.line.score,
    )
