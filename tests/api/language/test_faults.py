"""What is wrong with a form is told as something to do, or by its field's label."""

import pytest

from api.language.faults import fault, in_page_order
from api.language.i18n import speaking
from core.errors import InvalidParameter


@pytest.mark.parametrize(
    ("name", "label", "reason", "told"),
    [
        ("name", "Vad heter det?", "fill this in", "Fyll i vad det heter"),
        ("name", "Vad heter det?", "it is empty", "Fyll i vad det heter"),
        ("kind", "Vad är det?", "choose one", "Välj vad det är"),
        ("siteId", "Var ligger lokalen?", "choose one", "Välj var det finns"),
        ("title", "Vad ska behovet heta?", "it is empty", "Fyll i vad det heter"),
        ("title", "Vad ska behovet heta?", "this is too long", "Vad ska behovet heta? Det här är för långt"),
        (
            "needs.1.timing.type",
            "Delbehov 2, När behövs det?",
            "choose one",
            "Delbehov 2, När behövs det? Välj ett alternativ",
        ),
        ("seats", "Sittplatser", "fill this in", "Sittplatser: fyll i det här"),
        ("name", "Namn", "this is too long", "Namn: det här är för långt"),
        ("", "", "fill this in", "fyll i det här"),
    ],
)
def test_a_line_of_the_summary(name: str, label: str, reason: str, told: str) -> None:
    with speaking("sv"):
        assert fault(InvalidParameter(name, "", reason), label) == told


def test_in_english() -> None:
    with speaking("en"):
        assert fault(InvalidParameter("name", "", "it is empty"), "What is it called?") == "Say what it is called"


def test_faults_stand_in_the_order_of_the_page_and_what_is_of_no_field_comes_last() -> None:
    wrong = [InvalidParameter(name, None, name) for name in ("last", "", "seats", "name", "last")]
    told = in_page_order(wrong, {"name": "Name", "seats": "Seats", "last": "Last day"})
    assert [each.property for each in told] == ["name", "seats", "last", "last", ""]
