"""Components, and rings around nodes of a path 0 - 1 - 2 - …"""

import numpy as np

from matching.arrays.graphs import components, grow


def neighbours(ring: list[int]) -> list[int]:
    return [other for node in ring for other in (node - 1, node + 1) if 0 <= other < 9]


def everybody(_inside: list[int], fresh: list[int]) -> list[int]:
    return fresh


def test_nodes_that_edges_connect_have_one_number() -> None:
    found = components(np.array([0, 3, 3]), np.array([1, 4, 4]), 5)
    assert len({*found[:2]}) == len({*found[3:]}) == 1
    assert len(set(found.tolist())) == 3


def test_an_edge_given_often_still_connects() -> None:
    assert len(set(components(np.zeros(256, dtype=np.int64), np.ones(256, dtype=np.int64), 2).tolist())) == 1


def test_rings_grow_until_nothing_is_fresh_or_there_are_enough() -> None:
    assert grow([4], neighbours([4]), neighbours, everybody, 2) == [4, 3, 5, 2, 6]
    assert sorted(grow([4], neighbours([4]), neighbours, everybody)) == list(range(9))


def test_a_ring_is_what_is_admitted_and_the_next_stands_beside_that() -> None:
    def upwards(inside: list[int], fresh: list[int]) -> list[int]:
        return [node for node in fresh if node > inside[0]][: 4 - len(inside)]

    assert grow([4], neighbours([4]), neighbours, upwards) == [4, 5, 6, 7]
