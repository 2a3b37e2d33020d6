"""Disposing of the audit's oldest entries, where the agency has decided to: by the database's owner, and told by it.

The chain goes on from where it was cut: the entry about it says with which seal that was.
"""

from datetime import datetime, timedelta

from sqlalchemy import Engine, text
from sqlmodel import Session
from uuid_utils.compat import uuid7

from core.database.audit.chain import PRUNED, Head
from core.database.audit.entries import record
from core.errors import BadInput
from core.time import clock

LEAST_AGE = timedelta(days=365)
"""What is younger is asked for by the product itself, as for what may be undone or was refused before."""


def prune(owner: Engine, before: datetime) -> Head | None:
    """Dispose of the entries up to the first that is not older than an instant; return the last seal that went.

    Raises
    ------
    BadInput
        The instant is less than a year ago.
    """
    if before > clock.now() - LEAST_AGE:
        raise BadInput("before", f"{before:%Y-%m-%d}", "name a day that is at least a year ago")
    with Session(owner) as session, session.begin():
        session.execute(text("select pg_advisory_xact_lock(7065112)"))
        last = session.execute(_LAST, {"before": before}).one_or_none()
        if last is None:
            return None
        head = Head(last.number, bytes(last.hash))
        for table in ("audit_entry", "audit_seal"):
            session.execute(text(f"alter table {table} disable trigger {table}_kept"))
        session.execute(_ENTRIES, {"number": head.number})
        session.execute(_SEALS, {"number": head.number})
        for table in ("audit_entry", "audit_seal"):
            session.execute(text(f"alter table {table} enable trigger {table}_kept"))
        record(session, None, "audit", uuid7(), to_state=PRUNED, details={"head": str(head)})
    return head


_LAST = text("""
    select number, hash from audit_seal where number < coalesce(
        (select min(number) from audit_seal join audit_entry on id = entry_id where at >= :before), 9223372036854775807)
    order by number desc limit 1
""")
_ENTRIES = text("delete from audit_entry using audit_seal where id = entry_id and number <= :number")
_SEALS = text("delete from audit_seal where number <= :number")
