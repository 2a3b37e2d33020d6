"""Connected components of a graph, and what stands around some of its nodes."""

from collections.abc import Callable, Iterable
from itertools import count
from typing import TypeVar

import numpy as np
import scipy

from matching.arrays.arrays import Ints

Node = TypeVar("Node", int, str)


def components(one: Ints, other: Ints, nodes: int) -> Ints:
    """The number of the component of each node, (nodes,); `one` and `other`, (edges,), are the ends of every edge."""
    weight = np.ones(len(one), dtype=np.int32)  # of an edge given often enough, smaller numbers would add up to 0
    graph = scipy.sparse.coo_array((weight, (one, other)), shape=(nodes, nodes))
    return scipy.sparse.csgraph.connected_components(graph, directed=False)[1].astype(np.int64)


def grow(
    start: Iterable[Node],
    first: Iterable[Node],
    beside: Callable[[list[Node]], Iterable[Node]],
    admit: Callable[[list[Node], list[Node]], list[Node]],
    rings: int | None = None,
) -> list[Node]:
    """The start and what stands around it, ring after ring (breadth first), nearest first.

    Parameters
    ----------
    start, first
        What is inside from the beginning, and what stands beside that.
    beside
        What stands beside a ring, some again perhaps.
    admit
        Told what is inside and what is fresh, says what the next ring is of that; the last one is where it is nothing.
    rings
        How many there are at most; None: any number.
    """
    inside, candidates = list(start), first
    known = set(inside)
    for ring_number in count(1):
        ring = admit(inside, [node for node in dict.fromkeys(candidates) if node not in known])
        inside += ring
        known.update(ring)
        if not ring or ring_number == rings:
            break
        candidates = beside(ring)
    return inside
