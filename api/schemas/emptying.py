"""Emptying a building, on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, field

from api.schemas.base import KEPT, Wire, limited
from core.errors import Faults
from core.limits import LONGEST_CODE, LONGEST_TEXT
from core.time import clock
from core.time.interval import Interval
from marketplace.emptying.rules import MOST_THINGS, EmptyingDraft, LeftOut, Otherwise
from marketplace.emptying.service import Plan
from marketplace.offers.models import Visibility


class EmptyingExceptionIn(Wire):
    """A thing of which something else holds than of all: another time or audience, or it is left out."""

    resource_id: UUID
    start: datetime | None = None
    end: datetime | None = None
    visibility: Visibility | None = None
    left_out: bool = False

    def said(self, during: Interval) -> Otherwise:
        """Return what it says, where `during` holds of all.

        Raises
        ------
        BadInput
            It ends before it starts.
        """
        own = Interval(self.start or during.start, self.end or during.end) if self.start or self.end else None
        return Otherwise(own, self.visibility, left_out=self.left_out)


class EmptyingIn(Wire):
    """Within which time all that stands at a site is offered, and to whom. Furniture may be handed over for good."""

    start: datetime
    end: Annotated[datetime | None, Meta(description="Not included. Nothing: until further notice.")] = None
    visibility: Visibility = Visibility.ALL
    hand_over: bool = False
    conditions: Annotated[str, limited("What the borrower should know.", max_length=LONGEST_TEXT, pattern=KEPT)] = ""
    exceptions: Annotated[list[EmptyingExceptionIn], limited(max_items=MOST_THINGS)] = field(default_factory=list)
    open: Annotated[bool, Meta(description="False: keep them as drafts that nobody else sees.")] = True
    dry_run: Annotated[bool, Meta(description="True: tell only what would be offered.")] = False
    seal: Annotated[
        str | None,
        limited(
            "Of a dry run: what is offered is what that told, or nothing (409 `plan_changed`).",
            max_length=LONGEST_CODE,
            pattern=KEPT,
        ),
    ] = None

    @classmethod
    def example(cls) -> Self:
        """Return a house that is emptied for the county."""
        return cls(start=datetime.fromisoformat("2032-01-01T00:00:00+01:00"), visibility=Visibility.REGION)

    def draft(self) -> EmptyingDraft:
        """Return what it says.

        Raises
        ------
        BadInput
            Something in it is wrong.
        """
        faults, during = Faults(), Interval(clock.now(), None)
        with faults.under():
            during = Interval(self.start, self.end)
        otherwise: dict[UUID, Otherwise] = {}
        for place, each in enumerate(self.exceptions):
            with faults.under(f"exceptions[{place}]"):
                otherwise[each.resource_id] = each.said(during)
        with faults.under():
            draft = EmptyingDraft(
                during,
                visibility=self.visibility,
                hand_over=self.hand_over,
                conditions=self.conditions,
                otherwise=otherwise,
            )
        faults.refuse()
        return draft


class EmptiedThing(Wire):
    """What becomes of a thing, and how many bookings of it are ahead, which stay."""

    resource_id: UUID
    name: str
    left_out: LeftOut | None
    reasons: list[str]
    bookings_ahead: int


class EmptyingOut(Wire):
    """What would become, or has become, of each thing at a site."""

    offered: int
    made_at: Annotated[datetime | None, Meta(description="By which it is undone; nothing in a dry run.")]
    seal: str
    things: list[EmptiedThing]

    @classmethod
    def example(cls) -> Self:
        """Return a dry run over two lots, one of which is offered already."""
        key = UUID("01980000-0000-7000-8000-000000000013")
        chairs = EmptiedThing(resource_id=key, name="Stolar", left_out=None, reasons=[], bookings_ahead=1)
        desks = EmptiedThing(resource_id=key, name="Bord", left_out=LeftOut.OFFERED, reasons=[], bookings_ahead=0)
        return cls(offered=1, made_at=None, seal="0" * 32, things=[chairs, desks])


class EmptyingUndoIn(Wire):
    """Which offers are closed: those that were made then."""

    made_at: datetime

    @classmethod
    def example(cls) -> Self:
        """Return a moment."""
        return cls(made_at=datetime.fromisoformat("2026-11-21T08:00:00.123456Z"))


class EmptyingUndoOut(Wire):
    """How many offers were closed."""

    closed: int

    @classmethod
    def example(cls) -> Self:
        """Return some."""
        return cls(closed=37)


def emptying_out(plan: Plan, made_at: datetime | None = None) -> EmptyingOut:
    """Return what emptying a site would do, or has done."""
    bookings = {each.resource.id: each.bookings for each in plan.things}
    things = [
        EmptiedThing(
            resource_id=line.key,
            name=line.name,
            left_out=line.left_out,
            reasons=[str(each) for each in line.faults],
            bookings_ahead=bookings[line.key],
        )
        for line in plan.lines
    ]
    return EmptyingOut(offered=len(plan.made), made_at=made_at, seal=plan.seal, things=things)
