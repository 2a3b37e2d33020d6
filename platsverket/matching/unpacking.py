"""Units and needs out of arrays."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import isnan

import numpy as np

from platsverket.matching.arrays import Arrays, Ints
from platsverket.matching.need import Claim, Need, Option
from platsverket.matching.unit import Interval, Piece, Unit

Row = tuple[int, int, int, int]
"""Unit, load, start and end of an interval that is claimed."""


class Unpacking:
    """Makes the units of some arrays, and any of their needs with any of their options."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._unit_ids = list(arrays.unit_ids)

    def units(self) -> tuple[Unit, ...]:
        """All units; one that has its capacity in pieces is as large as the largest of them."""
        pieces: dict[int, list[Piece]] = {}
        for unit, *piece in self._arrays.pieces.tolist():
            pieces.setdefault(unit, []).append(Piece(*piece))
        units = zip(self._unit_ids, self._arrays.capacity.tolist(), self._arrays.position.tolist(), strict=True)
        return tuple(
            Unit(
                id=id_,
                capacity=capacity or max([1, *(piece.capacity for piece in pieces.get(unit, ()))]),
                available=None if capacity else tuple(pieces.get(unit, ())),
                position=None if isnan(latitude) else (latitude, longitude),
            )
            for unit, (id_, capacity, (latitude, longitude)) in enumerate(units)
        )

    def needs(self, needs: range, options: Ints) -> tuple[Need, ...]:
        """The needs with those of their options that are among these, which ascend and are options of these needs."""
        arrays = self._arrays
        bounds = np.searchsorted(options, arrays.option_from[needs.start : needs.stop + 1])
        owner = np.repeat(np.arange(needs.start, needs.stop), np.diff(bounds))
        made = list(self._options(options, arrays.amount[owner]))
        return tuple(
            Need(
                id=arrays.need_ids[need],
                value=int(arrays.value[need]),
                amount=int(arrays.amount[need]),
                options=tuple(made[first:end]),
                parts=int(arrays.parts[need]),
            )
            for need, (first, end) in zip(needs, pairwise(bounds.tolist()), strict=True)
        )

    def _options(self, options: Ints, amounts: Ints) -> Iterator[Option]:
        """The options; `amounts` are those of their needs."""
        arrays = self._arrays
        score, most = arrays.score[options], arrays.most[options]
        facts = zip(options.tolist(), score.tolist(), most.tolist(), amounts.tolist(), strict=True)
        for rows, (option, points, limit, amount) in zip(self._rows(options), facts, strict=True):
            yield Option(
                id=arrays.option_ids[option],
                score=points,
                claims=tuple(self._claims(rows)),
                max=None if limit == amount else limit,
            )

    def _rows(self, options: Ints) -> Iterator[list[Row]]:
        """What each of the options claims."""
        arrays = self._arrays
        first = np.searchsorted(arrays.claim_option, options, side="left")
        number = np.searchsorted(arrays.claim_option, options, side="right") - first
        ends = np.cumsum(number)
        places = np.repeat(first - (ends - number), number) + np.arange(number.sum())
        columns = (arrays.claim_unit, arrays.claim_load, arrays.claim_start, arrays.claim_end)
        rows = list(zip(*(column[places].tolist() for column in columns), strict=True))
        return (rows[end - count : end] for end, count in zip(ends.tolist(), number.tolist(), strict=True))

    def _claims(self, rows: Iterable[Row]) -> Iterator[Claim]:
        """As few claims as there can be without changing the order; none has times that overlap."""
        gathered: list[tuple[int, int, list[Interval]]] = []
        for unit, load, start, end in rows:
            goes_on = gathered and gathered[-1][:2] == (unit, load) and gathered[-1][2][-1].end <= start
            if not goes_on:
                gathered.append((unit, load, []))
            gathered[-1][2].append(Interval(start, end))
        return (Claim(self._unit_ids[unit], load, tuple(during)) for unit, load, during in gathered)
