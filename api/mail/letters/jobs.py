"""The background entry of letters: drafts are made, letters go at their time, unconfirmed addresses are forgotten."""

import structlog

from api.mail.letters.drafting import draft
from core.database import db, steady_clock
from core.errors import Conflict
from core.jobs import Job, job
from core.time.clock import STOCKHOLM
from hubs.letters import queries, service, subscribing

log = structlog.get_logger()

MOST_A_SWEEP = 20


@job(Job.SWEEP_LETTERS)
def sweep_letters() -> None:
    """Do what is due, each letter in a transaction of its own, by a clock that can be trusted."""
    with db.unit_of_work() as session:
        passed = steady_clock.settled(session)
    with db.unit_of_work() as session:
        for row in queries.plans_due(session, passed.astimezone(STOCKHOLM).date()):
            try:
                draft(session, None, row)
            except Conflict as refused:  # the next of its plan comes all the same
                log.warning("letter_not_drafted", hub=str(row.hub_id), why=str(refused))
    for _round in range(MOST_A_SWEEP):
        with db.unit_of_work() as session:
            due = queries.to_send(session, passed)
            for letter in due:
                service.send(session, letter)
        if not due:
            break
    with db.unit_of_work() as session:
        subscribing.forget_unconfirmed(session, passed)
