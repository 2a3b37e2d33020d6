"""An employee of a state agency with a wish, and a need elsewhere that welcomes whoever wants to try."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from core.actor import Actor
from core.time import clock
from core.time.timing import Period
from marketplace.mobility import wishes
from marketplace.mobility.models import MobilityWish
from marketplace.mobility.rules import WishDraft
from marketplace.organisations.models import Organisation
from marketplace.requests.models import Need
from tests import builders


def period(first: int = 30, days: int = 60) -> Period:
    """Return some days from so many days from today on."""
    begin = clock.today() + timedelta(days=first)
    return Period(begin, begin + timedelta(days=days - 1))


def draft(**values: Any) -> WishDraft:
    """Return a wish for half of one's time for three months in Jämtland, from today on."""
    said = {"skills": {"procurement": 4}, "extent_percent": 50, "months": 3, "earliest": clock.today()}
    return WishDraft(**({**said, "county_codes": ("23",)} | values))


def need(session: Session, home: Organisation | None = None, when: Period | None = None, **values: Any) -> Need:
    """Add a need of another organisation for 40 percent of somebody in Östersund, who may want to try."""
    asked = {"skillsMust": {"procurement": 3}, "openToMobility": True} | values.pop("requirements", {})
    asker = values.pop("asker", None) or builders.member(session, home)
    request = builders.request(session, asker)
    its = {"family": "staff", "kind": "staff", "amount": 40, "requirements": asked}
    return builders.need(session, request, when or period(), **(its | values))


@dataclass
class Home:
    """The employee with its colleagues, and an open wish."""

    organisation: Organisation
    employee: Actor
    hr: Actor
    manager: Actor
    wish: MobilityWish


def home(session: Session, **values: Any) -> Home:
    """Add them."""
    builders.skill(session)
    own = builders.organisation(session)
    employee = builders.actor(session, own, roles=[])
    hr, manager = (builders.actor(session, own, roles=[role]) for role in ("hr", "manager"))
    wish = wishes.write(session, employee, draft(**values))
    wishes.open_(session, employee, wish.id)
    return Home(own, employee, hr, manager, wish)
