"""What may be said of a visit, and how many there may be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.database.lifecycle import Lifecycle
from core.errors import InvalidParameter
from core.limits import LONGEST_EMAIL, LONGEST_NAME, refuse_if
from core.text import text_faults
from core.time import clock
from hubs.membership.rules import LONGEST_FIRST_NAME
from hubs.visits.models import HubVisit, VisitState
from marketplace.organisations.rules import is_address

LONGEST_AHEAD = timedelta(days=180)
MOST_ASKED, MOST_ASKED_OF_ADDRESS = 200, 3
"""Visits of one hub, and of one address at all, that are not answered yet: nobody's mailbox is filled by others."""
MOST_INVITED = 20
"""Visits that one member has invited to at a hub and that are yet to come."""
ANSWER_WITHIN = timedelta(days=2)
"""Without an answer to the mail what was announced is forgotten."""

VISIT = Lifecycle(
    "hub_visit",
    HubVisit,
    {VisitState.ASKED: frozenset({VisitState.COMES}), VisitState.COMES: frozenset({VisitState.CALLED_OFF})},
)


@dataclass(frozen=True, kw_only=True)
class VisitDraft:
    """Who comes when.

    Raises
    ------
    BadInput
        With all that is wrong, named as in JSON.
    """

    day: date
    first_name: str
    email: str
    comes_from: str = ""

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        today = clock.today()
        if not today <= self.day <= today + LONGEST_AHEAD:
            last = today + LONGEST_AHEAD
            yield InvalidParameter("day", str(self.day), f"it has to be from {today} through {last}")
        yield from text_faults("firstName", self.first_name, 1, LONGEST_FIRST_NAME)
        yield from text_faults("comesFrom", self.comes_from, 0, LONGEST_NAME)
        yield from text_faults("email", self.email, 1, LONGEST_EMAIL)
        if self.email.strip() and not is_address(self.email.strip()):
            yield InvalidParameter("email", self.email, "it has to be an address such as namn@myndigheten.se")
