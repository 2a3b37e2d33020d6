"""What rules for loans of people forbid: `competence.loans.packs` for whole blocks; a test holds the two together."""

from dataclasses import replace
from typing import Any

import numpy as np

from competence.loans.length import too_long
from competence.loans.packs import longest_months, pack_for
from core.time.clock import STOCKHOLM
from marketplace.bookings.models import BookingKind
from marketplace.planning.candidates.candidates import CandidateBlock, Lines
from marketplace.planning.candidates.distances import Rows
from marketplace.planning.candidates.offer_table import KINDS
from marketplace.planning.snapshot.calendar import DAY_MIN, Calendar, Mask
from marketplace.planning.snapshot.snapshot import Snapshot
from matching.arrays import segments

LONGEST_MONTHS = np.array([[longest_months(pack_for(lender, borrower)) for borrower in KINDS] for lender in KINDS])
"""How many months of full time one kind of organisation lends to another at most, 0: no limit, (lender, borrower)."""
NO_LIMIT = np.zeros(1, np.int64)
SHORTEST_LIMIT_MIN = int(LONGEST_MONTHS[LONGEST_MONTHS > 0].min(initial=1200)) * 28 * DAY_MIN
"""No loan of fewer minutes is forbidden anywhere."""


def allowed(snapshot: Snapshot, block: CandidateBlock) -> tuple[CandidateBlock, Mask]:
    """Return pairs without the times at which they are forbidden, and which of them are allowed at some time.

    A series is one loan, on the dates that are free. Where dates are served apart, the same person may be lent on any
    of them: that is allowed only where no choice of dates is too much.
    """
    months = _months(snapshot, block) if _may_be_too_long(block) else NO_LIMIT
    most = int(months.max())
    if not most:
        return block, np.ones(len(block), np.bool_)
    # Offers that are free at the same times share a line: there is one more for each limit that some of them are under.
    key, line = np.unique(block.line * (most + 1) + months, return_inverse=True)
    lines = _copied(block.lines, key // (most + 1))
    forbidden = lines.free & _too_long(snapshot.calendar, block, lines, key % (most + 1))
    if block.patterns.shape.by_date:
        return block, segments.sums(forbidden.astype(np.int64), lines.first)[line] == 0
    if block.patterns.shape.series:
        return block, ~_at_first(lines, forbidden)[line]
    lines = replace(lines, free=lines.free & ~forbidden)
    return replace(block, lines=lines, line=line), lines.free_counts[line] > 0


def _may_be_too_long(block: CandidateBlock) -> bool:
    """Tell whether any time could be: people for some months, which few needs ask for."""
    if not len(block) or block.table.family.booking_kind != BookingKind.STAFF_LOAN:
        return False
    return int(block.patterns.ends.max() - block.patterns.starts.min()) > SHORTEST_LIMIT_MIN


def _months(snapshot: Snapshot, block: CandidateBlock) -> Rows:
    """How long each pair may be lent; 0 is without a limit, as for whoever stays with the same employer."""
    borrowers = np.array([KINDS.index(need.organisation_kind) for need in block.needs], np.int64)
    months: Rows = LONGEST_MONTHS[block.table.lenders[block.rows], borrowers[block.of]]
    requesters = [snapshot.requester(need) for need in block.needs]
    return np.where(block.table.audiences.at_home(requesters, block.of, block.rows), 0, months)


def _copied(lines: Lines, which: Rows) -> Lines:
    """Return some lines, each as often as it is named, end to end."""
    cells, _ = segments.expand(lines.first[which], lines.first[which + 1])
    first = np.concatenate(([0], np.cumsum(np.diff(lines.first)[which])))
    return Lines(lines.of[which], first, lines.times[cells], lines.free[cells], lines.is_open[cells])


def _too_long(calendar: Calendar, block: CandidateBlock, lines: Lines, months: Rows) -> Mask:
    """Tell for each time of lines whether a loan from then on is too long: of it alone, or of all dates that follow."""
    starts, ends = block.patterns.starts[lines.times], block.patterns.ends[lines.times]
    days = calendar.days(int(starts.min()), int(ends.max()))
    day = np.datetime64(calendar.instant(int(starts.min())).astimezone(STOCKHOLM).date(), "D")
    first, last = day + days.number(starts), day + days.number(ends - 1)
    count = (last - first).astype(np.int64) + 1
    owner = segments.owners(lines.first)
    if block.patterns.shape.dates:
        last, count = _following(lines, last, owner)
    too: Mask = too_long(months[owner], first, last, block.sizes[lines.of][owner], count)
    return too


def _following(lines: Lines, dates: Any, owner: Rows) -> tuple[Any, Rows]:
    """Return for each date of lines the last that is free, and how many are from it on."""
    before = np.concatenate(([0], np.cumsum(lines.free)))
    count = before[lines.first[1:]][owner] - before[:-1]
    at = np.append(np.flatnonzero(lines.free), 0)
    last = at[np.maximum(before[lines.first[1:]] - 1, 0)]
    return dates[last][owner], count


def _at_first(lines: Lines, cells: Mask) -> Mask:
    """Tell for each line what is said of the first time at which it is free; there is one."""
    free = np.append(np.flatnonzero(lines.free), 0)
    found: Mask = cells[free[np.searchsorted(free[:-1], lines.first[:-1])]]
    return found
