"""Notices on the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

import msgspec

from api.schemas.base import Wire
from marketplace.mail.rules import MailFrequency, NoticeGroup
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


class MailChoices(Wire, kw_only=True):
    """When you get notices by mail, by what they are about. `answers`, what waits for you, cannot be `never`.

    What is about passkeys, and calls in a crisis, always come at once. `invitations` are no notices: what you have
    asked for or lend comes into your calendar.
    """

    answers: Literal["at_once", "daily"]
    outcomes: MailFrequency
    searches: MailFrequency
    wishes: MailFrequency
    hubs: MailFrequency = MailFrequency.AT_ONCE
    operations: MailFrequency
    invitations: Literal["never", "at_once"]

    @classmethod
    def example(cls) -> Self:
        """Return what holds until somebody chooses."""
        daily = MailFrequency.DAILY
        groups = dict.fromkeys(("outcomes", "searches", "operations"), daily)
        return cls(answers="at_once", wishes=MailFrequency.NEVER, invitations="never", **groups)

    @classmethod
    def of(cls, chosen: Mapping[NoticeGroup, MailFrequency]) -> Self:
        """Return what a member has chosen."""
        return msgspec.convert({name: chosen[NoticeGroup(name)].value for name in cls.__struct_fields__}, cls)

    def wanted(self) -> dict[NoticeGroup, MailFrequency]:
        """Return it as the marketplace knows it."""
        return {NoticeGroup(name): MailFrequency(when) for name, when in msgspec.structs.asdict(self).items()}
