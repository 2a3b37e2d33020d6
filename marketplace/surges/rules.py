"""What a roster may say, and how it moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.database.lifecycle import Lifecycle
from core.errors import InvalidParameter
from core.limits import LONGEST_NAME, count_faults, instant_faults, refuse_if, whole_faults
from core.text import text_faults
from core.time import clock
from marketplace.surges.models import Occasion, Roster, RosterState

MOST_CARDS = 5000
"""In one roster."""
LONGEST_NOTICE_HOURS = 30 * 24

ROSTER = Lifecycle("roster", Roster, {RosterState.IN_FORCE: frozenset({RosterState.ENDED})})


@dataclass(frozen=True, kw_only=True)
class RosterDraft:
    """What a roster is to say; `card_ids` are the resources whose capacity cards are in it.

    Raises
    ------
    BadInput
        Everything that is wrong at once, with the fields named as in JSON.
    """

    name: str
    occasions: frozenset[Occasion]
    notice_hours: int
    floor_percent: int
    until: date
    card_ids: frozenset[UUID]

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("name", self.name, 1, LONGEST_NAME)
        yield from count_faults("occasions", self.occasions, 1, len(Occasion))
        yield from whole_faults("noticeHours", self.notice_hours, 0, LONGEST_NOTICE_HOURS)
        yield from whole_faults("floorPercent", self.floor_percent, 0, 100)
        yield from instant_faults("until", self.until)
        if self.until < clock.today():
            yield InvalidParameter("until", str(self.until), "it has passed: choose today or a later day")
        yield from count_faults("cardIds", self.card_ids, 1, MOST_CARDS)
