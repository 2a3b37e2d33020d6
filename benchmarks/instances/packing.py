"""Temporal bin packing: jobs with fixed times and sizes on as few equal servers as will do.

A market has its servers given, so it is asked whether that many are enough: every job may use any server and is worth
one point. From the most that is needed at one time (no plan can do with less) the number rises until all are served.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.arrays.arrays import Arrays, Ints, Names


@dataclass(frozen=True, slots=True)
class Packing:
    """Jobs from `start` to before `end`, each taking `size` of a server's `capacity`."""

    name: str
    capacity: int
    start: Ints
    end: Ints
    size: Ints

    def fewest(self) -> int:
        """No plan needs fewer servers: what is wanted at the busiest moment, over the capacity."""
        begins = np.unique(self.start)
        running = (self.start <= begins[:, None]) & (begins[:, None] < self.end)
        return math.ceil(int((running * self.size).sum(axis=1).max()) / self.capacity)

    def arrays(self, servers: int) -> Arrays:
        """So many servers, every job on any of them."""
        jobs = len(self.size)
        job, server = np.divmod(np.arange(jobs * servers), servers)
        one, pairs = np.ones(jobs, dtype=np.int64), np.empty((0, 2), dtype=np.int64)
        return Arrays(
            name=self.name,
            seed=1,
            stability=0,
            unit_ids=Names(f"s{number}" for number in range(servers)),
            need_ids=Names(f"j{number}" for number in range(jobs)),
            option_ids=Names(f"s{number}" for number in server),
            capacity=np.full(servers, self.capacity),
            pieces=np.empty((0, 4), dtype=np.int64),
            position=np.full((servers, 2), np.nan),
            value=one,
            amount=one,
            parts=one,
            option_from=servers * np.arange(jobs + 1),
            score=np.zeros(len(job), dtype=np.int64),
            most=np.ones(len(job), dtype=np.int64),
            claim_option=np.arange(len(job)),
            claim_unit=server,
            claim_load=self.size[job],
            claim_start=self.start[job],
            claim_end=self.end[job],
            together=(),
            alternatives=(),
            fixed=pairs,
            forbidden=np.empty(0, dtype=np.int64),
            previous=pairs,
        )


def read(path: Path) -> Packing:
    """Number of jobs and capacity, then a line for each job: number, start, end, size."""
    lines = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
    jobs = np.array([line[:4] for line in lines[1:]], dtype=np.int64)
    return Packing(path.stem, int(lines[0][1]), jobs[:, 1], jobs[:, 2], jobs[:, 3])
