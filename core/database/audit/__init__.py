"""Who changed what, when and why: written once, never changed, and chained so that a change would show."""

from core.database.audit.entries import AuditEntry, history, latest_moves, record, record_moves
from core.database.audit.reads import READ, record_reads

__all__ = ["READ", "AuditEntry", "history", "latest_moves", "record", "record_moves", "record_reads"]
