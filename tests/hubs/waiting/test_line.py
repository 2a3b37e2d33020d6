"""Seats go to who came first, to groups as a whole, never to more than there are, and never past one who has no say."""

from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hubs.waiting.line import (
    Place,
    SeatOffer,
    Standing,
    accept,
    free_seats,
    lapse,
    lessen,
    let_pass,
    next_offers,
    offer,
)


def test_whoever_is_first_gets_the_last_seat() -> None:
    assert next_offers(3, [Place(2, taken=2), Place(1), Place(1)]) == [SeatOffer(1, 1)]


def test_a_group_of_eight_is_asked_about_seven_seats_before_anybody_after_it_gets_one() -> None:
    assert next_offers(7, [Place(8), Place(1)]) == [SeatOffer(0, 7)]


def test_a_group_that_lets_others_pass_keeps_its_place_and_comes_first_once_there_is_enough() -> None:
    assert next_offers(7, [Place(8, lets_pass=True), Place(1), Place(7)]) == [SeatOffer(1, 1), SeatOffer(2, 6)]
    assert next_offers(8, [Place(8, lets_pass=True), Place(1), Place(7)]) == [SeatOffer(0, 8)]


def test_a_group_that_takes_a_part_is_offered_the_next_single_seat() -> None:
    """It has 7 of 8; one of ten is free after the two of somebody else."""
    line = [accept(offer(Place(8), 7)), Place(2, taken=2), Place(1)]
    assert next_offers(10, line) == [SeatOffer(0, 1)]
    assert accept(offer(line[0], 1)).standing is Standing.REGISTERED


def test_what_is_free_comes_to_an_offer_that_is_less_than_the_group_wants() -> None:
    """Of ten, one more was given back: the group of ten that was asked about eight is asked about nine."""
    assert next_offers(10, [Place(1, taken=1), Place(10, offered=8), Place(1)]) == [SeatOffer(1, 9)]


def test_nobody_is_offered_anything_where_there_are_fewer_seats_than_were_given() -> None:
    assert next_offers(3, [Place(4, taken=4), Place(1)]) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Place(2, offered=2), None),
        (Place(8, offered=7), Place(8, lets_pass=True)),
        (Place(8, taken=7, offered=1), Place(7, taken=7)),
    ],
)
def test_what_becomes_of_who_does_not_answer(before: Place, after: Place | None) -> None:
    assert lapse(before) == after


@pytest.mark.parametrize(
    ("before", "seats", "after"),
    [
        (Place(8, taken=5, offered=2), 6, Place(6, taken=5, offered=1)),
        (Place(8, taken=8), 6, Place(6, taken=6)),
        (Place(8), 1, Place(1)),
    ],
)
def test_a_smaller_group_gives_up_first_what_it_has_not_got(before: Place, seats: int, after: Place) -> None:
    assert lessen(before, seats) == after


@pytest.mark.parametrize("seats", [0, 3])
def test_a_group_is_neither_enlarged_nor_emptied(seats: int) -> None:
    with pytest.raises(ValueError, match="not between 1 and 2"):
        lessen(Place(2), seats)


def test_there_is_nothing_to_wait_for_where_all_is_offered() -> None:
    with pytest.raises(ValueError, match="nothing is missing"):
        let_pass(Place(8, offered=8))


@pytest.mark.parametrize("facts", [{"seats": 0}, {"seats": 2, "taken": 3}, {"seats": 2, "taken": 1, "offered": 2}])
def test_a_place_says_what_cannot_be(facts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"of \d seats"):
        Place(**facts)


@dataclass
class Group:
    place: Place | None
    knows: bool = field(default=False)
    """It was told of seats that are too few for it."""


class Line(RuleBasedStateMachine):
    """Anybody comes, goes, answers or does not, in any order; after each step the seats that are free are offered."""

    def __init__(self) -> None:
        super().__init__()
        self.capacity = 10
        self.groups: list[Group] = []

    @rule(seats=st.integers(1, 10))
    def comes(self, seats: int) -> None:
        self.groups.append(Group(Place(seats)))
        self._offer()

    @precondition(lambda self: self._in_line())
    @rule(data=st.data(), answer=st.sampled_from(["accept", "let_pass", "lapse", "lessen", "decline"]))
    def answers(self, data: st.DataObject, answer: str) -> None:
        group = data.draw(st.sampled_from(self._in_line()))
        assert group.place is not None
        if answer == "lessen":
            group.place = lessen(group.place, data.draw(st.integers(1, group.place.seats)))
        elif answer == "decline":
            group.place = None
        elif group.place.offered and not (answer == "let_pass" and group.place.offered == group.place.missing):
            group.place = {"accept": accept, "let_pass": let_pass, "lapse": lapse}[answer](group.place)
        self._offer()

    def _in_line(self) -> list[Group]:
        return [group for group in self.groups if group.place is not None]

    def _offer(self) -> None:
        line = self._in_line()
        places = [group.place for group in line if group.place is not None]
        for each in next_offers(self.capacity, places):
            before = places[: each.index]
            assert all(group.knows for group, place in zip(line, before, strict=False) if place.missing > place.offered)
            line[each.index].place = offer(places[each.index], each.seats)
            line[each.index].knows |= each.seats < places[each.index].missing
            places[each.index] = offer(places[each.index], each.seats)

    @invariant()
    def never_more_than_there_are(self) -> None:
        assert sum(group.place.taken + group.place.offered for group in self._in_line() if group.place) <= self.capacity

    @invariant()
    def nobody_waits_for_seats_that_are_free(self) -> None:
        places = [group.place for group in self._in_line() if group.place]
        free = free_seats(self.capacity, places)
        assert all(
            place.missing > free and place.lets_pass for place in places if free and place.missing > place.offered
        )

    @invariant()
    def a_group_that_was_not_asked_has_all_or_nothing(self) -> None:
        places = [(group.place, group.knows) for group in self._in_line() if group.place]
        assert all(knows or place.taken in {0, place.seats} for place, knows in places)


TestLine = Line.TestCase
TestLine.settings = settings(deadline=None, max_examples=60, stateful_step_count=25)
