"""One's own capacity card on the wire."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import Wire, limited
from competence.approvals.models import ApprovalState, Approver
from competence.approvals.rules import LONGEST_EVIDENCE
from core.serialization import to_json
from core.time.interval import from_range
from marketplace.cards.mine import MyCard
from marketplace.offers.models import OfferState

_ID = "01980000-0000-7000-8000-0000000000{}"


class MyCardAgreement(Wire):
    """A yes to a card as it was read."""

    reading: Annotated[str, Meta(description="As the card had it when you read it.")]

    @classmethod
    def example(cls) -> Self:
        """Return a yes."""
        return cls(reading="9f2c41d07b")


class MyCardWithdrawal(Wire):
    """Why, if one wants to say; of a yes that is taken back no reason is kept."""

    words: Annotated[str, limited(max_length=LONGEST_EVIDENCE)] = ""

    @classmethod
    def example(cls) -> Self:
        """Return no reason."""
        return cls()


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
        )


def my_card_out(card: MyCard) -> MyCardOut:
    """Return a card as the one whose it is reads it."""
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
    )
