"""Connected components of a graph."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from matching.arrays.arrays import Ints


def components(one: Ints, other: Ints, nodes: int) -> Ints:
    """The number of the component of each node, (nodes,); `one` and `other`, (edges,), are the ends of every edge."""
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(nodes, nodes))
    return connected_components(graph, directed=False)[1].astype(np.int64)
