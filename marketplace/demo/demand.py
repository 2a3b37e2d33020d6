"""What a made-up market asks for: requests of one need or several, more of them where the people are."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from core import serialization
from core.time import clock, timing
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly
from marketplace.demo.chance import Chance, Keys
from marketplace.demo.country import somewhere
from marketplace.demo.rows import Rows
from marketplace.demo.supply import FURNITURE, SEATS, SPACES, House
from marketplace.requests.models import Need, Priority, Request, RequestState
from marketplace.requests.rules import NeedDraft
from resources.families.furniture import FurnitureRequirements
from resources.families.space import Fitting, SpaceKind, SpaceRequirements
from resources.families.staff import StaffRequirements
from resources.families.vehicle import VehicleKind, VehicleRequirements
from resources.vocabulary import Access

FAMILIES = {"space": 0.55, "staff": 0.2, "furniture": 0.15, "vehicle": 0.1}
PRIORITIES = {
    Priority.CRISIS: 0.03,
    Priority.STATUTORY: 0.17,
    Priority.ORDINARY: 0.65,
    Priority.EXPLORATORY: 0.15,
}
MUSTS = {Fitting.SCREEN: 0.15, Fitting.WHITEBOARD: 0.12, Fitting.VIDEO_CONFERENCE: 0.15}
SHOULDS = {Fitting.PROJECTOR: 0.15, Fitting.KITCHEN: 0.1, Fitting.PHONE_BOOTH: 0.05}
ACCESS = {Access.STEP_FREE: 0.12, Access.ACCESSIBLE_TOILET: 0.05, Access.HEARING_LOOP: 0.04}
PATTERNS = {(1, 2, 3): 0.25, (0, 1, 2, 3, 4): 0.25, (0, 2): 0.2, (1,): 0.1, (2,): 0.1, (3,): 0.1}
"""Weekdays, 0 is Monday."""


class Demand:
    """Makes requests of the organisations that there are, and keeps their rows."""

    def __init__(self, chance: Chance, keys: Keys, rows: Rows, houses: list[House], popular: dict[str, float]) -> None:
        self.chance, self.keys, self.rows = chance, keys, rows
        self.houses, self.popular = houses, popular

    def request(self, number: int) -> None:
        """Make an open request: most have one need; some are a bundle, some a list."""
        house = self.chance.choice(self.houses)
        count = 1 if self.chance.happens(0.72) else self.chance.randint(2, 3)
        request_id = self.keys.next()
        self.rows.add(
            Request,
            id=request_id,
            organisation_id=house.organisation_id,
            member_id=house.member_id,
            title=f"Behov {number}",
            priority=self.chance.of(PRIORITIES),
            together=count > 1 and self.chance.happens(0.5),
            state=RequestState.OPEN,
            opened_at=clock.now(),
        )
        # Most are needed at home, the rest where some other people of theirs are.
        municipality = house.municipality if self.chance.happens(0.7) else somewhere(self.chance)
        for position in range(1, count + 1):
            self._add(request_id, position, self._need(municipality.code))

    def _add(self, request_id: UUID, position: int, draft: NeedDraft) -> None:
        self.rows.add(
            Need,
            id=self.keys.next(),
            request_id=request_id,
            position=position,
            title=draft.title,
            family=draft.family,
            kind=draft.kind,
            amount=draft.amount,
            parts=draft.parts,
            requirements=serialization.to_json(draft.requirements),
            timing=timing.to_json(draft.timing),
            ends_at=timing.end_of(draft.timing),
            municipality_code=draft.municipality_code,
            max_distance_km=draft.max_distance_km,
        )

    def _need(self, municipality_code: str) -> NeedDraft:
        match self.chance.of(FAMILIES):
            case "space":
                return self._space(municipality_code)
            case "furniture":
                return self._furniture(municipality_code)
            case "vehicle":
                return self._vehicle(municipality_code)
            case _:
                return self._staff(municipality_code)

    def _space(self, municipality_code: str) -> NeedDraft:
        kind = self.chance.of(SPACES)
        median, spread, _, most = SEATS[kind]
        people = self.chance.size(median * 0.75, spread, 1, round(most * 1.1))  # a few ask for more than there is
        requirements = SpaceRequirements(
            people=people,
            equipment_must=self.chance.some(MUSTS),
            equipment_should=self.chance.some(SHOULDS),
            access_must=self.chance.some(ACCESS),
        )
        return NeedDraft(
            title=f"{people} personer",
            family="space",
            kind=kind,
            amount=people if kind is SpaceKind.DESK_POOL else 1,
            timing=self._space_timing(kind),
            requirements=requirements,
            municipality_code=municipality_code,
            max_distance_km=self.chance.size(12, 2, 2, 80),
        )

    def _space_timing(self, kind: SpaceKind) -> Timing:
        first = self._day()
        if kind in (SpaceKind.PROJECT_AREA, SpaceKind.DESK_POOL):
            return self._weekly(first, self.chance.size(8, 1.8, 2, 26))
        if self.chance.happens(0.25):
            last = first + timedelta(days=self.chance.randint(1, 9))
            hours = self.chance.choice((60, 120, 180, 240))
            return Flexible(_at(first, 8), _at(last, 17), hours)
        if self.chance.happens(0.2):
            return self._weekly(first, self.chance.size(8, 1.8, 2, 26))
        start = self.chance.choice((8, 9, 10, 13, 14))
        return Fixed(_at(first, start), _at(first, start + self.chance.choice((1, 2, 2, 3))))

    def _weekly(self, first: date, weeks: int) -> Weekly:
        start = self.chance.choice((8, 9, 9, 10, 13))
        end = min(16, start + self.chance.choice((3, 4, 7)))
        weekdays = self.chance.of(PATTERNS)
        same = self.chance.happens(0.6)
        return Weekly(first, first + timedelta(weeks=weeks), weekdays, time(start), time(end), same)

    def _furniture(self, municipality_code: str) -> NeedDraft:
        amount = self.chance.size(12, 2.2, 1, 300)
        to_keep = self.chance.happens(0.5)
        first = self._day()
        last = None if to_keep else first + timedelta(days=self.chance.size(20, 2.5, 1, 200))
        return NeedDraft(
            title=f"{amount} stycken",
            family="furniture",
            kind=self.chance.of(FURNITURE),
            amount=amount,
            parts=min(amount, self.chance.choice((1, 2, 3))),
            timing=Period(first, last),
            requirements=FurnitureRequirements(min_condition=self.chance.choice((1, 2, 3, 3)), to_keep=to_keep),
            municipality_code=municipality_code,
            max_distance_km=self.chance.size(40, 2, 5, 300),
        )

    def _vehicle(self, municipality_code: str) -> NeedDraft:
        kind = self.chance.of({VehicleKind.CAR: 0.65, VehicleKind.VAN: 0.2, VehicleKind.MINIBUS: 0.15})
        first = self._day()
        once = self.chance.happens(0.6)
        days = timedelta(days=self.chance.size(3, 2, 1, 40))
        seats = {VehicleKind.CAR: 4, VehicleKind.VAN: 2, VehicleKind.MINIBUS: 8}[kind]
        return NeedDraft(
            title="Fordon",
            family="vehicle",
            kind=kind,
            timing=Fixed(_at(first, 8), _at(first, 17)) if once else Period(first, first + days),
            requirements=VehicleRequirements(seats=seats),
            municipality_code=municipality_code,
            max_distance_km=self.chance.size(15, 2, 2, 100),
        )

    def _staff(self, municipality_code: str) -> NeedDraft:
        first = self._day()
        last = first + timedelta(weeks=self.chance.size(12, 1.6, 3, 26))
        code, least = self.chance.of(self.popular), self.chance.choice((2, 3, 3, 4))
        extent = self.chance.choice((20, 20, 30, 40, 50, 50, 80, 100))
        return NeedDraft(
            title=f"{extent} procent",
            family="staff",
            amount=extent,
            timing=Period(first, last),
            requirements=StaffRequirements(skills_must={code: least}, remote_ok=self.chance.happens(0.5)),
            municipality_code=municipality_code,
            max_distance_km=self.chance.size(60, 1.8, 10, 400),
        )

    def _day(self) -> date:
        """Return a weekday from a week ahead on, sooner rather than later."""
        day = clock.today() + timedelta(days=self.chance.size(30, 2, 7, 180))
        return day + timedelta(days=max(0, 7 - day.weekday()) % 7 if day.weekday() > 4 else 0)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), clock.STOCKHOLM)
