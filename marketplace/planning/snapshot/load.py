"""From rows to a snapshot: the open needs and offers, in the same number of queries however many there are."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from core.time import clock
from core.time.timing import LONGEST_PATTERN_DAYS, Period, Timing, end_of
from marketplace.networks.queries import by_unit, lent
from marketplace.planning.snapshot import queries
from marketplace.planning.snapshot.calendar import LONGEST_SHIFT, Calendar, times
from marketplace.planning.snapshot.open_needs import OpenNeed, begin_of, open_needs
from marketplace.planning.snapshot.snapshot import Earlier, Relations, Snapshot
from marketplace.planning.snapshot.supply import Supply, supply
from marketplace.proposals.refused import refused_pairs
from marketplace.runs.set_aside import SetAside

SLACK = LONGEST_SHIFT + timedelta(days=1)
"""How far beyond the last need a snapshot looks, so that a later time can be suggested."""

PARTS = 4
"""Of what is loaded: needs, offers, proposals, and what is free."""

LONGEST_ASKED = timedelta(days=LONGEST_PATTERN_DAYS)
"""How long opening hours are looked at for one need: no doors stand open longer, unless they have no hours at all."""


def load(
    session: Session,
    county_code: str | None,
    only: Collection[UUID] | None = None,
    watch: Callable[[int, int], None] = lambda _done, _total: None,
) -> Snapshot:
    """Return what is open as it is now: a county's needs (None: all), or only those of these ids, and all open offers.

    Free is what no claim and no proposal that stays takes. `watch` is called before each part with how many have been
    read; it may raise to end it.
    """
    now = clock.now()
    aside: list[SetAside] = []
    watch(0, PARTS)
    needs = open_needs(session, county_code, only, aside=aside)
    calendar = calendar_for(needs, now)
    watch(1, PARTS)
    offered = supply(session, now, calendar.instant(calendar.horizon))
    watch(2, PARTS)
    known, replaced = relations(session), replaced_by(session, needs)
    watch(3, PARTS)
    found = snapshot_of(offered, known, needs, *replaced)
    return replace(found, set_aside=(*aside, *offered.set_aside))


def relations(session: Session) -> Relations:
    """Return who knows whom, who owes whom, and whose turn it is in networks."""
    return Relations(queries.partners(session), queries.net_lent(session), lent(session))


def replaced_by(
    session: Session, needs: Iterable[OpenNeed]
) -> tuple[Sequence[queries.ProposedLine], frozenset[tuple[UUID, UUID]]]:
    """Return the lines of the proposals that a run over needs replaces, and what of offers was refused for them."""
    need_ids = {need.need_id for need in needs}
    replaced = {proposal.id for proposal in queries.replaceable(session, need_ids)}
    return queries.lines_of(session, replaced), frozenset(refused_pairs(session, need_ids))


def snapshot_of(
    offered: Supply,
    known: Relations,
    needs: Sequence[OpenNeed],
    lines: Sequence[queries.ProposedLine],
    refused: frozenset[tuple[UUID, UUID]],
    *,
    unproposed: bool = False,
) -> Snapshot:
    """Return needs beside a supply: without the proposals of these lines, or without any that might be replaced."""
    calendar = calendar_for(needs, offered.now)
    replaced = {line.proposal_id for line in lines}
    return Snapshot(
        calendar=calendar,
        now=calendar.ceil(offered.now),
        needs=needs,
        offers=offered.offers_until(calendar.instant(calendar.horizon)),
        capacities=offered.capacities,
        taken=offered.taken(calendar, None if unproposed else replaced),
        partners=known.partners,
        net=known.net,
        lent=by_unit(known.lent, None if unproposed else replaced),
        refused=refused,
        earlier=[Earlier(line.need_id, line.occurs_on, line.option_key, line.amount) for line in lines],
    )


def calendar_for(needs: Iterable[OpenNeed], now: datetime) -> Calendar:
    """Return minutes counted from the last midnight (UTC), ending some time after the last need has ended.

    What is needed for good has no end: it counts with its start.
    """
    needs = list(needs)
    ends = (_end(need.timing) for need in needs)
    last = max([now, *filter(None, ends)])
    epoch = datetime.combine(now.astimezone(UTC), datetime.min.time(), UTC)
    whole = Calendar(epoch, (last + SLACK - epoch) // timedelta(minutes=1))
    return replace(whole, asked=tuple(times(_asked(whole, need.timing) for need in needs).pairs()))


def _asked(calendar: Calendar, timing: Timing) -> tuple[int, int]:
    """When open doors may matter to a need, at the time that it asks for or another that is suggested."""
    if isinstance(timing, Period):
        return (0, 0)  # whole days follow no doors
    begin = begin_of(timing)
    end = min(end_of(timing) or begin, begin + LONGEST_ASKED)
    return max(calendar.floor(begin - SLACK), 0), min(calendar.ceil(end + SLACK), calendar.horizon)


def _end(timing: Timing) -> datetime | None:
    if isinstance(timing, Period) and timing.last is None:
        return timing.interval.start
    return end_of(timing)
