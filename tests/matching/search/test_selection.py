"""Which operator is next, and how its blocks follow each other."""

from dataclasses import dataclass

import numpy as np

from matching.arrays.arrays import Ints
from matching.params.search import SEARCH_DEFAULTS
from matching.search.selection import AdaptiveSelection, choose, groups

LEAST = SEARCH_DEFAULTS.selection.work_per_member
OWN = SEARCH_DEFAULTS.selection.own_needs
TRIALS = SEARCH_DEFAULTS.selection.trials


def lots(count: int) -> list[Ints]:
    return [np.array([number]) for number in range(count)]


def tried(gained: float, work: float) -> AdaptiveSelection:
    """A market that has had its trials, with so much for each block."""
    selection = AdaptiveSelection(lambda _turn: lots(2 * TRIALS))
    for _ in range(TRIALS):
        selection.next()
        selection.reward(gained, 0, work)
    return selection


def test_large_markets_have_turns_of_their_own_and_small_ones_together() -> None:
    # Market 0 has OWN needs in two bundles, markets 1 and 2 fewer.
    found = groups(np.array([1, 0, 2, 0]), np.array([3, 1, 5, OWN - 1]), OWN)

    assert sorted(members.tolist() for members in found) == [[0, 2], [1, 3]]


def test_what_is_unknown_comes_first_and_then_what_gained_most_for_its_work() -> None:
    some, more = tried(10, 2.0), tried(10, 1.0)

    assert AdaptiveSelection(lambda _turn: lots(1)).score > more.score > some.score
    # Five blocks of 10 points for 1.0 of work each, and the one point that keeps all from having none.
    assert more.score == (5 * 10 + 1) / (5 * 1.0)


@dataclass(frozen=True)
class Scored:
    """An operator as it is chosen by."""

    name: str
    priority: tuple[bool, float]


def test_the_best_score_of_those_that_may_is_chosen() -> None:
    waiting, some, more, as_good = (
        Scored("waiting", (False, 9.0)),
        Scored("some", (True, 1.0)),
        Scored("more", (True, 2.0)),
        Scored("as good", (True, 2.0)),
    )

    assert choose([waiting, some, more, as_good]).name == "more"
    assert choose([waiting]).name == "waiting"


def test_a_market_with_blocks_out_scores_less() -> None:
    one, other = tried(10, 1.0), tried(10, 1.0)
    one.next()

    assert one.score == other.score / 2
    one.reward(10, 0, 1.0)
    assert one.score == (6 * 10 + 1) / 6.0


def test_a_block_costs_work_even_if_it_is_solved_at_once() -> None:
    selection = AdaptiveSelection(lambda _turn: lots(1))
    selection.next()
    selection.reward(0, 1000, 0.0)

    assert selection.score == 1 / (1000 * LEAST)


def test_one_partition_follows_the_other_and_the_last_two_make_the_score() -> None:
    cuts: list[int] = []

    def partition(turn: int) -> list[Ints]:
        cuts.append(turn)
        return lots(1)

    selection = AdaptiveSelection(partition)
    for gained in (100, 50, 0):
        selection.next()
        selection.reward(gained, 0, 1.0)

    assert cuts == [0, 1, 2]
    assert selection.score == (50 + 0 + 1) / 2.0


def test_nothing_to_part_is_no_block() -> None:
    assert AdaptiveSelection(lambda _turn: []).next() is None
