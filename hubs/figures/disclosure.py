"""Which numbers of people may be shown, so that none of fewer than five can be told from those that are."""

from collections.abc import Mapping

LEAST = 5
"""Fewer people are never told of as a number. Nor is nobody: it would tell of each that it is not among them."""


def shown(cells: Mapping[str, int]) -> tuple[dict[str, int | None], int | None]:
    """Return the parts of a whole that may be shown, the others as None, and the whole.

    The parts exclude each other and make up the whole. Where a part is too small the next smallest is kept back with
    it (complementary suppression), until there are two and they tell of five people together: the whole without what
    is shown tells of neither. The whole is kept back where it is too small itself.
    """
    total = sum(cells.values())
    if total < LEAST:
        return dict.fromkeys(cells), None
    hidden = {name for name, number in cells.items() if number < LEAST}
    others = sorted(cells.keys() - hidden, key=lambda name: (cells[name], name))
    while hidden and others and (len(hidden) < 2 or sum(cells[name] for name in hidden) < LEAST):
        hidden.add(others.pop(0))
    return {name: None if name in hidden else number for name, number in cells.items()}, total
