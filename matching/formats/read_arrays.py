"""Problem files of any size into arrays: some units or needs at a time, and those by msgspec.

`read_json` says what is right. What is read here is right too, or else it is doubtful, and then `read_json` reads that
part of the file again: it finds what is wrong and names the place, or what it read is taken.
"""

import mmap
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Raw

from matching.arrays.arrays import Arrays
from matching.arrays.builder import UNKNOWN, GrowingArrays, SomeNeeds, SomeUnits, available
from matching.arrays.conversion import arrays_of, options_at, problem_with, with_agreements
from matching.arrays.structs import Need, Unit
from matching.formats.read_json import (
    check_json,
    parsed,
    problem_fields,
    read_needs,
    read_problem,
    read_rest,
    read_units,
)
from matching.problem.errors import ProblemError
from matching.problem.problem import check_head, check_units, check_worth
from matching.problem.validation import LARGEST_EXACT, check_different

CHUNK_BYTES = 100_000  # larger ones gain nothing and fill the processor's caches
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
DOUBTFUL = (ValueError, RecursionError)
"""What msgspec raises at what is not JSON, not UTF-8, nested too deep, or of another shape."""

_CONTENT = msgspec.json.Decoder(dict[str, Raw])
_ELEMENTS = msgspec.json.Decoder(list[Raw])
_UNIT = msgspec.json.Decoder(Unit)
_NEED = msgspec.json.Decoder(Need)


def arrays_from_file(path: Path) -> Arrays:
    """The problem in the file.

    Raises
    ------
    ProblemError
        It says none; the error names the place.
    OSError
        The file cannot be read.
    """
    with path.open("rb") as file:
        try:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):  # a pipe, or an empty file
            return arrays_from_json(file.read())
    # What was read can leave the memory; looked at again, it comes from the file again.
    return arrays_from_json(memoryview(mapped), lambda: mapped.madvise(mmap.MADV_DONTNEED))


def arrays_from_json(data: bytes | memoryview, forget: Callable[[], None] = lambda: None) -> Arrays:
    """The problem that the JSON says; `forget` is called each time more of it was read.

    Raises
    ------
    ProblemError
        It says none; the error names the place.
    """
    text = memoryview(data)
    if text[:3] == BYTE_ORDER_MARK:
        text = text[3:]
    try:
        content = _content(text)
        forget()
        if content is not None:
            return _read(problem_fields(content), forget)
    except ProblemError:
        check_json(text)  # whatever is wrong, it has to be JSON first, up to its end
        raise
    check_json(text)
    return arrays_of(read_problem(parsed(text)))


def _content(text: memoryview) -> dict[str, Any] | None:
    """What is in the file by its keys, the units and needs not read yet; None if that is doubtful."""
    try:
        content = _CONTENT.decode(text)
        large = {key: _ELEMENTS.decode(content[key]) for key in ("units", "needs") if key in content}
    except DOUBTFUL:
        return None
    if _colons(text) != len(content) + sum(_colons(memoryview(value)) for value in content.values()):
        return None  # msgspec keeps the last of a key given twice
    return {key: large[key] if key in large else parsed(value) for key, value in content.items()}


def _colons(text: memoryview) -> int:
    blocks = (text[at : at + CHUNK_BYTES] for at in range(0, len(text), CHUNK_BYTES))
    return sum(int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == ord(":"))) for block in blocks)


def _read(fields: dict[str, Any], forget: Callable[[], None]) -> Arrays:
    """The arrays of the problem, checked in the order in which `read_json` and `Problem` do."""
    growing = GrowingArrays()
    for first, elements in _chunks(fields["units"]):
        growing.add_units(_units(elements, first))
        forget()
    for first, elements in _chunks(fields["needs"]):
        growing.add_needs(_needs(elements, first, growing.unit_at))
        forget()
    rest = read_rest(fields)
    check_head(rest["name"], rest["seed"], rest["stability"])
    arrays = growing.arrays(rest["name"], rest["seed"], rest["stability"])
    check_different("units", arrays.unit_ids, "the unit")
    check_different("needs", arrays.need_ids, "the need")
    _check_units(arrays, fields["needs"])
    _check_worth(arrays)
    chosen = options_at(arrays, [*rest["fixed"], *rest["forbidden"], *rest["previous"]])
    return with_agreements(arrays, problem_with(arrays, chosen, **rest))


def _chunks(elements: list[Raw]) -> Iterator[tuple[int, list[Raw]]]:
    """The elements, as many at a time as a chunk holds, and the position of the first of them."""
    first, size = 0, 0
    for position, element in enumerate(elements, 1):
        size += len(memoryview(element))
        if size >= CHUNK_BYTES or position == len(elements):
            yield first, elements[first:position]
            first, size = position, 0


def _units(elements: list[Raw], first: int) -> SomeUnits:
    try:
        some = SomeUnits.of([_UNIT.decode(element) for element in elements])
    except DOUBTFUL:
        return _units_again(elements, first)
    return some if _units_right(some, elements) else _units_again(elements, first)


def _units_again(elements: list[Raw], first: int) -> SomeUnits:
    return SomeUnits.of(read_units([parsed(element) for element in elements], first))


def _units_right(some: SomeUnits, elements: list[Raw]) -> bool:
    """Whether the units obey the rules beyond the types and ranges of single fields."""
    names = "".join(unit.id for unit in some.units)
    keys = sum(2 + bool(unit.position) + (available(unit) is not None) for unit in some.units)
    within = all(piece.capacity <= unit.capacity for unit in some.units for piece in available(unit) or ())
    return names.isprintable() and within and some.pieces.apart() and _each_key_once(elements, keys, names)


def _needs(elements: list[Raw], first: int, unit_at: dict[str, int]) -> SomeNeeds:
    try:
        some = SomeNeeds.of([_NEED.decode(element) for element in elements])
    except DOUBTFUL:
        return _needs_again(elements, first)
    return some if _needs_right(some, elements, unit_at) else _needs_again(elements, first)


def _needs_again(elements: list[Raw], first: int) -> SomeNeeds:
    return SomeNeeds.of(read_needs([parsed(element) for element in elements], first))


def _needs_right(some: SomeNeeds, elements: list[Raw], unit_at: dict[str, int]) -> bool:
    """Whether the needs obey the rules beyond the types and ranges of single fields."""
    names = "".join([need.id for need in some.needs] + some.option_ids)
    printable = names.isprintable() and "".join(set(some.units).difference(unit_at)).isprintable()
    different = all(len({option.id for option in need.options}) == len(need.options) for need in some.needs)
    keys = 4 * len(some.needs) + 3 * len(some.options) + 3 * len(some.claims)
    keys += sum(bool(need.parts) for need in some.needs) + len(some.limits) - some.limits.count(0)
    return printable and different and some.during.apart() and _each_key_once(elements, keys, names, some.units)


def _each_key_once(elements: list[Raw], keys: int, names: str, more: Iterable[str] = ()) -> bool:
    """Whether the elements have no more keys than those that were read, by a colon for each and those in names.

    A colon in a name can also be written as an escape of its number, 3a; whether any is there is not looked at closely.
    """
    text = b"".join(elements)
    colons = text.count(b":")
    if colons == keys:
        return True
    in_names = names.count(":") + sum(name.count(":") for name in more)
    return colons == keys + in_names and b"\\u003" not in text


def _check_units(arrays: Arrays, needs: list[Raw]) -> None:
    unknown = np.flatnonzero(arrays.claim_unit == UNKNOWN)
    if len(unknown):
        position = int(np.searchsorted(arrays.option_from, arrays.claim_option[unknown[0]], side="right")) - 1
        (need,) = read_needs([parsed(needs[position])], position)
        check_units(position, need, set(arrays.unit_ids))


def _check_worth(arrays: Arrays) -> None:
    scores = np.abs(arrays.score) * arrays.most
    values = np.abs(arrays.value) + arrays.stability
    # A sum of floats below 2**53 has been exact all the way; the few problems that reach it are added up anew.
    if scores.sum(dtype=np.float64) + values.sum(dtype=np.float64) >= LARGEST_EXACT:
        options = pairwise(arrays.option_from.tolist())
        check_worth(value + sum(scores[a:b].tolist()) for value, (a, b) in zip(values.tolist(), options, strict=True))
