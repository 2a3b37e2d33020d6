"""Markets of nothing but people's percent: small, and hard, as every person is a knapsack over time."""

import numpy as np

from benchmarks.markets.wants import DAY, values_of
from matching.arrays.arrays import Arrays, Names

PERCENT = (20, 25, 30, 40, 50, 60, 75, 80, 100)
DAYS = 180
"""When the last need begins, in days after the first."""


def people_market(needs: int, *, seed: int = 1, options: int = 6, tight: bool = False) -> Arrays:
    """Needs of 20 to 100 percent of a person for 5 to 60 days, each of so many people who could do it.

    There is a person for every 13 needs (tight: for every 19). Options cost up to 80 points.
    """
    random = np.random.default_rng(seed)
    people = max(options, round(needs / (19 if tight else 13)))
    percent, days = random.choice(PERCENT, needs), random.integers(5, 61, needs)
    start = random.integers(0, DAYS, needs)
    owner = np.repeat(np.arange(needs), options)
    ones, none = np.ones(needs, dtype=np.int64), np.empty((0, 2), dtype=np.int64)
    return Arrays(
        name=f"people-{needs}-{seed}{'-tight' if tight else ''}",
        seed=seed,
        stability=0,
        unit_ids=Names(f"u{person}" for person in range(people)),
        need_ids=Names(f"n{need}" for need in range(needs)),
        option_ids=Names(f"o{option % options}" for option in range(len(owner))),
        capacity=np.full(people, 100),
        pieces=np.empty((0, 4), dtype=np.int64),
        position=np.full((people, 2), np.nan),
        value=values_of(days * DAY, percent / 50, random),
        amount=ones,
        parts=ones,
        option_from=options * np.arange(needs + 1),
        score=-random.integers(0, 81, len(owner)),
        most=np.ones(len(owner), dtype=np.int64),
        claim_option=np.arange(len(owner)),
        claim_unit=np.argsort(random.random((needs, people)), axis=1)[:, :options].ravel(),
        claim_load=percent[owner],
        claim_start=start[owner] * DAY,
        claim_end=(start + days)[owner] * DAY,
        together=(),
        alternatives=(),
        fixed=none,
        forbidden=np.empty(0, dtype=np.int64),
        previous=none,
    )
