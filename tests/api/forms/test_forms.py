"""Forms: texts become values, everything wrong is told at once, and what was typed is kept."""

from datetime import UTC, date, datetime, time
from enum import StrEnum

import pytest

from api.pages.forms import Form, FormRefused
from core.errors import BadInput, InvalidParameter


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def _form(**fields: str | list[str]) -> Form:
    return Form({name: value if isinstance(value, list) else [value] for name, value in fields.items()})


def _reason(form: Form, name: str) -> str:
    return form.error(name)


def test_a_form_not_yet_sent_shows_its_defaults():
    form = Form()
    assert form.value("seats", 8) == "8"
    assert form.value("seats", None) == ""
    assert form.has("kind", "hall", default=True)
    assert not form.errors


def test_a_form_that_was_sent_shows_what_was_typed():
    form = _form(seats=" 12 ", box=["a", "b"])
    assert form.value("seats", 8) == "12"
    assert form.value("missing", 8) == ""
    assert form.has("box", "b")
    assert not form.has("box", "c", default=True)
    assert form.many("box") == ["a", "b"]
    assert form.ticked("box")
    assert not form.ticked("other")


@pytest.mark.parametrize(
    ("typed", "number"),
    [("8", 8), ("1 250", 1250), ("1\u00a0250", 1250), ("1\u202f250", 1250), ("1\u2009250", 1250), ("3,0", 3)],
)
def test_whole_numbers_as_swedes_write_them(typed, number):
    form = _form(seats=typed)
    assert form.whole("seats") == number
    form.check()


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "fill this in"),
        ("many", "write a whole number, such as 12"),
        ("2,5", "write a whole number, such as 12"),
        ("1.000", "it can mean 1000 or 1,0: write one of these"),
        ("0", "the number is too small"),
        ("99", "the number is too large"),
        ("nan", "write a whole number, such as 12"),
        ("inf", "write a whole number, such as 12"),
        ("1e400", "write a whole number, such as 12"),
        ("9" * 5000, "the number is too large"),
    ],
)
def test_what_is_no_such_whole_number(typed, reason):
    form = _form(seats=typed)
    assert form.whole("seats", least=1, most=40) == 1
    assert _reason(form, "seats") == reason


def test_numbers_that_need_not_be_there():
    assert _form(area="").decimal_or_none("area") is None
    assert _form(area="12,5").decimal_or_none("area") == 12.5
    assert _form(area="").whole_or_none("area") is None


def test_dates_and_times():
    form = _form(day="2027-01-31", time="08:30", none="")
    assert form.day("day") == date(2027, 1, 31)
    assert form.day_or_none("none") is None
    assert form.clock_time("time") == time(8, 30)
    assert form.moment("day", "time") == datetime(2027, 1, 31, 7, 30, tzinfo=UTC)
    form.check()


@pytest.mark.parametrize(
    ("name", "typed", "reason"),
    [
        ("day", "31/1", "write a date as 2027-03-01, or a day counted from today: idag, +14d, +2v or mån+2v"),
        ("day", "", "fill this in"),
        ("time", "half past", "write the time as 08:30"),
        ("time", "", "fill this in"),
    ],
)
def test_what_is_no_date_or_time(name, typed, reason):
    form = _form(**{name: typed})
    form.day("day") if name == "day" else form.clock_time("time")
    assert _reason(form, name) == reason


def test_choices_are_of_an_enum():
    form = _form(one="blue", several=["red", "green"], wrong="green")
    assert form.choice("one", Colour) is Colour.BLUE
    assert form.choices("several", Colour) == (Colour.RED,)
    assert form.choice("wrong", Colour) is Colour.RED
    assert _reason(form, "wrong") == "choose one"


def test_texts_have_one_kind_of_line_end_and_a_greatest_length():
    form = _form(words="a\r\nb", long="x" * 11)
    assert form.text("words") == "a\nb"
    form.text("long", most=10)
    form.text("missing", required=True)
    assert _reason(form, "long") == "this is too long"
    assert _reason(form, "missing") == "fill this in"


def test_all_that_is_wrong_is_told_at_once():
    form = _form(seats="x", day="y")
    form.whole("seats")
    form.day("day")
    with pytest.raises(BadInput) as caught:
        form.check()
    assert [wrong.property for wrong in caught.value.parameters] == ["seats", "day"]


def test_what_a_rule_refuses_comes_back_to_the_field_it_was_typed_in():
    form = _form(to="2027-01-01")
    with pytest.raises(FormRefused) as caught, form.shown_again("a.html", {"sites": [1]}, {"during.end": "to"}):
        raise BadInput.of([InvalidParameter("during.end", 1, "it is too early"), InvalidParameter("seats", 0, "no")])
    assert caught.value.response.template_name == "a.html"
    assert caught.value.response.context == {"sites": [1], "form": form}
    assert [(wrong.property, wrong.reason) for wrong in form.errors] == [("to", "it is too early"), ("seats", "no")]


def test_errors_stand_in_the_order_of_the_form():
    form = Form({"title": [""], "count": [""]})
    form.whole("count")
    form.text("title", required=True)
    with pytest.raises(FormRefused), form.shown_again("x.html", {"summary_labels": {"title": "T", "count": "C"}}):
        form.check()
    assert [each.property for each in form.errors] == ["title", "count"]
