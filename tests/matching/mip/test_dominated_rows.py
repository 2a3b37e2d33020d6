"""Constraints go that others make needless, and no others."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.mip.block_mip import NO_LEAST, BlockMip
from matching.mip.dominated_rows import PAIRS, undominated

Row = tuple[int, tuple[int, ...], int]
"""Least, a factor for each variable, and most."""


def block(*rows: Row) -> BlockMip:
    factors = np.array([row[1] for row in rows], dtype=np.int64)
    row, column = np.nonzero(factors)
    variables = factors.shape[1]
    nothing = np.zeros(variables, dtype=np.int64)
    return BlockMip(
        gain=nothing,
        upper=np.full(variables, 2),
        least=np.array([row[0] for row in rows]),
        most=np.array([row[2] for row in rows]),
        row=row,
        column=column,
        entry=factors[row, column],
        hint=nothing,
        work_limit=1.0,
        seed=0,
    )


def rows_of(block: BlockMip) -> list[Row]:
    factors = np.zeros((len(block.most), len(block.gain)), dtype=np.int64)
    factors[block.row, block.column] = block.entry
    return [
        (least, tuple(factor), most)
        for least, factor, most in zip(block.least.tolist(), factors.tolist(), block.most.tolist(), strict=True)
    ]


def left(*rows: Row, most_pairs: int = PAIRS) -> list[Row]:
    return rows_of(undominated(block(*rows), most_pairs))


def test_a_part_of_another_goes_unless_it_has_less_room() -> None:
    assert left((0, (1, 1, 0), 1), (0, (1, 1, 1), 1)) == [(0, (1, 1, 1), 1)]
    # x + y ≤ 1 says more than x + y + z ≤ 2 of x and y.
    assert len(left((0, (1, 1, 0), 1), (0, (1, 1, 1), 2))) == 2


def test_of_several_that_say_the_same_one_stays() -> None:
    assert left((0, (0, 3), 4), (0, (0, 3), 4), (NO_LEAST, (0, 3), 4)) == [(0, (0, 3), 4)]


def test_nothing_goes_that_asks_for_something_or_takes_off() -> None:
    assert len(left((1, (1, 1), 2), (0, (1, 1), 2))) == 2
    assert len(left((0, (1, 0), 1), (0, (1, -1), 1))) == 2


def test_other_factors_are_no_part() -> None:
    assert len(left((0, (2, 0), 3), (0, (1, 1), 3))) == 2


def test_where_comparing_would_take_long_all_stay() -> None:
    rows = [(0, (1, 0), 1), (0, (1, 1), 1)]
    # The first column is in two constraints, which makes 2 × 2 pairs, the second in one.
    assert left(*rows, most_pairs=5) == rows[1:]
    assert left(*rows, most_pairs=4) == rows


factor = st.sampled_from([-1, 0, 0, 1, 1, 2])
row = st.tuples(st.sampled_from([NO_LEAST, 0, 1]), st.tuples(factor, factor, factor, factor), st.integers(0, 4))


@given(st.lists(row, min_size=1, max_size=8))
def test_what_is_possible_stays_the_same(rows: list[Row]) -> None:
    def possible(rows: list[Row]) -> list[tuple[int, ...]]:
        return [
            x
            for x in product(range(3), repeat=4)
            if all(least <= sum(map(int.__mul__, factors, x)) <= most for least, factors, most in rows)
        ]

    fewer = left(*rows)
    assert possible(fewer) == possible(rows)
    assert len(left(*fewer)) == len(fewer)
