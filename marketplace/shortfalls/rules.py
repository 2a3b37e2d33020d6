"""Which bookings what is lost is missing from, and what may be decided about it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.database.lifecycle import Lifecycle
from core.errors import Conflict
from core.time.interval import Interval
from marketplace.shortfalls.models import Shortfall, ShortfallState
from resources.availability import Taken, peak

_S = ShortfallState
SHORTFALL = Lifecycle("shortfall", Shortfall, {_S.WAITING: frozenset({_S.FEWER, _S.REPLACED, _S.SETTLED})})
CHOICES = (_S.FEWER, _S.REPLACED)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a booking takes of a unit for some time, so much for each of its pieces; `waits`: nothing of it is out."""

    booking_id: UUID
    during: Interval
    amount: int
    share: int
    waits: bool


def missing(capacity: int, lost: Iterable[Taken], promises: Sequence[Promise]) -> dict[UUID, int]:
    """Return how many pieces are missing from which bookings that wait: from those agreed on last before others."""
    found: dict[UUID, int] = {}
    taken = [*lost]
    waiting = sorted((each for each in promises if each.waits), key=lambda each: each.booking_id)
    taken += [Taken(each.amount, each.during) for each in promises if not each.waits]
    for each in waiting:
        over = peak(taken, each.during) + each.amount - capacity
        pieces = min(-(-over // each.share), each.amount // each.share) if over > 0 else 0
        rest = each.amount - pieces * each.share
        if pieces:
            found[each.booking_id] = max(found.get(each.booking_id, 0), pieces)
        if rest:
            taken.append(Taken(rest, each.during))
    return found


def check_may_be(to: ShortfallState, amount: int, lacking: int) -> None:
    """Refuse to take fewer where none are left.

    Raises
    ------
    Conflict
        ``none_left``.
    """
    if to is ShortfallState.FEWER and lacking >= amount:
        raise Conflict("none_left", "None of it is left: let it be matched anew.")
