"""The solver, the checker and the reasons against trying every plan of small random problems."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.explain.loss import Loss
from matching.explain.what_if import Losses
from matching.formats.codec import problem_from_json, problem_to_json
from matching.mip.limits import Limits
from matching.params.blocks import DualGapParams, MipParams, SpatialParams
from matching.params.dual import DecompositionParams
from matching.params.primal import WholeParams
from matching.params.search import SEARCH_DEFAULTS, SearchParams
from matching.params.solve import SolveParams
from matching.problem.checker import check, served, value
from matching.problem.problem import Match, Problem
from matching.solve import Progress, solve
from tests.matching.brute import best, plans, worth
from tests.matching.build import plan_of
from tests.matching.instances import problems

# No deadline: the machine is shared. Derandomised: a run says the same of the same code everywhere.
Choice = tuple[str, str]

thorough = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
fewer = settings(thorough, max_examples=30)


def as_if_large(whole: WholeParams, mip: MipParams = SEARCH_DEFAULTS.mip) -> SolveParams:
    """Small problems are solved as large ones are, in blocks of a need or a unit: by all that a run can do."""
    return SolveParams(
        search=SearchParams(
            whole=whole,
            mip=mip,
            spatial=SpatialParams(needs=1),
            dual_gap=DualGapParams(needs=1),
            decomposition=DecompositionParams(units=0.5),
        )
    )


@thorough
@given(problems())
def test_the_plan_is_the_best_of_all(problem: Problem) -> None:
    plan = solve(problem).plan

    assert plan.status == "optimal"
    assert plan.objective == plan.bound == best(problem)
    assert check(problem, plan) == ()


@fewer
@given(problems(units=4), st.integers(1, 16))
def test_blocks_and_shares_of_the_bound_bracket_the_optimum_all_along(problem: Problem, blocks: int) -> None:
    told: list[Progress] = []
    params = as_if_large(WholeParams(small_needs=0, most_needs=0), MipParams(batch_variables=1))
    plan = solve(
        problem, params, progress=told.append, should_stop=lambda: bool(told) and told[-1].blocks >= blocks
    ).plan
    optimum = best(problem)

    assert check(problem, plan) == ()
    assert all(now.value <= optimum <= now.bound for now in told)
    assert plan.objective <= optimum <= plan.bound
    assert (plan.status == "optimal") == (plan.objective == plan.bound)


@fewer
@given(problems(units=4))
def test_blocks_and_then_all_as_one_end_at_the_optimum(problem: Problem) -> None:
    plan = solve(problem, as_if_large(WholeParams(small_needs=0, work_limit=1e-6))).plan

    assert plan.status == "optimal"
    assert plan.objective == plan.bound == best(problem)
    assert check(problem, plan) == ()


@thorough
@given(problems())
def test_a_search_stopped_at_once_still_brackets_the_optimum(problem: Problem) -> None:
    plan = solve(problem, should_stop=lambda: True).plan

    assert plan.objective <= best(problem) <= plan.bound
    assert check(problem, plan) == ()
    assert plan.status == ("optimal" if plan.objective == plan.bound else "stopped")


@thorough
@given(problems(), st.data())
def test_the_checker_accepts_exactly_the_plans(problem: Problem, data: st.DataObject) -> None:
    allowed = [frozenset(matches) for matches in plans(problem)]
    matches = _near(data, problem, data.draw(st.sampled_from(allowed)))

    assert value(problem, matches) == worth(problem, matches)
    assert (check(problem, plan_of(problem, *matches)) == ()) == (frozenset(matches) in allowed)


def _near(data: st.DataObject, problem: Problem, matches: frozenset[Match]) -> tuple[Match, ...]:
    """The matches with a few amounts drawn anew, so that they often break just one rule."""
    amounts = {(match.need, match.option): match.amount for match in matches}
    if problem.option_of:
        changed = data.draw(st.lists(st.sampled_from(list(problem.option_of)), max_size=2))
        amounts |= {pair: data.draw(st.integers(0, 3)) for pair in changed}
    return tuple(Match(need, option, n) for (need, option), n in amounts.items() if n)


@thorough
@given(problems())
def test_a_problem_survives_json(problem: Problem) -> None:
    assert problem_from_json(problem_to_json(problem)) == problem


def losses_of(problem: Problem, matches: tuple[Match, ...], whole_options: int, most_needs: int) -> dict[Choice, Loss]:
    """What it costs to take each option that a plan does not take; nothing can be chosen for what is all fixed."""
    losses = Losses(problem, matches, Limits(None), whole_options, most_needs)
    fixed = {need for need, of_need in _by_need(matches).items() if set(problem.fixed) >= of_need}
    taken = {(match.need, match.option) for match in matches}
    return {pair: losses.of_taking(*pair) for pair in problem.option_of if pair not in taken and pair[0] not in fixed}


def _by_need(matches: tuple[Match, ...]) -> dict[str, set[Match]]:
    return {need: {match for match in matches if match.need == need} for need in {match.need for match in matches}}


@fewer
@given(problems())
def test_losses_are_those_of_the_best_plan_that_takes_the_option(problem: Problem) -> None:
    plan = solve(problem).plan
    every = list(plans(problem))

    for (need, option), loss in losses_of(problem, plan.matches, 400, 60).items():
        amount = problem.need_of[need].amount
        taking = [
            worth(problem, matches)
            for matches in every
            if any((match.need, match.option) == (need, option) for match in matches)
            and sum(match.amount for match in matches if match.need == need) == amount
        ]
        if taking:
            assert (loss.kind, loss.amount) == ("exact", plan.objective - max(taking))
        else:
            assert loss.kind == "impossible"


@fewer
@given(problems())
def test_a_local_loss_is_never_below_the_exact_one(problem: Problem) -> None:
    plan = solve(problem).plan
    losses = losses_of(problem, plan.matches, 400, 60)
    for pair, limit in losses_of(problem, plan.matches, 0, 2).items():
        assert limit.kind in ("at_most", "unknown", "impossible")
        if limit.amount is not None:
            assert limit.amount >= losses[pair].amount
        if limit.kind == "impossible":
            assert losses[pair].kind == "impossible"


@fewer
@given(problems())
def test_no_option_is_said_exactly_where_no_plan_serves_the_need(problem: Problem) -> None:
    plan = solve(problem).plan
    every = [dict.fromkeys((match.need for match in matches), 0) | _amounts(matches) for matches in plans(problem)]
    losses = Losses(problem, plan.matches, Limits(None), 400, 60)

    for need in problem.needs:
        if need.id not in served(problem, plan.matches):
            servable = any(amounts.get(need.id) == need.amount for amounts in every)
            assert (losses.why_unserved(need.id) == "no_option") == (not servable)


def _amounts(matches: tuple[Match, ...]) -> dict[str, int]:
    amounts: dict[str, int] = {}
    for match in matches:
        amounts[match.need] = amounts.get(match.need, 0) + match.amount
    return amounts
