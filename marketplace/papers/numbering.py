"""Numbers of papers: each organisation has a series of its own, without gaps, and no number is given twice."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from core.actor import Actor
from core.database import audit
from core.time import clock
from marketplace.organisations import queries as organisations
from marketplace.organisations import rules as organisation_rules
from marketplace.papers.models import PaperSeries
from marketplace.papers.rules import DEFAULT_PATTERN, check_pattern, numbered


def set_pattern(session: Session, actor: Actor, organisation_id: UUID, pattern: str) -> str:
    """Let an organisation number its papers in its own way from now on; those that are numbered stay.

    Raises
    ------
    NotAllowed, BadInput
        The actor does not administer it, or the pattern is none.
    """
    home = organisations.organisation(session, organisation_id)
    organisation_rules.may_administer(actor, home.id)
    pattern = pattern.strip()
    check_pattern(pattern)
    series = _locked(session, organisation_id)
    series.pattern = pattern
    session.flush()
    details = {"pattern": pattern}
    audit.record(session, actor, "organisation", home.id, reason_code="paper_series_set", details=details)
    return pattern


def next_number(session: Session, organisation_id: UUID) -> str:
    """Return the next number of an organisation. Others wait for it until the transaction ends, one way or the other.

    A year never goes back, whatever the clock says.
    """
    series, year = _locked(session, organisation_id), clock.today().year
    if year > series.year:
        series.year, series.last = year, 0
    series.last += 1
    session.flush()
    return numbered(series.pattern, series.year, series.last)


def _locked(session: Session, organisation_id: UUID) -> PaperSeries:
    first = {"organisation_id": organisation_id, "pattern": DEFAULT_PATTERN, "year": 0, "last": 0}
    session.execute(insert(PaperSeries).values(first).on_conflict_do_nothing())
    found = select(PaperSeries).where(col(PaperSeries.organisation_id) == organisation_id).with_for_update()
    return session.exec(found.execution_options(populate_existing=True)).one()
