"""What a wish may say, how it and what is said of needs move, and how long they stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from core import geo
from core.database.lifecycle import Lifecycle
from core.errors import Faults, InvalidParameter
from core.limits import LONGEST_TEXT, instant_faults, whole_faults
from core.text import text_faults
from core.time import clock
from marketplace.mobility.models import InterestState, MobilityInterest, MobilityWish, WishState
from resources.families.field_spec import size_faults
from resources.families.staff import StaffFacts

MOST_WISHES = 3
"""Of one member, that are neither taken nor ended."""
LONGEST_MONTHS = 24
MOST_TOLD = 1000
"""Needs that a wish remembers having told of: one that fits again after so many others is told anew."""
REMINDED_BEFORE = timedelta(days=14)
"""How long before a wish expires its owner is reminded, once."""
LOOKED_AT_EVERY, LOOKED_AT_ONCE = timedelta(minutes=10), 20
"""How often a wish is held against what is asked for, and how many by one sweep: first those that waited longest."""

_W, _I = WishState, InterestState
WISH = Lifecycle(
    "mobility_wish",
    MobilityWish,
    {
        _W.DRAFT: frozenset({_W.OPEN, _W.ENDED, _W.EXPIRED}),
        _W.OPEN: frozenset({_W.OPEN, _W.PAUSED, _W.TAKEN, _W.ENDED, _W.EXPIRED}),  # open anew: for as long again
        _W.PAUSED: frozenset({_W.OPEN, _W.TAKEN, _W.ENDED, _W.EXPIRED}),
        _W.EXPIRED: frozenset({_W.OPEN, _W.TAKEN, _W.ENDED}),
    },
)
OVER = frozenset({WishState.TAKEN, WishState.ENDED})
"""Of which nothing more comes."""
INTEREST = Lifecycle(
    "mobility_interest",
    MobilityInterest,
    {
        _I.DISMISSED: frozenset({_I.WITHDRAWN}),
        _I.ASKED: frozenset({_I.OFFERED, _I.AGREED, _I.DECLINED, _I.WITHDRAWN, _I.LAPSED}),
        _I.OFFERED: frozenset({_I.ASKED, _I.AGREED, _I.DECLINED, _I.WITHDRAWN, _I.LAPSED}),
        _I.WITHDRAWN: frozenset({_I.ASKED, _I.DISMISSED}),
        _I.LAPSED: frozenset({_I.ASKED, _I.DISMISSED}),
    },
)
UNDER_WAY = (InterestState.ASKED, InterestState.OFFERED)
"""Of which something may come."""
NOT_AGAIN = (InterestState.DISMISSED, InterestState.DECLINED, InterestState.AGREED)
"""With which a need is not shown among those that fit."""


@dataclass(frozen=True)
class WishDraft:
    """What somebody would like to try: skills by code with levels, percent, for how long, from when, and where.

    Raises
    ------
    BadInput
        With all that is wrong, named as in JSON.
    """

    skills: Mapping[str, int]
    extent_percent: int
    months: int
    earliest: date
    county_codes: tuple[str, ...] = ()
    remote: bool = False
    languages: frozenset[str] = field(default_factory=lambda: frozenset({"sv"}))
    words: str = ""

    def __post_init__(self) -> None:
        faults = Faults()
        with faults.under():  # the same as a card of it would say
            faults.parameters += size_faults(
                StaffFacts(self.extent_percent, remote=True, languages=self.languages, skills=self.skills)
            )
        faults.parameters += self._faults()
        faults.refuse()
        object.__setattr__(self, "county_codes", tuple(sorted(set(self.county_codes))))

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from whole_faults("months", self.months, 1, LONGEST_MONTHS)
        yield from instant_faults("earliest", self.earliest)
        known = {each.code for each in geo.counties()}
        for code in self.county_codes:
            if code not in known:
                yield InvalidParameter("countyCodes", code, "there is no such county: 01 to 25")
        if not self.county_codes and not self.remote:
            yield InvalidParameter("countyCodes", [], "choose a county, or say that it may be remote")
        yield from text_faults("words", self.words, 0, LONGEST_TEXT)


def start_faults(earliest: date) -> Iterator[InvalidParameter]:
    """Yield that a start has passed; apart from the draft, so that what else a wish says may change later."""
    if earliest < clock.today():
        yield InvalidParameter("earliest", earliest.isoformat(), "it has passed: choose today or a later day")
