"""No two meet again while nobody need, rests are fair, and who has something to give each other meets."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubs.pairing.people import Guest, Round
from hubs.pairing.rounds import plan_round


def guests(number: int, organisations: int = 7) -> list[Guest]:
    return [Guest(UUID(int=each + 1), UUID(int=1000 + each % organisations)) for each in range(number)]


def pair(one: int, other: int) -> frozenset[UUID]:
    return frozenset({UUID(int=one), UUID(int=other)})


def rounds(people: Sequence[Guest], number: int) -> list[Round]:
    past: list[Round] = []
    for _ in range(number):
        past.append(plan_round(people, past))
    return past


@pytest.mark.parametrize(("number", "of"), [(12, 14), (12, 30), (12, 50), (12, 13), (5, 6), (9, 10), (13, 14)])
def test_nobody_meets_again_while_there_is_a_round_in_which_nobody_does(number: int, of: int) -> None:
    """Of 2m there are 2m - 1 such rounds, of 2m - 1 as many, in each of which another rests."""
    past = rounds(guests(of), number)
    met = Counter(each for one in past for each in one.pairs)
    assert set(met.values()) == {1}
    assert sum(met.values()) == number * (of // 2)
    assert all(one.people == {guest.id for guest in guests(of)} for one in past)
    rests = Counter(one.resting for one in past if one.resting)
    assert sum(rests.values()) == number * (of % 2)
    assert max(rests.values(), default=0) <= 1


def test_after_all_have_met_those_meet_who_met_longest_ago() -> None:
    """Of four there are three rounds; the next three are these again, in the same order."""
    first, again = rounds(guests(4), 6)[:3], rounds(guests(4), 6)[3:]
    assert [set(each.pairs) for each in again] == [set(each.pairs) for each in first]


def test_those_meet_who_can_answer_each_other_rather_than_colleagues() -> None:
    """Two of each organisation: 1 knows what 4 wonders, so 1-4 and 2-3 bring one answer more than 1-3 and 2-4."""
    one, two = UUID(int=101), UUID(int=102)
    people = [
        Guest(UUID(int=1), one, knows=frozenset({"bim"})),
        Guest(UUID(int=2), one),
        Guest(UUID(int=3), two),
        Guest(UUID(int=4), two, wonders=frozenset({"bim"})),
    ]
    assert set(plan_round(people, []).pairs) == {pair(1, 4), pair(2, 3)}


def test_who_is_new_does_not_begin_with_a_rest() -> None:
    past = rounds(guests(3), 2)
    after = [*past, plan_round(guests(5), past)]
    assert after[-1].resting == ({UUID(int=each) for each in (1, 2, 3)} - {each.resting for each in past}).pop()


@pytest.mark.parametrize(("number", "resting"), [(0, None), (1, UUID(int=1)), (2, None)])
def test_few(number: int, resting: UUID | None) -> None:
    found = plan_round(guests(number), [])
    assert (len(found.pairs), found.resting) == (number // 2, resting)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sets(st.integers(0, 8)), max_size=12))
def test_whoever_comes_and_goes_all_take_part_and_nobody_need_meet_again(coming: list[set[int]]) -> None:
    """That nobody need is known by trying all ways to pair those who come, one of them resting where they are odd."""
    everybody, past = guests(9), list[Round]()
    for numbers in coming:
        people = [everybody[number] for number in sorted(numbers)]
        now = plan_round(people, past)
        assert now.people == {guest.id for guest in people}
        met = {each for one in past for each in one.pairs}
        if met & set(now.pairs):
            assert not can_all_meet([guest.id for guest in people], met)
        past.append(now)


def can_all_meet(people: list[UUID], met: set[frozenset[UUID]], rest: int = 1) -> bool:
    """Try all: the first meets one of the others whom it has not met, or rests where the number is odd."""
    if not people:
        return True
    first, *others = people
    may_rest = len(people) % 2 == 1 and rest and can_all_meet(others, met, 0)
    return bool(may_rest) or any(
        can_all_meet([each for each in others if each != other], met, rest)
        for other in others
        if frozenset({first, other}) not in met
    )
