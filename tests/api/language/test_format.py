"""How moments, periods, numbers and money are written, in both languages."""

from datetime import UTC, date, datetime

import pytest

from api.language import format as written
from api.language import i18n
from api.language.labels.timing import timing_text
from api.pages.rendering import environment
from core.time.interval import Interval, to_range
from core.time.timing import Flexible

NB = "\u00a0"


def _at(day: int, hour: int, month: int = 3) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=UTC)


def test_moments_are_swedish_time_across_the_change_to_summer_time():
    assert written.moment(_at(27, 8)) == f"2027-03-27{NB}09:00"
    assert written.moment(_at(28, 8)) == f"2027-03-28{NB}10:00"  # summer time begins that night
    assert written.day(_at(27, 23)) == "2027-03-28"
    assert written.day(date(2027, 3, 1)) == "2027-03-01"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (_at(1, 8), _at(1, 11), f"2027-03-01{NB}09:00–12:00"),
        (_at(1, 8), _at(2, 11), f"2027-03-01{NB}09:00 – 2027-03-02{NB}12:00"),
        (_at(1, 23), _at(2, 23), "2027-03-02"),
        (_at(1, 23), _at(5, 23), "2027-03-02–2027-03-05"),
        (_at(26, 23), _at(28, 22), "2027-03-27–2027-03-28"),
        (_at(1, 23), None, "från 2027-03-02"),
        (_at(1, 17), _at(1, 23), f"2027-03-01{NB}18:00–24:00"),
        (_at(1, 8), _at(5, 23), f"2027-03-01{NB}09:00 – 2027-03-05{NB}24:00"),
        (_at(27, 11), _at(28, 22), f"2027-03-27{NB}12:00 – 2027-03-28{NB}24:00"),
        (_at(1, 8), None, f"från 2027-03-01{NB}09:00"),
    ],
)
def test_periods_are_as_short_as_can_be_understood(start, end, text):
    span = Interval(start, end)
    assert written.period(span) == written.period(to_range(span)) == written.period((start, end)) == text


def test_periods_without_a_start():
    assert written.period((None, None)) == "alltid"
    assert written.period((None, _at(1, 23))) == f"–{NB}2027-03-01"
    assert written.period((None, _at(1, 8))) == f"–{NB}2027-03-01{NB}09:00"


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (_at(6, 23), "2027-03-06"),  # midnight in Sweden ends the 6th
        (_at(28, 22), "2027-03-28"),  # of the night after the clock was put forward
        (datetime(2026, 12, 31, 23, tzinfo=UTC), "2026-12-31"),
        (_at(6, 22), f"2027-03-06{NB}23:00"),
        (datetime(2027, 3, 6, 23, 1, tzinfo=UTC), f"2027-03-07{NB}00:01"),
    ],
)
def test_a_deadline_at_midnight_is_the_day_that_ends_and_else_has_its_time(language, instant, text):
    with i18n.speaking(language):
        assert written.deadline(instant) == text
        assert written.end_moment(instant) == (text if NB in text else f"{text}{NB}24:00")


def test_a_flexible_need_through_a_day_says_that_day():
    timing = Flexible(earliest=_at(1, 8), latest=_at(5, 23), duration_min=120, step_min=30)
    assert timing_text(timing) == f"2{NB}h mellan 2027-03-01{NB}09:00 och 2027-03-05{NB}24:00"
    with i18n.speaking("en"):
        assert timing_text(timing) == f"2{NB}h between 2027-03-01{NB}09:00 and 2027-03-05{NB}24:00"


def test_numbers_follow_the_language():
    assert written.number(1250.56) == f"1{NB}250,6"
    assert written.money(1250) == f"1{NB}250{NB}kr"
    assert written.kilometres(4.25) == f"4,2{NB}km"
    assert written.metres(12_345) == f"12{NB}km"
    assert written.percent(50) == f"50{NB}%"
    with i18n.speaking("en"):
        assert written.number(1250.56) == "1,250.6"
        assert written.money(1250) == f"SEK{NB}1,250"
        assert written.percent(50) == "50%"


def test_on_a_page_a_period_breaks_only_between_its_start_and_its_end():
    shown = environment().from_string("{{ span | period }}")
    assert (
        shown.render(span=(_at(1, 23), _at(5, 23)))
        == '<span class="pv-when">2027-03-02–</span><wbr><span class="pv-when">2027-03-05</span>'
    )
    assert shown.render(span=(_at(1, 8), _at(1, 11))) == f'<span class="pv-when">2027-03-01{NB}09:00–12:00</span>'
    assert shown.render(span=(_at(1, 8), _at(2, 11))).count("pv-when") == 2


def test_on_a_page_a_date_does_not_break_at_its_hyphens():
    shown = environment().from_string("{{ at | day }} {{ at | moment }} {{ '2027-03-27–2027-03-28' | unbroken }}")
    assert shown.render(at=_at(27, 8)) == (
        f'<span class="pv-when">2027-03-27</span> <span class="pv-when">2027-03-27{NB}09:00</span> '
        '<span class="pv-when">2027-03-27–</span><wbr><span class="pv-when">2027-03-28</span>'
    )
