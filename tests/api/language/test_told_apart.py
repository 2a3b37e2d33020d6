"""Names of links and buttons in a list: no two are the same, and whoever is alone keeps its name."""

from hypothesis import given
from hypothesis import strategies as st

from api.pages.rendering import told_apart

NAMES = st.lists(st.sampled_from(["Jurist", "Jurist (2)", "Jurist (3)", "Utredare"]), max_size=8)


@given(NAMES)
def test_no_two_are_the_same_and_each_begins_as_it_was_called(names: list[str]) -> None:
    told = told_apart(names)
    assert len(set(told)) == len(names)
    assert all(new.startswith(name) for name, new in zip(names, told, strict=True))
    assert {name for name in names if names.count(name) == 1} <= set(told)


def test_the_second_of_a_name_is_numbered() -> None:
    assert told_apart(["Jurist", "Utredare", "Jurist", "Jurist"]) == ["Jurist", "Utredare", "Jurist (2)", "Jurist (3)"]
