"""What first come, first served comes to on a run's problem: counted as what the run proposes."""

from datetime import date, time

import pytest

from core.time.timing import Weekly
from marketplace.planning.execution.baseline import baseline_of
from marketplace.runs.baseline import Baseline
from tests.marketplace.planning.snapshots import built, fixed, need, offer, snapshot

MONDAYS = Weekly(date(2027, 3, 8), date(2027, 3, 29), (0,), time(9), time(12), same_resource=False)


@pytest.mark.parametrize(("taken_before", "served"), [(0, 1), (2, 1), (3, 0)])
def test_a_series_counts_from_half_of_its_dates_on(taken_before: int, served: int) -> None:
    first = [need(timing=fixed(7 + 7 * week, 9, 12)) for week in range(taken_before)]
    found = built(snapshot([*first, need(timing=MONDAYS)], [offer()]))
    baseline = baseline_of(found, 60, lambda: None)
    assert baseline is not None
    assert (baseline.served, baseline.families) == (taken_before + served, {"space": taken_before + served})


def test_no_time_gives_none_and_whoever_checks_may_end_it() -> None:
    found = built(snapshot([need()], [offer()]))
    assert isinstance(baseline_of(found, 60, lambda: None), Baseline)
    assert baseline_of(found, -1, lambda: None) is None

    def lost() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        baseline_of(found, 60, lost)
