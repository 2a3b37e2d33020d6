"""The options of needs that are looked at together: those of each alone, and the best by the plain rule."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.time.timing import Flexible
from marketplace.planning.candidates.candidates import CandidateBlock
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.options.options import Options, options_of
from marketplace.planning.options.policy import POLICIES
from marketplace.planning.options.scoring import score
from marketplace.planning.snapshot.snapshot import Snapshot
from tests.marketplace.planning.candidates.random_markets import random_market

MOST = 3
POLICY = POLICIES["balanced"]
Found = dict[date | None, list[tuple[Any, ...]]]


@given(st.integers(0, 10**9))
def test_needs_get_together_what_each_gets_alone(seed: int) -> None:
    here = random_market(seed)
    filters = CandidateFilter(here)
    together = {
        need_id: told(options)
        for alike in filters.alike(here.needs)
        for block in filters.blocks(alike)
        for need_id, options in options_by_need(here, block)
    }
    for asked in here.needs:
        [block] = filters.blocks([asked])
        [(_, options)] = options_by_need(here, block)
        assert together[asked.need_id] == told(options)
        if not isinstance(asked.timing, Flexible):
            assert {on: [key for key, *_ in found] for on, found in told(options).items()} == plain(here, block)


def options_by_need(here: Snapshot, block: CandidateBlock) -> Iterator[tuple[UUID, dict[date | None, Options]]]:
    return zip((need.need_id for need in block.needs), options_of(here, POLICY, block, MOST), strict=True)


def told(options: dict[date | None, Options]) -> Found:
    return {
        on: [
            (each.key, each.amount, each.most, each.distance_m, each.terms, each.points, each.during, each.missing)
            for each in found
        ]
        for on, found in options.items()
    }


def plain(here: Snapshot, block: CandidateBlock) -> dict[date | None, list[str]]:
    """The best of the offers found for a need, of equals those free first, and then by their ids; or so each date."""
    found, points = block.candidates(0), score(here, POLICY, block).points.tolist()
    offers = [(points[n], found.free[n].tolist(), str(each.offer_id)) for n, each in enumerate(found.offers)]
    if found.pattern.by_date:
        best = {
            on: sorted((-worth, key) for worth, free, key in offers if free[n])
            for n, on in enumerate(found.pattern.dates)
        }
        return {on: [key for _, key in of_date[:MOST]] for on, of_date in best.items() if of_date}
    ranked = sorted((-worth, free.index(True), key) for worth, free, key in offers)
    return {None: [key for *_, key in ranked[:MOST]]} if ranked else {}
