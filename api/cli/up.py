"""`up`: everything on one machine, from nothing to a page with reasoned proposals."""

import fcntl
import os
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.cli import supervisor
from api.cli.database import ready
from api.cli.processes import check_port
from api.cli.records.runs import first_run, wait_for
from api.cli.sample_provider import how_to_try_a_program, trust_sample_provider
from core.database import db
from core.database.postgres import embedded
from core.errors import Conflict, NotAllowed, StorageFull, Unavailable
from core.settings import check_serves, settings
from marketplace.organisations import queries as organisations

console = Console(highlight=False, soft_wrap=True)


class SignIn(StrEnum):
    """Ways to sign in that an installation on one machine may have."""

    DEVELOPMENT = "development"
    OIDC = "oidc"


def up(
    samples: Annotated[
        bool | None,
        typer.Option(
            help="Load the sample region into an empty database and match it; only in development, where it is so."
        ),
    ] = None,
    sign_in: Annotated[
        SignIn, typer.Option(help="`oidc` signs in through a sample identity provider, started on the next port.")
    ] = SignIn.DEVELOPMENT,
) -> None:
    """Start everything on this machine: database, worker, scheduler and web. Ctrl-C stops it all."""
    supervisor.raise_on_terminate()
    os.environ.setdefault("PLATSVERKET_ENVIRONMENT", "development")  # also for the processes that are started here
    settings.cache_clear()
    check_serves()
    samples = _with_samples(samples)
    check_port(settings().host, settings().port)
    names = ["worker", "scheduler", "serve"]
    if sign_in is SignIn.OIDC:
        check_port(settings().host, settings().port + 1)
        trust_sample_provider()
        names.append("sample-provider")
    if settings().mail_in_domain:
        check_port(settings().mail_in_host, settings().mail_in_port)
        names.append("mail-in")
    with _data_folder(), ready():
        console.print(f"Database ready, data in {settings().data_dir.absolute()}.")
        if samples and _load_samples():
            console.print("Sample region loaded.")
        with supervisor.running(names, settings().data_dir / "logs") as children:
            _wait_until_ready(children)
            run_id = first_run() if samples else None
            if run_id is not None:
                console.print(wait_for(run_id))
            _welcome(sign_in)
            _watch(children)


def _load_samples() -> bool:
    """Load the sample region where the market is empty, and what that takes, which all later starts do without."""
    with db.unit_of_work() as session:
        if organisations.any_organisation(session):
            return False
    return bool(import_module("api.cli.files").load_samples_once())


def _with_samples(asked: bool | None) -> bool:
    if asked and settings().environment == "production":
        raise NotAllowed("development_only", "The sample region is made up: it is not loaded in production.")
    return asked is not False and settings().environment == "development"


@contextmanager
def _data_folder() -> Iterator[None]:
    """Hold the data folder, so that two products never run in it at once."""
    folder = settings().data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "up.lock").open("a+")
    except OSError as error:
        raise Unavailable(f"The data folder {folder.absolute()} cannot be used: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise Conflict(
                "data_folder_in_use",
                f"The data folder {folder.absolute()} is in use by process {lock.read().strip() or '?'}. "
                "Stop that one, or choose another folder with PLATSVERKET_DATA_DIR.",
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _address() -> str:
    return f"http://{settings().host}:{settings().port}"


def _wait_until_ready(children: list[supervisor.Child]) -> None:
    """Wait as long as the processes live: a busy machine takes its time."""
    database = _Database()
    while not _is_ready():
        supervisor.raise_if_asked()
        database.keep_running()
        for child in children:
            child.keep_running()
        time.sleep(0.3)


def _is_ready() -> bool:
    try:
        with urllib.request.urlopen(f"{_address()}/health/ready", timeout=2) as answer:  # noqa: S310 (our own)
            return bool(answer.status == 200)
    except OSError:
        return False


def _welcome(sign_in: SignIn) -> None:
    console.print(f"\nplatsverket is running at [bold]{_address()}[/bold]")
    if settings().may_choose_member:
        with db.unit_of_work() as session:
            members = organisations.members_to_choose(session)
        console.print(f"Sign in at {_address()}/sign-in as one of {len(members)} members, for instance:")
        for role in ("coordinator", "lister", "requester", "hr"):
            for member, organisation in [m for m in members if role in m[0].roles][:1]:
                console.print(f"  {role:<12} {member.name}, {organisation.name}")
        if not any("coordinator" in member.roles for member, _organisation in members):
            console.print("  There is no coordinator, so nothing can be matched: make one with `platsverket user add`,")
            console.print("  or a made-up market with one by `platsverket demo`.")
    elif settings().sign_in_providers:
        console.print(f"Sign in at {_address()}/sign-in through an identity provider.")
        if sign_in is SignIn.OIDC:
            console.print("\n".join(how_to_try_a_program()))
    console.print("Ctrl-C stops everything.")


@dataclass
class _Database:
    """The embedded database as `up` watches it: it is no child, and those that use it find it again."""

    failures: int = 0

    def keep_running(self) -> None:
        """Start it again where it has ended. What remains of a killed one may need a moment to be gone.

        Raises
        ------
        Unavailable, StorageFull
            It does not start, several times in a row.
        """
        try:
            if embedded.revive():
                console.print(f"The database had ended and was started again, see {_database_log()}.")
            self.failures = 0
        except (Unavailable, StorageFull):
            self.failures += 1
            if self.failures > supervisor.RESTARTS:
                raise


def _database_log() -> Path:
    return settings().data_dir / "postgres" / "log"


def _watch(children: list[supervisor.Child]) -> None:
    database = _Database()
    while True:
        time.sleep(1)
        supervisor.raise_if_asked()
        database.keep_running()
        for child in children:
            if child.keep_running():
                console.print(f"The {child.name} process had ended and was started again, see {child.log_file}.")
