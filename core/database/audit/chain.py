"""The chain over the audit: each entry sealed by the SHA-256 of itself and of the seal before.

The database seals, when the transaction that wrote an entry commits (migration 0012 has the trigger): whatever path an
entry comes by, and in the order of the commits. Here the seals are made again from what stands in the rows, with
nothing of the database's that its owner could have changed.

Whoever owns the database can cut the chain's end off or make all of it anew. That shows only to somebody who has kept
an earlier head elsewhere: it is written to the log and told by every verification.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import BigInteger, LargeBinary, Row, text
from sqlmodel import Field, Session, SQLModel, col, select

from core.database.audit.entries import AuditEntry
from core.errors import BadInput

log = structlog.get_logger()

SEAL_BYTES = 32
PRUNED = "pruned"
_AT_A_TIME = 2000


class AuditSeal(SQLModel, table=True):
    """An entry's place in the chain. Written by the database alone."""

    __tablename__ = "audit_seal"

    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    entry_id: UUID = Field(unique=True)
    hash: bytes = Field(sa_type=LargeBinary, nullable=False)


@dataclass(frozen=True)
class Head:
    """The last seal of the chain, or an earlier one that somebody has kept: ``number:hash``."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"

    @classmethod
    def read(cls, written: str) -> "Head":
        """Return a head as it was written down.

        Raises
        ------
        BadInput
            It is none.
        """
        if not re.fullmatch(r"\d{1,18}:[0-9a-f]{64}", written.strip()):
            raise BadInput("head", written[:100], "a head is written `number:hash`, as a verification told it")
        number, _colon, digest = written.strip().partition(":")
        return cls(int(number), bytes.fromhex(digest))


@dataclass(frozen=True)
class Break:
    """A place at which the audit is not what was written."""

    what: str
    number: int | None = None
    entry_id: UUID | None = None
    at: datetime | None = None

    def __str__(self) -> str:
        where = "" if self.number is None else f"seal {self.number}"
        entry = "" if self.entry_id is None else f"entry {self.entry_id}"
        when = "" if self.at is None else f"of {self.at:%Y-%m-%d %H:%M:%S} UTC"
        return f"{', '.join(part for part in (where, f'{entry} {when}'.strip()) if part)}: {self.what}".lstrip(": ")


@dataclass(frozen=True)
class Verification:
    """What a verification found."""

    entries: int
    head: Head | None
    breaks: tuple[Break, ...]
    pruned: Head | None = None


# What a seal is made of. The trigger says the same; a test holds them together. Only PostgreSQL's own functions.
_CHAIN = text("""
    select s.number, s.hash, coalesce(s.entry_id, e.id) as entry_id, e.at, e.id is not null as is_there,
        jsonb_build_object(
            'id', e.id, 'sequence', e.sequence, 'at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'actor_id', e.actor_id, 'entity', e.entity, 'entity_id', e.entity_id, 'from_state', e.from_state,
            'to_state', e.to_state, 'reason_code', e.reason_code, 'words', e.words, 'run_id', e.run_id,
            'details', e.details
        )::text as canonical
    from audit_seal s full join audit_entry e on e.id = s.entry_id
    order by s.number nulls last, e.sequence
""")
_GUARDS = text("""
    select t.name from unnest(array['audit_entry', 'audit_entry', 'audit_seal'],
        array['audit_entry_kept', 'audit_entry_sealed', 'audit_seal_kept']) as t (of_table, name)
    where not exists (select 1 from pg_trigger where tgrelid = to_regclass(t.of_table) and tgname = t.name
        and tgenabled in ('O', 'A'))
""")


def head(session: Session) -> Head | None:
    """Return the chain's last seal, if there is any."""
    last = session.exec(select(AuditSeal).order_by(col(AuditSeal.number).desc()).limit(1)).one_or_none()
    return Head(last.number, last.hash) if last else None


def log_head(session: Session) -> None:
    """Write the chain's head to the log, which is to be collected where the database's owner cannot change it."""
    if last := head(session):
        log.info("audit_head", head=str(last))


def verify(session: Session, kept: Head | None = None) -> Verification:
    """Make the chain again and say where it is broken; `kept` is a head of before that has to be in it still."""
    breaks = [Break(f"the guard {name} is switched off") for name in session.scalars(_GUARDS)]
    walk = _Walk(_pruned_until(session), kept)
    rows = session.connection().execution_options(yield_per=_AT_A_TIME).execute(_CHAIN)
    breaks += [found for row in rows for found in walk.step(row)]
    breaks += walk.end()
    last = Head(walk.number, walk.hash) if walk.number else None
    return Verification(walk.entries, last, tuple(breaks), walk.pruned)


class _Walk:
    """The way along the chain, from the seal up to which it was pruned, or from its beginning."""

    def __init__(self, pruned: Head | None, kept: Head | None) -> None:
        self.pruned, self.kept, self.entries = pruned, kept, 0
        self.number, self.hash = (pruned.number, pruned.hash) if pruned else (0, b"")

    def step(self, row: Row[Any]) -> Iterator[Break]:
        self.entries += row.is_there
        if row.number is None:
            yield Break("it is not sealed: it was written past the guard", None, row.entry_id, row.at)
            return
        if row.number != self.number + 1:
            yield Break(f"seals {self.number + 1} to {row.number - 1} are gone", row.number)
        if not row.is_there:
            yield Break("the entry is gone", row.number, row.entry_id)
        elif row.hash != hashlib.sha256(self.hash + row.canonical.encode()).digest():
            yield Break("it is not what was sealed", row.number, row.entry_id, row.at)
        if self.kept and self.kept.number == row.number and self.kept.hash != row.hash:
            yield Break("it is not the head that was kept", row.number)
        # The next is judged by the seal as it stands, so that one change is one break.
        self.number, self.hash = row.number, bytes(row.hash)

    def end(self) -> Iterator[Break]:
        if self.kept and self.pruned and self.kept.number == self.pruned.number and self.kept != self.pruned:
            yield Break("it is not the head that was kept", self.kept.number)
        if self.kept and self.kept.number > self.number:
            yield Break(f"seals {self.number + 1} to {self.kept.number} are gone: the end was cut off", self.number)


def _pruned_until(session: Session) -> Head | None:
    """Return the seal up to which the chain was pruned last, as the entry about it says; none where it is all there."""
    if session.get(AuditSeal, 1) is not None:
        return None
    found = (
        select(AuditEntry.details)
        .where(col(AuditEntry.entity) == "audit", col(AuditEntry.to_state) == PRUNED)
        .order_by(col(AuditEntry.sequence).desc())
        .limit(1)
    )
    details = session.exec(found).one_or_none()
    return Head.read(details["head"]) if details else None
