"""What a search that is saved asks for: what the form of `/offers` has, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core import geo
from core.actor import Actor
from core.errors import InvalidParameter
from core.limits import LAST_DAY, instant_faults, refuse_if, whole_faults
from core.text import text_faults
from core.time import clock
from core.time.interval import Interval
from marketplace.offers.search import OfferSearch
from resources.families import FAMILIES

LONGEST_SEARCH = 200
LARGEST = 100_000
MOST_SEARCHES = 20
"""Of one member."""
MOST_TOLD = 20
"""Offers that a search names as the newest; more are counted."""
MOST_REMEMBERED = 1000
"""Offers that a search has found and does not find by now: one that fits again after so many others is told anew."""
LOOKED_AT_EVERY = timedelta(minutes=10)
LOOKED_AT_ONCE = 20
"""By one sweep, those first that have waited longest: so many, however many searches there are."""


@dataclass(frozen=True)
class Query:
    """What is looked for; nothing means any. Without a first day it is free from today on, whenever that is."""

    family: str | None = None
    kind: str | None = None
    text: str | None = None
    municipality_code: str | None = None
    county_code: str | None = None
    least: int | None = None
    first: date | None = None
    last: date | None = None
    own: bool = False

    def check(self) -> None:
        """Refuse what no search can ask for.

        Raises
        ------
        BadInput
            With all that is wrong.
        """
        refuse_if(self._faults())

    def search(self, actor: Actor) -> OfferSearch:
        """Return what that is today, for who looks."""
        return OfferSearch(
            family=self.family,
            kind=self.kind if self.family else None,
            text=self.text,
            municipality_code=self.municipality_code,
            county_code=self.county_code,
            least=self.least,
            during=self._during(),
            organisation_id=actor.organisation_id if self.own else None,
        )

    @property
    def is_over(self) -> bool:
        """Tell whether its last day has passed: nothing can be found any more."""
        return self.last is not None and self.last < clock.today()

    def _during(self) -> Interval | None:
        if self.first is None and self.last is None:
            return None
        start = self.first or min(clock.today(), self.last or clock.today())
        end = None if self.last is None else _midnight(self.last + timedelta(days=1))
        return Interval(_midnight(start), end)

    def _faults(self) -> Iterator[InvalidParameter]:
        if self.family is not None and self.family not in FAMILIES:
            yield InvalidParameter("family", self.family, "there is no such family")
        elif self.kind is not None and self.kind not in set(FAMILIES[self.family].kinds if self.family else ()):
            yield InvalidParameter("kind", self.kind, "the family has no such kind")
        if self.text is not None:
            yield from text_faults("text", self.text, 1, LONGEST_SEARCH)
        if self.municipality_code is not None and self.municipality_code not in {m.code for m in geo.municipalities()}:
            yield InvalidParameter("municipalityCode", self.municipality_code, "there is no such municipality")
        if self.county_code is not None and self.county_code not in {each.code for each in geo.counties()}:
            yield InvalidParameter("countyCode", self.county_code, "there is no such county: 01 to 25")
        yield from whole_faults("least", self.least, 1, LARGEST)
        yield from instant_faults("first", self.first, LAST_DAY.year)
        yield from instant_faults("last", self.last, LAST_DAY.year)
        if self.last is not None and self.last < (self.first or clock.today()):
            yield InvalidParameter("last", self.last, "it ends before it starts")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.STOCKHOLM)
