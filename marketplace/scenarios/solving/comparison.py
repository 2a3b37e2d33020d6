"""A plan beside another of the same problem: what each need gains or loses, and by which criterion."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from marketplace.planning.options.policy import Policy
from marketplace.scenarios.solving.base import Base, NeedContext
from marketplace.scenarios.solving.outcome import Effect, Figures, NeedChange
from marketplace.scenarios.solving.weighing import weighed
from matching.arrays import segments
from matching.arrays.arrays import Arrays, Bools, Ints


@dataclass(frozen=True, eq=False)
class Valued:
    """What a plan takes of each option, (options,), and what each demand is worth by it, (demands,)."""

    amounts: Ints
    served: Bools
    value: Ints
    stability: Ints

    @classmethod
    def of(cls, arrays: Arrays, taken: Ints) -> "Valued":
        """Value rows [option, amount] by the scores of the arrays, whatever these forbid."""
        amounts, wanted = np.zeros(len(arrays.score), np.int64), np.zeros(len(arrays.score), np.int64)
        amounts[taken[:, 0]] = taken[:, 1]
        wanted[arrays.previous[:, 0]] = 1
        served = segments.sums(amounts, arrays.option_from) == arrays.amount
        strayed = segments.sums(np.abs((amounts > 0) - wanted), arrays.option_from) > 0
        stable = served & ~strayed & (segments.sums(wanted, arrays.option_from) > 0)
        return cls(amounts, served, arrays.value * served, arrays.stability * stable)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two plans of a problem, the first of a run and the second of a scenario, by the scenario's scores."""

    base: Base
    arrays: Arrays
    policy: Policy
    before: Valued
    after: Valued

    @classmethod
    def of(cls, base: Base, arrays: Arrays, policy: Policy, taken: Ints) -> "Comparison":
        """Compare the run's own plan with another."""
        plans = (Valued.of(arrays, each) for each in (base.taken, taken))
        return cls(base, arrays, policy, *plans)

    def figures(self, plan: Valued) -> Figures:
        """Return a plan in all."""
        worth = int((self.arrays.score * plan.amounts).sum() + plan.value.sum() + plan.stability.sum())
        dates = (plan.served[demands].tolist() for demands in self.base.demands_of.values())
        return Figures(value=worth, served=sum(2 * sum(of_need) >= len(of_need) for of_need in dates))

    def changes(self) -> tuple[NeedChange, ...]:
        """Return what changes for each need that takes something else, who loses most first."""
        differs = np.flatnonzero(self.before.amounts != self.after.amounts)
        owners = np.searchsorted(self.arrays.option_from, differs, side="right") - 1
        needs = dict.fromkeys(self.arrays.need_ids[n].partition("@")[0] for n in owners.tolist())
        return tuple(sorted((self._change(need_id) for need_id in needs), key=lambda each: (each.gain, each.need_id)))

    def _change(self, need_id: str) -> NeedChange:
        need, demands = self.base.need(need_id), self.base.demands_of[need_id]
        assert need is not None
        (was, had), (now, has) = (self._points(need, demands, plan) for plan in (self.before, self.after))
        points = {name: now.get(name, 0) - was.get(name, 0) for name in {**was, **now}}
        dates = [int(plan.served[demands].sum()) for plan in (self.before, self.after)]
        gain = sum(points.values())
        return NeedChange(
            need_id=UUID(need_id),
            organisation_id=need.organisation_id,
            effect=_effect(dates[0], dates[1], gain),
            gain=gain,
            points={name: gained for name, gained in points.items() if gained},
            before=had,
            after=has,
            dates_before=dates[0],
            dates_after=dates[1],
        )

    def _points(
        self, need: NeedContext, demands: Sequence[int], plan: Valued
    ) -> tuple[dict[str, int], tuple[UUID, ...]]:
        """What a plan gives a need by criterion, and of which offers."""
        found = {"served": int(plan.value[demands].sum()), "stability": int(plan.stability[demands].sum())}
        offers: dict[str, None] = {}
        for option in self._taken(demands, plan):
            offer = self.base.offer_of(option)
            offers[offer] = None
            terms = weighed(need.offers[offer].terms, self.base.policy, self.policy)
            for name, points in _shared(terms, int(self.arrays.score[option] * plan.amounts[option])).items():
                found[name] = found.get(name, 0) + points
        return found, tuple(map(UUID, offers))

    def _taken(self, demands: Sequence[int], plan: Valued) -> Iterator[int]:
        for demand in demands:
            first, end = self.arrays.option_from[demand : demand + 2].tolist()
            yield from (np.flatnonzero(plan.amounts[first:end]) + first).tolist()


def _effect(before: int, after: int, gain: int) -> Effect:
    if after != before:
        return Effect.ROSE if after > before else Effect.FELL
    if gain == 0:
        return Effect.MOVES
    return Effect.GAINS if gain > 0 else Effect.LOSES


def _shared(terms: Mapping[str, int], score: int) -> dict[str, int]:
    """The points by criterion of so much of an offer: its terms in proportion, as whole points that add up to it."""
    total = sum(terms.values())
    if total == 0:
        return {}
    found = {name: round(points * score / total) for name, points in terms.items()}
    largest = max(found, key=lambda name: abs(found[name]))
    found[largest] += score - sum(found.values())
    return found
