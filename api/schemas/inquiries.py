"""Inquiries on the wire: whether a change of a need would do."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from api.schemas.base import Wire, Words, limited
from core.limits import LONGEST_CODE
from marketplace.inquiries.models import InquiryState
from marketplace.inquiries.queries import InquiryView
from marketplace.runs.changes import change_to_json

_ID = "01980000-0000-7000-8000-00000000000{}"


class InquiryIn(Wire):
    """Which change of a need is asked about: the `code` of one of its outcome's `changes`, or, to do without a
    must-have, `requirement.` and one of its `onlyMissing`. Left out: the smallest.
    """

    need_id: UUID
    change: Annotated[str, limited(max_length=2 * LONGEST_CODE)] = ""

    @classmethod
    def example(cls) -> Self:
        """Return the question whether somewhat farther away would do."""
        return cls(need_id=UUID(_ID.format(2)), change="distance")


class InquiryRefusal(Wire):
    """Why a change would not do, if one wants to say."""

    words: Words = ""

    @classmethod
    def example(cls) -> Self:
        """Return that somebody has no way to get there."""
        return cls(words="Vi har inget sätt att ta oss dit.")


class InquiryOut(Wire):
    """What a requester is asked, as data: `change` is as among the changes of an outcome's reasons."""

    id: UUID
    version: int
    state: InquiryState
    request_id: UUID
    request_title: str
    need_id: UUID
    organisation_id: UUID
    change: dict[str, Any]
    asked_at: datetime
    answer_by: datetime
    answered_at: datetime | None
    words: str

    @classmethod
    def example(cls) -> Self:
        """Return a question that waits for its answer."""
        return cls(
            id=UUID(_ID.format(1)),
            version=1,
            state=InquiryState.WAITING,
            request_id=UUID(_ID.format(3)),
            request_title="Översyn av e-tjänster",
            need_id=UUID(_ID.format(2)),
            organisation_id=UUID(_ID.format(4)),
            change={"code": "distance", "fartherKm": 12, "distanceKm": 32},
            asked_at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
            answer_by=datetime.fromisoformat("2026-11-28T08:30:00Z"),
            answered_at=None,
            words="",
        )


def inquiry_out(view: InquiryView) -> InquiryOut:
    """Return an inquiry as whoever may see its request reads it: without the offer, which may be hidden from them."""
    inquiry = view.inquiry
    change = {name: value for name, value in change_to_json(inquiry.change).items() if name != "offerId"}
    return InquiryOut(
        id=inquiry.id,
        version=inquiry.version,
        state=inquiry.state,
        request_id=view.request.id,
        request_title=view.request.title,
        need_id=view.need.id,
        organisation_id=view.organisation.id,
        change=change,
        asked_at=inquiry.created_at,
        answer_by=inquiry.answer_by,
        answered_at=inquiry.answered_at,
        words=inquiry.words,
    )
