"""Generalised assignment: every job wants one agent, agents have so much capacity. A classic with known answers."""

from typing import Literal

import numpy as np

from matching.arrays.arrays import Arrays, Ints, Names

Kind = Literal["C", "D", "E"]


def assignment(agents: int, jobs: int, *, seed: int = 1, kind: Kind = "C") -> Arrays:
    """A random instance of a type of Chu and Beasley (C, D) or Laguna et al. (E), drawn as Yagiura et al. describe.

    In C loads and costs are independent; in D and E what loads little costs much, which makes them hard.
    """
    random = np.random.default_rng(seed)
    shape = (agents, jobs)
    match kind:
        case "C":
            load, cost = random.integers(5, 26, shape), random.integers(10, 51, shape)
        case "D":
            load = random.integers(1, 101, shape)
            cost = 111 - load + random.integers(-10, 11, shape)
        case "E":
            load = np.floor(1 - 10 * np.log(1 - random.random(shape))).astype(np.int64)
            cost = np.floor(1000 / load - 10 * random.random(shape)).astype(np.int64)
    capacity = np.maximum(np.floor(0.8 * load.sum(axis=1) / agents).astype(np.int64), load.max(axis=1))
    return as_arrays(f"gap-{kind.lower()}-{agents}x{jobs}-{seed}", load, cost, capacity, seed=seed)


def as_arrays(name: str, load: Ints, cost: Ints, capacity: Ints, *, seed: int = 1) -> Arrays:
    """Generalised assignment by cost as a market: `load` and `cost` (agents, jobs), `capacity` (agents).

    Serving one job more is worth more than all that costs could save (`worth_of_a_job`), so the best plan assigns
    every job if that can be done, at the least cost.
    """
    agents, jobs = cost.shape
    job, agent = np.divmod(np.arange(agents * jobs), agents)
    none = np.empty((0, 2), dtype=np.int64)
    one = np.ones(jobs, dtype=np.int64)
    return Arrays(
        name=name,
        seed=seed,
        stability=0,
        unit_ids=Names(f"a{number}" for number in range(agents)),
        need_ids=Names(f"j{number}" for number in range(jobs)),
        option_ids=Names(f"a{number}" for number in agent),
        capacity=capacity.astype(np.int64),
        pieces=np.empty((0, 4), dtype=np.int64),
        position=np.full((agents, 2), np.nan),
        value=worth_of_a_job(cost) * one,
        amount=one,
        parts=one,
        option_from=agents * np.arange(jobs + 1),
        score=-cost[agent, job].astype(np.int64),
        most=np.ones(agents * jobs, dtype=np.int64),
        claim_option=np.arange(agents * jobs),
        claim_unit=agent,
        claim_load=load[agent, job].astype(np.int64),
        claim_start=np.zeros(agents * jobs, dtype=np.int64),
        claim_end=np.ones(agents * jobs, dtype=np.int64),
        together=(),
        alternatives=(),
        fixed=none,
        forbidden=np.empty(0, dtype=np.int64),
        previous=none,
    )


def worth_of_a_job(cost: Ints) -> int:
    """More than any plan could save by leaving a job out: the dearest plan less the cheapest, and a job's cost."""
    return 1 + int((cost.max(axis=0) - cost.min(axis=0)).sum() + cost.max())
