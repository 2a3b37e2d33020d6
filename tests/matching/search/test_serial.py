"""First come, first served: who asks first takes what fits best, and nobody is moved."""

import pytest

from matching.arrays.arrays import Arrays
from matching.arrays.conversion import arrays_of
from matching.problem.problem import Match, Piece, Unit
from matching.search.serial import SerialPlan, first_come_first_served, most_valuable_first
from tests.matching.build import claim, need, option, problem


def told(arrays: Arrays, plan: SerialPlan) -> tuple[int, str]:
    """The value and the needs that are served."""
    return plan.value, "".join(name for name, served in zip(arrays.need_ids, plan.served, strict=True) if served)


def test_nothing_is_asked() -> None:
    arrays = arrays_of(problem())
    assert told(arrays, first_come_first_served(arrays)) == (0, "")


def test_the_first_takes_what_the_dearest_wants_and_nobody_is_moved() -> None:
    # a: 100 - 1 for the hall, which b alone can use; by value b comes first, and a takes the room: 900 + 100 - 5.
    a = need("a", option("hall", score=-1), option("room", score=-5))
    arrays = arrays_of(problem(a, need("b", option("hall"), value=900)))
    assert told(arrays, first_come_first_served(arrays)) == (99, "a")
    assert told(arrays, most_valuable_first(arrays)) == (995, "ab")


def test_what_is_left_is_enough_to_the_last_piece_and_to_the_minute() -> None:
    # 5 of 12 from 0 to 6 and 7 of 12 from 4 to 10 just fit together; one more at 5 does not, at 6 there are 5 left.
    pool = {"pool": 12}
    first = need("a", option("x", claim("pool", (0, 6), amount=5)))
    second = need("b", option("x", claim("pool", (4, 10), amount=7)))
    third = need("c", option("x", claim("pool", (5, 6))))
    fourth = need("d", option("x", claim("pool", (6, 8), amount=5)))
    arrays = arrays_of(problem(first, second, third, fourth, units=pool))
    assert told(arrays, first_come_first_served(arrays)) == (300, "abd")


def test_of_a_unit_there_is_only_what_its_pieces_say() -> None:
    unit = Unit("pool", 3, available=(Piece(0, 5, 2), Piece(5, 10, 1)))
    wants = [need(name, option("x", claim("pool", times))) for name, times in (("a", (0, 10)), ("b", (4, 6)))]
    arrays = arrays_of(problem(*wants, need("c", option("x", claim("pool", (0, 5)))), units=(unit,)))
    assert told(arrays, first_come_first_served(arrays)) == (200, "ac")


def test_a_bundle_gives_back_what_it_took_where_not_all_of_it_is_served() -> None:
    a, b = need("a", option("hall")), need("b", option("room"))
    asked = problem(need("x", option("room")), a, b, need("c", option("hall")), together=(("a", "b"),))
    arrays = arrays_of(asked)
    assert told(arrays, first_come_first_served(arrays)) == (200, "xc")


def test_what_stays_as_it_was_counts_as_in_any_plan() -> None:
    arrays = arrays_of(problem(need("a", option("hall")), previous=(Match("a", "hall", 1),), stability=7))
    assert told(arrays, first_come_first_served(arrays)) == (107, "a")


def test_whoever_watches_may_end_it() -> None:
    def ended(looked_at: int) -> None:
        raise TimeoutError(looked_at)

    with pytest.raises(TimeoutError, match="0"):
        first_come_first_served(arrays_of(problem(need("a", option("hall")))), ended)
