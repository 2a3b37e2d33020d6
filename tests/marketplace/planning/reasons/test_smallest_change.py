"""Every smallest change that is suggested is made, as a yes to it makes it, and then serves its need."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from uuid import UUID

import pytest
from sqlmodel import Session

from competence.service import add_skills
from core.time import clock
from core.time.timing import Period, Weekly
from marketplace.demo.service import generate
from marketplace.importing.header import kinds
from marketplace.importing.service import import_csv
from marketplace.inquiries.rules import with_change
from marketplace.planning.candidates.candidates import Filter
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.encoding.build import Demand
from marketplace.planning.reasons.smallest_change import ChangeSearch, searches
from marketplace.planning.snapshot import load
from marketplace.planning.snapshot.calendar import LONGEST_SHIFT, levels
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import Snapshot, Taken
from marketplace.runs.changes import change_from_json, change_to_json
from resources.families.furniture import FurnitureFacts
from tests.marketplace.planning.candidates import plain_filters
from tests.marketplace.planning.snapshots import at, built, fixed, need, offer, snapshot
from tests.marketplace.test_samples import FEBRUARY, SAMPLES


def first_come_first_served(here: Snapshot) -> tuple[Snapshot, list[OpenNeed]]:
    """Serve what can be served in order; return the snapshot with that taken, and the needs that got nothing."""
    taken: dict[UUID, list[Taken]] = {unit: list(of_unit) for unit, of_unit in here.taken.items()}
    lost = []
    for each in built(here).considered:
        served = [_take(here, taken, demand) for demand in each.demands]
        if not any(served):
            lost.append(each.need)
    return replace(here, taken=taken), lost


def _take(here: Snapshot, taken: dict[UUID, list[Taken]], demand: Demand) -> bool:
    """Take the first option of which enough is left."""
    for option in demand.options:
        amount = demand.amount if demand.parts > 1 else 1
        spans = [(u, s, e, n * amount) for u, n in option.takings for s, e in option.during]
        if option.most >= amount and all(
            levels(here.capacities[unit], taken.get(unit, ())).least(start, end) >= amount
            for unit, start, end, amount in spans
        ):
            for unit, start, end, amount in spans:
                taken.setdefault(unit, []).append((start, end, amount))
            return True
    return False


def tried(left: Snapshot, lost: list[OpenNeed]) -> Iterator[tuple[OpenNeed, ChangeSearch]]:
    """Every search, after each of its changes was made and found to help."""
    filters, now = CandidateFilter(left), left.calendar.instant(left.now)
    for need_id, search in searches(filters, lost, lambda: False).items():
        asked = next(each for each in lost if each.need_id == need_id)
        for change in search.found:
            told = with_change(asked, change_from_json(change_to_json(change.told)))
            assert told == change.need, change
            found = filters.apply(told)
            assert change.told.offer_id in {each.offer_id for each in found.offers}, change
            assert found.pattern.starts.max() >= left.calendar.floor(now)
            assert found.pattern.ends.max() <= left.calendar.horizon
        yield asked, search


def test_every_change_suggested_in_the_samples_helps(session: Session) -> None:
    with clock.frozen(FEBRUARY):
        add_skills(session)
        for kind in kinds():
            file = SAMPLES / f"{kind.files[0]}.csv"
            assert not import_csv(session, None, file.name, file.read_bytes()).errors
        left, lost = first_come_first_served(load.load(session, None))
    changes = [change for _, search in tried(left, lost) for change in search.found]
    assert len(changes) >= 5
    assert all(plain_filters.filtered(left, change.need)[0][Filter.REFUSED] for change in changes)


def test_every_change_suggested_in_a_made_up_market_helps(session: Session) -> None:
    with clock.frozen(datetime(2026, 11, 21, 8, tzinfo=UTC)):
        made = generate(session, organisations=25, offers=260, requests=560, seed=3)
        left, lost = first_come_first_served(load.load(session, None))
    assert made.needs > 700
    found = list(tried(left, lost[::2]))
    assert len(found) > 60
    assert {change.told.code for _, search in found for change in search.found} >= {
        "distance",
        "amount",
        "kind",
        "time",
        "period",
        "shorter",
    }
    for _, search in found[::80]:  # by the plain filters too, which takes half a second for each
        assert all(plain_filters.filtered(left, change.need)[0][Filter.REFUSED] for change in search.found)


def test_a_loan_longer_than_its_pack_allows_would_be_served_if_it_were_shorter() -> None:
    """Half a year of full time from 1 April on are 183 days: of the 275 through 31 December 66 % are 181.5."""
    asked = need("staff", amount=100, timing=Period(date(2027, 4, 1), date(2027, 12, 31)))
    found = {
        change.told.code: change.told
        for _, search in tried(snapshot([asked], [offer("staff")]), [asked])
        for change in search.found
    }
    assert {"shorter", "amount"} <= found.keys()
    assert (found["shorter"].days, found["shorter"].last) == (92, "2027-09-30")
    assert found["amount"].amount == 66


class TestFaultsThatWere:
    def test_lots_are_only_put_together_at_a_time_when_enough_of_them_is_free(self) -> None:
        """One lot is free in the morning and the other in the afternoon: together they are free the day after."""
        lots = [offer("furniture", facts=FurnitureFacts(count=20, condition=4)) for _ in range(2)]
        units = [each.units[0][0] for each in lots]
        busy = {
            units[0]: [(at(0), at(6, 12), 20), (at(7), at(8), 20)],
            units[1]: [(at(0), at(6), 20), (at(6, 12), at(8), 20)],
        }
        asked = need("furniture", amount=30, parts=2, timing=fixed(7, 8, 10))
        [(_, search)] = tried(snapshot([asked], lots, taken=busy), [asked])
        [time_] = [change for change in search.found if change.told.code == "time"]
        assert datetime.fromisoformat(time_.told.start) == at(8, 8)
        assert time_.told.shift_min == 24 * 60

    def test_a_market_looks_as_far_as_the_longest_shift(self) -> None:
        """A period moved eight weeks is looked at to its end, not to where the snapshot's calendar once ended."""
        room = offer()
        last = Period(date(2027, 3, 8), date(2027, 4, 4))
        asked = need(timing=last)
        # It is taken until seven weeks after, and again from day 90 on: no four weeks are free within eight.
        busy = {room.units[0][0]: [(at(0), at(80), 1), (at(90), at(300), 1)]}
        [(_, search)] = tried(snapshot([asked], [room], taken=busy), [asked])
        assert "period" not in {change.told.code for change in search.found}
        end = snapshot([asked], []).calendar
        assert end.instant(end.horizon).date() >= (last.last or last.first) + LONGEST_SHIFT

    def test_a_pattern_whose_only_date_would_go_is_not_tried(self) -> None:
        tuesday = Weekly(date(2027, 3, 9), date(2027, 3, 9), (1,), time(9), time(16))
        [(_, search)] = tried(snapshot([need(timing=tuesday)], []), [need(timing=tuesday)])
        assert search.found == []

    def test_a_side_that_is_too_long_can_be_dropped(self) -> None:
        lot = offer("furniture", facts=FurnitureFacts(count=40, condition=4, width_cm=90))
        narrow = replace(need("furniture").requirements, max_width_cm=80)  # type: ignore[arg-type]
        asked = need("furniture", amount=4, requirements=narrow)
        [(_, search)] = tried(snapshot([asked], [lot]), [asked])
        assert (search.only_missing, search.found) == (("max_width_cm",), [])

    def test_nothing_in_the_past_is_suggested(self) -> None:
        soon = need(timing=Period(date(2027, 3, 4), date(2027, 3, 10)))
        room = offer()
        busy = {room.units[0][0]: [(at(3), at(200), 1)]}
        [(_, search)] = tried(snapshot([soon], [room], taken=busy), [soon])
        assert "period" not in {change.told.code for change in search.found}

    @pytest.mark.parametrize("steps", [0, 1, 3])
    def test_the_first_try_for_every_need_comes_before_the_second_for_any(self, steps: int) -> None:
        asked, room = [need() for _ in range(3)], offer()
        filters = CandidateFilter(snapshot(asked, [room], taken={room.units[0][0]: [(at(7), at(8), 1)]}))
        turns = iter([False] * steps + [True] * 100)
        found = searches(filters, asked, lambda: next(turns))
        assert len(found) == steps
        assert not any(search.is_over for search in found.values())
