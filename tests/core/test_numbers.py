"""One reader of numbers for forms and files."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.numbers import GREATEST_WHOLE, read_degrees, read_number, read_whole

BLANKS = (" ", "\u00a0", "\u2009", "\u202f", "\u2007")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("0.833", 0.833),
        ("12,125", 12.125),
        ("1200,00", 1200),
        ("1.200,50", 1200.5),
        ("1,200.50", 1200.5),
        ("1.200.000", 1_200_000),
        ("1,200,000", 1_200_000),
        ("\u22125", -5),  # a minus, as Word writes it
        ("+3", 3),
        (",5", 0.5),
        ("8\u200b", 8),  # a blank of no width, as web pages have
    ],
)
def test_numbers(text: str, number: float) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("blank", BLANKS)
@given(st.integers(0, GREATEST_WHOLE))
def test_blanks_of_any_width_set_thousands_apart(blank: str, number: int) -> None:
    assert read_whole(f"{number:,}".replace(",", blank)) == number


@pytest.mark.parametrize("text", ["1.000", "12.000", "999.500", " 1.000 ", "-2.000"])
def test_what_can_mean_two_numbers_is_no_number(text: str) -> None:
    for read in (read_number, read_whole):
        with pytest.raises(BadInput, match="it can mean"):
            read(text)


def test_a_comma_may_be_a_decimal_comma_where_parts_can_be() -> None:
    assert read_number("1,250") == 1.25
    with pytest.raises(BadInput, match="it can mean 1250 or 1,25"):
        read_whole("1,250")


def test_degrees_have_no_thousands() -> None:
    assert read_degrees("59.329") == 59.329
    with pytest.raises(BadInput, match="degrees"):
        read_degrees("north")


@pytest.mark.parametrize(
    "text",
    ["", " ", "tolv", "nan", "inf", "1e3", "1_000", "12 00", "1 2", "1.2.3", "1,2,3", "--1", "\u0661\u0662", "1/2"],
)
def test_what_is_no_number(text: str) -> None:
    for read in (read_number, read_whole, read_degrees):
        with pytest.raises(BadInput, match=r"write (a|degrees)"):
            read(text)


@pytest.mark.parametrize("text", ["9" * 5000, "2147483648", "-2147483649", "9 999 999 999 999"])
def test_what_is_too_large(text: str) -> None:
    with pytest.raises(BadInput, match="too large"):
        read_whole(text)


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    for read in (read_number, read_whole, read_degrees):
        with suppress(BadInput):
            assert abs(read(text)) <= 1e12


@given(st.decimals(-(10**9), 10**9, places=2))
def test_what_excel_writes_is_read(number) -> None:
    assert read_number(f"{number}".replace(".", ",")) == float(number)
