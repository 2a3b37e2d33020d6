"""How evenly runs share the load of networks, beside runs that don't look at whose turn it is.

Made-up networks of cards in three towns, each from a seed: hours lent before by chance, needs of two to four hours in
two months. Told are how many needs are served, and the Gini coefficient of the hours that each card has been lent
and is to be lent: with turns and without.

Run it with ``python -m benchmarks.networks.rotation``.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.harness.reports import show
from benchmarks.networks.market import network, unevenness
from marketplace.planning.encoding.build import build
from marketplace.planning.encoding.decode import lines_of
from marketplace.planning.options.policy import DEFAULT, POLICIES, Policy
from marketplace.planning.snapshot.snapshot import Snapshot
from matching.params.solve import SolveParams
from matching.solve import solve

SIZES = ((5, 8, 0), (10, 30, 0), (10, 30, 10), (30, 60, 20), (60, 300, 20))
"""Cards, needs, and hours lent before at most."""
SEEDS = range(5)
MOST_BLOCKS = 20
WITH = POLICIES[DEFAULT]
WITHOUT = replace(WITH, weights=replace(WITH.weights, rotation=0))


def planned(market: Snapshot, policy: Policy) -> tuple[int, float]:
    """Return how many needs a run serves, and how unevenly the load is shared then."""
    made = build(market, policy, name="network", seed=1)
    lines = lines_of(made, solve(made.problem, SolveParams(blocks=MOST_BLOCKS)).plan.matches)
    return len(lines), unevenness(market, lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--hours", type=int, default=40, help="that may be asked for of each card in a month")
    hours = asked.parse_args(arguments).hours
    table = []
    for cards, needs, before in SIZES:
        begun = time.process_time()
        markets = [network(seed, cards, needs, hours=hours, lent_before=before) for seed in SEEDS]
        turns = [planned(market, WITH) for market in markets]
        took = (time.process_time() - begun) / len(markets)
        none = [planned(market, WITHOUT) for market in markets]
        (served, even), (others, uneven) = (map(sum, zip(*each, strict=True)) for each in (turns, none))
        largest, count = max(each for _, each in turns), len(markets)
        figures = (served / count, even / count, largest, others / count, uneven / count, took)
        table.append([f"{cards} cards, {needs} needs, {before} hours", *(f"{each:.3f}" for each in figures)])
    show("Taking turns", ("", "served", "Gini", "largest", "served without", "Gini without", "seconds"), table)


if __name__ == "__main__":
    main()
