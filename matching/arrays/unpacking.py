"""Units and needs out of arrays."""

from collections.abc import Iterator
from itertools import pairwise
from math import isnan

import numpy as np
from msgspec import UNSET

from matching.arrays import segments
from matching.arrays.arrays import Arrays, Ints
from matching.arrays.structs import Claim, Interval, Need, Option, Piece, Unit

Row = tuple[int, int, int, int]
"""Unit, load, start and end of an interval that is claimed."""


class Unpacking:
    """Makes the units of some arrays, and any of their needs with any of their options."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._unit_ids = list(arrays.unit_ids)

    def units(self) -> Iterator[Unit]:
        """All units; one that has its capacity in pieces is as large as the largest of them."""
        arrays = self._arrays
        pieces: dict[int, list[Piece]] = {}
        for unit, start, end, capacity in arrays.pieces.tolist():
            pieces.setdefault(unit, []).append(Piece(start, end, capacity))
        facts = zip(self._unit_ids, arrays.capacity.tolist(), arrays.position.tolist(), strict=True)
        for unit, (id_, capacity, (latitude, longitude)) in enumerate(facts):
            own = pieces.get(unit, [])
            yield Unit(
                id=id_,
                capacity=capacity or max([1, *(piece.capacity for piece in own)]),
                available=UNSET if capacity else own,
                position=UNSET if isnan(latitude) else (latitude, longitude),
            )

    def needs(self, needs: range, options: Ints) -> Iterator[Need]:
        """The needs with those of their options that are among these, which ascend and are options of these needs."""
        arrays, some = self._arrays, slice(needs.start, needs.stop)
        values, amounts, parts = arrays.value[some].tolist(), arrays.amount[some].tolist(), arrays.parts[some].tolist()
        bounds = np.searchsorted(options, arrays.option_from[needs.start : needs.stop + 1])
        made = list(self._options(options, np.repeat(arrays.amount[some], np.diff(bounds))))
        for need, value, amount, most, (first, end) in zip(
            needs, values, amounts, parts, pairwise(bounds.tolist()), strict=True
        ):
            yield Need(
                id=arrays.need_ids[need],
                value=value,
                amount=amount,
                parts=most if most > 1 else 0,
                options=made[first:end],
            )

    def _options(self, options: Ints, amounts: Ints) -> Iterator[Option]:
        """The options; `amounts` are those of their needs."""
        arrays = self._arrays
        most = arrays.most[options]
        limits = np.where(most < amounts, most, 0)
        facts = zip(options.tolist(), arrays.score[options].tolist(), limits.tolist(), strict=True)
        for rows, (option, score, limit) in zip(self._rows(options), facts, strict=True):
            yield Option(id=arrays.option_ids[option], score=score, max=limit, claims=self._claims(rows))

    def _rows(self, options: Ints) -> Iterator[list[Row]]:
        """What each of the options claims."""
        arrays = self._arrays
        first, end = (np.searchsorted(arrays.claim_option, options, side) for side in ("left", "right"))
        places, _ = segments.expand(first, end)
        number = end - first
        columns = (arrays.claim_unit, arrays.claim_load, arrays.claim_start, arrays.claim_end)
        rows = list(zip(*(column[places].tolist() for column in columns), strict=True))
        ends = np.cumsum(number).tolist()
        return (rows[end - count : end] for end, count in zip(ends, number.tolist(), strict=True))

    def _claims(self, rows: list[Row]) -> list[Claim]:
        """As few claims as there can be without changing the order; none has times that overlap."""
        claims: list[Claim] = []
        before = (-1, 0, 0)
        for unit, load, start, end in rows:
            if before[:2] != (unit, load) or start < before[2]:
                claims.append(Claim(self._unit_ids[unit], load, []))
            claims[-1].during.append(Interval(start, end))
            before = unit, load, end
        return claims
