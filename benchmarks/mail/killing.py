"""`python -m benchmarks.mail.killing`: mails that go out while a worker or the mail server is killed, again and again.

In each run members get a notice each; the scheduler and a worker send, and one of the two that can be killed is, at
random moments. Then all is left in peace. Each mail has to be kept by the server, or shown as failed.
"""

import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import update
from sqlmodel import Session, col, select

from api.cli.database import ready
from benchmarks.experiments.killing import Worker
from benchmarks.harness.reports import Row, show, write
from core.database import db
from core.settings import settings
from core.time import clock
from marketplace.mail.models import Mail
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.organisations.models import Member, Organisation, OrganisationKind

QUICK = {
    "PLATSVERKET_ENVIRONMENT": "development",
    "PLATSVERKET_MAIL_FROM": "platsverket@example.se",
    "PLATSVERKET_MAIL_LEASE_S": "3",
    "PLATSVERKET_MAIL_TIMEOUT_S": "2",
    "PLATSVERKET_LOG_LEVEL": "warning",
}
PATIENCE_S = 120


def measured(number: int, mails: int, kills: int, port: int, folder: Path) -> Row:
    """One run: what was kept how often, what is shown as failed, and what is neither."""
    kept = folder / f"kept-{number}"
    kept.touch()
    chance = random.Random(number)  # noqa: S311 (when, not what)
    with _processes(folder, port, kept) as running:
        asked = _told(number, mails)
        killed: Counter[str] = Counter()
        for taken in sorted(chance.sample(range(1, mails), kills)):
            _until(partial(_has_kept, kept, taken))
            time.sleep(chance.uniform(0, 0.05))  # about what a mail takes
            victim = chance.choice(sorted(running))
            running[victim].kill()
            killed[victim] += 1
            running[victim] = _started(victim, folder, port, kept)
        _until(partial(_all_ended, asked))
    times = Counter(kept.read_text(encoding="utf-8").split())
    with db.unit_of_work() as session:
        found = _mails_to(session, asked)
    came = {each.member_id: times[f"<{each.id}@example.se>"] for each in found}
    failed = {each.member_id for each in found if each.failed_at is not None}
    return {
        "run": number,
        "mails": mails,
        "killed": dict(killed),
        "once": sum(count == 1 for count in came.values()),
        "repeated": sum(count > 1 for count in came.values()),
        "failed": len(failed),
        "failed and came": sum(came[key] > 0 for key in failed),
        "lost": sum(came.get(key, 0) == 0 and key not in failed for key in asked),
    }


def _told(number: int, mails: int) -> list[UUID]:
    """Make members, and tell each of something."""
    with db.unit_of_work() as session:
        home = Organisation(
            name=f"Myndigheten {number}", number=f"{2021000000 + number}", kind=OrganisationKind.STATE_AGENCY,
            municipality_code="2380", county_code="23",
        )  # fmt: skip
        session.add(home)
        session.flush()
        members = [
            Member(organisation_id=home.id, name="Medlem", email=f"m{number}-{n}@example.se", roles=["requester"])
            for n in range(mails)
        ]
        session.add_all(members)
        session.flush()
        for each in members:
            notify(session, [home.id], NoticeCode.CARD_YOURS, "card", each.id, member_id=each.id)
        return [each.id for each in members]


def _until(happened: Callable[[], bool]) -> None:
    """Wait for something, as long as anybody would; no mail waits for the pauses between attempts."""
    end = time.monotonic() + PATIENCE_S
    while not happened() and time.monotonic() < end:
        with db.unit_of_work() as session:
            tried = (col(Mail.attempts) > 0, col(Mail.sent_at).is_(None))
            session.execute(update(Mail).where(*tried).values(due_at=clock.now()))
        time.sleep(0.02)


def _has_kept(kept: Path, count: int) -> bool:
    """Tell whether the server has so many mails."""
    return len(kept.read_text(encoding="utf-8").split()) >= count


def _all_ended(asked: list[UUID]) -> bool:
    """Tell whether each has a mail that is away or has failed."""
    with db.unit_of_work() as session:
        found = _mails_to(session, asked)
    return len(found) == len(asked) and all(each.sent_at or each.failed_at for each in found)


def _mails_to(session: Session, asked: list[UUID]) -> list[Mail]:
    return list(session.exec(select(Mail).where(col(Mail.member_id).in_(asked))))


@contextmanager
def _processes(folder: Path, port: int, kept: Path) -> Iterator[dict[str, Worker]]:
    """The scheduler, and those that may be killed; all are on leaving."""
    scheduler = _started("scheduler", folder, port, kept)
    running = {name: _started(name, folder, port, kept) for name in ("worker", "server")}
    try:
        yield running
    finally:
        for each in (scheduler, *running.values()):
            each.kill()


def _started(name: str, folder: Path, port: int, kept: Path) -> Worker:
    log = folder / f"{name}.log"
    if name != "server":
        return Worker.start(name, log)
    with log.open("ab") as file:
        command = [sys.executable, "-m", "benchmarks.mail.server", str(port), str(kept)]
        process = subprocess.Popen(command, stdout=file, stderr=file, start_new_session=True)  # noqa: S603
    return Worker(process, log)


def main(
    runs: Annotated[int, typer.Option(min=1)] = 20,
    mails: Annotated[int, typer.Option(min=1, help="In each run.")] = 60,
    kills: Annotated[int, typer.Option(min=1, help="Of the worker or the mail server, in each run.")] = 4,
    to: Annotated[Path, typer.Option("--to", help="The folder for results.")] = Path("bench-results"),
) -> None:
    """Kill a worker or the mail server at random while mails go out, and count which came how often."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        os.environ.update({"PLATSVERKET_DATA_DIR": name, **QUICK})
        os.environ["PLATSVERKET_MAIL_URL"] = f"smtp+plain://127.0.0.1:{port}"
        settings.cache_clear()
        with ready():
            rows = [measured(number, mails, kills, port, Path(name)) for number in range(runs)]
    columns = ("run", "mails", "killed", "once", "repeated", "failed", "failed and came", "lost")
    show(
        "Mails while workers and the mail server are killed", columns, [[str(row[c]) for c in columns] for row in rows]
    )
    write(to, "mail-killing", rows)


if __name__ == "__main__":
    typer.run(main)
