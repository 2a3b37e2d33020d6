"""What papers may be made of which bookings, how they are numbered, and how large they may be."""

import re
from collections.abc import Sequence
from uuid import UUID

from core.database.lifecycle import Lifecycle
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.rules import GOING_ON, BookingRole
from marketplace.papers.models import Paper, PaperState

S = PaperState
PAPER = Lifecycle(
    "paper", Paper, {S.WAITING: frozenset({S.MADE, S.FAILED}), S.FAILED: frozenset({S.WAITING}), S.MADE: frozenset()}
)
DEFAULT_PATTERN = "PV {year}-{n}"
LONGEST_PATTERN = 40
# By what it ends with a number tells its year and place in it, so no two patterns make the same one.
# Its letters are such as papers can show.
_SIGNS, _LETTERS = " .:/()_-", "A-Za-zÀ-ɏ"
_PATTERN = re.compile(rf"(?:[0-9{_LETTERS}{_SIGNS}]*[{_LETTERS}{_SIGNS}])?\{{year\}}[{_SIGNS}]\{{n\}}")
LARGEST_BYTES = 2_000_000
MOST_ADDED_BYTES = 256_000
"""By signatures, all together. What is packed in them may be a thousand times as large."""
MOST_REVISIONS = 20
"""Of a signed file: one or a few for each signature. Checking takes longer by their square."""
MOST_ADDENDA = 50
MOST_ATTEMPTS = 3

Rows = Sequence[Sequence[str]]
"""Facts: each with its name and what it is."""
Changes = Sequence[tuple[str, str, str]]


def check_pattern(pattern: str) -> None:
    """Refuse a pattern that numbers could be told by twice.

    Raises
    ------
    BadInput
        It is too long, or does not end with the year, one sign and the number.
    """
    if len(pattern) > LONGEST_PATTERN or not _PATTERN.fullmatch(pattern):
        raise BadInput(
            "pattern",
            pattern,
            f"write at most {LONGEST_PATTERN} Latin letters, digits and signs (. : / - and brackets) that end with the "
            f"year, a sign and the number, as in {DEFAULT_PATTERN}",
        )


def numbered(pattern: str, year: int, place: int) -> str:
    """Return a number of a series."""
    return pattern.replace("{year}", str(year)).replace("{n}", str(place))


def check_party(booking: Booking, organisation_id: UUID) -> None:
    """Papers are for the two sides alone; for everybody else there are none."""
    if organisation_id not in {booking.lender_id, booking.borrower_id}:
        raise NotFound("booking", booking.id)


def check_may_act(parts: frozenset[BookingRole]) -> None:
    """Whoever may act for a side has papers made and takes in what was signed."""
    if not parts:
        raise NotAllowed("not_your_move", "Only those who may act for one of the two sides may do this.")


def check_may_follow(booking: Booking, latest: Paper | None) -> None:
    """An agreement is on what is agreed or out; an addendum follows what is made, also when it is cancelled.

    Raises
    ------
    Conflict
        ``not_going_on``, ``paper_waits``, ``too_many_addenda``.
    """
    cancelled = latest is not None and booking.state is BookingState.CANCELLED
    if booking.state not in GOING_ON and not cancelled:
        raise Conflict("not_going_on", "What is over, or was cancelled before it had an agreement, gets no paper.")
    if latest is not None and latest.state is PaperState.WAITING:
        raise Conflict("paper_waits", "A paper of this booking is being made. Try again in a moment.")
    if latest is not None and latest.addendum >= MOST_ADDENDA:
        raise Conflict("too_many_addenda", f"A booking has at most {MOST_ADDENDA} addenda.")


def changes(before: Rows, now: Rows) -> Changes:
    """Return which facts of two papers differ: what each was, and is."""
    was, is_ = ({name: text for name, text in rows} for rows in (before, now))  # noqa: C416 (rows come as lists, too)
    names = [*was, *(name for name in is_ if name not in was)]
    pairs = ((name, was.get(name, ""), is_.get(name, "")) for name in names)
    return [(name, old or "–", new or "–") for name, old, new in pairs if old != new]
