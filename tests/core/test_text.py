"""Personal identity numbers in whatever way they are written are found; what only looks like one passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.text import check_text, personal_number_in, phone_number_in, text_faults

WRITTEN = [
    "8112189876",
    "811218-9876",
    "811218+9876",
    "198112189876",
    "19811218-9876",
    "1981-12-18-9876",
    "1981 12 18 9876",
    "81 12 18 98 76",
    "811218 - 9876",
    "811218\u20139876",
    "811218\u22129876",
    "811218\u00a09876",
    "811218\u20099876",
    "811218\u202f9876",
    "8112\u200b18-98\u200b76",
    "\uff18\uff11\uff11\uff12\uff11\uff18\uff0d\uff19\uff18\uff17\uff16",
    "811278-9873",  # a coordination number: its day and 60
    "19811278 9873",
]


@pytest.mark.parametrize("number", WRITTEN)
@pytest.mark.parametrize("text", ["{}", "Berit ({}), handläggare", "pnr{}.", "Rum 3, {} 14 st"])
def test_a_personal_number_is_found_however_it_is_written(number: str, text: str) -> None:
    found = personal_number_in(text.format(number))
    assert found is not None
    assert found.endswith("-****")


@pytest.mark.parametrize(
    "text",
    [
        "811218-9875",  # a wrong check digit
        "7ecf6707-8d1f-4751-bf47-03134215a6fe",  # a UUID, with digits that could be a person's
        "https://katalogen.example/7ECF6707-8D1F-4751-BF47-03134215A6FE?x=1",
        "811318-9876",  # there is no 13th month
        "202100-5216",  # an organisation
        "556703-7485",
        "2026-12-10 13:45",
        "2025-11-03\u20132025-12-04",
        "070-123 45 67",
        "0611-12 34 56",
        "0611-123456",
        "Lgh 1201, 72 m2, 811 218 kr",
        "1234567890123456",
        "01980000-0000-7000-8000-000000000004",
        "",
    ],
)
def test_what_only_looks_like_one_passes(text: str) -> None:
    assert personal_number_in(text) is None


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    personal_number_in(text)
    phone_number_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "070-123 45 67",
        "0701234567",
        "Ring 0611-12 34 56!",
        "+46 70 123 45 67",
        "0046701234567",
        "08\u2009123\u2009456 78",
    ],
)
def test_a_phone_number_is_found(text: str) -> None:
    assert phone_number_in(text)


@pytest.mark.parametrize(
    "text", ["20 år i yrket", "2020\u20132026", "2026-12-10", "50 procent", "SFS 2022:524", "Nivå 0-5"]
)
def test_other_numbers_are_no_phone_numbers(text: str) -> None:
    assert not phone_number_in(text)


def test_a_fault_tells_the_number_without_its_last_digits() -> None:
    [fault] = text_faults("name", "Berit 811218-9876", 1, 200)
    assert (fault.property, fault.value, fault.reason) == (
        "name",
        "811218-****",
        "a personal identity number has no place here: leave it out",
    )


@pytest.mark.parametrize(("text", "reason"), [(" ", "it is empty"), ("x" * 11, "it has more than 10 characters")])
def test_a_text_has_a_size(text: str, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_text("title", text, least=1, most=10)
    assert caught.value.parameters[0].reason == reason
