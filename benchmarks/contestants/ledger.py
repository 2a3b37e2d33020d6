"""What is taken of each unit and when, kept while a plan is made option by option."""

import numpy as np

from matching.arrays.arrays import Arrays, Ints

FOREVER = 2**60

Booking = tuple[int, int, int]
"""Start, end and amount."""


class Ledger:
    """Bookings per unit; where a unit's capacity changes, what it lacks of its most is booked from the start."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._first = np.searchsorted(arrays.claim_option, np.arange(len(arrays.score) + 1)).tolist()
        self._capacity: list[int] = arrays.capacity.tolist()
        self._bookings: list[list[Booking]] = [[] for _ in self._capacity]
        pieces = arrays.pieces[np.lexsort((arrays.pieces[:, 1], arrays.pieces[:, 0]))]
        for unit in np.unique(pieces[:, 0]).tolist():
            self._book_what_lacks(unit, pieces[pieces[:, 0] == unit])

    def most(self, option: int) -> int:
        """How much of the option fits, at most what may be taken of it."""
        most = int(self._arrays.most[option])
        for unit, load, start, end in self._claims(option):
            most = min(most, self._free(unit, start, end) // load)
            if most <= 0:
                return 0
        return most

    def take(self, option: int, amount: int) -> bool:
        """Book so much of the option; nothing if it does not fit."""
        done: list[tuple[int, Booking]] = []
        for unit, load, start, end in self._claims(option):
            if self._free(unit, start, end) < load * amount:
                for earlier, booking in done:
                    self._bookings[earlier].remove(booking)
                return False
            booking = (start, end, load * amount)
            self._bookings[unit].append(booking)
            done.append((unit, booking))
        return True

    def give_back(self, option: int, amount: int) -> None:
        """Undo a booking."""
        for unit, load, start, end in self._claims(option):
            self._bookings[unit].remove((start, end, load * amount))

    def _claims(self, option: int) -> list[tuple[int, int, int, int]]:
        of_option = slice(self._first[option], self._first[option + 1])
        arrays = self._arrays
        columns = (arrays.claim_unit, arrays.claim_load, arrays.claim_start, arrays.claim_end)
        return list(zip(*(column[of_option].tolist() for column in columns), strict=True))

    def _free(self, unit: int, start: int, end: int) -> int:
        """The least that is free during the time; it is least where something begins."""
        there = [booking for booking in self._bookings[unit] if booking[0] < end and start < booking[1]]
        moments = {max(start, begin) for begin, _, _ in there}
        loads = (sum(amount for begin, stop, amount in there if begin <= moment < stop) for moment in moments)
        return self._capacity[unit] - max(loads, default=0)

    def _book_what_lacks(self, unit: int, pieces: Ints) -> None:
        most = int(pieces[:, 3].max())
        self._capacity[unit] = most
        before = -FOREVER
        for _, start, end, capacity in pieces.tolist():
            self._bookings[unit] += [(before, start, most), (start, end, most - capacity)]
            before = end
        self._bookings[unit].append((before, FOREVER, most))
