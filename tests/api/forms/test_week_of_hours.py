"""The week of opening hours in a form: what is stored comes back as it was, as does what drafts have in one line."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.language import i18n
from api.language.labels.timing import opening_words
from api.pages.forms import Form
from api.pages.offers.hours import NAME, WORKING_DAYS, fields_of_hours, hours_of_form, week_context
from core.time.opening import Deviation, Hours, OpeningHours
from core.time.opening_text import from_text, to_text

# From 00:00 to 24:00, which is 00:00 of the next day, apart from each other or end to end.
_minutes = st.lists(st.integers(0, 24 * 60), min_size=2, max_size=6, unique=True).map(sorted)
_days = st.one_of(st.just(()), _minutes.map(lambda found: tuple(map(_hours, found[::2], found[1::2]))))
_deviations = st.builds(
    lambda dates, hours: Deviation(*sorted(dates), hours),
    st.tuples(*[st.dates(date(2026, 1, 1), date(2028, 1, 1))] * 2),
    _days,
)
_weeks = st.one_of(
    st.tuples(*[_days] * 7), st.builds(lambda usual, sa, su: (usual,) * 5 + (sa, su), _days, _days, _days)
)


def _hours(first: int, until: int) -> Hours:
    return Hours(time(*divmod(first, 60)), time(*divmod(until % (24 * 60), 60)))


opening_hours = st.builds(OpeningHours, _weeks, st.lists(_deviations, max_size=4).map(tuple), st.booleans())


@given(opening_hours)
def test_what_is_stored_comes_back_as_it_was(hours: OpeningHours) -> None:
    form = Form(fields_of_hours(hours))
    assert hours_of_form(form) == hours
    assert not form.errors


@pytest.mark.parametrize(("language", "word"), [("sv", "stängt"), ("en", "closed")])
def test_what_is_never_open_is_told_in_the_readers_language(language: str, word: str) -> None:
    never = OpeningHours(((),) * 7, (), closed_on_holidays=False)
    with i18n.speaking(language):
        fields = fields_of_hours(never)
    assert (fields[f"{NAME}.mo"], hours_of_form(Form(fields))) == ([word], never)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "sv",
            "måndag–fredag 08:00-16:30; lördag, söndag 10:00-14:00; 2026-12-24 stängt; inte på helgdagar",
        ),
        (
            "en",
            "Monday–Friday 08:00-16:30; Saturday, Sunday 10:00-14:00; 2026-12-24 closed; not on public holidays",
        ),
    ],
)
def test_a_week_is_told_in_the_readers_language(language: str, words: str) -> None:
    with i18n.speaking(language):
        told = opening_words(from_text("må-fr 08:00-16:30; lö-sö 10:00-14:00; 2026-12-24 stängt; ej helgdagar"))
    assert told == words


def test_no_hours_come_back_as_none() -> None:
    assert hours_of_form(Form(fields_of_hours(None) | {"name": ["Salen"]})) is None


@pytest.mark.parametrize("said", [{"closedOnHolidays": "yes"}, {"0.first": "2027-07-05", "0.last": "2027-07-30"}])
def test_days_that_differ_from_nothing_close_nothing_for_ever(said: dict[str, str]) -> None:
    form = Form({f"openingHours.{name}": [text] for name, text in said.items()})
    assert hours_of_form(form) is None
    assert "all day" in form.error(WORKING_DAYS)
    form = Form({**form.fields, "openingHours.su": ["00:00-24:00"]})
    hours = hours_of_form(form)
    assert hours is not None
    assert [len(each) for each in hours.weekly] == [0, 0, 0, 0, 0, 0, 1]
    assert not form.errors


@given(opening_hours)
def test_what_a_draft_has_in_one_line_is_in_the_week(hours: OpeningHours) -> None:
    line = to_text(hours)
    shown = Form({"name": ["Salen"], "openingHours": [line]})
    week_context(shown)
    sent = Form({"name": ["Salen"], "openingHours": [line]})
    assert hours_of_form(shown) == hours_of_form(sent) == from_text(line)


def test_a_line_that_cannot_be_read_stands_where_it_is_told_as_wrong() -> None:
    form = Form({"openingHours": ["ibland"]})
    week_context(form)
    assert form.value(WORKING_DAYS) == "ibland"
    hours_of_form(form)
    assert "ibland" in form.error(WORKING_DAYS)
