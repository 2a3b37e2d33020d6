"""Who may see many offers: `offers.rules.Audience.includes` for all of them at once; a test holds the two together."""

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

import numpy as np

from marketplace.offers.models import Visibility
from marketplace.offers.rules import TIERS, Audience
from marketplace.planning.candidates.distances import Rows
from marketplace.planning.snapshot.calendar import Mask
from marketplace.planning.snapshot.snapshot import Requester

H = TypeVar("H", bound=Hashable)
UNKNOWN = -1


class Audiences:
    """The audiences of offers as arrays."""

    def __init__(self, audiences: Sequence[Audience]) -> None:
        self._reach = np.array([TIERS.index(each.tier) for each in audiences], np.int8)
        self._organisation, self._organisations = numbered([each.organisation_id for each in audiences])
        self._county, self._counties = numbered([each.county_code for each in audiences])
        self._department, self._departments = numbered([each.department for each in audiences])

    def include(self, viewer: Requester, rows: Rows) -> Mask:
        """Tell of some rows which have somebody in their audience."""
        reach, organisation = self._reach[rows], self._organisation[rows]
        at_home = self.at_home(viewer, rows)
        near = self._county[rows] == self._counties.get(viewer.county_code, UNKNOWN)
        is_friend = np.zeros(len(self._organisations), np.bool_)
        is_friend[[self._organisations[each] for each in viewer.partner_ids if each in self._organisations]] = True
        included: Mask = (
            (reach >= TIERS.index(Visibility.ALL))
            | ((reach >= TIERS.index(Visibility.REGION)) & near)
            | ((reach >= TIERS.index(Visibility.PARTNERS)) & is_friend[organisation])
            | ((reach >= TIERS.index(Visibility.ORGANISATION)) & at_home)
        )
        if viewer.department is not None:
            included |= at_home & (self._department[rows] == self._departments.get(viewer.department, UNKNOWN))
        return included

    def at_home(self, viewer: Requester, rows: Rows) -> Mask:
        """Tell of some rows which are of somebody's own organisation."""
        at_home: Mask = self._organisation[rows] == self._organisations.get(viewer.organisation_id, UNKNOWN)
        return at_home


def numbered(things: Iterable[H]) -> tuple[Rows, dict[H, int]]:
    """Return the number of each thing, alike things having the same, and the numbers by thing in their order."""
    things = list(things)
    numbers = {thing: number for number, thing in enumerate(dict.fromkeys(things))}
    return np.array([numbers[thing] for thing in things], np.int64), numbers
