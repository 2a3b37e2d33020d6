"""Stocktakes on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import Label, Wire, limited
from core.limits import GREATEST_WHOLE
from marketplace.stocktakes.models import StockCount, StockDecisionKind, StocktakeState
from marketplace.stocktakes.queries import StocktakeView, ThingCounted
from marketplace.stocktakes.rules import GREATEST_COUNT, MOST_COUNTS

_ID = "01980000-0000-7000-8000-0000000000{}"
_WHEN = datetime.fromisoformat("2026-11-21T08:30:00Z")


class StocktakeIn(Wire):
    """What is counted: what stands at a site, belongs to a unit, is one thing, or all that you say together."""

    site_id: UUID | None = None
    department: Label = ""
    resource_id: UUID | None = None

    @classmethod
    def example(cls) -> Self:
        """Return a site."""
        return cls(site_id=UUID(_ID.format(11)))


class StocktakeOut(Wire):
    """A count of what is there, which may take days."""

    id: UUID
    version: int
    organisation_id: UUID
    site_id: UUID | None
    site: str | None
    department: str | None
    resource_id: UUID | None
    resource: str | None
    state: StocktakeState
    member_id: Annotated[UUID | None, Meta(description="Who opened it.")]
    created_at: datetime
    closed_at: datetime | None

    @classmethod
    def example(cls) -> Self:
        """Return one of a site."""
        return cls(
            id=UUID(_ID.format(90)),
            version=1,
            organisation_id=UUID(_ID.format(10)),
            site_id=UUID(_ID.format(11)),
            site="Regionens hus",
            department=None,
            resource_id=None,
            resource=None,
            state=StocktakeState.OPEN,
            member_id=UUID(_ID.format(12)),
            created_at=_WHEN,
            closed_at=None,
        )


class StockCountIn(Wire):
    """How many you found of a thing."""

    resource_id: UUID
    amount: Annotated[int, limited("How many.", minimum=0, maximum=GREATEST_COUNT)]
    adds: Annotated[bool, Meta(description="Whether they come on top of what was counted; else they are all.")] = False
    seen: Annotated[
        int,
        limited(
            "How many entries of the thing you know of: all is not said over somebody's head.",
            minimum=0,
            maximum=MOST_COUNTS,
        ),
    ] = 0
    expected: (
        Annotated[
            int,
            limited(
                "How many were to be there as you began: 409 `moved_meanwhile` where it is not so any more.",
                minimum=0,
                maximum=GREATEST_WHOLE,
            ),
        ]
        | None
    ) = None

    @classmethod
    def example(cls) -> Self:
        """Return eight chairs."""
        return cls(resource_id=UUID(_ID.format(13)), amount=8)


class StockCountOut(Wire):
    """How many somebody found, and how many were expected in that instant."""

    id: UUID
    resource_id: UUID
    amount: int
    adds: bool
    expected: int
    member_id: UUID | None
    at: datetime

    @classmethod
    def example(cls) -> Self:
        """Return eight chairs of ten."""
        return cls(
            id=UUID(_ID.format(91)),
            resource_id=UUID(_ID.format(13)),
            amount=8,
            adds=False,
            expected=10,
            member_id=UUID(_ID.format(12)),
            at=_WHEN,
        )


class StockDecisionIn(Wire):
    """What becomes of the difference of a thing."""

    resource_id: UUID
    kind: Annotated[
        StockDecisionKind,
        Meta(description="Fewer are lost, written off or left; more are found, where some are missing, or left."),
    ]


class StocktakeClosingIn(Wire):
    """One decision for each thing that differs."""

    decisions: Annotated[list[StockDecisionIn], limited(max_items=MOST_COUNTS)]

    @classmethod
    def example(cls) -> Self:
        """Return chairs that are lost."""
        return cls(decisions=[StockDecisionIn(resource_id=UUID(_ID.format(13)), kind=StockDecisionKind.LOST)])


class CountedThingOut(Wire):
    """A thing that is to be counted. What is expected is as of when it was counted; before that, as of now."""

    resource_id: UUID
    name: str
    site: str | None
    owned: int
    away: int
    missing: Annotated[int, Meta(description="Since a count, and not found yet.")]
    written_off: int
    entries: Annotated[int, Meta(description="How many times somebody has said how many there are.")]
    expected: int
    counted: int | None
    difference: int | None
    is_stale: Annotated[bool, Meta(description="Whether something moved while it was counted: count it anew.")]
    decision: StockDecisionKind | None

    @classmethod
    def example(cls) -> Self:
        """Return ten chairs, of which eight were found."""
        return cls(
            resource_id=UUID(_ID.format(13)),
            name="Stolar i foajén",
            site="Regionens hus",
            owned=12,
            away=2,
            missing=0,
            written_off=0,
            entries=1,
            expected=10,
            counted=8,
            difference=-2,
            is_stale=False,
            decision=None,
        )


def stocktake_out(view: StocktakeView) -> StocktakeOut:
    """Return a stocktake as those may know it who list what is counted."""
    row = view.stocktake
    return StocktakeOut(
        id=row.id,
        version=row.version,
        organisation_id=row.organisation_id,
        site_id=row.site_id,
        site=view.site,
        department=row.department,
        resource_id=row.resource_id,
        resource=view.thing,
        state=row.state,
        member_id=row.member_id,
        created_at=row.created_at,
        closed_at=row.closed_at,
    )


def stock_count_out(row: StockCount) -> StockCountOut:
    """Return an entry likewise."""
    return StockCountOut(
        id=row.id,
        resource_id=row.resource_id,
        amount=row.amount,
        adds=row.adds,
        expected=row.expected,
        member_id=row.member_id,
        at=row.at,
    )


def counted_thing_out(each: ThingCounted) -> CountedThingOut:
    """Return a thing likewise."""
    stock, tally = each.stock, each.tally
    is_counted = tally.entries > 0
    return CountedThingOut(
        resource_id=each.thing.id,
        name=each.thing.name,
        site=each.site,
        owned=stock.owned,
        away=stock.away,
        missing=stock.missing,
        written_off=stock.written_off,
        entries=tally.entries,
        expected=tally.expected if is_counted else stock.expected,
        counted=tally.counted if is_counted else None,
        difference=tally.difference if is_counted else None,
        is_stale=tally.is_stale,
        decision=each.decision.kind if each.decision else None,
    )
