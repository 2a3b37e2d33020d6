"""What a problem refuses when it is built, and the place it names."""

from collections.abc import Callable

import pytest

from matching.problem.problem import Claim, Forbidden, Interval, Match, Need, Option, Piece, Problem, ProblemError, Unit
from tests.matching.build import claim, need, option, problem

HOUR = (Interval(0, 60),)
LOT = need("chairs", option("lot1"), option("lot2", most=2), amount=4, parts=2)

REFUSED: dict[str, tuple[Callable[[], object], str, str]] = {
    "interval backwards": (lambda: Interval(9, 8), "end", "8 is not after the start 9"),
    "interval empty": (lambda: Interval(9, 9), "end", "9 is not after the start 9"),
    "interval of a float": (lambda: Interval(9, 9.5), "end", "9.5 is not a whole number"),  # type: ignore[arg-type]
    "interval too late": (lambda: Interval(9, 2**53 + 1), "end", "is not between"),
    "piece below 0": (lambda: Piece(0, 9, -1), "capacity", "-1 is not between 0 and 2147483648"),
    "capacity 0": (lambda: Unit("u", 0), "capacity", "0 is not between 1"),
    "capacity true": (lambda: Unit("u", True), "capacity", "True is not a whole number"),
    "capacity too large": (lambda: Unit("u", 2**31 + 1), "capacity", "2147483649 is not between"),
    "unit without id": (lambda: Unit("", 1), "id", "'' is not a name"),
    "pieces overlap": (
        lambda: Unit("u", 2, (Piece(5, 9, 1), Piece(0, 6, 1))),
        "available[0]",
        "[5, 9) overlaps [0, 6)",
    ),
    "piece above the unit": (lambda: Unit("u", 2, (Piece(0, 9, 3),)), "available[0].capacity", "3 is more than"),
    "latitude": (lambda: Unit("u", 1, None, (90.5, 0.0)), "position[0]", "90.5 is not a number between -90 and 90"),
    "longitude": (lambda: Unit("u", 1, None, (0, float("nan"))), "position[1]", "nan is not a number between"),
    "claim of 0": (lambda: Claim("u", 0, HOUR), "amount", "0 is not between 1"),
    "claim never": (lambda: Claim("u", 1, ()), "during", "is empty"),
    "claim of one time twice": (lambda: claim("u", (0, 9), (20, 30), (8, 9)), "during[2]", "[8, 9) overlaps [0, 9)"),
    "score of a bool": (lambda: Option("o", False, ()), "score", "False is not a whole number"),
    "max 0": (lambda: Option("o", 0, (), 0), "max", "0 is not between 1"),
    "amount too large": (lambda: Need("n", 1, 2**31 + 1, ()), "amount", "is not between 1 and 2147483648"),
    "amount of a text": (lambda: Need("n", 1, "4", ()), "amount", "'4' is not a whole number"),  # type: ignore[arg-type]
    "parts 0": (lambda: Need("n", 1, 1, (), 0), "parts", "0 is not between 1"),
    "option twice": (lambda: need("n", option("o"), option("o")), "options[1]", "the option 'o' is given twice"),
    "match of 0": (lambda: Match("n", "o", 0), "amount", "0 is not between 1"),
    "forbidden nothing": (lambda: Forbidden("n", ""), "option", "'' is not a name"),
    "unit twice": (lambda: problem(units=(Unit("u", 1), Unit("u", 1))), "units[1]", "the unit 'u' is given twice"),
    "need twice": (lambda: problem(need("n"), need("n")), "needs[1]", "the need 'n' is given twice"),
    "seed below 0": (lambda: problem(seed=-1), "seed", "-1 is not between 0"),
    "stability below 0": (lambda: problem(stability=-1), "stability", "-1 is not between 0"),
    "unknown unit": (
        lambda: Problem("p", (), (need("n", option("o", claim("u"), claim("v"))),)),
        "needs[0].options[0].claims[0].unit",
        "there is no unit 'u'",
    ),
    "unknown need together": (lambda: problem(together=(("n",),)), "together[0][0]", "there is no need 'n'"),
    "group of none": (lambda: problem(alternatives=((),)), "alternatives[0]", "is empty"),
    "need twice in a group": (lambda: problem(LOT, together=(("chairs", "chairs"),)), "together[0][1]", "given twice"),
    "two together groups": (
        lambda: problem(LOT, need("n"), together=(("n",), ("chairs", "n"))),
        "together[1][1]",
        "the need 'n' is already in together[0]",
    ),
    "unknown need fixed": (lambda: problem(fixed=(Match("n", "o", 1),)), "fixed[0].need", "there is no need 'n'"),
    "unknown option forbidden": (
        lambda: problem(LOT, forbidden=(Forbidden("chairs", "lot9"),)),
        "forbidden[0].option",
        "the need 'chairs' has no option 'lot9'",
    ),
    "unknown option before": (
        lambda: problem(LOT, previous=(Match("chairs", "lot9", 1),)),
        "previous[0].option",
        "the need 'chairs' has no option 'lot9'",
    ),
    "previous twice": (lambda: problem(LOT, previous=(Match("chairs", "lot1", 1),) * 2), "previous[1]", "given twice"),
    "worth too much": (
        lambda: problem(need("a", option("o", score=2**31), amount=2**22), need("b")),
        "needs[0]",
        "add up to more than 2**53",
    ),
    "fixed and forbidden": (
        lambda: problem(LOT, fixed=(Match("chairs", "lot1", 1),), forbidden=(Forbidden("chairs", "lot1"),)),
        "fixed[0]",
        "the option 'lot1' of the need 'chairs' is also forbidden",
    ),
    "fixed above max": (
        lambda: problem(LOT, units={"lot2": 9}, fixed=(Match("chairs", "lot2", 3),)),
        "fixed[0].amount",
        "3 is more than the 2 that 'chairs' can take of 'lot2'",
    ),
    "fixed above the amount": (
        lambda: problem(LOT, units={"lot1": 9}, fixed=(Match("chairs", "lot1", 3), Match("chairs", "lot2", 2))),
        "fixed",
        "holds 5 for the need 'chairs', which asks for 4",
    ),
    "fixed in too many parts": (
        lambda: problem(need("n", option("o"), option("p"), amount=2), fixed=(Match("n", "o", 1), Match("n", "p", 1))),
        "fixed",
        "holds 2 options for the need 'n', which allows 1",
    ),
    "fixed alternatives": (
        lambda: problem(
            need("a", option("o")),
            need("b", option("p")),
            alternatives=(("a", "b"),),
            fixed=(Match("a", "o", 1), Match("b", "p", 1)),
        ),
        "fixed",
        "serves a and b, of which alternatives[0] allows one",
    ),
    "fixed clash": (
        lambda: problem(
            need("a", option("o", claim("hall", (0, 20)))),
            need("b", option("o", claim("hall", (10, 30)))),
            fixed=(Match("a", "o", 1), Match("b", "o", 1)),
        ),
        "fixed",
        "takes 2 of the unit 'hall' during [10, 20), where there is 1; the needs are a, b",
    ),
    "fixed while closed": (
        lambda: problem(
            need("a", option("o", claim("hall", (0, 20)))),
            units=(Unit("hall", 1, (Piece(0, 15, 1),)),),
            fixed=(Match("a", "o", 1),),
        ),
        "fixed",
        "takes 1 of the unit 'hall' during [15, 20), where there is 0; the needs are a",
    ),
}


@pytest.mark.parametrize(("build", "where", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(build: Callable[[], object], where: str, message: str) -> None:
    with pytest.raises(ProblemError) as caught:
        build()

    assert caught.value.where == where
    assert message in caught.value.message


def test_accepted_at_the_edges() -> None:
    problem(
        need("a", option("o", claim("u", (-5, 0), (0, 5), (2**53 - 1, 2**53))), value=-1),
        need("b", Option("free", 0, ())),
        units=(Unit("u", 2**31, (Piece(9, 10, 0), Piece(0, 9, 2**31)), (90, -180.0)), Unit("idle", 1, ())),
        together=(("a",),),
        alternatives=(("a", "b"), ("a",)),
    )
