"""Scenarios on the wire: a run with changes, and what that comes to."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from msgspec import field

from api.schemas.base import Name, Wire, limited
from marketplace.scenarios.models import Scenario, ScenarioState
from marketplace.scenarios.rules import MOST_CHANGES
from marketplace.scenarios.solving.applied import LARGEST_WEIGHT, MOST_ADDED
from marketplace.scenarios.solving.changes import Change, change_of
from marketplace.scenarios.solving.outcome import Effect, Extent, NeedChange, Outcome

_ID = UUID("01980000-0000-7000-8000-000000000001")


class ChangeIn(Wire):
    """A change; `code` says which other fields it has.

    `lock`: the need keeps what the run gave it, or gets the offer if one is named. `forbid`: the need does not get the
    offer. `close`: nobody gets the offer. `add`: so much more of it. `weigh`: the criterion gives or takes so many
    points at most.
    """

    code: Literal["lock", "forbid", "close", "add", "weigh"]
    need_id: UUID | None = None
    offer_id: UUID | None = None
    amount: Annotated[int | None, limited(minimum=1, maximum=MOST_ADDED)] = None
    criterion: Annotated[str | None, limited("As in a policy's weights.", max_length=40)] = None
    points: Annotated[int | None, limited(minimum=0, maximum=LARGEST_WEIGHT - 1)] = None

    @classmethod
    def example(cls) -> Self:
        """Return that an offer is closed."""
        return cls(code="close", offer_id=_ID)

    def change(self) -> Change:
        """Return it as the rules know it."""
        return change_of(
            self.code,
            need_id=self.need_id,
            offer_id=self.offer_id,
            amount=self.amount,
            criterion=self.criterion,
            points=self.points,
        )


Changes = Annotated[list[ChangeIn], limited("Two about the same thing: the later one holds.", max_items=MOST_CHANGES)]


class ScenarioIn(Wire):
    """A new scenario of a run that has published."""

    run_id: UUID
    name: Name
    changes: Changes = field(default_factory=list)

    @classmethod
    def example(cls) -> Self:
        """Return one in which an offer is closed."""
        return cls(run_id=_ID, name="Utan Storsjösalen", changes=[])


class ScenarioOutcomeOut(Wire):
    """The run and the scenario, both valued by the scenario's weights.

    `scope` is `near` where only what stands around the changes was decided anew. `points` is what each criterion gives
    more than in the run; `needs` is how many needs fare so. `unfitting` are the changes, by position, that found no
    room beside the others.
    """

    scope: Extent
    value_before: int
    value_after: int
    bound: int | None
    served_before: int
    served_after: int
    points: dict[str, int]
    needs: dict[Effect, int]
    unfitting: list[int]
    seconds: float


class ScenarioOut(Wire):
    """A scenario, and what it comes to once it changes something. `progress` tells how far working out all has come."""

    id: UUID
    run_id: UUID
    name: str
    state: ScenarioState
    changes: list[ChangeIn]
    created_at: datetime
    updated_at: datetime
    progress: dict[str, Any]
    outcome: ScenarioOutcomeOut | None

    @classmethod
    def example(cls) -> Self:
        """Return one with a first answer."""
        return cls(
            id=_ID,
            run_id=_ID,
            name="Utan Storsjösalen",
            state=ScenarioState.DRAFT,
            changes=[ChangeIn(code="close", offer_id=_ID)],
            created_at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
            updated_at=datetime.fromisoformat("2026-11-21T08:30:01Z"),
            progress={},
            outcome=ScenarioOutcomeOut(
                scope=Extent.NEAR,
                value_before=301_234,
                value_after=201_020,
                bound=None,
                served_before=3,
                served_after=2,
                points={"served": -100_000, "distance": -214},
                needs={Effect.FELL: 1, Effect.LOSES: 1},
                unfitting=[],
                seconds=0.4,
            ),
        )


class ScenarioDifferenceOut(Wire):
    """A need that gets something else than in the run: of which offers, on how many dates, and for how many points."""

    need_id: UUID
    organisation_id: UUID
    effect: Effect
    gain: int
    points: dict[str, int]
    offers_before: list[UUID]
    offers_after: list[UUID]
    dates_before: int
    dates_after: int

    @classmethod
    def example(cls) -> Self:
        """Return one that gets something farther away."""
        return cls(
            need_id=_ID,
            organisation_id=_ID,
            effect=Effect.LOSES,
            gain=-214,
            points={"distance": -214},
            offers_before=[_ID],
            offers_after=[UUID("01980000-0000-7000-8000-000000000002")],
            dates_before=1,
            dates_after=1,
        )


def scenario_out(scenario: Scenario, found: Outcome | None) -> ScenarioOut:
    """Return a scenario as its maker may read it."""
    return ScenarioOut(
        id=scenario.id,
        run_id=scenario.run_id,
        name=scenario.name,
        state=scenario.state,
        changes=[_change(each) for each in scenario.changes],
        created_at=scenario.created_at,
        updated_at=scenario.updated_at,
        progress=scenario.progress,
        outcome=_outcome(found) if found else None,
    )


def difference_out(change: NeedChange) -> ScenarioDifferenceOut:
    """Return what becomes of a need."""
    return ScenarioDifferenceOut(
        need_id=change.need_id,
        organisation_id=change.organisation_id,
        effect=change.effect,
        gain=change.gain,
        points=dict(change.points),
        offers_before=list(change.before),
        offers_after=list(change.after),
        dates_before=change.dates_before,
        dates_after=change.dates_after,
    )


def _change(stored: dict[str, Any]) -> ChangeIn:
    ids = {name: UUID(stored[key]) for name, key in (("need_id", "needId"), ("offer_id", "offerId")) if key in stored}
    return ChangeIn(
        code=stored["code"],
        amount=stored.get("amount"),
        criterion=stored.get("criterion"),
        points=stored.get("points"),
        **ids,
    )


def _outcome(found: Outcome) -> ScenarioOutcomeOut:
    return ScenarioOutcomeOut(
        scope=found.scope,
        value_before=found.before.value,
        value_after=found.after.value,
        bound=found.bound,
        served_before=found.before.served,
        served_after=found.after.served,
        points=found.points,
        needs={effect: found.count(effect) for effect in Effect if found.count(effect)},
        unfitting=list(found.unfitting),
        seconds=found.seconds,
    )
