"""A line for seats: who has how many, who waits, and to whom free ones are to be offered.

Whoever came first is offered seats first. A group gets all of its seats at once. Where fewer are free than the first
group in line wants, these few are offered to it: it may take them and wait on for the rest, leave, or let those after
it pass while there are too few for it. It keeps its place, and nobody passes it who was not let by.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Standing(StrEnum):
    """waiting ⇄ offered → registered; from each of them to declined or lapsed."""

    WAITING = "waiting"
    OFFERED = "offered"
    REGISTERED = "registered"
    DECLINED = "declined"
    LAPSED = "lapsed"
    """Seats were offered and not answered for in time."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a group has in a line; somebody alone is a group of one.

    Parameters
    ----------
    seats
        How many it wants, all together.
    taken, offered
        Seats that are its own, and that are held for it until it answers.
    lets_pass
        It waits for all that it wants and knows that others get seats while they are too few for it.
    """

    seats: int
    taken: int = 0
    offered: int = 0
    lets_pass: bool = False

    def __post_init__(self) -> None:
        if min(self.taken, self.offered) < 0 or self.seats < max(1, self.taken + self.offered):
            raise ValueError(f"{self.taken} taken and {self.offered} offered of {self.seats} seats")

    @property
    def missing(self) -> int:
        """How many it still wants."""
        return self.seats - self.taken

    @property
    def standing(self) -> Standing:
        """Whether it has all that it wants, waits, or was offered some."""
        if self.offered:
            return Standing.OFFERED
        return Standing.WAITING if self.missing else Standing.REGISTERED


@dataclass(frozen=True, slots=True)
class SeatOffer:
    """Seats to hold for one in line, by its index: all that are missing, or as many as there are."""

    index: int
    seats: int


def free_seats(capacity: int, line: Iterable[Place]) -> int:
    """Return how many seats nobody has or was offered; 0 where more are gone than there are by now."""
    return max(0, capacity - sum(place.taken + place.offered for place in line))


def next_offers(capacity: int, line: Sequence[Place]) -> list[SeatOffer]:
    """Return to whom free seats are to be offered, the first in line first.

    Where one was offered less than it wants and has not answered, what is free comes to that offer.
    """
    free, offers = free_seats(capacity, line), list[SeatOffer]()
    for index, place in enumerate(line):
        more = min(place.missing - place.offered, free)
        seats = place.offered + more
        if more and (seats == place.missing or not place.lets_pass):
            offers.append(SeatOffer(index, seats))
            free -= more
    return offers


def offer(place: Place, seats: int) -> Place:
    """Hold so many seats for a group until it answers."""
    return replace(place, offered=seats)


def accept(place: Place) -> Place:
    """Take what is offered. A group that takes a part of what it wants is offered each further seat that comes."""
    return replace(place, taken=place.taken + place.offered, offered=0, lets_pass=False)


def let_pass(place: Place) -> Place:
    """Wait for all that is missing, and let others have what is too little.

    Raises
    ------
    ValueError
        All that is missing is offered: there is nothing to wait for.
    """
    if place.offered == place.missing:
        raise ValueError("nothing is missing beside what is offered")
    return replace(place, offered=0, lets_pass=True)


def lapse(place: Place) -> Place | None:
    """Say what becomes of a group that did not answer for what it was offered in time; None: it leaves the line.

    One that was offered less than it wants waits on, as if it had let others pass. One that has some seats keeps them
    and waits no longer.
    """
    if place.offered < place.missing:
        return let_pass(place)
    return replace(place, seats=place.taken, offered=0) if place.taken else None


def lessen(place: Place, seats: int) -> Place:
    """Let a group be smaller: it gives up first what it has not got.

    Raises
    ------
    ValueError
        It would be larger, or nobody.
    """
    if not 1 <= seats <= place.seats:
        raise ValueError(f"{seats} is not between 1 and {place.seats}")
    taken = min(place.taken, seats)
    return replace(place, seats=seats, taken=taken, offered=min(place.offered, seats - taken))
