"""Blocks: all of the country, each of one market where that is large enough."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.markets.people import people_market
from matching.model.formulation import formulate
from matching.search.partition import partition, positions


@given(
    market=st.lists(st.integers(0, 5), min_size=1, max_size=80),
    largest=st.integers(1, 20),
    seed=st.integers(0, 2**32 - 1),
    chance=st.randoms(use_true_random=False),
)
def test_every_point_is_in_one_block_none_is_too_heavy_and_large_markets_stand_alone(market, largest, seed, chance):
    random = np.random.default_rng(seed)
    weight = np.array([chance.randint(1, 3) for _ in market])
    labels, points = np.array(market), random.normal(size=(len(market), 2))
    blocks = partition(points, weight, labels, largest, random)
    assert sorted(np.concatenate(blocks).tolist()) == list(range(len(market)))
    heavy = np.bincount(labels, weight)
    for block in blocks:
        assert len(block) == 1 or weight[block].sum() <= largest
        if len(set(labels[block])) > 1:
            assert (heavy[labels[block]] <= largest).all()


def test_small_markets_make_a_block_together():
    # five markets of two points of weight 1: blocks of at most 4 hold two markets each, and one is left
    labels = np.repeat(np.arange(5), 2)
    blocks = partition(np.zeros((10, 2)), np.ones(10, dtype=np.int64), labels, 4, np.random.default_rng(1))
    assert sorted(len(block) for block in blocks) == [2, 4, 4]


def test_nothing_to_cut_is_no_block():
    nothing = np.empty(0, dtype=np.int64)
    assert partition(np.empty((0, 2)), nothing, nothing, 5, np.random.default_rng(1)) == []


def test_blocks_by_time_hold_who_wants_the_same_weeks():
    f = formulate(people_market(120))
    middle = f.arrays.claim_start[::6] + f.arrays.claim_end[::6]
    places, ones = positions(f, np.random.default_rng(1)), np.ones(120, dtype=np.int64)
    blocks = partition(places.moments, ones, places.market_of_bundle, 30, np.random.default_rng(1))
    spread = [middle[f.needs.need[block]].std() for block in blocks]
    assert max(spread) < 0.7 * middle.std()
