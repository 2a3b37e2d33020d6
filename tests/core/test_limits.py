"""How much may be said, whichever door it comes in by."""

from datetime import UTC, date, datetime

import pytest

from core import geo, limits
from core.errors import LONGEST_QUOTE, MOST_FAULTS, BadInput, InvalidParameter
from core.text import text_faults
from core.time import clock


@pytest.fixture(autouse=True)
def _in_2026():
    with clock.frozen(datetime(2026, 11, 28, tzinfo=UTC)):
        yield


@pytest.mark.parametrize("moment", [None, date(2000, 1, 1), date(2036, 12, 31), datetime(2027, 1, 1, tzinfo=UTC)])
def test_what_lies_within_ten_years_may_be_planned(moment):
    assert not list(limits.instant_faults("end", moment))


@pytest.mark.parametrize(
    "moment", [date(1999, 12, 31), date(2037, 1, 1), date(2999, 6, 1), datetime(9999, 12, 31, 23, tzinfo=UTC)]
)
def test_what_lies_farther_off_is_named_with_the_years(moment):
    [fault] = limits.instant_faults("end", moment)
    assert (fault.property, fault.reason) == ("end", "the year has to be from 2000 through 2036")


@pytest.mark.parametrize("text", ["A\0B", "\0", "halv \ud800 bokstav"])
def test_what_the_database_cannot_keep_is_refused(text):
    assert [fault.property for fault in text_faults("title", text, 1, 200)] == ["title"]


@pytest.mark.parametrize("text", ["", " ", "å" * 201])
def test_a_text_that_is_empty_or_too_long_is_refused(text):
    assert [fault.property for fault in text_faults("title", text, 1, 200)] == ["title"]


@pytest.mark.parametrize("text", ["Å", "två\nrader\toch tabb", "🪑" * 200])
def test_every_other_text_is_kept(text):
    assert not list(text_faults("title", text, 1, 200))


@pytest.mark.parametrize("number", [0, 2**31, 10**5000], ids=["none", "beyond a column", "thousands of digits"])
def test_a_number_outside_its_range_is_refused_and_told_short(number):
    [fault] = limits.whole_faults("alternativeGroup", number, 1, limits.GREATEST_WHOLE)
    assert len(str(fault)) < 600


@pytest.mark.parametrize(
    "value",
    ["x" * 100_000, ["x" * 100] * 1000, {"x": "y" * 10_000}, [10**5000], "x" * 101],
    ids=["text", "list", "object", "digits", "a letter more"],
)
def test_a_wrong_value_is_quoted_short(value):
    assert len(str(InvalidParameter("needs", value, "no").value)) <= LONGEST_QUOTE


@pytest.mark.parametrize("value", [7, 2.5, None, "kort", ["en", "två"], {"first": "2027-01-01"}])
def test_a_short_value_is_quoted_as_it_is(value):
    assert InvalidParameter("needs", value, "no").value == value


def test_an_error_tells_no_more_than_can_be_read():
    error = BadInput.of([InvalidParameter(f"needs[{n}]" * 100, "x" * 1000, "no" * 1000) for n in range(5000)])
    assert len(error.parameters) == MOST_FAULTS
    assert len(str(error)) < 100_000


@pytest.mark.parametrize("look_up", [geo.municipality, geo.place])
@pytest.mark.parametrize("text", ["x" * 100_000, "ö " * 50_000, "Storvik, " * 20_000])
def test_a_place_of_a_hundred_thousand_letters_is_refused_by_its_beginning(look_up, text):
    with pytest.raises(BadInput) as caught:
        look_up(text)
    assert len(str(caught.value)) < 500
