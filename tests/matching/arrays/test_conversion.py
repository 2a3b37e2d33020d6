"""Problems become arrays and come back meaning the same; a plan can be checked by few of the options."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.arrays.arrays import Names
from matching.arrays.conversion import arrays_of, problem_of, relevant
from matching.formats import packed
from matching.problem.checker import check, served
from matching.problem.problem import Claim, Interval, Match, Piece, Problem, Unit
from tests.matching.build import claim, need, option, plan_of, problem
from tests.matching.formats.test_read_arrays import plain
from tests.matching.instances import problems


@given(problems())
def test_arrays_of_their_problem_are_the_same(problem: Problem) -> None:
    arrays = arrays_of(problem)

    assert plain(arrays_of(problem_of(arrays))) == plain(arrays)


@given(problems())
def test_a_problem_comes_back_with_the_same_names_and_agreements(problem: Problem) -> None:
    again = problem_of(arrays_of(problem))

    for field in ("name", "seed", "together", "alternatives", "fixed", "forbidden", "previous", "stability"):
        assert getattr(again, field) == getattr(problem, field)
    assert list(again.option_of) == list(problem.option_of)
    assert [unit.id for unit in again.units] == [unit.id for unit in problem.units]


def test_a_problem_comes_back_as_it_was_where_arrays_keep_everything() -> None:
    asked = problem(
        need("a", option("o", claim("u", (0, 9), (9, 12)), claim("v", amount=2), score=3), value=-5),
        need("b"),
        need("c", option("o"), option("free", most=3), amount=4, parts=2),
        units=(Unit("u", 3, (Piece(5, 12, 3), Piece(0, 5, 1)), (63.2, 14.6)), Unit("v", 7), Unit("idle", 1, ())),
        stability=4,
    )

    assert problem_of(arrays_of(asked)) == asked


def test_claims_that_overlap_stay_apart() -> None:
    claims = (Claim("u", 1, (Interval(0, 9),)), Claim("u", 1, (Interval(5, 12),)))
    asked = problem(need("a", option("o", *claims)), units={"u": 2})

    assert problem_of(arrays_of(asked)) == asked


def test_only_the_options_asked_for_and_agreed_are_kept() -> None:
    asked = problem(
        need("a", option("o"), option("p"), option("q")),
        need("b", option("o"), option("p")),
        previous=(Match("a", "q", 1),),
    )
    some = problem_of(arrays_of(asked), [3])

    assert list(some.option_of) == [("a", "q"), ("b", "o")]
    assert some.needs[0].options == asked.needs[0].options[2:]
    assert (some.units, some.previous) == (asked.units, asked.previous)


@given(problems(), st.data())
def test_the_relevant_part_finds_what_the_whole_finds(problem: Problem, data: st.DataObject) -> None:
    pairs = [*problem.option_of, ("n0", "gone"), ("gone", "o0")]
    taken = data.draw(st.lists(st.builds(_match, st.sampled_from(pairs), st.integers(1, 3)), max_size=6))
    plan = plan_of(problem, *taken)
    part = relevant(arrays_of(problem), plan)

    assert check(part, plan) == check(problem, plan)
    assert served(part, plan.matches) == served(problem, plan.matches)


def test_names_are_found_by_how_they_begin_and_only_there() -> None:
    names = Names(["ab@1", "cab", "ab", "", "b", "abc@ab", "å", "ab"])

    assert names.beginning("ab") == [0, 2, 5, 7]
    assert (names.beginning("å"), names.beginning("bc")) == ([6], [])  # the end of one name and the start of the next
    assert Names(["ab@1", "b", "abc"]).heads(2) == [b"ab", b"b@"[:1], b"ab"]


@given(problems())
def test_what_is_packed_is_read_as_it_was(problem: Problem) -> None:
    arrays, taken = arrays_of(problem), np.array([[0, 2], [3, 1]])
    read, rows = packed.unpack(packed.pack(arrays, taken))

    assert (plain(read), rows.tolist()) == (plain(arrays), taken.tolist())


def test_what_was_packed_of_other_fields_is_none() -> None:
    arrays = arrays_of(problem(need("n", option("o", claim("u")))))
    told = msgspec.msgpack.decode(packed.pack(arrays, np.zeros((0, 2), np.int64)), type=packed.Packed)
    del told.plain["together"]
    with pytest.raises(ValueError, match="other fields"):
        packed.unpack(msgspec.msgpack.encode(told))


def _match(pair: tuple[str, str], amount: int) -> Match:
    return Match(*pair, amount)
