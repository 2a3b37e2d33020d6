"""`platsverket bench`: every measurement as a command that prints a table and writes JSON."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.database import ready
from benchmarks.contestants.contestants import CONTESTANTS, RunParams
from benchmarks.days import measuring as days
from benchmarks.experiments import bounds, growth, latency, pages, planning, scaling, table, what_if, whole_run
from benchmarks.harness.documenting import fill
from benchmarks.harness.reports import read, write
from benchmarks.instances import fetching, running

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Measure the optimiser on synthetic markets and public instances, see docs/benchmarks.md.",
)

Results = Annotated[Path, typer.Option("--to", help="The folder for results.")]
Workers = Annotated[int, typer.Option(min=1, help="Threads or processes of each contestant.")]
Seed = Annotated[int, typer.Option(min=0, help="Of the market and of the search.")]
Seconds = Annotated[float, typer.Option(min=0.1, help="For each contestant.")]
FOLDER = Path("bench-results")
INSTANCES = Path("~/.cache/platsverket/instances")


@app.command("table")
def table_(
    needs: Annotated[list[int], typer.Option(min=1, help="How many needs; may be given again.")] = [1000],
    seconds: Seconds = 20,
    kind: Annotated[list[str], typer.Option(help=f"Markets: {', '.join(table.KINDS)}.")] = ["normal", "tight"],
    contestant: Annotated[list[str], typer.Option(help=f"Of {', '.join(CONTESTANTS)}.")] = list(CONTESTANTS),
    full: Annotated[
        bool, typer.Option("--full", help="1,000 to 100,000 needs with 20 to 900 seconds: takes many hours.")
    ] = False,
    workers: Workers = 2,
    seed: Seed = 1,
    to: Results = FOLDER,
) -> None:
    """Compare all contestants side by side: value, bound, seconds, memory."""
    _check("kind", kind, table.KINDS)
    _check("contestant", contestant, CONTESTANTS)
    sizes = FULL_TABLE if full else tuple((number, seconds) for number in needs)
    rows = table.measured(sizes, kind, contestant, workers=workers, seed=seed)
    table.print_table(rows)
    write(to, "table", rows)


FULL_TABLE = ((1_000, 20.0), (5_000, 60.0), (20_000, 300.0), (100_000, 900.0))


@app.command("bounds")
def bounds_(
    needs: Annotated[list[int], typer.Option(min=1, help="How many needs; may be given again.")] = [1000],
    seconds: Seconds = 60,
    full: Annotated[bool, typer.Option("--full", help="5,000, 20,000 and 100,000 needs, an hour each.")] = False,
    workers: Workers = 2,
    seed: Seed = 1,
    to: Results = FOLDER,
) -> None:
    """Time a proven bound: PDLP on the linear relaxation against the product."""
    sizes, limit = ((5_000, 20_000, 100_000), 3600.0) if full else (tuple(needs), seconds)
    rows = bounds.measured(sizes, limit, workers=workers, seed=seed)
    bounds.print_table(rows)
    write(to, "bounds", rows)


@app.command("growth")
def growth_(
    needs: Annotated[list[int], typer.Option(min=1, help="How many needs; may be given again.")] = [500, 1000, 2000],
    seconds: Seconds = 30,
    full: Annotated[bool, typer.Option("--full", help="1,000 to 100,000 needs: takes an hour.")] = False,
    workers: Workers = 2,
    seed: Seed = 1,
    to: Results = FOLDER,
) -> None:
    """Measure how the product's time and memory grow with the needs."""
    sizes = growth.FULL if full else tuple((number, seconds) for number in needs)
    rows = growth.measured(sizes, workers=workers, seed=seed)
    growth.print_table(rows)
    write(to, "growth", rows, exponent=growth.exponent(rows, 0.98))


@app.command("latency")
def latency_(
    needs: Annotated[list[int], typer.Option(min=1, help="How many needs; may be given again.")] = [1000],
    new: Annotated[int, typer.Option(min=1, help="How many new needs come, one at a time.")] = 50,
    seconds: Annotated[float, typer.Option(min=0.1, help="For the plan that they come to, and each re-run.")] = 20,
    rerun_each: Annotated[int, typer.Option(min=0, help="Compare every so many with a full re-run; 0: none.")] = 0,
    full: Annotated[bool, typer.Option("--full", help="1,000, 20,000 and 100,000 needs.")] = False,
    workers: Workers = 2,
    seed: Seed = 1,
    to: Results = FOLDER,
) -> None:
    """Measure how long one new need waits for its answer."""
    sizes = ((1_000, 20.0), (20_000, 300.0), (100_000, 900.0)) if full else tuple((number, seconds) for number in needs)
    rows = [
        latency.measured(latency.Trial(number, new, RunParams(limit, workers, seed), rerun_each))
        for number, limit in sizes
    ]
    latency.print_table(rows)
    write(to, "latency", rows)


@app.command("pages")
def pages_(
    clients: Annotated[list[int], typer.Option(min=1, max=100, help="At once; may be given again.")] = [1, 8, 32],
    times: Annotated[int, typer.Option(min=1, help="How often each page is asked for.")] = 96,
    to: Results = FOLDER,
) -> None:
    """Measure every kind of page of the market in the database as a multiple of a bare page."""
    with ready():
        rows = pages.measured(clients, times)
    pages.print_table(rows)
    write(to, "pages", rows)


@app.command("planning")
def planning_(to: Results = FOLDER) -> None:
    """Measure planning before the search, on the market in the database (`platsverket demo` makes a large one)."""
    with ready():
        rows = planning.measured()
    planning.print_table(rows)
    write(to, "planning", rows)


@app.command("run")
def run_(seconds: Seconds = 30, workers: Workers = 1, to: Results = FOLDER) -> None:
    """Publish a run over the market in the database (`platsverket demo` makes one), and tell what took how long."""
    with ready():
        rows = whole_run.measured(seconds, workers)
    whole_run.print_table(rows)
    write(to, "run", rows)


@app.command("what-if")
def what_if_(
    times: Annotated[int, typer.Option(min=1, help="How often each kind of change is tried.")] = 10,
    to: Results = FOLDER,
) -> None:
    """Measure how long a coordinator waits for the first answer to each kind of change of the latest run."""
    with ready():
        rows = what_if.measured(times)
    what_if.print_table(rows)
    write(to, "what-if", rows)


@app.command("days")
def days_(
    members: Annotated[int, typer.Option(min=12, max=2000, help="Of each hub.")] = 300,
    topics: Annotated[int, typer.Option(min=10, help="Of which members know, wonder about and like some.")] = 150,
    seeds: Annotated[int, typer.Option(min=1, help="How many hubs.")] = 10,
    to: Results = FOLDER,
) -> None:
    """Compare the joint plan of days with habit and with advice in turn, on made-up hubs."""
    rows = days.measured(members, topics, range(1, seeds + 1))
    days.print_table(rows)
    write(to, "days", rows)


@app.command("workers")
def workers_(
    needs: Annotated[int, typer.Option(min=1, help="How many needs.")] = 2000,
    seconds: Seconds = 30,
    workers: Annotated[list[int], typer.Option(min=1, help="May be given again.")] = [1, 2],
    full: Annotated[bool, typer.Option("--full", help="20,000 needs, 300 seconds.")] = False,
    seed: Seed = 1,
    to: Results = FOLDER,
) -> None:
    """Compare two workers with one."""
    size, limit = (20_000, 300.0) if full else (needs, seconds)
    rows = scaling.measured(size, limit, workers, seed=seed)
    scaling.print_table(rows)
    write(to, "workers", rows)


@app.command()
def fetch(
    name: Annotated[
        str, typer.Argument(metavar="SET", help=f"Of {', '.join(fetching.ADDRESSES)}.", show_default=False)
    ],
    to: Annotated[Path, typer.Option("--to", help="The folder for instances.")] = INSTANCES,
) -> None:
    """Fetch a set of public instances from its keepers."""
    _check("SET", [name], fetching.ADDRESSES)
    try:
        typer.echo(str(fetching.fetch(name, to.expanduser())))
    except OSError as error:
        typer.echo(f"{error}\nThe files can be put into a folder by hand and named by --from, too.", err=True)
        raise typer.Exit(4) from error


@app.command()
def instances(
    name: Annotated[
        str, typer.Argument(metavar="SET", help=f"Of {', '.join(fetching.ADDRESSES)}.", show_default=False)
    ],
    source: Annotated[
        Path | None, typer.Option("--from", help="The folder with the files. Left out: where `fetch` puts them.")
    ] = None,
    only: Annotated[list[str], typer.Option(help="Instances whose names begin so; may be given again.")] = [""],
    contestant: Annotated[str, typer.Option(help=f"Of {', '.join(CONTESTANTS)}.")] = "platsverket",
    seconds: Annotated[float, typer.Option(min=0.1, help="For each instance.")] = 10,
    workers: Workers = 2,
    seed: Seed = 1,
    to: Results = FOLDER,
) -> None:
    """Solve public instances and compare with the best known."""
    _check("SET", [name], fetching.ADDRESSES)
    _check("contestant", [contestant], CONTESTANTS)
    folder = source or INSTANCES.expanduser() / name
    if not folder.is_dir():
        raise typer.BadParameter(f"there is no folder {folder}; `platsverket bench fetch {name}` makes it")
    params = RunParams(seconds, workers, seed)
    starts = tuple(only)
    if name == "packing":
        rows = running.packed(running.packings(folder, lambda found: found.startswith(starts)), contestant, params)
        running.print_packed(rows)
    else:
        found = running.assignments(folder, lambda found: found.startswith(starts))
        rows = running.assigned(found, contestant, params)
        running.print_assigned(rows)
    write(to, f"instances-{name}", rows, seconds_each=seconds, workers=workers)


@app.command()
def plot(
    source: Annotated[Path, typer.Option("--from", help="The folder with results.")] = FOLDER,
    to: Annotated[Path, typer.Option("--to", help="The folder for pictures.")] = FOLDER,
) -> None:
    """Draw the latest results: value against time, time against size."""
    from benchmarks.harness import plots  # noqa: PLC0415 (matplotlib takes a while and may not be installed)

    plots.draw(read(source), to)


@app.command()
def document(
    source: Annotated[Path, typer.Option("--from", help="The folder with results.")] = FOLDER,
    page: Annotated[Path, typer.Option(help="The page with the place for results.")] = Path("docs/benchmarks.md"),
) -> None:
    """Write the latest results into the page on benchmarks."""
    fill(page, read(source))


def _check(what: str, given: list[str], known: object) -> None:
    names = list(known) if isinstance(known, dict) else []
    for name in given:
        if name not in names:
            raise typer.BadParameter(f"{what} {name!r} is not one of {', '.join(names)}")
