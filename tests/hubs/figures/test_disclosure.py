"""No number of fewer than five people is shown, nor can be told from what is: for all parts and wholes that are small,
and for many of any size.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubs.figures.disclosure import LEAST, shown

PARTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 60), min_size=1, max_size=6)


@given(PARTS)
def test_what_is_kept_back_tells_of_five_together_and_is_never_alone(cells: dict[str, int]):
    told, total = shown(cells)
    assert all(number is None or number == cells[name] >= LEAST for name, number in told.items())
    hidden = [cells[name] for name, number in told.items() if number is None]
    if total is None:
        assert not any(told.values())
        assert sum(cells.values()) < LEAST
    else:
        assert total == sum(cells.values())
        rest = total - sum(number for number in told.values() if number is not None)
        assert rest == sum(hidden)
        assert not hidden or (rest >= LEAST and (len(hidden) > 1 or len(cells) == 1))


@given(PARTS)
def test_nothing_is_kept_back_that_need_not_be(cells: dict[str, int]):
    told, total = shown(cells)
    if all(number >= LEAST for number in cells.values()):
        assert (told, total) == (cells, sum(cells.values()))


def all_cells(parts: int) -> Iterator[dict[str, int]]:
    for numbers in product(range(12), repeat=parts):
        yield dict(zip("abc", numbers, strict=False))


@pytest.mark.parametrize("parts", [2, 3])
def test_who_knows_the_rule_too_cannot_tell_what_was_kept_back(parts: int):
    """Of all that would be shown alike, each part that is kept back could be several numbers.

    The wholes are up to 22, so that all parts of each, each below 12 in 3 parts, are among what is tried.
    """
    alike: dict[tuple[object, ...], list[dict[str, int]]] = defaultdict(list)
    for cells in all_cells(parts):
        told, total = shown(cells)
        alike[*told.values(), total].append(cells)
    for (*told, total), possible in alike.items():
        if total is not None and total > 11:
            continue  # some of what would be shown alike has a part above 11, and was not tried
        for name, number in zip("abc", told, strict=False):
            if number is None:
                assert len({cells[name] for cells in possible}) > 1, possible
