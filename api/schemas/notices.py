"""Notices on the wire."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from api.schemas.base import Wire
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode


class NoticeOut(Wire):
    """What an organisation should know: a code with facts, which differ by code. `entity` names what it is about."""

    id: UUID
    at: datetime
    code: NoticeCode
    entity: str
    entity_id: UUID
    facts: dict[str, Any]
    read_at: datetime | None

    @classmethod
    def example(cls) -> Self:
        """Return the news of an agreement."""
        return cls(
            id=UUID("01980000-0000-7000-8000-000000000001"),
            at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
            code=NoticeCode.AGREED,
            entity="proposal",
            entity_id=UUID("01980000-0000-7000-8000-000000000002"),
            facts={"request": "Översyn av e-tjänster", "bookings": 2},
            read_at=None,
        )


def notice_out(notice: Notice) -> NoticeOut:
    """Return a notice as its organisation may read it; its facts were chosen for that when it was written."""
    return NoticeOut(
        id=notice.id,
        at=notice.at,
        code=NoticeCode(notice.code),
        entity=notice.entity,
        entity_id=notice.entity_id,
        facts=notice.facts,
        read_at=notice.read_at,
    )
