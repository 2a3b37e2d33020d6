"""The background entry of webhooks: each sweep queues and sends, in transactions of their own."""

import time

import structlog

from api.webhooks.event import message
from core.database import db
from core.jobs import Job, job
from core.outward.client import Call, CallFailed, call
from core.time import clock
from marketplace.webhooks import service
from marketplace.webhooks.rules import PATIENCE_S
from marketplace.webhooks.service import Due

log = structlog.get_logger()

SENDING_S, MOST_ROUNDS = 20, 20
"""How long one sweep begins to send another, and how many transactions queue before."""


@job(Job.SWEEP_WEBHOOKS)
def sweep_webhooks() -> None:
    """Make deliveries of new notices, and send what is due."""
    for _round in range(MOST_ROUNDS):
        with db.unit_of_work() as session:
            if service.queue(session) < service.AT_A_TIME:
                break
    end = time.monotonic() + SENDING_S
    while time.monotonic() < end:
        with db.unit_of_work() as session:
            due = service.take(session)
        if due is None:
            return
        _send(due)


def _send(due: Due) -> None:
    """Send one outside of any transaction. Whoever is killed before it is noted leaves one that is sent again."""
    fault, status = "", None
    try:
        if due.access is None:
            fault = "locked"
        else:
            status = _status(due, due.access)
            fault = "" if 200 <= status < 300 else "refused"
    except CallFailed as failed:
        fault = failed.fault.value
    except Exception:  # of ours: it stops no other, and shows in the end
        log.exception("webhook_not_sent", delivery=str(due.delivery.id))
        fault = "refused"
    with db.unit_of_work() as session:
        if status is not None and not fault:
            service.note_sent(session, due, status)
        else:
            log.info("webhook_not_taken", delivery=str(due.delivery.id), why=fault, status=status)
            service.note_failed(session, due, fault, status)


def _status(due: Due, access: service.Access) -> int:
    body, headers = message(due.delivery, due.notice, access.secret, int(clock.now().timestamp()))
    asked = Call("POST", access.address, headers, body, patience_s=PATIENCE_S, largest=None)
    return call(asked).status
