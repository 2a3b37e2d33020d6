"""Is the process alive, and can the installation do its work? For whatever watches over it."""

from datetime import timedelta

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import UNSET, Struct, UnsetType
from sqlmodel import Session

from core import jobs
from core.database import steady_clock
from core.database.postgres import revision
from core.errors import Unavailable
from core.settings import settings
from core.time import clock
from marketplace.mail import queries as mails
from marketplace.runs import queries
from marketplace.runs.models import MatchingRun, RunState

OK = "ok"
NO_MAIL = "No mail server is connected: nobody is told anything by mail."
"""Told, but no fault: an installation may do without."""
LATE = timedelta(minutes=5)
"""Sweeps are some seconds apart, and wait for a place where all have long runs."""
LATE_MAIL = timedelta(hours=1)


class Health(Struct, omit_defaults=True, rename="camel"):
    """The answer of both checks: `ok`, or `degraded` where people are served but something does not get on.

    `checks` says ok of each part, or in words what is wrong with it, and nothing that is not for everybody.
    """

    status: str
    checks: dict[str, str] | UnsetType = UNSET
    sweep_age_s: int | UnsetType | None = UNSET
    last_run_age_s: int | UnsetType | None = UNSET


@get("/health/live", sync_to_thread=False, include_in_schema=False)
def live() -> Health:
    """Tell that the process answers."""
    return Health(OK)


@get("/health/ready", sync_to_thread=True, include_in_schema=False)
def ready(session: NamedDependency[Session]) -> Response[Health]:
    """Tell how all is.

    503 where people cannot be served: no database, or not this version's schema. Without a broker, sweeps or a good
    last run they still are, and taking the web process away would help nobody: it is 200, `degraded`.
    """
    if not revision.is_current(session):
        raise Unavailable("The database's schema is not that of this version. Run `platsverket db upgrade`.")
    watch = steady_clock.watched(session)
    run = queries.latest_finished(session)
    checks = {
        "database": OK,
        "schema": OK,
        "broker": OK if jobs.broker_answers() else "The broker does not answer: jobs wait until it does.",
        "sweep": _of_sweep(watch),
        "lastRun": _of_run(run),
        "mail": _of_mail(session),
    }
    return Response(
        Health(
            OK if set(checks.values()) <= {OK, NO_MAIL} else "degraded",
            checks,
            int((clock.now() - watch.seen_at).total_seconds()) if watch else None,
            int((clock.now() - run.finished_at).total_seconds()) if run and run.finished_at else None,
        ),
        headers={"cache-control": "no-store"},
    )


def _of_sweep(watch: steady_clock.ClockWatch | None) -> str:
    if watch is None:
        return "No sweep has been seen yet: is the scheduler running, and a worker?"
    if abs(clock.now() - watch.seen_at) > LATE + 4 * timedelta(seconds=settings().sweep_interval_s):
        return "No sweep has been seen lately: deadlines do not pass, and nothing lost is found again."
    return OK


def _of_mail(session: Session) -> str:
    if not settings().makes_mail:
        return NO_MAIL
    waits_since = mails.waiting_since(session)
    if waits_since is not None and clock.now() - waits_since > LATE_MAIL:
        return "Mail waits that the mail server has not taken for an hour; administrators see what it says."
    return OK


def _of_run(run: MatchingRun | None) -> str:
    failed = run is not None and run.state is RunState.FAILED
    return "The last matching run failed; its page and the log say why." if failed else OK
