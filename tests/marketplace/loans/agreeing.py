"""Loans of people between two kinds of employers, for tests of what they follow."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from core.time import clock
from core.time.timing import Period, to_json
from marketplace.bookings.models import Booking
from marketplace.offers.models import Offer
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.marketplace.proposals.deals import Deal, accept, deal


def lent(
    session: Session,
    first: int = 14,
    days: int = 30,
    *,
    kinds: tuple[str, str] = ("state_agency", "state_agency"),
    person: Offer | None = None,
    after: Deal | None = None,
    **values: Any,
) -> Deal:
    """A proposal to lend a person, whole time unless told otherwise, from so many days from today on for some days.

    `after` another it is of the same person, to the same member.
    """
    lender, borrowing = kinds
    if after is not None:
        person, values["asker"] = after.offers[0], session.get_one(Member, after.request.member_id)
    offer = person or builders.offer(
        session, builders.staff(session, builders.organisation(session, kind=lender)), builders.days(0, 900)
    )
    when = builders.days(first, first + days)
    found = deal(session, offer, **({"when": [when], "amount": 100} | values))
    if after is None:
        session.get_one(Organisation, found.request.organisation_id).kind = borrowing  # type: ignore[assignment]
    for need in found.needs:
        need.amount = values.get("amount", 100)
        need.timing, need.ends_at = to_json(Period(day(first), day(first + days - 1))), when.end
    session.flush()
    return found


def agreed(session: Session, found: Deal) -> Booking:
    """Let both sides say yes."""
    accept(session, found.lister, found.proposal)
    [booking] = accept(session, found.requester, found.proposal).bookings
    return booking


def day(number: int) -> date:
    """Return the date so many days from today."""
    return clock.today() + timedelta(days=number)
