"""From a snapshot to a problem: what it is worth, what goes together, and what may stand beside what."""

from dataclasses import replace
from datetime import date, time, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from core.time.timing import Fixed, Period, Weekly
from marketplace.planning.encoding.build import Built, demand_key
from marketplace.planning.encoding.decode import proposal_drafts
from marketplace.planning.options.policy import (
    POLICIES,
    VALUES,
    Criteria,
    Policy,
    Weights,
    balance_of,
    policy_named,
    terms_of,
    value_of,
)
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import Earlier
from marketplace.requests.models import Priority
from matching.problem.checker import check, value
from matching.problem.plan import Plan
from matching.problem.problem import Match, Piece
from resources.families.furniture import FurnitureFacts
from resources.families.space import SpaceFacts, SpaceRequirements
from tests.marketplace.planning.snapshots import at, built, need, offer, snapshot, solved

MONDAYS = Weekly(date(2027, 3, 8), date(2027, 3, 29), (0,), time(9), time(12), same_resource=False)


def bundle(*needs: OpenNeed) -> list[OpenNeed]:
    request_id = uuid7()
    return [replace(each, request_id=request_id, together=True, position=n) for n, each in enumerate(needs, start=1)]


class TestWorth:
    @pytest.mark.parametrize("policy", POLICIES.values(), ids=list(POLICIES))
    def test_no_possible_match_is_worth_less_than_none(self, policy: Policy) -> None:
        worst = Criteria(1, wishes=0, distance_m=1e7, cost_sek=1e9, missing_dates=1, co2e_kg=1e15, balance=-1)
        assert sum(terms_of(policy, worst).values()) == -policy.weights.greatest_loss
        assert min(VALUES.values()) > policy.weights.greatest_loss

    def test_a_crisis_outweighs_whatever_may_stand_against_it(self) -> None:
        policy = POLICIES["balanced"]
        most = {priority: value_of(policy, priority, size=10_000, early=99) for priority in Priority}
        least_crisis = VALUES[Priority.CRISIS] - policy.weights.greatest_loss
        assert least_crisis > 90 * most[Priority.STATUTORY]
        assert least_crisis > 400 * most[Priority.ORDINARY]
        assert least_crisis > 800 * most[Priority.EXPLORATORY]

    @pytest.mark.parametrize("policy", POLICIES)
    def test_a_crisis_is_not_outbid_by_three_hundred_meetings_but_it_would_be_by_five_hundred(
        self, policy: str
    ) -> None:
        room, weeks = offer(), Fixed(at(35), at(56))
        crisis = need(priority=Priority.CRISIS, timing=weeks)
        hours = [
            Fixed(at(35 + day, hour), at(35 + day, hour) + timedelta(hours=1))
            for day in range(21)
            for hour in range(24)
        ]
        for meetings, crisis_is_served in ((300, True), (500, False)):
            asked = [crisis, *(need(timing=hour) for hour in hours[:meetings])]
            found = built(snapshot(asked, [room]), policy)
            # The crisis takes the room from all of the meetings: one of these two is the best plan.
            plans = [self.plan_of(found, served) for served in ({crisis.need_id}, {each.need_id for each in asked[1:]})]
            assert all(not check(found.problem, plan) for plan in plans)
            assert (plans[0].objective > plans[1].objective) == crisis_is_served, meetings
            assert solved(found).objective == max(plan.objective for plan in plans)

    @staticmethod
    def plan_of(found: Built, served: set[UUID]) -> Plan:
        """The plan that serves these needs by their first option."""
        demands = [demand for demand in found.demand_of.values() if demand.need.need_id in served]
        matches = tuple(Match(demand.key, demand.options[0].key, 1) for demand in demands)
        worth = value(found.problem, matches)
        return Plan("test", "feasible", worth, worth, 1, 0.0, matches)

    def test_who_asks_first_is_only_a_tie_breaker(self) -> None:
        policy = POLICIES["balanced"]
        early, late = (value_of(policy, Priority.ORDINARY, 6, n) for n in (99, 0))
        assert early - late == 99
        assert min(weight for weight in vars(policy.weights).values()) > 99

    def test_large_needs_are_worth_a_little_more(self) -> None:
        policy = POLICIES["balanced"]
        worth = [value_of(policy, Priority.ORDINARY, size, 0) for size in (1, 2, 4, 40, 10_000, 20_000)]
        assert [value - worth[0] for value in worth] == [0, 2_000, 4_000, 10_000, 16_000, 16_000]

    def test_weights_that_would_leave_needs_unserved_are_refused(self) -> None:
        with pytest.raises(ValueError, match="better left unserved"):
            Weights(fit=30_000, distance=20_000)
        with pytest.raises(ValueError, match="from 0"):
            Weights(cost=-1)

    def test_a_policy_is_stored_with_its_weights_and_read_back(self) -> None:
        for policy in POLICIES.values():
            assert Policy.from_json(policy.to_json()) == policy
        assert policy_named("near").name == "near"

    @pytest.mark.parametrize(("borrower", "lister", "balance"), [(0, 0, 0), (5, -5, 1), (-9, 9, -1), (2, 0, 0.2)])
    def test_give_and_take(self, borrower: int, lister: int, balance: float) -> None:
        assert balance_of(borrower, lister) == balance

    def test_the_points_of_an_option_are_shared_by_what_it_is_made_of(self) -> None:
        chairs = need("furniture", amount=40, parts=2, timing=Period(date(2027, 4, 1), date(2027, 4, 30)))
        dear = offer("furniture", price_basis="fixed", price_sek=20_000)
        problem = built(snapshot([chairs], [dear])).problem
        assert [option.score for option in problem.needs[0].options] == [-125], "5,000 for cost, by 40 chairs"


def test_a_problem_has_the_units_that_are_asked_for_with_what_is_left_of_them() -> None:
    pool, unasked = offer(kind="desk_pool", facts=SpaceFacts(seats=12)), offer(kind="hall")
    unit = pool.units[0][0]
    asked = need(kind="desk_pool", amount=2, requirements=SpaceRequirements(people=2))
    problem = built(snapshot([asked], [pool, unasked], taken={unit: [(at(3), at(4), 5)]})).problem
    [found] = problem.units
    assert (found.id, found.capacity) == (str(unit), 12)
    assert found.available is not None
    assert [piece.capacity for piece in found.available] == [12, 7, 12]
    day = 24 * 60
    assert found.available[1] == Piece(3 * day - 60, 4 * day - 60, 7)
    assert found.position == (pool.positions[0].latitude, pool.positions[0].longitude)


class TestBundles:
    def test_the_needs_of_a_bundle_go_together(self) -> None:
        one, other = bundle(need(), need("vehicle"))
        problem = built(snapshot([one, other], [offer(), offer("vehicle")])).problem
        assert problem.together == ((str(one.need_id), str(other.need_id)),)

    def test_a_bundle_with_a_need_that_nothing_can_serve_is_left_out_and_says_which(self) -> None:
        one, other = bundle(need(), need("vehicle"))
        found = built(snapshot([one, other], [offer()]))
        assert found.problem.needs == ()
        room, car = found.considered
        assert room.blocked_by == (car.need.need_id,)
        assert (car.blocked_by, car.left["kind"]) == ((), 0)

    def test_one_suggestion_for_a_bundle_and_one_for_each_need_of_a_list(self) -> None:
        one, other = bundle(need(), need("vehicle"))
        request_id = uuid7()
        listed = [replace(need(), request_id=request_id, position=n) for n in (1, 2)]
        found = built(snapshot([one, other, *listed], [offer("vehicle"), *(offer() for _ in range(3))]))
        drafted = proposal_drafts(found, solved(found).matches)
        assert sorted(len(each.lines) for each in drafted) == [1, 1, 2]
        together = next(each for each in drafted if len(each.lines) == 2)
        assert together.need_ids == {one.need_id, other.need_id}

    def test_the_dates_of_a_series_in_a_bundle_go_together_too(self) -> None:
        one, other = bundle(need(timing=MONDAYS), need("vehicle"))
        problem = built(snapshot([one, other], [offer(), offer("vehicle")])).problem
        [group] = problem.together
        assert len(group) == 4 + 1


class TestAlternatives:
    def alternatives(self, *needs: OpenNeed) -> list[OpenNeed]:
        request_id = uuid7()
        return [replace(each, request_id=request_id, alternative_group=1) for each in needs]

    def test_at_most_one_of_a_group_is_served(self) -> None:
        one, other = self.alternatives(need(), need("vehicle"))
        found = built(snapshot([one, other], [offer(), offer("vehicle")]))
        assert found.problem.alternatives == ((str(one.need_id), str(other.need_id)),)
        assert len(solved(found).matches) == 1

    def test_groups_of_different_requests_have_nothing_to_do_with_each_other(self) -> None:
        needs = [*self.alternatives(need(), need()), *self.alternatives(need(), need())]
        found = built(snapshot(needs, [offer() for _ in range(4)]))
        assert len(found.problem.alternatives) == 2
        assert len(solved(found).matches) == 2

    def test_an_alternative_that_nothing_can_serve_is_no_rival(self) -> None:
        one, other = self.alternatives(need(), need("vehicle"))
        assert built(snapshot([one, other], [offer()])).problem.alternatives == ()

    def test_a_series_served_by_date_stands_against_the_other_with_every_date(self) -> None:
        one, other = self.alternatives(need(timing=MONDAYS), need("vehicle"))
        found = built(snapshot([one, other], [offer(), offer("vehicle")]))
        assert len(found.problem.alternatives) == 4
        served = {match.need for match in solved(found).matches}
        assert str(other.need_id) in served or len(served) == 4
        assert len(served) in {1, 4}


def test_what_was_proposed_before_is_named_where_it_can_be_had_again() -> None:
    asked, room, gone = need(), offer(), offer()
    lots = need("furniture", amount=40, parts=2, timing=Period(date(2027, 4, 1), date(2027, 4, 30)))
    lot, other = (offer("furniture", facts=FurnitureFacts(count=30, condition=4)) for _ in range(2))
    earlier = [
        Earlier(asked.need_id, None, str(room.offer_id), 1),
        Earlier(asked.need_id, None, str(gone.offer_id), 1),
        Earlier(lots.need_id, None, str(lot.offer_id), 25),
        Earlier(uuid7(), None, str(room.offer_id), 1),
    ]
    problem = built(snapshot([asked, lots], [room, lot, other], earlier=earlier)).problem
    assert problem.previous == (
        Match(str(asked.need_id), str(room.offer_id), 1),
        Match(str(lots.need_id), str(lot.offer_id), 25),
    )
    assert problem.stability == POLICIES["balanced"].weights.stability


def test_a_series_of_which_fewer_than_half_of_the_dates_were_won_is_not_suggested() -> None:
    asked = need(timing=MONDAYS)
    found = built(snapshot([asked], [offer()]))
    keys = [demand.key for demand in found.considered[0].demands]
    option = found.considered[0].demands[0].options[0].key
    matches = [Match(key, option, 1) for key in keys]
    assert proposal_drafts(found, matches[:1]) == []
    [half] = proposal_drafts(found, matches[:2])
    assert [line.demand.on for line in half.lines] == [date(2027, 3, 8), date(2027, 3, 15)]
    assert keys[0] == demand_key(asked.need_id, date(2027, 3, 8))


def test_lots_put_together_take_what_was_matched_of_each() -> None:
    asked = need("furniture", amount=40, parts=2, timing=Period(date(2027, 4, 1), date(2027, 4, 30)))
    lots = [offer("furniture", facts=FurnitureFacts(count=count, condition=4)) for count in (30, 25)]
    found = built(snapshot([asked], lots))
    [drafted] = proposal_drafts(found, solved(found).matches)
    assert sum(line.amount for line in drafted.lines) == 40
    assert sorted(taking.amount for line in drafted.lines for taking in line.takings) == sorted(
        line.amount for line in drafted.lines
    )


def test_desks_and_percent_take_as_many_as_were_asked_for() -> None:
    desks = need(kind="desk_pool", amount=5, requirements=SpaceRequirements(people=5))
    found = built(snapshot([desks], [offer(kind="desk_pool", facts=SpaceFacts(seats=12))]))
    [drafted] = proposal_drafts(found, solved(found).matches)
    [line] = drafted.lines
    assert (line.amount, [taking.amount for taking in line.takings]) == (5, [5])
