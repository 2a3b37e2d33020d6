"""Who may see many offers: `offers.rules.Audience.includes` for all of them at once; a test holds the two together."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
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

    def include(self, viewers: Sequence[Requester], of: Rows, rows: Rows) -> Mask:
        """Tell of some rows whether the viewer of each, by its place among some, is in its audience."""
        reach, organisation = self._reach[rows], self._organisation[rows]
        at_home = self.at_home(viewers, of, rows)
        near = self._county[rows] == self._numbers(self._counties, (each.county_code for each in viewers))[of]
        group, groups = numbered(each.partner_ids for each in viewers)
        is_friend = np.zeros((len(groups), len(self._organisations)), np.bool_)
        for partner_ids, n in groups.items():
            is_friend[n, [self._organisations[each] for each in partner_ids if each in self._organisations]] = True
        department = self._numbers(self._departments, (each.department for each in viewers))
        department[[each.department is None for each in viewers]] = UNKNOWN
        included: Mask = (
            (reach >= TIERS.index(Visibility.ALL))
            | ((reach >= TIERS.index(Visibility.REGION)) & near)
            | ((reach >= TIERS.index(Visibility.PARTNERS)) & is_friend[group[of], organisation])
            | ((reach >= TIERS.index(Visibility.ORGANISATION)) & at_home)
            | (at_home & (self._department[rows] == department[of]))
        )
        return included

    def at_home(self, viewers: Sequence[Requester], of: Rows, rows: Rows) -> Mask:
        """Tell of some rows which are of the organisation of the viewer of each."""
        homes = self._numbers(self._organisations, (each.organisation_id for each in viewers))
        at_home: Mask = self._organisation[rows] == homes[of]
        return at_home

    @staticmethod
    def _numbers(known: Mapping[H, int], things: Iterable[H]) -> Rows:
        return np.array([known.get(each, UNKNOWN) for each in things], np.int64)


def numbered(things: Iterable[H]) -> tuple[Rows, dict[H, int]]:
    """Return the number of each thing, alike things having the same, and the numbers by thing in their order."""
    things = list(things)
    numbers = {thing: number for number, thing in enumerate(dict.fromkeys(things))}
    return np.array([numbers[thing] for thing in things], np.int64), numbers
