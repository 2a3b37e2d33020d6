"""Who changed what, when and why: written once, never changed, and chained so that a change would show."""

from core.database.audit.entries import AuditEntry, history, latest_moves, record, record_moves

__all__ = ["AuditEntry", "history", "latest_moves", "record", "record_moves"]
