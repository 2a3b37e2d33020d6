"""Whose turn it is to be cut into blocks."""

import numpy as np

from matching.arrays.arrays import Ints
from matching.params import SEARCH_DEFAULTS
from matching.search.selection import Turns, groups

LEAST = SEARCH_DEFAULTS.selection.work_per_member
OWN = SEARCH_DEFAULTS.selection.own_needs
TRIALS = SEARCH_DEFAULTS.selection.trials


def lots(count: int) -> list[Ints]:
    return [np.array([number]) for number in range(count)]


def tried(gained: float, work: float) -> Turns:
    """A market that has had its trials, with so much for each block."""
    turns = Turns(lambda _turn: lots(2 * TRIALS))
    for _ in range(TRIALS):
        turns.next()
        turns.note(gained, 0, work)
    return turns


def test_large_markets_have_turns_of_their_own_and_small_ones_together() -> None:
    # Market 0 has OWN needs in two bundles, markets 1 and 2 fewer.
    found = groups(np.array([1, 0, 2, 0]), np.array([3, 1, 5, OWN - 1]), OWN)

    assert sorted(members.tolist() for members in found) == [[0, 2], [1, 3]]


def test_what_is_unknown_comes_first_and_then_what_gained_most_for_its_work() -> None:
    some, more = tried(10, 2.0), tried(10, 1.0)

    assert Turns(lambda _turn: lots(1)).promise > more.promise > some.promise
    # Five blocks of 10 points for 1.0 of effort each, and the one point that keeps all from having none.
    assert more.promise == (5 * 10 + 1) / (5 * 1.0)


def test_a_market_with_blocks_out_promises_less() -> None:
    one, other = tried(10, 1.0), tried(10, 1.0)
    one.next()

    assert one.promise == other.promise / 2
    one.note(10, 0, 1.0)
    assert one.promise == (6 * 10 + 1) / 6.0


def test_a_block_costs_effort_even_if_it_is_solved_at_once() -> None:
    turns = Turns(lambda _turn: lots(1))
    turns.next()
    turns.note(0, 1000, 0.0)

    assert turns.promise == 1 / (1000 * LEAST)


def test_one_cut_follows_the_other_and_the_last_two_say_what_is_promised() -> None:
    cuts: list[int] = []

    def cut(turn: int) -> list[Ints]:
        cuts.append(turn)
        return lots(1)

    turns = Turns(cut)
    for gained in (100, 50, 0):
        turns.next()
        turns.note(gained, 0, 1.0)

    assert cuts == [0, 1, 2]
    assert turns.promise == (50 + 0 + 1) / 2.0


def test_nothing_to_cut_is_no_block() -> None:
    assert Turns(lambda _turn: []).next() is None
