import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.time.clock import STOCKHOLM
from core.time.interval import Interval, total_minutes
from core.time.opening import Hours, local_span
from core.time.timing import (
    LONGEST_PATTERN_DAYS,
    MOST_STARTS,
    Candidate,
    Fixed,
    Flexible,
    Period,
    Timing,
    Weekly,
    candidates,
    from_json,
    is_past,
    to_json,
)

EIGHT = datetime(2026, 11, 21, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def sundays(first: date, last: date, from_hour: int, until_hour: int) -> Weekly:
    return Weekly(first, last, (6,), time(from_hour), time(until_hour))


class TestFixed:
    def test_one_candidate(self) -> None:
        timing = Fixed(EIGHT, EIGHT + 90 * MINUTE)
        assert candidates(timing) == [Candidate((Interval(EIGHT, EIGHT + 90 * MINUTE),))]

    def test_kept_in_utc(self) -> None:
        assert Fixed(EIGHT.astimezone(timezone(timedelta(hours=1))), EIGHT + MINUTE).start.tzinfo is UTC

    @pytest.mark.parametrize("end", [EIGHT, EIGHT - MINUTE])
    def test_ends_before_it_starts(self, end: datetime) -> None:
        with pytest.raises(BadInput, match="end: it ends before it starts"):
            Fixed(EIGHT, end)

    def test_without_offset(self) -> None:
        with pytest.raises(BadInput, match="start: it has no UTC offset"):
            Fixed(EIGHT.replace(tzinfo=None), EIGHT)

    @pytest.mark.parametrize("year", [1, 1899, 3000, 9999])
    def test_year_far_off(self, year: int) -> None:
        with pytest.raises(BadInput, match="the year has to be from 2000 through"):
            Fixed(EIGHT.replace(year=year), EIGHT)


class TestFlexible:
    def test_a_candidate_for_each_possible_start(self) -> None:
        # 60 minutes in 8:00-10:00 every 30 minutes: 8:00, 8:30 and 9:00.
        found = candidates(Flexible(EIGHT, EIGHT + 120 * MINUTE, duration_min=60))
        assert [each.intervals[0].start - EIGHT for each in found] == [0 * MINUTE, 30 * MINUTE, 60 * MINUTE]
        assert all(total_minutes(each.intervals) == 60 for each in found)

    def test_a_start_that_does_not_fit_the_step_is_left_out(self) -> None:
        # 60 minutes in 8:00-9:50: 8:00 and 8:30, but not 8:50.
        assert len(candidates(Flexible(EIGHT, EIGHT + 110 * MINUTE, duration_min=60))) == 2

    def test_just_room(self) -> None:
        assert len(candidates(Flexible(EIGHT, EIGHT + 60 * MINUTE, duration_min=60, step_min=10**20))) == 1

    def test_no_room(self) -> None:
        with pytest.raises(BadInput, match="durationMin: the window has only 60 minutes"):
            Flexible(EIGHT, EIGHT + 60 * MINUTE, duration_min=61)

    def test_ends_before_it_starts(self) -> None:
        with pytest.raises(BadInput, match="latest: it ends before it starts"):
            Flexible(EIGHT, EIGHT, duration_min=60)

    @pytest.mark.parametrize(("duration_min", "step_min"), [(0, 30), (-1, 30), (30, 0), (30, -1)])
    def test_below_a_minute(self, duration_min: int, step_min: int) -> None:
        with pytest.raises(BadInput, match="at least 1 minute"):
            Flexible(EIGHT, EIGHT + 60 * MINUTE, duration_min, step_min)

    def test_too_many_starts(self) -> None:
        # A window of duration + (n - 1) steps has n starts.
        assert Flexible(EIGHT, EIGHT + MOST_STARTS * MINUTE, duration_min=1, step_min=1).starts == MOST_STARTS
        with pytest.raises(BadInput, match=f"stepMin: it gives {MOST_STARTS + 1} possible starts"):
            Flexible(EIGHT, EIGHT + (MOST_STARTS + 1) * MINUTE, duration_min=1, step_min=1)


class TestWeekly:
    def test_across_daylight_saving(self) -> None:
        # 9-12 on Sundays 18 October, summer (UTC + 2 h), and 25 October and 1 November, winter (UTC + 1 h).
        (candidate,) = candidates(sundays(date(2026, 10, 18), date(2026, 11, 1), 9, 12))
        assert candidate.intervals == (
            Interval(utc(10, 18, 7), utc(10, 18, 10)),
            Interval(utc(10, 25, 8), utc(10, 25, 11)),
            Interval(utc(11, 1, 8), utc(11, 1, 11)),
        )
        assert candidate.dates == (date(2026, 10, 18), date(2026, 10, 25), date(2026, 11, 1))

    def test_the_date_is_local(self) -> None:
        # 00:00-02:00 on 18 October starts at 22:00 UTC on the 17th.
        (candidate,) = candidates(sundays(date(2026, 10, 18), date(2026, 10, 18), 0, 2))
        assert candidate.intervals[0].start == utc(10, 17, 22)
        assert candidate.dates == (date(2026, 10, 18),)

    def test_until_midnight(self) -> None:
        whole_sunday = sundays(date(2026, 10, 25), date(2026, 10, 25), 0, 0)
        assert total_minutes(whole_sunday.occurrences()) == 25 * 60

    def test_hours_that_the_clock_jumps_over_have_no_occurrence(self) -> None:
        found = sundays(date(2026, 3, 22), date(2026, 4, 5), 2, 3)
        assert candidates(found)[0].dates == (date(2026, 3, 22), date(2026, 4, 5))  # not 29 March

    def test_no_date_in_the_pattern(self) -> None:
        monday, saturday = date(2026, 11, 16), date(2026, 11, 21)
        with pytest.raises(BadInput, match="weekdays: no date in the pattern from 2026-11-16 through 2026-11-21"):
            sundays(monday, saturday, 9, 12)
        with pytest.raises(BadInput, match="no date in the pattern"):
            Weekly(monday, saturday, (), time(9), time(12))

    def test_weekdays_are_sorted_once_each(self) -> None:
        assert Weekly(date(2026, 11, 16), date(2026, 11, 22), (4, 0, 4), time(9), time(12)).weekdays == (0, 4)

    def test_no_such_weekday(self) -> None:
        with pytest.raises(BadInput, match=r"weekdays: a weekday is 0 \(Monday\) to 6 \(Sunday\)"):
            Weekly(date(2026, 11, 16), date(2026, 11, 22), (7,), time(9), time(12))

    def test_ends_before_it_starts(self) -> None:
        with pytest.raises(BadInput, match="last: it ends before it starts"):
            sundays(date(2026, 11, 22), date(2026, 11, 21), 9, 12)
        with pytest.raises(BadInput, match="untilTime: it ends before it starts"):
            sundays(date(2026, 11, 22), date(2026, 11, 22), 12, 9)

    def test_length(self) -> None:
        first = date(2026, 1, 1)
        sundays(first, first + timedelta(days=LONGEST_PATTERN_DAYS - 1), 9, 12)
        with pytest.raises(BadInput, match=f"last: a pattern may run {LONGEST_PATTERN_DAYS} days at most"):
            sundays(first, first + timedelta(days=LONGEST_PATTERN_DAYS), 9, 12)


class TestPeriod:
    def test_whole_local_days(self) -> None:
        # From midnight 24 October, summer (UTC + 2 h), to midnight after 25 October, winter (UTC + 1 h): 24 + 25 h.
        (candidate,) = candidates(Period(date(2026, 10, 24), date(2026, 10, 25)))
        assert candidate.intervals == (Interval(utc(10, 23, 22), utc(10, 25, 23)),)
        assert total_minutes(candidate.intervals) == 49 * 60
        assert candidate.dates == (date(2026, 10, 24),)

    def test_for_good(self) -> None:
        assert candidates(Period(date(2026, 10, 24), None))[0].intervals == (Interval(utc(10, 23, 22), None),)

    def test_one_day(self) -> None:
        assert total_minutes(candidates(Period(date(2026, 3, 29), date(2026, 3, 29)))[0].intervals) == 23 * 60

    def test_ends_before_it_starts(self) -> None:
        with pytest.raises(BadInput, match="last: it ends before it starts"):
            Period(date(2026, 10, 24), date(2026, 10, 23))

    def test_last_day_of_the_calendar(self) -> None:
        with pytest.raises(BadInput, match="last: the year has to be"):
            Period(date(2026, 10, 24), date.max)


@pytest.mark.parametrize(
    ("timing", "end"),
    [
        (Fixed(EIGHT - 60 * MINUTE, EIGHT), EIGHT),
        (Flexible(EIGHT - 120 * MINUTE, EIGHT, duration_min=60), EIGHT),
        (sundays(date(2026, 10, 18), date(2026, 11, 1), 9, 12), utc(11, 1, 11)),
        (Period(date(2026, 10, 24), date(2026, 10, 25)), utc(10, 25, 23)),
    ],
)
def test_is_past_once_all_of_it_has_ended(timing: Timing, end: datetime) -> None:
    assert not is_past(timing, end - MINUTE)
    assert is_past(timing, end)


def test_for_good_is_never_past() -> None:
    assert not is_past(Period(date(2026, 1, 1), None), datetime(2999, 1, 1, tzinfo=UTC))


class TestJson:
    @pytest.mark.parametrize(
        ("timing", "expected"),
        [
            (
                Fixed(EIGHT, EIGHT + 60 * MINUTE),
                {"type": "fixed", "start": "2026-11-21T08:00:00Z", "end": "2026-11-21T09:00:00Z"},
            ),
            (
                Flexible(EIGHT, EIGHT + 60 * MINUTE, 45, 15),
                {
                    "type": "flexible",
                    "earliest": "2026-11-21T08:00:00Z",
                    "latest": "2026-11-21T09:00:00Z",
                    "durationMin": 45,
                    "stepMin": 15,
                },
            ),
            (
                Weekly(date(2026, 11, 16), date(2026, 11, 29), (0, 2), time(20), time(0), same_resource=False),
                {
                    "type": "weekly",
                    "first": "2026-11-16",
                    "last": "2026-11-29",
                    "weekdays": ["mo", "we"],
                    "fromTime": "20:00",
                    "untilTime": "24:00",
                    "sameResource": False,
                },
            ),
            (
                Period(date(2026, 11, 16), date(2027, 5, 15)),
                {"type": "period", "first": "2026-11-16", "last": "2027-05-15"},
            ),
            (Period(date(2026, 11, 16), None), {"type": "period", "first": "2026-11-16", "last": None}),
        ],
    )
    def test_shape(self, timing: Timing, expected: dict[str, object]) -> None:
        assert to_json(timing) == expected
        assert from_json(expected) == timing

    def test_what_may_be_left_out(self) -> None:
        assert from_json({"type": "period", "first": "2026-11-16"}) == Period(date(2026, 11, 16), None)
        flexible = {k: v for k, v in to_json(Flexible(EIGHT, EIGHT + 60 * MINUTE, 45)).items() if k != "stepMin"}
        assert from_json(flexible) == Flexible(EIGHT, EIGHT + 60 * MINUTE, 45, step_min=30)
        weekly = to_json(sundays(date(2026, 11, 16), date(2026, 11, 29), 9, 12))
        assert from_json({k: v for k, v in weekly.items() if k != "sameResource"}) == from_json(weekly)

    @pytest.mark.parametrize(
        ("change", "property_", "reason"),
        [
            ({"type": None}, "type", "it has to be one of fixed, flexible, weekly, period"),
            ({"type": ["weekly"]}, "type", "it has to be one of"),
            ({"weekday": []}, "weekday", "there is no such field"),
            ({"first": "16/11"}, "first", "it has to be a date"),
            ({"first": None}, "first", "it has to be a date"),
            ({"weekdays": [0]}, "weekdays", "it has to be a list of mo, tu, we, th, fr, sa, su"),
            ({"weekdays": "mo"}, "weekdays", "it has to be a list"),
            ({"fromTime": "24:00"}, "fromTime", "write the time as 08:30"),
            ({"sameResource": "yes"}, "sameResource", "it has to be true or false"),
            ({"last": "2026-11-15"}, "last", "it ends before it starts"),
        ],
    )
    def test_errors_name_the_field(self, change: dict[str, object], property_: str, reason: str) -> None:
        weekly = to_json(sundays(date(2026, 11, 16), date(2026, 11, 29), 9, 12))
        with pytest.raises(BadInput) as caught:
            from_json({**weekly, **change})
        (parameter,) = caught.value.parameters
        assert parameter.property == property_
        assert reason in parameter.reason

    @pytest.mark.parametrize("duration", ["60", 60.5, True, None])
    def test_whole_minutes(self, duration: object) -> None:
        flexible = to_json(Flexible(EIGHT, EIGHT + 60 * MINUTE, 45))
        with pytest.raises(BadInput, match="durationMin: it has to be a whole number of minutes"):
            from_json({**flexible, "durationMin": duration})

    @pytest.mark.parametrize("start", ["tomorrow", "2026-13-01T08:00:00Z", 5, None])
    def test_instants(self, start: object) -> None:
        with pytest.raises(BadInput, match="start: it has to be an instant with UTC offset"):
            from_json({"type": "fixed", "start": start, "end": "2026-11-21T09:00:00Z"})

    @pytest.mark.parametrize("start", ["2026-11-21T08:00:00", "2026-11-21"])
    def test_instants_need_an_offset(self, start: str) -> None:
        with pytest.raises(BadInput, match="start: it has no UTC offset"):
            from_json({"type": "fixed", "start": start, "end": "2026-11-21T09:00:00Z"})

    @pytest.mark.parametrize("value", [None, [], "fixed", {}])
    def test_not_a_timing(self, value: object) -> None:
        with pytest.raises(BadInput, match="type: it has to be one of"):
            from_json(value)

    @pytest.mark.parametrize(
        ("value", "told"),
        [
            ({"type": "fixed", "start": "now", "end": "then"}, ["start", "end"]),
            ({"type": "period", "first": "soon", "last": "later"}, ["first", "last"]),
            (
                {"type": "flexible", "earliest": "a", "latest": "b", "durationMin": "c", "stepMin": "d"},
                ["earliest", "latest", "durationMin", "stepMin"],
            ),
            (
                {"type": "weekly", "first": "a", "last": "b", "weekdays": "c", "fromTime": "d", "untilTime": "e"},
                ["first", "last", "weekdays", "fromTime", "untilTime"],
            ),
            (
                {"type": "weekly", "first": "2026-11-23", "last": "2026-11-16", "weekdays": ["mo"]}
                | {"fromTime": "17:00", "untilTime": "09:00"},
                ["last", "untilTime"],
            ),
            (
                {"type": "flexible", "earliest": "2026-11-21T09:00:00Z", "latest": "2026-11-21T08:00:00Z"}
                | {"durationMin": 0, "stepMin": 0},
                ["latest", "durationMin", "stepMin"],
            ),
        ],
    )
    def test_all_that_is_wrong_is_told_at_once(self, value: object, told: list[str]) -> None:
        with pytest.raises(BadInput) as caught:
            from_json(value)
        assert [each.property for each in caught.value.parameters] == told

    def test_missing(self) -> None:
        with pytest.raises(BadInput, match="end: it is missing"):
            from_json({"type": "fixed", "start": "2026-11-21T08:00:00Z"})


# Any timing at all.

dates = st.dates(date(2020, 1, 1), date(2035, 12, 31))
instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
fixed = st.builds(lambda start, length: Fixed(start, start + length * MINUTE), instants, st.integers(1, 10_000))


@st.composite
def flexible(draw: st.DrawFn) -> Flexible:
    earliest, duration, spare = draw(instants), draw(st.integers(1, 600)), draw(st.integers(0, 3000))
    return Flexible(earliest, earliest + (duration + spare) * MINUTE, duration, draw(st.integers(1, 120)))


@st.composite
def weekly(draw: st.DrawFn) -> Weekly:
    first, (start, end) = draw(dates), sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=2)))
    return Weekly(
        first,
        first + timedelta(days=draw(st.integers(13, 60))),  # each weekday twice, as the clock may jump over one
        draw(st.sets(st.integers(0, 6), min_size=1).map(tuple)),
        time(start // 60, start % 60),
        time(end // 60 % 24, end % 60),
        draw(st.booleans()),
    )


periods = st.builds(
    lambda first, days: Period(first, days and first + timedelta(days=days)), dates, st.none() | st.integers(1, 900)
)


@given(st.one_of(fixed, flexible(), weekly(), periods))
def test_there_and_back(timing: Timing) -> None:
    assert from_json(json.loads(json.dumps(to_json(timing)))) == timing


@given(flexible())
def test_candidates_fit_the_window_and_one_more_would_not(timing: Flexible) -> None:
    found = [each.intervals[0] for each in candidates(timing)]
    assert found[0].start == timing.earliest
    assert all(each.limit <= timing.latest for each in found)
    assert found[-1].limit + timing.step_min * MINUTE > timing.latest


@given(weekly())
def test_occurrences_are_on_their_weekdays_in_order(timing: Weekly) -> None:
    (candidate,) = candidates(timing)
    assert all(timing.first <= day <= timing.last and day.weekday() in timing.weekdays for day in candidate.dates)
    assert all(a.limit <= b.start for a, b in pairwise(candidate.intervals))


class TestDaysByTheClock:
    """The clock is put forward on 28 March 2027 and back on 31 October: a day then has 23 or 25 hours."""

    @pytest.mark.parametrize(
        ("first", "last", "before", "after"),
        [
            ("2027-03-22T09:00:00+01:00", "2027-04-02T17:00:00+02:00", "08:00", "07:00"),
            ("2027-10-25T09:00:00+02:00", "2027-11-05T17:00:00+01:00", "07:00", "08:00"),
        ],
    )
    @pytest.mark.parametrize("days", [1, 2, 7])
    def test_a_step_of_days_keeps_the_time_of_day(self, first, last, before, after, days) -> None:
        timing = Flexible(datetime.fromisoformat(first), datetime.fromisoformat(last), 120, days * 1440)
        starts = [candidate.intervals[0].start for candidate in candidates(timing)]
        assert {f"{start.astimezone(STOCKHOLM):%H:%M}" for start in starts} == {"09:00"}
        assert (f"{starts[0]:%H:%M}", f"{starts[-1]:%H:%M}") == (before, after)
        assert len(starts) == timing.starts == 11 // days + 1
        assert starts[-1] == timing.last_start

    def test_so_does_a_length_of_days(self) -> None:
        week = Flexible(*map(datetime.fromisoformat, ("2027-03-22T09:00+01:00", "2027-03-29T09:00+02:00")), 7 * 1440)
        [candidate] = candidates(week)
        assert candidate.intervals == (Interval(week.earliest, week.latest),)
        with pytest.raises(BadInput, match="the window has only"):
            replace(week, latest=week.latest - MINUTE)

    def test_hours_go_by_as_they_do(self) -> None:
        night = Flexible(*map(datetime.fromisoformat, ("2027-03-28T00:30+01:00", "2027-03-28T05:30+02:00")), 60, 60)
        assert [f"{each.intervals[0].start.astimezone(STOCKHOLM):%H:%M}" for each in candidates(night)] == [
            "00:30",
            "01:30",
            "03:30",
            "04:30",
        ]

    def test_a_start_that_the_clock_jumps_over_is_when_it_jumps(self) -> None:
        timing = Flexible(*map(datetime.fromisoformat, ("2027-03-27T02:30+01:00", "2027-03-29T09:00+02:00")), 30, 1440)
        assert [f"{each.intervals[0].start.astimezone(STOCKHOLM):%H:%M}" for each in candidates(timing)] == [
            "02:30",
            "03:00",
            "02:30",
        ]

    @given(
        st.integers(0, 330 * 1440),
        st.integers(1, 60 * 1440),
        st.sampled_from([30, 1440, 2880, 90]),
        st.sampled_from([60, 1440, 4320]),
    )
    def test_starts_are_counted_as_they_are_given(self, earliest, window, step, duration) -> None:
        earliest = datetime(2027, 1, 1, tzinfo=UTC) + earliest * MINUTE
        with suppress(BadInput):
            timing = Flexible(earliest, earliest + timedelta(minutes=window), duration, step)
            found = [each.intervals[0] for each in candidates(timing)]
            assert len(found) == timing.starts
            assert all(each.limit <= timing.latest for each in found)
            assert [each.start for each in found] == sorted(each.start for each in found)


class TestTheNightOfTheChange:
    @pytest.mark.parametrize(
        ("day", "hours", "start", "end"),
        [
            ("2027-03-28", ("02:30", "03:30"), "01:00", "01:30"),
            ("2027-03-28", ("01:30", "03:30"), "00:30", "01:30"),
            ("2027-10-31", ("02:30", "03:30"), "00:30", "02:30"),
            ("2027-10-31", ("01:30", "02:30"), "23:30", "01:30"),
        ],
    )
    def test_once_and_in_a_series_are_the_same_time(self, day, hours, start, end) -> None:
        day, (first, last) = date.fromisoformat(day), map(time.fromisoformat, hours)
        once = Interval(*local_span(day, first, day, last))
        assert (f"{once.start:%H:%M}", f"{once.limit:%H:%M}") == (start, end)
        assert Weekly(day, day, (day.weekday(),), first, last).occurrences() == (once,)

    @pytest.mark.parametrize("hours", [("02:15", "02:45"), ("02:00", "03:00"), ("02:59", "03:00")])
    def test_what_does_not_exist_is_refused_with_the_reason(self, hours) -> None:
        day, (first, last) = date(2027, 3, 28), map(time.fromisoformat, hours)
        for make in (lambda: local_span(day, first, day, last), lambda: Weekly(day, day, (6,), first, last)):
            with pytest.raises(BadInput, match=r"there is no .* on 2027-03-28, when the clock is put forward"):
                make()


@given(
    st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    st.integers(0, 500),
    st.sets(st.integers(0, 6), min_size=1),
    st.sampled_from([(time(2), time(3)), (time(2, 15), time(2, 45)), (time(1, 59), time(3)), (time(2), time(3, 1))]),
)
def test_a_date_without_its_hours_is_found_whenever_it_is(
    first: date, days: int, weekdays: set[int], hours: tuple[time, time]
) -> None:
    """All dates one by one say the same as the months in which the clock is put forward."""
    dates = (first + timedelta(days=n) for n in range(days + 1))
    missing = [day for day in dates if day.weekday() in weekdays and Hours(*hours).on(day) is None]
    try:
        skipped = Weekly(first, first + timedelta(days=days), tuple(weekdays), *hours).skipped
    except BadInput as error:
        skipped = error
    told = str(skipped) if skipped else ""
    assert (f"on {missing[0]}," in told) if missing else ("put forward" not in told)
