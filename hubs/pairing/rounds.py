"""Choosing a round: the pairs of a maximum-weight matching, with an eye to the rounds that come after.

Who takes part are the nodes of a complete graph; where the number is odd, "rest" is one more. Fewest repeats come
first, then fair rests, then who met longest ago, then points; as one weight, in whole numbers, the maximum-weight
perfect matching (Edmonds 1965, in the O(n³) of Galil 1986 by networkx) is exact.

Of 2m people there are 2m - 1 rounds without a repeat, but best rounds one after another may leave people nobody has
met in two odd halves, which ends it early ("premature sets of 1-factors", Rosa, Wallis 1982). While each has half of
the others left to meet, there always is a next round (Dirac 1952). Where there are fewer, a round is only taken after
the following ones were found, too; if the best one bars them, it is the best of those of another way to the end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

import networkx as nx

from hubs.pairing.people import Guest, Pair, Round, all_pairs, last_met, ties, times_met, times_rested
from hubs.pairing.worth import WORTH_DEFAULTS, WorthParams, worth

REST: UUID = UUID(int=0)
"""With whom the one is paired who rests."""


@dataclass(frozen=True, slots=True)
class PairingParams:
    """How a round is chosen.

    Parameters
    ----------
    worth
        The points of a coffee.
    tries
        How many ways to the end are tried, at most, before the one that goes furthest is taken.
    seed
        Of what is tried.
    """

    worth: WorthParams = WORTH_DEFAULTS
    tries: int = 40
    seed: int = 1


PAIRING_DEFAULTS = PairingParams()


def plan_round(guests: Sequence[Guest], past: Sequence[Round], params: PairingParams = PAIRING_DEFAULTS) -> Round:
    """Return who has coffee with whom, after the rounds that have been.

    No two meet again while there is a round in which nobody does.
    """
    weighed = _weighed(guests, past, params)
    best = _matching(weighed.weights)
    if best and best <= weighed.fresh:
        best = _with_a_future(best, weighed.weights, weighed.fresh, Random(params.seed + len(past)), params.tries)  # noqa: S311
    resting = next((person for pair in best if REST in pair for person in pair if person != REST), None)
    alone = guests[0].id if len(guests) == 1 else None
    return Round(tuple(sorted((pair for pair in best if REST not in pair), key=sorted)), resting or alone)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """What each pair weighs, a rest being one, too; and which are neither a repeat nor an unfair rest."""

    weights: dict[Pair, int]
    fresh: frozenset[Pair]


def _weighed(guests: Sequence[Guest], past: Sequence[Round], params: PairingParams) -> _Weighed:
    met, last, tied, rested = times_met(past), last_met(past), ties(guests, past), times_rested(guests, past)
    fewest = min((rested[guest.id] for guest in guests), default=0)
    facts: dict[Pair, tuple[int, int, int, int]] = {}
    for one, other in all_pairs(guests):
        pair = frozenset({one.id, other.id})
        coffees = tied[frozenset({one.organisation_id, other.organisation_id})]
        facts[pair] = met[pair], 0, last.get(pair, 0), -worth(one, other, coffees, params.worth)
    if len(guests) % 2:
        facts |= {frozenset({guest.id, REST}): (0, rested[guest.id] - fewest, 0, 0) for guest in guests}
    # Each part weighs more than the sums of all after it: so one number says which comes first.
    base = 1 + len(guests) * max((abs(part) for parts in facts.values() for part in parts), default=0)
    weights = {pair: -(((a * base + b) * base + c) * base + d) for pair, (a, b, c, d) in facts.items()}
    return _Weighed(weights, frozenset(pair for pair, (repeats, rests, _, _) in facts.items() if not repeats + rests))


Matching = frozenset[Pair]


def _matching(weights: dict[Pair, int]) -> Matching:
    """Return the pairs that are worth most together, of as many as there can be."""
    graph = nx.Graph()
    graph.add_weighted_edges_from((*sorted(pair), weight) for pair, weight in sorted(weights.items(), key=_in_order))
    return frozenset(frozenset(pair) for pair in nx.max_weight_matching(graph, maxcardinality=True))


def _in_order(item: tuple[Pair, int]) -> list[UUID]:
    return sorted(item[0])


def _with_a_future(
    best: Matching, weights: dict[Pair, int], fresh: frozenset[Pair], random: Random, tries: int
) -> Matching:
    """Return a round after which as many follow without a repeat as can: the best one if it is such a round."""
    people = frozenset().union(*fresh)
    possible = min(sum(person in pair for pair in fresh) for person in people)
    if possible > len(people) // 2:
        return best
    furthest = [best]
    for number in range(tries):
        begin = [best] if number < tries // 2 else []
        way = [*begin, *_way(fresh.difference(*begin), len(people), random)]
        if len(way) > len(furthest):
            furthest = way
        if len(way) == possible:
            break
    return best if best in furthest else max(furthest, key=lambda each: sum(weights[pair] for pair in each))


def _way(fresh: Iterable[Pair], people: int, random: Random) -> list[Matching]:
    """Return rounds without a repeat, one after another until there are no more, as chance has it."""
    left, way = set(fresh), []
    while left:
        found = _matching({pair: random.randrange(1000) for pair in sorted(left, key=sorted)})
        if 2 * len(found) < people:
            break
        way.append(found)
        left -= found
    return way
