"""Where capacity rows stand, which columns are left to claim in them, and which rows cuts add."""

from itertools import product

import numpy as np

from matching.arrays.arrays import Ints
from matching.arrays.conversion import arrays_of
from matching.model.cuts import add_cuts
from matching.model.formulation import Formulation, formulate
from matching.model.interval_rows import Entries
from matching.model.presolve import Presolved, presolve
from matching.problem.problem import Match, Need, Piece, Problem, Unit
from tests.matching.build import claim, need, option, problem

Row = tuple[int, dict[str, int]]
"""The capacity, and the load of every need that claims."""


def peaks(asked: Problem) -> list[Row]:
    """The rows that anybody claims, by time, before those that bind nothing are left out; for needs of one option."""
    arrays = arrays_of(asked)
    left = presolve(arrays)
    loads: list[dict[str, int]] = [{} for _ in left.rows.capacity]
    for column, option_ in enumerate(left.option.tolist()):
        name = arrays.need_ids[int(np.searchsorted(arrays.option_from, option_, side="right")) - 1]
        for claim_ in range(left.claim_from[column], left.claim_from[column + 1]):
            for row in range(left.rows.low[claim_], left.rows.high[claim_]):
                loads[row][name] = loads[row].get(name, 0) + int(arrays.claim_load[left.claim[claim_]])
    return [row for row in zip(left.rows.capacity.tolist(), loads, strict=True) if row[1]]


def using(name: str, *during: tuple[int, int], amount: int = 1) -> Need:
    return need(name, option("x", claim("hall", *during, amount=amount)))


def option_ids(asked: Problem) -> list[str]:
    left: Presolved = presolve(arrays_of(asked))
    return [arrays_of(asked).option_ids[o] for o in left.option.tolist()]


def test_one_row_for_each_largest_overlap() -> None:
    # a and b overlap, b and c overlap; c and d only touch, and d is alone.
    asked = problem(using("a", (0, 4)), using("b", (2, 8)), using("c", (6, 10)), using("d", (10, 12)))

    assert peaks(asked) == [(1, {"a": 1, "b": 1}), (1, {"b": 1, "c": 1}), (1, {"d": 1})]


def test_a_clique_within_a_clique_has_no_row() -> None:
    asked = problem(using("a", (0, 10)), using("b", (1, 3)), using("c", (2, 4)), using("d", (2, 9)))

    # Moments with a+b, a+b+c+d, a+c+d, a+d: only the second is largest.
    assert peaks(asked) == [(1, {"a": 1, "b": 1, "c": 1, "d": 1})]


def test_a_series_meets_others_in_a_row_each_time() -> None:
    asked = problem(using("a", (0, 4), (10, 14)), using("b", (1, 3)), using("c", (11, 13)))

    assert peaks(asked) == [(1, {"a": 1, "b": 1}), (1, {"a": 1, "c": 1})]


def test_times_so_far_apart_that_they_cannot_be_numbered_as_they_are() -> None:
    # More than 2^53 minutes of 1,025 units each: more numbers than 63 bits have.
    far, units = 2**52, {"hall": 1} | {f"unit {n}": 1 for n in range(1024)}
    asked = problem(using("a", (-far, far)), using("b", (far - 1, far + 1)), units=units)

    assert peaks(asked) == [(1, {"a": 1, "b": 1})]


def test_units_share_no_row() -> None:
    asked = problem(using("a", (0, 4)), need("b", option("x", claim("room", (0, 4)), claim("hall", (2, 6)))))

    assert peaks(asked) == [(1, {"a": 1, "b": 1}), (1, {"b": 1})]


def test_loads_on_one_unit_add_up_where_they_overlap() -> None:
    twice = option("x", claim("hall", (0, 6), amount=2), claim("hall", (4, 9), amount=3))

    # 2, then 2 + 3, then 3.
    assert peaks(problem(need("a", twice), units={"hall": 6})) == [(6, {"a": 5})]


def test_a_row_where_the_capacity_is_least() -> None:
    # 12, then 8, then 12, and a and b there throughout: only the 8 counts.
    pool = Unit("hall", 12, (Piece(0, 4, 12), Piece(4, 6, 8), Piece(6, 10, 12)))

    assert peaks(problem(using("a", (0, 10), amount=5), using("b", (0, 10), amount=5), units=(pool,))) == [
        (8, {"a": 5, "b": 5})
    ]


def test_rows_at_less_capacity_and_at_more_claims() -> None:
    # b adds itself where there is more, so neither row implies the other.
    pool = Unit("hall", 12, (Piece(0, 4, 8), Piece(4, 10, 12)))

    assert peaks(problem(using("a", (0, 10)), using("b", (5, 10)), units=(pool,))) == [
        (8, {"a": 1}),
        (12, {"a": 1, "b": 1}),
    ]


def test_what_is_fixed_is_gone_from_the_capacity() -> None:
    asked = problem(using("a", (0, 4), amount=3), using("b", (2, 8)), units={"hall": 5}, fixed=(Match("a", "x", 1),))

    # Nothing can be taken of a any more; b stands where a does and where it does not.
    assert peaks(asked) == [(2, {"b": 1})]


def test_what_can_never_be_taken_is_not_in_the_formulation() -> None:
    asked = problem(
        need("a", option("big", claim("hall", amount=2)), option("fits", claim("hall"))),
        need("b", option("hall")),
        need("c"),
        together=(("b", "c"),),
    )
    formulation = formulate(arrays_of(asked))

    # Two of a hall of one are too many, c has no option, and b goes with c; one column alone binds nothing.
    assert [formulation.arrays.option_ids[o] for o in formulation.columns.option] == ["fits"]
    assert (len(formulation.matrix.capacity), formulation.needs.need.tolist()) == (0, [0])


def test_an_option_that_is_too_much_for_a_unit_only_by_several_claims_is_gone() -> None:
    twice = option("twice", claim("hall", (0, 6)), claim("hall", (4, 9)))

    assert option_ids(problem(need("a", twice, option("once", claim("hall"))))) == ["once"]


def test_of_equal_options_the_better_one_stays() -> None:
    asked = problem(need("a", option("x", claim("hall"), score=-2), option("y", claim("hall"), score=1)))

    assert option_ids(asked) == ["y"]
    assert option_ids(problem(need("a", option("x", claim("hall")), option("y", claim("hall"))))) == ["x"]


def test_options_that_differ_for_somebody_all_stay() -> None:
    x, y = option("x", claim("hall")), option("y", claim("hall"))
    later = option("later", claim("hall", (0, 12)))

    assert option_ids(problem(need("a", x, later))) == ["x", "later"]
    # Of several parts each option has its own most, and one that the plan before had earns stability.
    assert option_ids(problem(need("a", x, y, amount=2, parts=2), units={"hall": 2})) == ["x", "y"]
    assert option_ids(problem(need("a", x, y), previous=(Match("a", "y", 1),))) == ["x", "y"]


def test_rounding_says_of_how_many_only_some_fit() -> None:
    loads = {"a": 7, "b": 7, "c": 5, "d": 5}
    asked = problem(*(using(name, amount=load) for name, load in loads.items()), units={"hall": 12})

    # All are more than a third: two fit. In quarters, a and b are more than two of them, c and d more than one.
    # That only one of a and b fits needs no row: the last says so too.
    assert _as_rows(formulate(arrays_of(asked))) == [
        (12, [7, 7, 5, 5]),
        (1, [1, 1, 0, 0]),
        (2, [1] * 4),
        (3, [2, 2, 1, 1]),
    ]


def test_rounding_leaves_a_unit_alone_whose_capacity_changes() -> None:
    pool = Unit("hall", 12, (Piece(0, 5, 12), Piece(5, 10, 11)))
    a, b, c = using("a", amount=7), using("b", (0, 4), amount=7), using("c", (6, 10), amount=7)

    assert _as_rows(formulate(arrays_of(problem(a, b, c, units=(pool,))))) == [(12, [7, 7, 0]), (11, [7, 0, 7])]


def test_rounded_rows_never_refuse_what_fits() -> None:
    random = np.random.default_rng(5)
    for _ in range(300):
        capacity, count = int(random.integers(2, 30)), int(random.integers(2, 6))
        load = random.integers(1, capacity + 1, count)
        most = np.minimum(capacity // load, 3)
        entries = Entries(np.arange(count), load, np.zeros(count, dtype=np.int64), np.ones(count, dtype=np.int64))
        _, limits, every = add_cuts(np.zeros(1, np.int64), np.array([capacity]), entries, most)
        for amounts in product(*(range(int(limit) + 1) for limit in most)):
            if load @ amounts <= capacity:
                assert (every.activity(np.array(amounts), len(limits)) <= limits).all()


def _as_rows(formulation: Formulation) -> list[tuple[int, list[int]]]:
    f = formulation
    each: list[Ints] = [f.matrix.activity(column) for column in np.eye(len(f.columns), dtype=np.int64)]
    capacities = f.matrix.capacity.tolist()
    return [(capacity, [int(column[row]) for column in each]) for row, capacity in enumerate(capacities)]
