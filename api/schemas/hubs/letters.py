"""Letters of hubs on the wire."""

from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta
from msgspec.structs import replace

from api.schemas.base import FILLED_IN, Name, TextOut, Wire, limited
from core.text import beginning
from core.time import clock
from hubs.letters.models import HubLetter, LetterKind, LetterState
from hubs.letters.rules import LONGEST_LETTER, LetterDraft

_ID = "01980000-0000-7000-8000-0000000000{}"
_MARKS = "Markdown, with what is for members alone between `{{members}}` and `{{/members}}`, each alone on its line."
LetterWords = Annotated[str, limited(_MARKS, min_length=1, max_length=LONGEST_LETTER, pattern=FILLED_IN)]


class LetterIn(Wire):
    """What a draft says, and when it is to go."""

    subject: Name
    words: LetterWords
    send_at: Annotated[datetime, Meta(description="Within a year.")]

    @classmethod
    def example(cls) -> Self:
        """Return a short one."""
        send_at = (clock.now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
        return cls(subject="Hubben vecka 3", words="Hej!\n\n## På gång\n\n- Frukost på onsdag", send_at=send_at)

    def draft(self) -> LetterDraft:
        """Return what the rules check."""
        return LetterDraft(subject=self.subject, words=self.words, send_at=self.send_at)


class LetterDrafted(Wire):
    """Of which kind a draft is made."""

    kind: LetterKind

    @classmethod
    def example(cls) -> Self:
        """Return the weekly one."""
        return cls(kind=LetterKind.WEEKLY)


class LetterWish(Wire):
    """Whether you get the weekly letter."""

    wanted: bool

    @classmethod
    def example(cls) -> Self:
        """Return that you do."""
        return cls(wanted=True)


class LetterOut(Wire):
    """A letter: a host reads it with its marks, others as it is for them. `readers`: to how many it went."""

    id: UUID
    hub_id: UUID
    kind: LetterKind
    state: LetterState
    language: str
    subject: str
    words: TextOut
    send_at: datetime
    sent_at: datetime | None
    readers: Annotated[int | None, Meta(description="For hosts, once it was sent.")]

    @classmethod
    def example(cls) -> Self:
        """Return one that was sent."""
        return cls(
            id=UUID(_ID.format("b1")),
            hub_id=UUID(_ID.format("a1")),
            kind=LetterKind.WEEKLY,
            state=LetterState.SENT,
            language="sv",
            subject="Hubben vecka 3",
            words="Hej!\n\n## På gång\n\n- Frukost på onsdag",
            send_at=datetime.fromisoformat("2027-01-22T09:00:00Z"),
            sent_at=datetime.fromisoformat("2027-01-22T09:00:04Z"),
            readers=None,
        )


def letter_out(letter: HubLetter, words: str, *, keeps: bool) -> LetterOut:
    """Return a letter with the words that its reader is told."""
    return LetterOut(
        id=letter.id,
        hub_id=letter.hub_id,
        kind=letter.kind,
        state=letter.state,
        language=letter.language,
        subject=letter.subject,
        words=words,
        send_at=letter.send_at,
        sent_at=letter.sent_at,
        readers=letter.readers if keeps else None,
    )


def letter_listed(out: LetterOut) -> LetterOut:
    """Return a letter as it stands in a list."""
    return replace(out, words=beginning(out.words))
