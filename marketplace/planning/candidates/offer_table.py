"""The offers that a need may look among, as arrays: what is the same for every need that looks there."""

from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from marketplace.offers.models import PriceBasis
from marketplace.organisations.models import OrganisationKind
from marketplace.planning.candidates.capacity_profiles import FOREVER, CapacityProfile, FreeTime, Stretches
from marketplace.planning.candidates.distances import Map, Rows
from marketplace.planning.candidates.visibility import Audiences, numbered
from marketplace.planning.snapshot.calendar import Levels, Mask, Minutes, Times
from marketplace.planning.snapshot.snapshot import OpenOffer, Snapshot
from resources.families import family_of
from resources.families.criteria import FactColumns
from resources.families.family import Doors

BASES = tuple(PriceBasis)
KINDS = tuple(OrganisationKind)
SINCE_EVER = np.array([-FOREVER])
ALWAYS = Times(np.array([-FOREVER]), np.array([FOREVER]))


class OfferTable:
    """Offers of one family, on one kind of terms, and of one kind or of all. A row is the position of an offer."""

    def __init__(self, snapshot: Snapshot, free: FreeTime, family: str, offers: Sequence[OpenOffer]) -> None:
        self.family = family_of(family)
        self.offers = offers
        self._snapshot = snapshot
        self._free = free

    @cached_property
    def all(self) -> Rows:
        """Every row."""
        return np.arange(len(self.offers))

    @cached_property
    def map(self) -> Map:
        """Where the offers stand."""
        return Map(self.offers)

    @cached_property
    def facts(self) -> FactColumns:
        """What the offers are like, for their family's criteria."""
        return FactColumns([offer.facts for offer in self.offers])

    @cached_property
    def capacity(self) -> Minutes:
        """How much of each could be taken if nothing else were."""
        return np.array([self._capacity_of(offer) for offer in self.offers], np.int64)

    @cached_property
    def said_yes(self) -> Mask:
        """Who has answered a call."""
        return np.array([offer.said_yes for offer in self.offers], np.bool_)

    @cached_property
    def for_one(self) -> Mask:
        """Which are for one need alone."""
        return np.array([offer.for_need_id is not None for offer in self.offers], np.bool_)

    @cached_property
    def counted(self) -> Mask:
        """Of which more than one can be taken at once, so that what is left over is for others."""
        return np.array([self.family.counts(offer.kind) for offer in self.offers], np.bool_)

    @cached_property
    def remote(self) -> Mask:
        """Which people can work remotely."""
        workplace = self.family.workplace
        can = [workplace is not None and getattr(each.facts, workplace.remote) for each in self.offers]
        return np.array(can, np.bool_)

    @cached_property
    def few_are_meant(self) -> Mask:
        """Which people are of so few that whoever asks is not told where they can work."""
        few = [self.family.anonymous and getattr(each.facts, "few_are_meant", True) for each in self.offers]
        return np.array(few, np.bool_)

    @cached_property
    def work_in(self) -> dict[str, Rows]:
        """The people that can work on site in each municipality, by its code."""
        found: dict[str, list[int]] = {}
        workplace = self.family.workplace
        for row, offer in enumerate(self.offers if workplace else ()):
            for code in getattr(offer.facts, workplace.municipalities) if workplace else ():
                found.setdefault(code, []).append(row)
        return {code: np.array(rows, np.int64) for code, rows in found.items()}

    @cached_property
    def row_of(self) -> dict[UUID, int]:
        """The row of each offer."""
        return {offer.offer_id: row for row, offer in enumerate(self.offers)}

    @cached_property
    def keys(self) -> list[str]:
        """The id of each offer, as text."""
        return [str(offer.offer_id) for offer in self.offers]

    @cached_property
    def order(self) -> Rows:
        """The place of each offer in the order of their ids."""
        return np.argsort(np.argsort(self.keys))

    @cached_property
    def price_sek(self) -> Minutes:
        """The price of each."""
        return np.array([offer.price_sek for offer in self.offers], np.int64)

    @cached_property
    def price_basis(self) -> Rows:
        """How each is priced: positions in `BASES`."""
        return np.array([BASES.index(offer.price_basis) for offer in self.offers], np.int64)

    @cached_property
    def lenders(self) -> Rows:
        """Of which kind of organisation each is: positions in `KINDS`."""
        return np.array([KINDS.index(offer.organisation_kind) for offer in self.offers], np.int64)

    @cached_property
    def g_per_km(self) -> NDArray[np.float64]:
        """What is emitted on the way to each, or by driving it: grams of CO2e for each kilometre."""
        return np.array([self.family.emits(offer.facts).g_per_km for offer in self.offers], np.float64)

    @cached_property
    def net(self) -> Minutes:
        """What the organisation of each has lent minus what it has borrowed; 0 where it is not told which it is."""
        net = np.array([self._snapshot.net.get(offer.organisation_id, 0) for offer in self.offers], np.int64)
        return np.where(self.few_are_meant, 0, net)

    @cached_property
    def audiences(self) -> Audiences:
        """Who may see the offers."""
        return Audiences([offer.audience for offer in self.offers])

    def runs(self, rows: Rows, starts: Minutes, ends: Minutes) -> Mask:
        """Tell which rows run through all of their `[start, end)`."""
        runs: Mask = (starts >= self._during[rows, 0]) & (ends <= self._during[rows, 1])
        return runs

    @cached_property
    def openings(self) -> Rows:
        """Which opening hours each has; those of one site are one."""
        return numbered(id(offer.opening) for offer in self.offers)[0]

    def doors_open(self, openings: Rows, starts: Minutes, ends: Minutes) -> Mask:
        """Tell which opening hours have their doors open as a `[start, end)` asks for.

        A space has to be open throughout. What is fetched at the start and returned at the end needs open doors then.
        People follow no doors.
        """
        match self.family.doors:
            case Doors.NEVER:
                return np.ones(len(openings), np.bool_)
            case Doors.THROUGHOUT:
                return self._hours.hold(openings, starts, ends)
        fetched = self._hours.hold(openings, starts, starts + 1)
        return fetched & self._hours.hold(openings, ends - 1, ends)

    @property
    def changing(self) -> Mask:
        """Of which more is left at some times than at others; of the others all of the capacity is left at any."""
        return self._capacity_profile.change

    def least_left(self, rows: Rows, starts: Minutes, ends: Minutes) -> Minutes:
        """Return the most that can be taken of each row through all of its `[start, end)`."""
        return self._capacity_profile.least(rows, starts, ends)

    def _capacity_of(self, offer: OpenOffer) -> int:
        return min(self._snapshot.capacities[unit] // amount for unit, amount in offer.units)

    @cached_property
    def _capacity_profile(self) -> CapacityProfile:
        taken = self._snapshot.taken
        return CapacityProfile.of(
            [
                self._free.copies_of(offer)
                if any(taken.get(unit) for unit, _ in offer.units)
                else Levels(SINCE_EVER, self.capacity[row : row + 1])
                for row, offer in enumerate(self.offers)
            ]
        )

    @cached_property
    def _during(self) -> Minutes:
        spans = [self._snapshot.calendar.span(offer.during) for offer in self.offers]
        return np.array(spans, np.int64).reshape(-1, 2)

    @cached_property
    def _hours(self) -> Stretches:
        openings = {id(offer.opening): offer.opening for offer in self.offers}
        return Stretches.of([ALWAYS if each is None else self._free.hours(each) for each in openings.values()])
