"""What was looked through when something was handed over or came back: kept as it was worded then.

What is not ticked stops nothing: both sides are told of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.actor import Permission
from core.errors import BadInput, InvalidParameter
from core.limits import count_faults
from core.text import text_faults
from marketplace.bookings.ledger import MovementKind
from marketplace.bookings.models import Booking, BookingKind, Movement, MovementCheck
from marketplace.bookings.rules import BOOKING
from marketplace.checklists.rules import LONGEST_ITEM, MOST_ITEMS
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.offers.models import Offer
from marketplace.requests.models import Request
from resources.models import Resource

LONGEST_REMARK = 200
_CHECKED = (MovementKind.OUT, MovementKind.BACK)


@dataclass(frozen=True, slots=True)
class Check:
    """One item as it was worded, whether it was ticked, and what there is to say of it."""

    item: str
    ticked: bool
    remark: str = ""


def check_faults(kind: MovementKind, checks: Sequence[Check]) -> Iterator[InvalidParameter]:
    """Yield what is wrong with what was looked through."""
    if checks and kind not in _CHECKED:
        yield InvalidParameter("checks", len(checks), "a list is gone through at a hand-over or a return alone")
    yield from count_faults("checks", checks, 0, MOST_ITEMS)
    for each in checks[:MOST_ITEMS]:
        yield from text_faults("checks", each.item, 1, LONGEST_ITEM)
        yield from text_faults("checks", each.remark, 0, LONGEST_REMARK)


def keep(session: Session, booking: Booking, movement: Movement, checks: Sequence[Check]) -> None:
    """Keep what was looked through with its movement, and tell both sides what was not ticked.

    Raises
    ------
    BadInput
        It is a person who is lent.
    """
    if checks and booking.kind is BookingKind.STAFF_LOAN:
        raise BadInput("checks", len(checks), "no list is gone through about a person")
    session.add_all(
        MovementCheck(
            movement_id=movement.id, position=n, item=each.item, ticked=each.ticked, remark=each.remark.strip()
        )
        for n, each in enumerate(checks)
    )
    session.flush()
    left = [each.item for each in checks if not each.ticked]
    if left:
        _tell(session, booking, movement, left)


def _tell(session: Session, booking: Booking, movement: Movement, left: Sequence[str]) -> None:
    request = session.get_one(Request, booking.request_id)
    thing = session.get_one(Resource, session.get_one(Offer, booking.offer_id).resource_id)
    for home, permission, department in (
        (booking.borrower_id, Permission.REQUEST, request.department),
        (booking.lender_id, Permission.OFFER, thing.department),
    ):
        notify(
            session,
            [home],
            NoticeCode.NOT_TICKED,
            BOOKING.entity,
            booking.id,
            permission=permission,
            department=department or "",
            request=request.title,
            resource=thing.name,
            kind=movement.kind.value,
            items=list(left),
        )
