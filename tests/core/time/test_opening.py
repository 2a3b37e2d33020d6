import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import BadInput
from core.time.clock import STOCKHOLM
from core.time.interval import Interval, intersect, total_minutes
from core.time.opening import (
    ALWAYS_OPEN,
    WHOLE_DAY,
    Deviation,
    Hours,
    OpeningHours,
    from_json,
    is_holiday,
    to_json,
)
from core.time.opening_stored import from_stored
from core.time.opening_text import from_text, to_text

SPLIT_DAY = "må-fr 08:00-11:00, 13:00-17:00"
SPRING_FORWARD = date(2026, 3, 29)  # Sunday, 02:00 becomes 03:00
FALL_BACK = date(2026, 10, 25)  # Sunday, 03:00 becomes 02:00


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def every_day(hours: str) -> OpeningHours:
    return from_text(f"må-sö {hours}")


class TestHours:
    def test_until_midnight(self) -> None:
        evening = Hours(time(20), time(0))
        assert str(evening) == "20:00-24:00"
        # Winter is UTC + 1 h: 20-24 is 19-23.
        assert evening.on(date(2026, 1, 15)) == Interval(utc(1, 15, 19), utc(1, 15, 23))

    @pytest.mark.parametrize("until", [time(8), time(7, 59)])
    def test_has_to_end_after_it_starts(self, until: time) -> None:
        with pytest.raises(BadInput, match="untilTime: it ends before it starts"):
            Hours(time(8), until)

    @pytest.mark.parametrize("at", [time(8, 0, 30), time(8, tzinfo=UTC)])
    def test_has_to_be_a_local_time_in_whole_minutes(self, at: time) -> None:
        with pytest.raises(BadInput, match="fromTime: it has to be a local time in whole minutes"):
            Hours(at, time(10))


class TestSplitDay:
    def test_two_intervals_a_day(self) -> None:
        # Thursday 2 July 2026 is summer, UTC + 2 h: 8-11 is 6-9 and 13-17 is 11-15.
        assert from_text(SPLIT_DAY).open_intervals(date(2026, 7, 2), date(2026, 7, 2)) == [
            Interval(utc(7, 2, 6), utc(7, 2, 9)),
            Interval(utc(7, 2, 11), utc(7, 2, 15)),
        ]

    def test_a_week(self) -> None:
        # Five working days of 3 + 4 h = 35 h; nothing on Saturday and Sunday.
        week = from_text(SPLIT_DAY).open_intervals(date(2026, 7, 6), date(2026, 7, 12))
        assert len(week) == 10
        assert total_minutes(week) == 35 * 60

    def test_order_does_not_matter(self) -> None:
        assert from_text("må 13-17, 8-11") == from_text("må 8-11; må 13-17")

    def test_overlap_is_refused(self) -> None:
        morning, noon = Hours(time(8), time(12)), Hours(time(11), time(13))
        with pytest.raises(BadInput, match=r"weekly\.mo: hours of the same day overlap"):
            OpeningHours(((noon, morning), (), (), (), (), (), ()))

    def test_touching_is_allowed_and_becomes_one(self) -> None:
        assert from_text("må 8-12, 12-16").open_intervals(date(2026, 7, 6), date(2026, 7, 6)) == [
            Interval(utc(7, 6, 6), utc(7, 6, 14))
        ]


class TestDaylightSaving:
    def test_days_are_23_and_25_hours(self) -> None:
        assert total_minutes(ALWAYS_OPEN.open_intervals(SPRING_FORWARD, SPRING_FORWARD)) == 23 * 60
        assert total_minutes(ALWAYS_OPEN.open_intervals(FALL_BACK, FALL_BACK)) == 25 * 60

    def test_always_open_has_no_gap_at_midnight(self) -> None:
        # From midnight in winter time (UTC + 1 h) to midnight in summer time (UTC + 2 h).
        assert ALWAYS_OPEN.open_intervals(date(2026, 3, 28), date(2026, 3, 30)) == [
            Interval(utc(3, 27, 23), utc(3, 30, 22))
        ]

    def test_office_hours_keep_their_local_time(self) -> None:
        around = every_day("08:00-09:00").open_intervals(date(2026, 3, 28), SPRING_FORWARD)
        # 8 h is 7 h UTC on the Saturday in winter time, 6 h UTC on the Sunday in summer time.
        assert [each.start for each in around] == [utc(3, 28, 7), utc(3, 29, 6)]

    def test_a_start_that_does_not_exist_is_the_jump(self) -> None:
        # 02:30 is jumped over: open from 03:00 summer time, 01:00 UTC, to 05:00, 03:00 UTC.
        assert Hours(time(2, 30), time(5)).on(SPRING_FORWARD) == Interval(utc(3, 29, 1), utc(3, 29, 3))

    def test_an_end_that_does_not_exist_is_the_jump(self) -> None:
        # From 01:00 winter time, 00:00 UTC, to the jump at 01:00 UTC.
        assert Hours(time(1), time(2, 30)).on(SPRING_FORWARD) == Interval(utc(3, 29, 0), utc(3, 29, 1))

    def test_hours_in_the_gap_vanish(self) -> None:
        assert Hours(time(2, 15), time(2, 45)).on(SPRING_FORWARD) is None
        assert every_day("02:15-02:45").open_intervals(SPRING_FORWARD, SPRING_FORWARD) == []

    def test_times_that_come_twice_reach_from_the_first_to_the_second(self) -> None:
        # 02:15 comes first in summer time, 00:15 UTC; 02:45 comes last in winter time, 01:45 UTC.
        assert Hours(time(2, 15), time(2, 45)).on(FALL_BACK) == Interval(utc(10, 25, 0, 15), utc(10, 25, 1, 45))


class TestHolidays:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (date(2026, 6, 18), False),  # Thursday before Midsummer
            (date(2026, 6, 19), True),  # Midsummer Eve, closed in fact though not by law
            (date(2026, 6, 20), True),  # Midsummer Day
            (date(2026, 6, 21), False),  # an ordinary Sunday
            (date(2026, 6, 6), True),  # National Day
            (date(2026, 12, 23), False),
            (date(2026, 12, 24), True),
            (date(2026, 12, 31), True),
            (date(2027, 1, 6), True),  # Epiphany
            (date(2026, 4, 30), False),  # Walpurgis Night is short for banks, not closed
        ],
    )
    def test_which_days(self, day: date, *, expected: bool) -> None:
        assert is_holiday(day) is expected

    def test_closed_only_where_said(self) -> None:
        midsummer = date(2026, 6, 18), date(2026, 6, 22)
        # Thursday to Monday: three weekdays, of which Midsummer Eve is a holiday.
        assert len(from_text("må-fr 8-17").open_intervals(*midsummer)) == 3
        assert len(from_text("må-fr 8-17; ej helgdagar").open_intervals(*midsummer)) == 2

    def test_sunday_hours_survive(self) -> None:
        sunday = date(2026, 6, 21)
        assert len(from_text("sö 10-14; ej helgdagar").open_intervals(sunday, sunday)) == 1


class TestExceptions:
    def test_closed_over_christmas(self) -> None:
        opening = from_text("må-fr 8-17; 2026-12-24..2027-01-06 stängt")
        days = opening.open_intervals(date(2026, 12, 21), date(2027, 1, 8))
        # Monday to Wednesday before, Thursday and Friday after.
        local_days = [each.start.astimezone(STOCKHOLM).date().isoformat() for each in days]
        assert local_days == ["2026-12-21", "2026-12-22", "2026-12-23", "2027-01-07", "2027-01-08"]

    def test_beats_a_holiday(self) -> None:
        opening = from_text("må-fr 8-17; ej helgdagar; 2026-06-19 10:00-12:00")
        assert opening.open_intervals(date(2026, 6, 19), date(2026, 6, 20)) == [Interval(utc(6, 19, 8), utc(6, 19, 10))]

    def test_the_last_one_wins(self) -> None:
        opening = from_text("må-fr 8-17; 2026-12-20..2027-01-10 stängt; 2026-12-28 10-12")
        assert opening.on(date(2026, 12, 28)) == (Hours(time(10), time(12)),)
        assert opening.on(date(2026, 12, 29)) == ()

    def test_ends_before_it_starts(self) -> None:
        with pytest.raises(BadInput, match="last: it ends before it starts"):
            Deviation(date(2026, 12, 24), date(2026, 12, 23))

    def test_hours_in_order(self) -> None:
        day = date(2026, 12, 24)
        with pytest.raises(BadInput, match="hours: hours of the same day overlap"):
            Deviation(day, day, (WHOLE_DAY, Hours(time(8), time(9))))


class TestText:
    @pytest.mark.parametrize(
        "text",
        [
            "må-fr 08:00-11:00, 13:00-17:00; lö 10:00-14:00",
            "må 08:00-12:00; on 08:00-12:00; ej helgdagar",
            "må-sö 00:00-24:00",
            "stängt",
            "stängt; 2026-05-13 08:00-12:00",
            "ti-to 07:30-16:00; 2026-12-24..2027-01-06 stängt; 2026-05-13 08:00-12:00; ej helgdagar",
        ],
    )
    def test_written_as_read(self, text: str) -> None:
        assert to_text(from_text(text)) == text

    @pytest.mark.parametrize(
        "text",
        [
            "mo-fr 08:00-17:00; sa closed; not holidays",
            "MÅ-FR 8–17;; ej helgdagar; ",
            "måndag - fredag 8.00 - 17.00; ej helgdagar",
            "må,ti,on-fre 08-17; Ej Helgdagar",
            "ma\u030a-fr 8-17; ej helgdagar",  # å in two parts, as a Mac may write it
        ],
    )
    def test_what_people_write(self, text: str) -> None:
        assert to_text(from_text(text)) == "må-fr 08:00-17:00; ej helgdagar"

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "write for example"),
            (" ; ", "write for example"),
            ("vardagar", "vardagar: write for example"),
            ("xx 08:00-09:00", "xx: write a weekday as må ti on to fr lö sö"),
            ("m 08:00-09:00", "m: write a weekday"),
            ("lö-må 08:00-09:00", "write the earlier day first"),
            ("må 17:00-08:00", "17:00-08:00: it ends before it starts"),
            ("må 08:00", "write the time as 08:30"),
            ("må 24:00-25:00", "24:00: write the time as 08:30"),
            ("må 08:60-09:00", "08:60: write the time as 08:30"),
            ("må 08:00-12:00, 11:00-13:00", "08:00-12:00, 11:00-13:00: hours of the same day overlap"),
            ("2026-02-30 stängt", "2026-02-30: it has to be a date"),
            ("2026-12-24..2026-12-23 stängt", "it ends before it starts"),
        ],
    )
    def test_what_cannot_be_read(self, text: str, reason: str) -> None:
        with pytest.raises(BadInput) as caught:
            from_text(text)
        (parameter,) = caught.value.parameters
        assert parameter.property == ""  # the importer knows the column
        assert parameter.value == text
        assert reason in parameter.reason


class TestJson:
    def test_shape(self) -> None:
        opening = from_text("må 08:00-24:00; 2026-12-24 stängt; ej helgdagar")
        assert to_json(opening) == {
            "weekly": {"mo": [{"fromTime": "08:00", "untilTime": "24:00"}]},
            "exceptions": [{"first": "2026-12-24", "last": "2026-12-24", "hours": []}],
            "closedOnHolidays": True,
        }

    def test_only_weekly_is_needed(self) -> None:
        assert from_json({"weekly": {}}) == from_text("stängt")

    @pytest.mark.parametrize(
        ("value", "property_", "reason"),
        [
            ([], "", "it has to be an object with weekly, exceptions, closedOnHolidays"),
            ({}, "weekly", "it is missing"),
            ({"weekly": []}, "weekly", "it has to be an object"),
            ({"weekly": {"mon": []}}, "weekly.mon", "there is no such field"),
            ({"weekly": {"mo": {}}}, "weekly.mo", "it has to be a list"),
            ({"weekly": {"mo": ["8-17"]}}, "weekly.mo[0]", "it has to be an object with fromTime, untilTime"),
            ({"weekly": {"mo": [{"fromTime": "08:00"}]}}, "weekly.mo[0].untilTime", "it is missing"),
            (
                {"weekly": {"mo": [{"fromTime": 8, "untilTime": "17:00"}]}},
                "weekly.mo[0].fromTime",
                "write the time as 08:30",
            ),
            (
                {"weekly": {"mo": [{"fromTime": "17:00", "untilTime": "08:00"}]}},
                "weekly.mo[0].untilTime",
                "it ends before it starts",
            ),
            (
                {"weekly": {}, "exceptions": [{"first": "24/12", "last": "2026-12-24", "hours": []}]},
                "exceptions[0].first",
                "it has to be a date, such as 2026-11-21",
            ),
            ({"weekly": {}, "closedOnHolidays": 1}, "closedOnHolidays", "it has to be true or false"),
        ],
    )
    def test_errors_name_the_field(self, value: object, property_: str, reason: str) -> None:
        with pytest.raises(BadInput) as caught:
            from_json(value)
        (parameter,) = caught.value.parameters
        assert parameter.property == property_
        assert reason in parameter.reason

    def test_seven_days(self) -> None:
        with pytest.raises(BadInput, match="seven weekdays"):
            OpeningHours(weekly=())


# Any opening hours at all.

days = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@st.composite
def days_hours(draw: st.DrawFn) -> tuple[Hours, ...]:
    """Up to three stretches that don't overlap: cut the day at an even number of minutes."""
    cuts = sorted(draw(st.sets(st.integers(0, 24 * 60), max_size=6)))
    times = [time(cut // 60 % 24, cut % 60) for cut in cuts]
    return tuple(Hours(*pair) for pair in zip(times[::2], times[1::2], strict=False))


@st.composite
def deviations(draw: st.DrawFn) -> Deviation:
    first = draw(days)
    return Deviation(first, first + timedelta(days=draw(st.integers(0, 30))), draw(days_hours()))


openings = st.builds(
    OpeningHours,
    weekly=st.tuples(*[days_hours()] * 7),
    exceptions=st.lists(deviations(), max_size=3).map(tuple),
    closed_on_holidays=st.booleans(),
)


@given(openings)
@example(ALWAYS_OPEN)
def test_json_and_text_there_and_back(opening: OpeningHours) -> None:
    assert from_json(json.loads(json.dumps(to_json(opening)))) == opening
    assert from_text(to_text(opening)) == opening


NEW_YEAR = date(2027, 1, 1)
close = st.builds(
    lambda at, length, hours: Deviation(at, at + timedelta(days=length), hours),
    st.dates(NEW_YEAR, NEW_YEAR + timedelta(days=30)),
    st.integers(0, 20),
    days_hours(),
)


@given(st.lists(close, max_size=8).map(tuple), st.booleans(), st.integers(-30, 60), st.integers(0, 60))
def test_of_each_day_the_last_exception_that_names_it_holds(
    exceptions: tuple[Deviation, ...], closed: bool, start: int, count: int
) -> None:
    opening = OpeningHours(ALWAYS_OPEN.weekly, exceptions, closed)
    dates = [NEW_YEAR + timedelta(days=start + n) for n in range(count)]
    usual = [() if closed and is_holiday(day) else (WHOLE_DAY,) for day in dates]
    holds = [[each.hours for each in exceptions if each.first <= day <= each.last] for day in dates]
    expected = [named[-1] if named else otherwise for named, otherwise in zip(holds, usual, strict=True)]
    assert opening.on_days(NEW_YEAR + timedelta(days=start), count) == expected
    assert list(map(opening.on, dates)) == expected


@given(openings, days)
@example(ALWAYS_OPEN, SPRING_FORWARD)
def test_each_whole_hour_is_open_as_its_local_time_says(opening: OpeningHours, day: date) -> None:
    """Brute force over the instants of the day; hours that come twice are left to their own test."""
    intervals = opening.open_intervals(day, day)
    midnight = datetime.combine(day, time.min, STOCKHOLM).astimezone(UTC)
    for instant in (midnight + timedelta(minutes=30 * n) for n in range(50)):
        local = instant.astimezone(STOCKHOLM)
        if local.date() != day or local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
            continue
        minute = local.hour * 60 + local.minute
        expected = any(_starts_by(hours, minute) and minute < hours.until_minute for hours in opening.on(day))
        assert any(each.start <= instant < each.limit for each in intervals) is expected


def _starts_by(hours: Hours, minute: int) -> bool:
    return hours.from_time.hour * 60 + hours.from_time.minute <= minute


@given(openings, days, st.integers(0, 48), st.integers(1, 96))
@example(ALWAYS_OPEN, FALL_BACK, 0, 50)
def test_open_throughout_and_at_some_time_as_the_intervals_say(
    opening: OpeningHours, day: date, start: int, length: int
) -> None:
    begins = datetime.combine(day, time.min, STOCKHOLM).astimezone(UTC) + timedelta(minutes=30 * start)
    asked = Interval(begins, begins + timedelta(minutes=30 * length))
    around = opening.open_intervals(day - timedelta(days=1), day + timedelta(days=4))
    assert opening.covers(asked) is (intersect([asked], around) == [asked])
    assert opening.opens_within(asked) is bool(intersect([asked], around))


@given(st.text(alphabet="måtionfrlösu0123456789:-,;. stängt", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        opening = from_text(text)
    except BadInput:
        return
    assert from_text(to_text(opening)) == opening


@given(openings)
def test_what_is_stored_is_read_as_what_is_sent(opening: OpeningHours) -> None:
    assert from_stored(json.dumps(to_json(opening))) == opening


@pytest.mark.parametrize(
    "stored",
    [
        "[1]",
        '{"weekly": {"ma": []}}',
        '{"weekly": {"mo": [{"fromTime": "9", "untilTime": "8"}]}}',
        '{"weekly": {}, "exceptions": [{"first": "2027-02-30", "last": "2027-03-01", "hours": []}]}',
        '{"weekly": {}, "always": true}',
    ],
)
def test_what_is_stored_wrongly_is_told_as_what_is_sent_wrongly(stored: str) -> None:
    with pytest.raises(BadInput) as sent:
        from_json(json.loads(stored))
    with pytest.raises(BadInput) as read:
        from_stored(stored)
    assert str(read.value) == str(sent.value)


def test_what_was_stored_as_people_write_it_is_still_read() -> None:
    assert from_stored('{"weekly": {"mo": [{"fromTime": "8", "untilTime": "17"}]}}') == from_text("må 08:00-17:00")
