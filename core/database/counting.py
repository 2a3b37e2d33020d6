"""Counting what there is of something before one more is added, so that two at once do not both find room for one."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

_TURN = text("select pg_advisory_xact_lock(hashtextextended(:turn, 0))")


def take_turn(session: Session, what: str, whose: UUID) -> None:
    """Let others who want to count the same of the same owner wait until this transaction ends.

    No row is locked, so that whatever counts nothing goes on meanwhile. Whoever waited counts what was added.
    """
    session.execute(_TURN, {"turn": f"{what} {whose}"})
