"""One's own capacity card on the wire."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import KEPT, Wire, limited
from competence.approvals.models import ApprovalState, Approver
from competence.approvals.rules import LONGEST_EVIDENCE
from core.limits import LONGEST_CODE
from core.serialization import to_json
from core.time.interval import from_range
from marketplace.cards.mine import MyCard
from marketplace.offers.models import OfferState
from marketplace.surges.models import CallState, Surge, SurgeCall

_ID = "01980000-0000-7000-8000-0000000000{}"


class MyCardAgreement(Wire):
    """A yes to a card as it was read."""

    reading: Annotated[str, limited("As the card had it when you read it.", max_length=LONGEST_CODE)]

    @classmethod
    def example(cls) -> Self:
        """Return a yes."""
        return cls(reading="9f2c41d07b")


class MyCardWithdrawal(Wire):
    """Why, if one wants to say; of a yes that is taken back no reason is kept."""

    words: Annotated[str, limited(max_length=LONGEST_EVIDENCE, pattern=KEPT)] = ""

    @classmethod
    def example(cls) -> Self:
        """Return no reason."""
        return cls()


class MyCallAnswer(Wire):
    """Whether you can come, when your card is called; `begins` where that is from a later day than the call's."""

    call_id: UUID
    comes: bool
    begins: date | None = None

    @classmethod
    def example(cls) -> Self:
        """Return that somebody can come."""
        return cls(call_id=UUID(_ID.format("82")), comes=True)


class MyCallOut(Wire):
    """An alert that goes on and calls the card: `begins` is the first day on which you could be there."""

    id: UUID
    state: CallState
    title: str
    what: str
    answer_by: datetime
    begins: date
    person_said_yes_at: datetime | None


class MyApprovalOut(Wire):
    """What one of the three has answered, or is asked."""

    who: Approver
    state: ApprovalState
    at: datetime | None
    until: datetime | None


class MyOfferOut(Wire):
    """When the card is offered."""

    id: UUID
    state: OfferState
    start: datetime
    end: datetime | None


class MyCardOut(Wire):
    """Your card: `facts` as on a resource of staff. `asked`: you have not said yes to it as it is now."""

    id: UUID
    name: str
    facts: dict[str, Any]
    reading: Annotated[str, Meta(description="To be sent with a yes: it changes with what the card says, or when.")]
    asked: bool
    approvals: list[MyApprovalOut]
    offers: list[MyOfferOut]
    calls: list[MyCallOut]

    @classmethod
    def example(cls) -> Self:
        """Return a card that waits for its yes."""
        start = datetime.fromisoformat("2027-01-01T00:00:00Z")
        offer = MyOfferOut(id=UUID(_ID.format("12")), state=OfferState.OPEN, start=start, end=None)
        return cls(
            id=UUID(_ID.format("14")),
            name="Upphandlare A",
            facts={"extentPercent": 40, "skills": {"procurement": 4}},
            reading="9f2c41d07b",
            asked=True,
            approvals=[MyApprovalOut(who=Approver.EMPLOYEE, state=ApprovalState.ASKED, at=None, until=None)],
            offers=[offer],
            calls=[
                MyCallOut(
                    id=UUID(_ID.format("82")),
                    state=CallState.ASKED,
                    title="Många söker skydd",
                    what="Ansökningarna har ökat till det tiodubbla på en vecka.",
                    answer_by=datetime.fromisoformat("2026-11-22T08:30:00Z"),
                    begins=date(2026, 11, 23),
                    person_said_yes_at=None,
                )
            ],
        )


def my_card_out(card: MyCard, calls: Sequence[tuple[SurgeCall, Surge]]) -> MyCardOut:
    """Return a card as the one whose it is reads it, with those of some calls that are its."""
    periods = {each.id: from_range(each.during) for each in card.offers}
    return MyCardOut(
        id=card.resource.id,
        name=card.resource.name,
        facts=to_json(card.held.card.facts),
        reading=card.reading,
        asked=card.asked,
        approvals=[
            MyApprovalOut(who=each.who, state=each.state, at=each.at, until=each.covers.upper if each.covers else None)
            for each in card.held.live
        ],
        offers=[
            MyOfferOut(id=each.id, state=each.state, start=periods[each.id].start, end=periods[each.id].end)
            for each in card.offers
        ],
        calls=[_call(call, surge) for call, surge in calls if call.resource_id == card.resource.id],
    )


def _call(call: SurgeCall, surge: Surge) -> MyCallOut:
    return MyCallOut(
        id=call.id,
        state=call.state,
        title=surge.title,
        what=surge.what,
        answer_by=surge.answer_by,
        begins=call.begins,
        person_said_yes_at=call.person_said_yes_at,
    )
