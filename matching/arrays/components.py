"""Connected components of a graph."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matching.arrays.arrays import Ints


def components(one: Ints, other: Ints, nodes: int) -> Ints:
    """The number of the component of each node, (nodes,); `one` and `other`, (edges,), are the ends of every edge."""
    weight = np.ones(len(one), dtype=np.int32)  # of an edge given often enough, smaller numbers would add up to 0
    graph = coo_array((weight, (one, other)), shape=(nodes, nodes))
    return connected_components(graph, directed=False)[1].astype(np.int64)
