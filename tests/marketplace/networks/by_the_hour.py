"""Small networks of facilitators for tests: cards of employers, and what is asked of them for some hours."""

from typing import Any

from sqlmodel import Session

from core.time.interval import Interval
from core.time.timing import Fixed, Timing, to_json
from marketplace.offers.models import Offer
from marketplace.requests.models import Need, Request
from tests import builders
from tests.marketplace.proposals.deals import Deal, deal

NETWORK = "facilitation"


def card(session: Session, level: int = 4, **values: Any) -> Offer:
    """Offer somebody of the network, by default for ten hours a month, of a fifth of full time."""
    said = {"extent_percent": 20, "network": NETWORK, "network_hours": 10, "skills": {NETWORK: level}}
    return builders.offer(session, builders.staff(session, **(said | values)))


def asked(session: Session, *, request: Request | None = None, when: Timing | None = None, **values: Any) -> Need:
    """Ask the network for somebody, two weeks from today 9-12 unless told otherwise."""
    asks = {"network": NETWORK, "learner": values.pop("learner", False)}
    return builders.need(
        session,
        request or builders.request(session),
        when or Fixed(builders.at(14, 9), builders.at(14, 12)),
        family="staff",
        amount=100,
        requirements=asks,
        **values,
    )


def hourly(session: Session, *offers: Any, learner: bool = False, day: int = 14, **values: Any) -> Deal:
    """Propose three hours of somebody of a network, or of one with experience and one who learns."""
    when = [Interval(builders.at(day, 9), builders.at(day, 12))]
    found = deal(session, *offers, when=when, amount=20, **values)
    for number, need in enumerate(found.needs):
        need.amount, need.requirements = 100, {"network": NETWORK, "learner": learner and number == 1}
        need.timing = to_json(Fixed(builders.at(day, 9), builders.at(day, 12)))
    session.flush()
    return found
