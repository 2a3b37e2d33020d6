"""Who is suggested to meet whom, by hand: answers before what both like, thin ties first, colleagues never."""

from uuid import UUID

from hubs.desk.suggestions import MOST_EACH, Ground, MeetingGround, Suggestion, suggestions
from hubs.pairing.people import Pair
from hubs.profiles.queries import Person

A = MeetingGround


def person(number: int, *, can: str = "", learns: str = "", wonders: str = "") -> Person:
    topics = [tuple(each for each in text.split(",") if each) for text in (can, learns)]
    ids = {"id": UUID(int=100 + number), "member_id": UUID(int=number)}
    return Person(
        **ids, first_name=str(number), organisation="", can=topics[0], learns=topics[1], wonders=wonders,
        chosen=False, wanted=False,
    )  # fmt: skip


def suggested(
    *people: Person, homes: str, met: tuple[Pair, ...] = (), known: tuple[Pair, ...] = ()
) -> list[Suggestion]:
    """Return what is suggested to people of organisations that have a letter each."""
    at = {each.member_id: UUID(int=ord(home)) for each, home in zip(people, homes, strict=True)}
    return suggestions(people, at, met, known)


def pair(one: int, other: int) -> Pair:
    return frozenset({UUID(int=one), UUID(int=other)})


def names(found: list[Suggestion]) -> list[str]:
    return [f"{each.one.first_name}{each.other.first_name}" for each in found]


def test_a_question_is_answered_by_who_can_what_it_is_about() -> None:
    [found] = suggested(person(1, can="Mallar"), person(2, wonders="Hur gör ni med mallar?"), homes="xy")
    assert found.grounds == (Ground(A.ANSWERS, "Mallar", UUID(int=101)), Ground(A.THIN_TIE))
    assert suggested(person(1, can="mall"), person(2, wonders="Hur gör ni med mallar?"), homes="xy") == []


def test_an_answer_is_worth_more_than_what_both_want_to_learn() -> None:
    """Strangers 60 and thin tie 20 each; 1-3 an answer 20, 1-2 the same interest 10."""
    people = person(1, can="bim", learns="juridik"), person(2, learns="juridik"), person(3, learns="bim")
    assert names(suggested(*people, homes="xyz")) == ["13", "12"]


def test_those_come_first_whose_organisations_have_not_met() -> None:
    """x and y are introduced once: 20 / 2 instead of 20 for 1-2."""
    people = person(1, can="bim"), person(2, wonders="Bim?"), person(3, wonders="Bim?"), person(4), person(5)
    found = suggested(*people, homes="xyzxy", met=(pair(4, 5),))
    assert names(found) == ["13", "12"]
    assert [Ground(A.THIN_TIE) in each.grounds for each in found] == [True, False]


def test_colleagues_those_with_nothing_to_say_and_those_asked_before_are_left_out() -> None:
    people = person(1, can="bim"), person(2, wonders="Bim?"), person(3, wonders="Bim?"), person(4)
    assert names(suggested(*people, homes="xxyz")) == ["13"]
    assert suggested(*people, homes="xxyz", known=(pair(1, 3),)) == []


def test_nobody_is_suggested_to_all() -> None:
    people = [person(1, can="bim"), *(person(number, learns="bim,x") for number in range(2, 6))]
    found = suggested(*people, homes="abcde")
    assert sum("1" in each for each in names(found)) == MOST_EACH
