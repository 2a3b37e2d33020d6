"""Where capacity rows stand, and which are left out."""

from platsverket.matching.columns import columns_of, open_needs
from platsverket.matching.formulation import formulate
from platsverket.matching.problem import Match, Need, Piece, Problem, Unit
from platsverket.matching.rows import Row, rows_of, undominated

from .build import claim, need, option, problem


def rows(asked: Problem) -> list[Row]:
    return rows_of(asked, columns_of(asked, open_needs(asked)))


def using(name: str, *during: tuple[int, int], amount: int = 1) -> Need:
    return need(name, option("x", claim("hall", *during, amount=amount)))


def test_one_row_for_each_largest_overlap() -> None:
    # a and b overlap, b and c overlap; c and d only touch, and d is alone.
    asked = problem(using("a", (0, 4)), using("b", (2, 8)), using("c", (6, 10)), using("d", (10, 12)))

    assert rows(asked) == [Row(1, {0: 1, 1: 1}), Row(1, {1: 1, 2: 1}), Row(1, {3: 1})]


def test_a_clique_within_a_clique_has_no_row() -> None:
    asked = problem(using("a", (0, 10)), using("b", (1, 3)), using("c", (2, 4)), using("d", (2, 9)))

    # Moments with a+b, a+b+c+d, a+c+d, a+d: only the second is largest.
    assert rows(asked) == [Row(1, {0: 1, 1: 1, 2: 1, 3: 1})]


def test_a_series_that_meets_the_same_twice_has_one_row() -> None:
    assert rows(problem(using("a", (0, 4), (10, 14)), using("b", (1, 3), (11, 13)))) == [Row(1, {0: 1, 1: 1})]


def test_loads_on_one_unit_add_up_where_they_overlap() -> None:
    asked = problem(need("a", option("x", claim("hall", (0, 6), amount=2), claim("hall", (4, 9), amount=3))))

    # 2, then 2 + 3, then 3 of 1.
    assert rows(asked) == [Row(1, {0: 5})]


def test_a_row_where_the_capacity_is_least() -> None:
    # 12, then 8, then 12, and a and b there throughout: only the 8 counts.
    pool = Unit("hall", 12, (Piece(0, 4, 12), Piece(4, 6, 8), Piece(6, 10, 12)))

    assert rows(problem(using("a", (0, 10), amount=5), using("b", (0, 10), amount=5), units=(pool,))) == [
        Row(8, {0: 5, 1: 5})
    ]


def test_rows_at_less_capacity_and_at_more_claims() -> None:
    # b adds itself where there is more, so neither row implies the other.
    pool = Unit("hall", 12, (Piece(0, 4, 8), Piece(4, 10, 12)))

    assert rows(problem(using("a", (0, 10)), using("b", (5, 10)), units=(pool,))) == [
        Row(8, {0: 1}),
        Row(12, {0: 1, 1: 1}),
    ]


def test_what_is_fixed_is_gone_from_the_capacity() -> None:
    asked = problem(using("a", (0, 4), amount=3), using("b", (2, 8)), units={"hall": 5}, fixed=(Match("a", "x", 1),))

    assert rows(asked) == [Row(2, {0: 1})]


def test_of_two_equal_rows_the_first_stays() -> None:
    one, other, less = Row(2, {0: 1, 1: 1}), Row(2, {0: 1, 1: 1}), Row(2, {0: 1})

    assert undominated([one, other, less]) == [one]


def test_what_can_never_be_taken_is_not_in_the_formulation() -> None:
    asked = problem(
        need("a", option("big", claim("hall", amount=2)), option("fits", claim("hall"))),
        need("b", option("hall")),
        need("c"),
        together=(("b", "c"),),
    )
    formulation = formulate(asked)

    # Two of a hall of one are too many, c has no option, and b goes with c; one column alone binds nothing.
    assert [column.option.id for column in formulation.columns] == ["fits"]
    assert (formulation.rows, formulation.bundles) == ([], [(0,)])
