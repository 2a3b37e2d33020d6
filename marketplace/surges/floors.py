"""What stays at ordinary work when somebody is lent because of an alert: looked at again where it is agreed."""

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from sqlmodel import Session

from core.errors import Conflict
from core.time.interval import Interval
from marketplace.surges.pool import locked_rosters_of, shares_of
from resources.availability import MinutesTaken
from resources.queries import minutes_taken

FLOOR_REACHED = "floor_reached"
Away = tuple[int, Interval]
"""So much percent of full time, for a time."""


def check_floors(
    session: Session,
    surge_role_id: UUID,
    wanted: Iterable[tuple[UUID, int, Interval]],
    held: Callable[[Collection[UUID]], Iterable[Away]] = lambda _units: (),
) -> None:
    """Refuse to lend more of a roster's time than leaves its floor: so much percent of offered cards, each for a time.

    Rosters stay locked until the transaction ends, so that of two alerts that would take the last of one, one does.
    `held` tells what is promised of units beside what is claimed of them.

    Raises
    ------
    Conflict
        ``floor_reached``: more would be away at some time. ``not_called``: a card has been taken out of its roster.
    """
    asked = list(wanted)
    rosters = locked_rosters_of(session, {offer_id for offer_id, _, _ in asked}, surge_role_id)
    shares = shares_of(session, rosters)
    if {each for offers in rosters.values() for each in offers} != {offer_id for offer_id, _, _ in asked}:
        raise Conflict("not_called", "Somebody in it is not called by the alert, or has been taken off the roster.")
    for roster_id, offers in rosters.items():
        own = [(amount, during) for offer_id, amount, during in asked if offer_id in offers]
        share = shares.get(roster_id)
        if share is not None:
            away = [*own, *held(share.unit_ids)]
            if all(most_away(session, share.unit_ids, away, during) <= share.percent for _, during in own):
                continue
        raise Conflict(
            FLOOR_REACHED, "Where the person works, no more may be away at once: the rest stays at ordinary work."
        )


def most_away(session: Session, unit_ids: Iterable[UUID], beside: Iterable[Away], during: Interval) -> int:
    """Return the most percent that is away at any moment of a time: what is claimed of units, and what is beside it."""
    return peak(minutes_taken(session, unit_ids, during).values(), beside, during)


def peak(claimed: Iterable[MinutesTaken], beside: Iterable[Away], during: Interval) -> int:
    """Return as `most_away`, of what is known to be claimed of each unit."""
    start, end = int(during.start.timestamp()) // 60, int(during.limit.timestamp()) // 60
    steps: list[tuple[int, int]] = []
    for taken in claimed:
        for first, last, amount in zip(taken.starts.tolist(), taken.ends.tolist(), taken.amounts.tolist(), strict=True):
            steps += [(max(first, start), amount), (min(last, end), -amount)]
    for amount, other in beside:
        first, last = int(other.start.timestamp()) // 60, int(other.limit.timestamp()) // 60
        if first < end and start < last:
            steps += [(max(first, start), amount), (min(last, end), -amount)]
    most = now = 0
    for _, change in sorted(steps):
        now += change
        most = max(most, now)
    return most
