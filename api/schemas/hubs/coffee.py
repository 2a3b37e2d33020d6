"""Rounds of coffee on the wire."""

from datetime import date, datetime
from typing import Annotated, Self

from msgspec import Meta

from api.schemas.base import Wire, limited
from api.schemas.hubs.presence import HubReasonOut
from core.time import clock
from hubs.coffee.queries import HostedCoffee, OwnCoffee
from hubs.coffee.rules import MOST_WEEKS, ScheduleDraft


class CoffeeIn(Wire):
    """Whether you take part: then whoever you meet is told your first name and e-mail address."""

    takes_part: bool

    @classmethod
    def example(cls) -> Self:
        """Return a yes."""
        return cls(takes_part=True)


class CoffeePartnerOut(Wire):
    """With whom you have coffee: what it does not tell you is empty."""

    first_name: str
    email: str
    organisation: str
    can: list[str]
    learns: list[str]
    wonders: str
    reasons: list[HubReasonOut]


class CoffeeOut(Wire):
    """How you stand with a hub's rounds of coffee."""

    takes_part: bool
    round_at: Annotated[datetime | None, Meta(description="Of the latest round, if you are in it.")]
    rests: Annotated[bool, Meta(description="You rest in it, as the number was odd.")]
    partner: Annotated[CoffeePartnerOut | None, Meta(description="None too where the other takes part no more.")]

    @classmethod
    def example(cls) -> Self:
        """Return somebody who waits for the next round."""
        return cls(takes_part=True, round_at=None, rests=False, partner=None)


class CoffeeScheduleIn(Wire):
    """How often there is a round by itself; without weeks there is none."""

    weeks: Annotated[int | None, limited(minimum=1, maximum=MOST_WEEKS)] = None
    next_on: Annotated[date | None, Meta(description="Today or later; today without.")] = None

    @classmethod
    def example(cls) -> Self:
        """Return every second week."""
        return cls(weeks=2, next_on=clock.today())

    def draft(self) -> ScheduleDraft | None:
        """Return it as hubs know it."""
        if self.weeks is None:
            return None
        return ScheduleDraft(weeks=self.weeks, next_on=self.next_on or clock.today())


class HostedCoffeeOut(Wire):
    """A hub's rounds of coffee by its host, who is told how many take part and not who."""

    guests: int
    rounds: Annotated[int, Meta(description="How many there have been.")]
    latest_at: datetime | None
    weeks: int | None
    next_on: date | None

    @classmethod
    def example(cls) -> Self:
        """Return a hub in which there was one."""
        return cls(guests=14, rounds=1, latest_at=clock.now(), weeks=2, next_on=clock.today())


def coffee_out(own: OwnCoffee) -> CoffeeOut:
    """Return how somebody stands."""
    partner = own.partner
    return CoffeeOut(
        takes_part=own.takes_part,
        round_at=own.round.at if own.round else None,
        rests=own.rests,
        partner=CoffeePartnerOut(
            first_name=partner.first_name,
            email=partner.member.email,
            organisation=partner.person.organisation if partner.person else "",
            can=list(partner.person.can) if partner.person else [],
            learns=list(partner.person.learns) if partner.person else [],
            wonders=partner.person.wonders if partner.person else "",
            reasons=[HubReasonOut(why=each.why, topic=each.topic) for each in partner.reasons],
        )
        if partner
        else None,
    )


def hosted_coffee_out(found: HostedCoffee) -> HostedCoffeeOut:
    """Return rounds by a host."""
    return HostedCoffeeOut(
        guests=found.guests,
        rounds=found.round.number if found.round else 0,
        latest_at=found.round.at if found.round else None,
        weeks=found.schedule.weeks if found.schedule else None,
        next_on=found.schedule.next_on if found.schedule else None,
    )
