"""One reader of days, times and durations for forms, files and JSON."""

from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.time.reading import read_clock, read_date, read_day, read_instant, read_minutes, read_span

WEEKS = ["2027-W09", "2027-W09-1", "2027W09", "v. 9", "v9", "V.9 2027", "vecka 9", "2027 v. 9", "w9 2027"]


@pytest.mark.parametrize("read", [read_day, read_date])
@pytest.mark.parametrize("text", WEEKS)
def test_a_week_is_no_date_at_any_door(read, text: str) -> None:
    with pytest.raises(BadInput, match="a week is no date"):
        read(text)
    with pytest.raises(BadInput):
        read_instant(f"{text}T08:00:00Z")


@pytest.mark.parametrize("text", ["2027-W09", "V. 9 2027", "2027 vecka 9"])
def test_the_days_of_a_week_are_told(text: str) -> None:
    with pytest.raises(BadInput, match="write a day from 2027-03-01 through 2027-03-07"):
        read_day(text)


@pytest.mark.parametrize("text", ["2027-W54", "0000-W01", "9999-W52", "v. 99"])
def test_a_week_that_is_none(text: str) -> None:
    with pytest.raises(BadInput, match="a week is no date: write"):
        read_day(text)


@pytest.mark.parametrize("text", ["20270301", "270301", "1/3 2027", "2027-3-1", "2027-03-01T08:00", "\u0662027-03-01"])
@pytest.mark.parametrize("read", [read_day, read_date])
def test_other_ways_of_writing_a_date_are_refused_alike(read, text: str) -> None:
    with pytest.raises(BadInput):
        read(text)


@pytest.mark.parametrize("text", ["2027-03-01", "2027-03-01 00:00", "2027-03-01 00:00:00", "2027-03-01T00:00:00"])
def test_a_date_with_the_midnight_that_excel_adds(text: str) -> None:
    assert read_day(text) == date(2027, 3, 1)


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "-9999v"])
def test_a_year_that_must_be_a_mistake(text: str) -> None:
    with pytest.raises(BadInput, match="write a year"):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "at"), [("8", time(8)), ("08:30", time(8, 30)), ("8.30", time(8, 30)), ("08:30:00", time(8, 30))]
)
def test_times(text: str, at: time) -> None:
    assert read_clock(text) == at


@pytest.mark.parametrize("text", ["", "24:00", "08:30+02:00", "T0830", "0830", "08:30:15", "08:60", "-1:00"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(BadInput, match="write the time as 08:30"):
        read_clock(text)


def test_an_end_may_be_the_end_of_the_day() -> None:
    assert read_clock("24:00", end=True) == time()
    with pytest.raises(BadInput):
        read_clock("24:30", end=True)


@pytest.mark.parametrize("dash", ["-", "\u2013", "\u2014", "\u2011", "\u2212", " - "])
def test_hours_with_any_dash(dash: str) -> None:
    assert read_span(f"09:00{dash}12:00") == (time(9), time(12))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("90", 90), ("1 200 min", 1200), ("1,5 h", 90), ("2 Timmar", 120), ("50 minuter", 50), ("1\u202fh", 60)],
)
def test_durations(text: str, minutes: int) -> None:
    assert read_minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "länge", "h", "1 dag", "1e3", "9" * 5000 + " h"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(BadInput):
        read_minutes(text)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_day, read_date, read_clock, read_span, read_minutes, read_instant):
        with suppress(BadInput):
            assert read(text) is not None
