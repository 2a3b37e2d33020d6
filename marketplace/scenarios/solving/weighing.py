"""A run's problem under other weights: each offer's points by criterion are stored, and scale with the weight."""

from collections.abc import Mapping
from uuid import UUID

import numpy as np

from marketplace.planning.options.policy import MEANINGS, Policy
from marketplace.scenarios.solving.base import Base, OfferTerms
from matching.arrays import segments
from matching.arrays.arrays import Arrays, Floats, Ints


def weighed(terms: Mapping[str, int], before: Policy, now: Policy) -> dict[str, int]:
    """Return points by criterion under other weights; a criterion that weighed nothing has none."""
    ratio = _ratios(before, now)
    return {name: round(points * ratio[name]) if name in ratio else points for name, points in terms.items()}


def _ratios(before: Policy, now: Policy) -> dict[str, float]:
    """How much more each criterion weighs that weighs something else now."""
    weights = {name: (getattr(before.weights, name), getattr(now.weights, name)) for name in MEANINGS}
    return {name: new / (old or 1) for name, (old, new) in weights.items() if new != old}


def rescored(base: Base, policy: Policy) -> Ints:
    """Return what each option is worth under another policy, (options,)."""
    arrays = base.arrays
    old, new = np.zeros(len(arrays.score)), np.zeros(len(arrays.score))
    ratios = _ratios(base.policy, policy)
    first, offers = arrays.option_from.tolist(), arrays.option_ids.heads(LONG_AS_AN_ID)
    for need_id, demands in base.demands_of.items():
        need = base.need(need_id)
        assert need is not None
        points = {key.encode(): _totals(offer, ratios) for key, offer in need.offers.items()}
        for demand in demands:
            for option in range(first[demand], first[demand + 1]):
                old[option], new[option] = points[offers[option]]
    score: Ints = np.rint(new / _share(arrays, old)).astype(np.int64)
    return score


def promising(base: Base, arrays: Arrays) -> Ints:
    """Return the demands served that would gain most if each could choose by the scores there are now, by position."""
    taken = base.taken[:, 0]
    owner = base.demands_at(taken)
    best = segments.maxima(arrays.score, arrays.option_from, 0)
    gain = best[owner] - arrays.score[taken]
    order = np.argsort(-gain, kind="stable")
    found: Ints = owner[order[gain[order] > 0]]
    return np.array(list(dict.fromkeys(found.tolist()))[:MOST_PROMISING], np.int64)


MOST_PROMISING = 60
LONG_AS_AN_ID = len(str(UUID(int=0)))


def _totals(offer: OfferTerms, ratios: Mapping[str, float]) -> tuple[int, int]:
    """What an offer is worth before and now."""
    total = sum(offer.terms.values())
    points = [(offer.terms.get(name, 0), ratio) for name, ratio in ratios.items()]
    return total, total + sum(round(each * ratio) - each for each, ratio in points)


def _share(arrays: Arrays, points: Floats) -> Ints:
    """Among how many matches the points of each option are shared: its need's amount, times its dates, (options,)."""
    owner = segments.owners(arrays.option_from)
    amount = arrays.amount[owner]
    with np.errstate(divide="ignore", invalid="ignore"):
        dates = np.where(arrays.score != 0, points / (arrays.score * amount), 0.0)
    # Scores are rounded: of a need the option with the largest says best what they were divided by.
    largest = segments.maxima(np.abs(arrays.score), arrays.option_from, 0)[owner] == np.abs(arrays.score)
    best = segments.maxima(np.where(largest, np.rint(dates), 0).astype(np.int64), arrays.option_from, 1)
    share: Ints = amount * np.maximum(best, 1)[owner]
    return share
