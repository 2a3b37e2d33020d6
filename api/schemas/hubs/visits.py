"""Visits to hubs, and what was said of them, on the wire."""

from datetime import date, timedelta
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import FILLED_IN, KEPT, Wire, limited
from api.schemas.hubs.membership import FirstName
from core.limits import LONGEST_EMAIL, LONGEST_NAME
from core.time import clock
from hubs.visits.models import VisitKind, VisitState
from hubs.visits.queries import AnnouncedVisit
from hubs.visits.rules import VisitDraft

_ID = UUID("01980000-0000-7000-8000-0000000000f1")


class HubVisitIn(Wire):
    """Whom you invite to which day."""

    day: date
    first_name: FirstName
    email: Annotated[str, limited(min_length=1, max_length=LONGEST_EMAIL, pattern=FILLED_IN)]
    comes_from: Annotated[
        str, limited("An organisation, in words of your own.", max_length=LONGEST_NAME, pattern=KEPT)
    ] = ""

    @classmethod
    def example(cls) -> Self:
        """Return somebody who is asked for tomorrow."""
        day = clock.today() + timedelta(days=1)
        return cls(day=day, first_name="Kim", email="kim@example.se", comes_from="Exempelkommunen")

    def draft(self) -> VisitDraft:
        """Return it as hubs know it."""
        return VisitDraft(day=self.day, first_name=self.first_name, email=self.email, comes_from=self.comes_from)


class HubVisitOut(Wire):
    """Somebody who comes without being a member, or is asked whether it does. It is deleted the day after."""

    id: UUID
    day: date
    first_name: str
    comes_from: str
    email: str
    kind: VisitKind
    state: VisitState
    unreached: Annotated[bool, Meta(description="Whether a mail about it came to nothing.")]

    @classmethod
    def example(cls) -> Self:
        """Return somebody who comes tomorrow."""
        return cls(
            id=_ID,
            day=clock.today() + timedelta(days=1),
            first_name="Kim",
            comes_from="Exempelkommunen",
            email="kim@example.se",
            kind=VisitKind.INVITED,
            state=VisitState.COMES,
            unreached=False,
        )


class HubFeedbackOut(Wire):
    """What somebody added in words when it was asked how a visit was; who, is kept nowhere."""

    words: str

    @classmethod
    def example(cls) -> Self:
        """Return what a visitor liked."""
        return cls(words="Bra att någon tog emot.")


def visit_out(found: AnnouncedVisit) -> HubVisitOut:
    """Return a visit for who may act on it."""
    row = found.visit
    return HubVisitOut(
        id=row.id,
        day=row.day,
        first_name=row.first_name,
        comes_from=row.comes_from,
        email=row.email,
        kind=row.kind,
        state=row.state,
        unreached=found.unreached,
    )
