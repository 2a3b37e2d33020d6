"""Each rule of the format three times: where it changes nothing, where it forbids, and where it just allows."""

from matching.problem.checker import check, served
from matching.problem.problem import Forbidden, Match, Option, Piece, Problem, Unit
from matching.solve import solve
from tests.matching.build import claim, need, option, problem


def solved(asked: Problem) -> tuple[int, set[str]]:
    """The proven best objective and the needs it serves."""
    plan = solve(asked).plan
    assert plan.status == "optimal"
    assert check(asked, plan) == ()
    return plan.objective, set(served(asked, plan.matches))


class TestServing:
    def test_nothing_is_asked(self) -> None:
        assert solved(problem()) == (0, set())

    def test_a_need_without_options_is_not_served(self) -> None:
        assert solved(problem(need("a"))) == (0, set())

    def test_value_and_score_add_up(self) -> None:
        # 100 - 30 by the first, 100 - 20 by the second.
        a = need("a", option("hall", score=-30), option("room", score=-20))
        assert solved(problem(a)) == (80, {"a"})

    def test_the_score_counts_for_each_of_the_amount(self) -> None:
        # 100 + 4 × -7.
        a = need("a", option("pool", score=-7), amount=4)
        assert solved(problem(a, units={"pool": 4})) == (72, {"a"})

    def test_a_need_that_would_lose_is_left_alone(self) -> None:
        # 100 - 101 is below the 0 of an empty plan.
        assert solved(problem(need("a", option("hall", score=-101)))) == (0, set())

    def test_an_option_without_claims_is_always_free(self) -> None:
        a = need("a", Option("free", 2, ()), amount=5)
        assert solved(problem(a)) == (110, {"a"})  # 100 + 5 × 2


class TestCapacity:
    def test_one_claim_alone(self) -> None:
        assert solved(problem(need("a", option("hall")))) == (100, {"a"})

    def test_two_claims_on_one_room_at_once(self) -> None:
        # Both want [0, 10) of a room: the dearer goes first.
        asked = problem(need("a", option("hall")), need("b", option("hall"), value=101))
        assert solved(asked) == (101, {"b"})

    def test_two_claims_that_touch(self) -> None:
        # [0, 10) and [10, 20) share no minute.
        asked = problem(need("a", option("x", claim("hall", (0, 10)))), need("b", option("x", claim("hall", (10, 20)))))
        assert solved(asked) == (200, {"a", "b"})

    def test_only_together_are_three_too_many(self) -> None:
        # 5 + 4 + 4 > 12 where all three overlap, during [4, 6); any two fit.
        asked = problem(
            need("a", option("x", claim("pool", (0, 6), amount=5))),
            need("b", option("x", claim("pool", (4, 10), amount=4)), value=90),
            need("c", option("x", claim("pool", (2, 8), amount=4)), value=80),
            units={"pool": 12},
        )
        assert solved(asked) == (190, {"a", "b"})

    def test_a_claim_takes_its_amount_for_each_of_the_options(self) -> None:
        # 3 × 2 = 6 of 6, and then 3 × 2 of 5.
        for capacity, best in ((6, 100), (5, 0)):
            a = need("a", option("x", claim("pool", amount=2)), amount=3)
            assert solved(problem(a, units={"pool": capacity}))[0] == best

    def test_one_unit_claimed_twice_by_an_option(self) -> None:
        # [0, 6) and [4, 10), 1 each: 2 during [4, 6).
        for capacity, best in ((2, 100), (1, 0)):
            a = need("a", option("x", claim("pool", (0, 6)), claim("pool", (4, 10))))
            assert solved(problem(a, units={"pool": capacity}))[0] == best

    def test_a_weekly_series_needs_every_date(self) -> None:
        # The second date, [20, 25), is worth more to b, which bars the whole series.
        series = need("a", option("x", claim("hall", (0, 5), (20, 25), (40, 45))))
        one = need("b", option("x", claim("hall", (22, 24))), value=150)
        assert solved(problem(series, one)) == (150, {"b"})

    def test_a_divisible_hall(self) -> None:
        # The whole hall, 100, or its halves, 60 + 60.
        whole = need("a", option("x", claim("north"), claim("south")))
        halves = [need(half, option("x", claim(half)), value=60) for half in ("north", "south")]
        assert solved(problem(whole, *halves)) == (120, {"north", "south"})


class TestAvailable:
    def pool(self, *pieces: tuple[int, int, int]) -> tuple[Unit, ...]:
        return (Unit("pool", 12, tuple(Piece(*piece) for piece in pieces)),)

    def test_all_of_it_within_a_piece(self) -> None:
        a = need("a", option("x", claim("pool", (0, 10), amount=12)))
        assert solved(problem(a, units=self.pool((0, 10, 12)))) == (100, {"a"})

    def test_nothing_outside_the_pieces(self) -> None:
        # Minute 10 is closed.
        a = need("a", option("x", claim("pool", (5, 15))))
        assert solved(problem(a, units=self.pool((0, 10, 12), (11, 20, 12)))) == (0, set())

    def test_the_least_capacity_on_the_way_counts(self) -> None:
        # 12, then 8: 8 fit throughout, 9 don't.
        for amount, best in ((8, 100), (9, 0)):
            a = need("a", option("x", claim("pool", (5, 15), amount=amount)))
            assert solved(problem(a, units=self.pool((0, 10, 12), (10, 20, 8))))[0] == best

    def test_no_pieces_is_never(self) -> None:
        assert solved(problem(need("a", option("x", claim("pool"))), units=self.pool())) == (0, set())


class TestPartsAndMax:
    def chairs(self, parts: int, most: int | None = None) -> Problem:
        lots = [option(f"lot{n}", score=-n, most=most) for n in (1, 2, 3)]
        return problem(need("chairs", *lots, amount=40, parts=parts), units={"lot1": 25, "lot2": 15, "lot3": 40})

    def test_one_lot_has_it_all(self) -> None:
        # 100 - 40 × 3 = -20, so better nothing.
        assert solved(self.chairs(parts=1)) == (0, set())

    def test_two_lots_share(self) -> None:
        # 100 - 25 × 1 - 15 × 2.
        assert solved(self.chairs(parts=2)) == (45, {"chairs"})

    def test_max_makes_a_third_necessary(self) -> None:
        # At most 15 of each and 40 in all: 15, 15 and 10 at best, 100 - 15 - 30 - 30.
        assert solved(self.chairs(parts=3, most=15)) == (25, {"chairs"})

    def test_max_that_parts_cannot_add_up_to(self) -> None:
        # 2 × 15 < 40.
        assert solved(self.chairs(parts=2, most=15)) == (0, set())

    def test_max_above_the_amount_changes_nothing(self) -> None:
        assert solved(self.chairs(parts=2, most=1000)) == (45, {"chairs"})


class TestTogether:
    def bundle(self, capacity: int, rival: int) -> Problem:
        return problem(
            need("room", option("hall")),
            need("lead", option("anna")),
            need("other", option("anna"), value=rival),
            units={"anna": capacity},
            together=(("room", "lead"),),
        )

    def test_a_group_of_one_changes_nothing(self) -> None:
        assert solved(problem(need("a", option("hall")), together=(("a",),))) == (100, {"a"})

    def test_both_or_neither(self) -> None:
        # 100 + 100 for the bundle against 201 for who takes half of it.
        assert solved(self.bundle(capacity=1, rival=201)) == (201, {"other"})

    def test_both(self) -> None:
        assert solved(self.bundle(capacity=1, rival=199)) == (200, {"room", "lead"})
        assert solved(self.bundle(capacity=2, rival=199)) == (399, {"room", "lead", "other"})

    def test_a_member_that_loses_is_carried_by_the_others(self) -> None:
        # 100 by the one, 100 - 150 by the other.
        asked = problem(need("a", option("hall")), need("b", option("room", score=-150)), together=(("a", "b"),))
        assert solved(asked) == (50, {"a", "b"})

    def test_what_is_fixed_does_not_wait_for_the_rest(self) -> None:
        # b can't be had, and a stays; c, not settled, goes with b.
        asked = problem(
            need("a", option("hall")),
            need("b"),
            need("c", option("room")),
            together=(("a", "b", "c"),),
            fixed=(Match("a", "hall", 1),),
        )
        assert solved(asked) == (100, {"a"})


class TestAlternatives:
    def pair(self, **fields: object) -> Problem:
        a, b = need("a", option("hall"), value=60), need("b", option("room"), value=50)
        return problem(a, b, **fields)

    def test_a_group_of_one_changes_nothing(self) -> None:
        assert solved(self.pair(alternatives=(("a",), ("b",)))) == (110, {"a", "b"})

    def test_the_better_of_two(self) -> None:
        assert solved(self.pair(alternatives=(("a", "b"),))) == (60, {"a"})

    def test_the_other_where_the_better_is_taken(self) -> None:
        asked = problem(
            need("a", option("hall"), value=60),
            need("b", option("room"), value=50),
            need("c", option("hall"), value=70),
            alternatives=(("a", "b"),),
        )
        assert solved(asked) == (120, {"b", "c"})

    def test_one_need_in_two_groups(self) -> None:
        # a against b and against c: 60 < 50 + 50.
        asked = problem(
            need("a", option("hall"), value=60),
            need("b", option("room"), value=50),
            need("c", option("car"), value=50),
            alternatives=(("a", "b"), ("a", "c")),
        )
        assert solved(asked) == (100, {"b", "c"})

    def test_a_fixed_one_bars_the_others(self) -> None:
        assert solved(self.pair(alternatives=(("a", "b"),), fixed=(Match("b", "room", 1),))) == (50, {"b"})

    def test_alternatives_that_go_together_are_never_served(self) -> None:
        assert solved(self.pair(alternatives=(("a", "b"),), together=(("a", "b"),))) == (0, set())


class TestFixed:
    def test_the_only_option_fixed(self) -> None:
        a = need("a", option("hall"))
        assert solved(problem(a, fixed=(Match("a", "hall", 1),))) == (100, {"a"})

    def test_it_takes_its_capacity_first(self) -> None:
        # b is worth more but a is there.
        a, b = need("a", option("hall"), value=1), need("b", option("hall"))
        assert solved(problem(a, b, fixed=(Match("a", "hall", 1),))) == (1, {"a"})

    def test_it_stays_though_it_loses(self) -> None:
        a = need("a", option("hall", score=-150), option("room"))
        assert solved(problem(a, fixed=(Match("a", "hall", 1),))) == (-50, {"a"})

    def test_a_part_is_completed_by_other_options(self) -> None:
        # 3 of lot1 are fixed though it has 5; the missing 2 come from lot2: 100 - 3 × 1 - 2 × 4.
        a = need("a", option("lot1", score=-1), option("lot2", score=-4), amount=5, parts=2)
        asked = problem(a, units={"lot1": 5, "lot2": 5}, fixed=(Match("a", "lot1", 3),))
        assert solved(asked) == (89, {"a"})

    def test_a_part_that_cannot_be_completed_stays_and_counts_its_score(self) -> None:
        a = need("a", option("lot1", score=-1), option("lot2"), amount=5, parts=2)
        asked = problem(a, units={"lot1": 5, "lot2": 1}, fixed=(Match("a", "lot1", 3),))
        assert solved(asked) == (-3, set())


class TestForbidden:
    def asked(self, *forbidden: str) -> Problem:
        a = need("a", option("hall", score=-1), option("room", score=-2))
        return problem(a, forbidden=tuple(Forbidden("a", id_) for id_ in forbidden))

    def test_what_would_not_be_taken(self) -> None:
        assert solved(self.asked("room")) == (99, {"a"})

    def test_what_would_be_taken(self) -> None:
        assert solved(self.asked("hall")) == (98, {"a"})

    def test_everything(self) -> None:
        assert solved(self.asked("hall", "room")) == (0, set())


class TestStability:
    def asked(self, stability: int, *previous: str, parts: int = 1) -> Problem:
        a = need("a", option("hall", score=-1), option("room", score=-11), amount=2, parts=parts)
        before = tuple(Match("a", id_, 1) for id_ in previous)
        return problem(a, units={"hall": 2, "room": 2}, previous=before, stability=stability)

    def test_nothing_before(self) -> None:
        assert solved(self.asked(50)) == (98, {"a"})  # 100 - 2 × 1

    def test_not_enough_to_stay(self) -> None:
        # Moving gains 2 × 10, staying 19.
        assert solved(self.asked(19, "room")) == (98, {"a"})

    def test_enough_to_stay(self) -> None:
        # 100 - 2 × 11 + 21.
        assert solved(self.asked(21, "room")) == (99, {"a"})

    def test_both_options_are_what_was(self) -> None:
        # One of each, as before: 100 - 1 - 11 + 11; amounts need not be as before.
        assert solved(self.asked(11, "hall", "room", parts=2)) == (99, {"a"})

    def test_one_of_two_is_not_what_was(self) -> None:
        assert solved(self.asked(11, "hall", "room", parts=1)) == (98, {"a"})

    def test_a_fixed_need_may_be_what_was(self) -> None:
        a = need("a", option("hall"))
        match = Match("a", "hall", 1)
        assert solved(problem(a, fixed=(match,), previous=(match,), stability=7)) == (107, {"a"})
