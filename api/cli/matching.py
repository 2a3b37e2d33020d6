"""`match` and `replay`: one matching run in the terminal with its reasons, and one that was stored again."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console, RenderableType
from rich.table import Table
from sqlmodel import Session

from api.cli import files
from api.cli.database import ready
from api.cli.progress import run_progress
from api.cli.records.runs import read, refuse_unfinished
from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import speaking
from api.language.labels import label
from api.language.labels.changes import skill_labels, told_changes
from api.presenters.lent import name_of
from core import geo
from core.database import db
from core.errors import BadInput
from core.swedish import same_case
from marketplace.planning import attempts
from marketplace.planning.execution import replay as stored_runs
from marketplace.planning.execution.report import RunReport, report
from marketplace.planning.options.policy import DEFAULT
from marketplace.planning.rules import RunDraft
from marketplace.views.run import OutcomeView

SAMPLE = "sample"


class Language(StrEnum):
    """What the reasons are written in."""

    SV = "sv"
    EN = "en"


def match(
    region: Annotated[
        str | None, typer.Option(help="A county by name or code, or `sample`; left out: the whole country.")
    ] = None,
    policy: Annotated[str, typer.Option(help="What is weighed how, see the page of a new run.")] = DEFAULT,
    time_limit: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds until the proposals are there. Left out: the setting.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same market and seed give the same plan.")] = 1,
    language: Annotated[Language, typer.Option(help="Of the reasons.")] = Language.EN,
) -> None:
    """Match open needs to open offers, publish the proposals for the coordinator, and print the plan with reasons.

    `--region sample` first loads the sample region where the database is still empty.
    """
    with ready(), speaking(language):
        if region == SAMPLE:
            files.load_samples_once()
        draft = RunDraft(county_code=_county(region), policy=policy, seed=seed, time_limit_s=time_limit)
        with run_progress() as show:
            run_id = attempts.run_now(draft, show)
        refuse_unfinished(read(run_id))
        with db.unit_of_work() as session:
            _print(session, report(session, run_id))


def replay(
    run: Annotated[UUID, typer.Argument(help="The run's id: it stands in its address and below `match`.")],
) -> None:
    """Solve the stored problem of a matching run again. Exit 1 if another plan comes out; nothing is written.

    The trace of the run is stored with it and followed again, so the plan is the same with any workers.
    """
    with ready():
        found = stored_runs.replay(run)
    stored, again = found.stored, found.again
    if not found.same:
        typer.echo(
            f"another plan: objective {again.objective}, bound {again.bound}; "
            f"the run had objective {stored.objective}, bound {stored.bound}"
        )
        raise typer.Exit(1)
    typer.echo(f"the same plan: objective {stored.objective}, bound {stored.bound}, {len(stored.matches)} matches")


def _county(region: str | None) -> str | None:
    if region in {None, SAMPLE}:
        return None
    asked = same_case(region or "")
    for county in geo.counties():
        if asked in {county.code, same_case(county.name)}:
            return county.code
    names = ", ".join(county.name for county in geo.counties())
    raise BadInput("region", region, f"it has to be {SAMPLE} or a county: {names}")


def _print(session: Session, found: RunReport) -> None:
    console = Console(highlight=False)
    labels = skill_labels(session)
    for title, outcomes, columns in (
        (_("Needs that were served"), found.served, (_("What is proposed"), _("Points"), _("Distance"))),
        (_("Needs that were not served"), found.unserved, (_("Why"), _("What would have helped"))),
    ):
        table = Table(_("Need"), _("Organisation"), *columns, title=title, title_justify="left", show_lines=True)
        for each in outcomes:
            cells = _offers(each) if each.outcome.served else _why(each, labels)
            table.add_row(f"{each.request.title}\n{each.need.title}".strip(), each.organisation.name, *cells)
        console.print(table)
    run = found.run
    console.print(
        f"{run.status}: {run.served} of {run.needs} needs served, objective {run.objective}, bound {run.bound} "
        f"(at most {found.gap_percent or 0:.2f} % from the best), {run.options} options, {run.runtime_s:.1f} s. "
        f"Run {run.id}."
    )


def _offers(each: OutcomeView) -> tuple[RenderableType, ...]:
    by_offer = {served.line.offer_id: served for served in each.lines}.values()
    distances = [served.line.metres for served in by_offer]
    return (
        "\n".join(f"{name_of(served.offered, named=False)}, {served.offered.owner.name}" for served in by_offer),
        "\n".join(str(served.line.score) for served in by_offer),
        "\n".join("" if metres is None else written.kilometres(metres / 1000) for metres in distances),
    )


def _why(each: OutcomeView, labels: dict[str, str]) -> tuple[RenderableType, ...]:
    reasons = each.outcome.reasons
    why = [label(each.outcome.code, "need_outcome")]
    if reasons.emptied:
        why.append(label(reasons.emptied, "emptied_by"))
    return "\n".join(why), "\n".join(told_changes(each.need.family, reasons, labels)) or "–"
