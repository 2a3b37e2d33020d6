"""One whole matching run over the market in the database: what it spends its time on until it has published."""

import os
from typing import Any

from benchmarks.harness.reports import Row, percent, seconds, show
from core.database import db
from marketplace.planning import attempts
from marketplace.planning.execution.pace import PHASES
from marketplace.planning.rules import RunDraft
from marketplace.runs import queries


def measured(seconds_: float, workers: int) -> list[Row]:
    """Publish for all that is open within so many seconds, and return those of each phase, and of the reasons."""
    before = _processor_s()
    run_id = attempts.run_now(RunDraft(name="bench", time_limit_s=seconds_, workers=workers))
    with db.unit_of_work() as session:
        run = queries.run(session, run_id)
        if run.finished_at is None or run.started_at is None or run.failure_code:
            raise RuntimeError(f"the run ended as {run.state}: {run.failure_code}")
        whole = {"limit": seconds_, "needs": run.needs, "served": run.served, "options": run.options}
        spent: dict[str, Any] = run.progress["spent"]
        took = (run.finished_at - run.started_at).total_seconds()
    rows: list[Row] = [{"step": step, "seconds": spent[step], **whole} for step in PHASES]
    rows.append({"step": "until it has published", "seconds": round(took, 3), **whole})
    return [*rows, {"step": "processor, reasons included", "seconds": round(_processor_s() - before, 3), **whole}]


def _processor_s() -> float:
    """Seconds of this process and of those that it waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def print_table(rows: list[Row]) -> None:
    """With the share of the time that was given."""
    limit = rows[0]["limit"]
    lines = [[row["step"], seconds(row["seconds"]), percent(row["seconds"], limit)] for row in rows]
    title = "A run of {needs} needs, of which {served} are served, with {options} options".format(**rows[0])
    show(title, ("step", "seconds", f"% of {limit:g} s"), lines)
