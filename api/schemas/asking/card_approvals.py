"""Who is asked about a capacity card, and what, on the wire."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import KEPT, Wire, limited
from competence.approvals.rules import LONGEST_EVIDENCE
from core.limits import LONGEST_CODE, LONGEST_NAME
from core.serialization import to_json
from marketplace.cards.answering import AskedCard

_ID = UUID("01980000-0000-7000-8000-000000000084")
Address = Annotated[
    str,
    limited("E-mail address of the sign-in, of a member of your organisation.", max_length=LONGEST_NAME, pattern=KEPT),
]


class CardPersonIn(Wire):
    """Whose a capacity card is."""

    address: Address

    @classmethod
    def example(cls) -> Self:
        """Return an employee."""
        return cls(address="handlaggare@example.se")


class ApprovalRequestIn(Wire):
    """Which manager is asked, and who instead when that one has not answered in time; no `deputy`: nobody is."""

    manager: Address
    deputy: Address = ""

    @classmethod
    def example(cls) -> Self:
        """Return a manager with a deputy."""
        return cls(manager="enhetschef@example.se", deputy="avdelningschef@example.se")


class ApprovalRequestMade(Wire):
    """Until when the manager may answer. `link` is for that one alone, holds once, and is in this answer alone."""

    link: str
    answer_by: datetime

    @classmethod
    def example(cls) -> Self:
        """Return a link."""
        link = "https://platsverket.example.se/card-links/plats_kQ3v"
        return cls(link=link, answer_by=datetime.fromisoformat("2026-12-07T10:00:00Z"))


class AskedCardOut(Wire):
    """The card that you are asked about: `facts` as on a resource of staff; when it is offered, if it is."""

    id: UUID
    name: str
    facts: dict[str, Any]
    start: datetime | None
    end: datetime | None
    answer_by: datetime | None
    reading: Annotated[str, Meta(description="To be sent with a yes: it changes with what the card says, or when.")]

    @classmethod
    def example(cls) -> Self:
        """Return a card that waits for a manager."""
        return cls(
            id=_ID,
            name="Upphandlare A",
            facts={"extentPercent": 40, "skills": {"procurement": 4}},
            start=datetime.fromisoformat("2027-01-01T00:00:00Z"),
            end=None,
            answer_by=datetime.fromisoformat("2026-12-07T10:00:00Z"),
            reading="9f2c41d07b",
        )


class CardAnswer(Wire):
    """Whether you approve, the card `reading` as you have read it, and words to HR if you like."""

    yes: bool
    reading: Annotated[str, limited("As the card had it when you read it.", max_length=LONGEST_CODE)]
    words: Annotated[str, limited(max_length=LONGEST_EVIDENCE, pattern=KEPT)] = ""

    @classmethod
    def example(cls) -> Self:
        """Return a yes."""
        return cls(yes=True, reading="9f2c41d07b")


def asked_card_out(asked: AskedCard) -> AskedCardOut:
    """Return what somebody is asked, as that one reads it."""
    return AskedCardOut(
        id=asked.approval.id,
        name=asked.resource.name,
        facts=to_json(asked.held.card.facts),
        start=asked.during.start if asked.during else None,
        end=asked.during.end if asked.during else None,
        answer_by=asked.approval.answer_by,
        reading=asked.reading,
    )
