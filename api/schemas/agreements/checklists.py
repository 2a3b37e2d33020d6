"""Checklists on the wire, and what was gone through by one."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import FILLED_IN, KEPT, Wire, each_limited, limited
from api.schemas.families import FamilyName
from marketplace.bookings.checks import LONGEST_REMARK, Check
from marketplace.bookings.models import MovementCheck
from marketplace.checklists.models import Step
from marketplace.checklists.queries import Listed
from marketplace.checklists.rules import LONGEST_ITEM, MOST_ITEMS

Item = Annotated[str, limited(min_length=1, max_length=LONGEST_ITEM, pattern=FILLED_IN)]
Items = Annotated[
    list[Annotated[str, each_limited(min_length=1, max_length=LONGEST_ITEM, pattern=FILLED_IN)]],
    limited("In order, each once; none where there is to be no list.", max_items=MOST_ITEMS, unique_items=True),
]


class ChecklistIn(Wire):
    """What is gone through of a family at a step, at one site or at all that have no list of their own."""

    family: Annotated[FamilyName, Meta(description="Not staff: people are not handed over.")]
    step: Step
    items: Items
    site_id: UUID | None = None

    @classmethod
    def example(cls) -> Self:
        """Return what is gone through when a car comes back."""
        return cls(family="vehicle", step=Step.RETURN, items=["Tankad", "Nycklar", "Mätarställning"])


class ChecklistOut(Wire):
    """A checklist of your organisation. Without a site it holds at all that have none of their own."""

    family: FamilyName
    step: Step
    site_id: UUID | None
    site: str | None
    items: list[str]
    updated_at: datetime

    @classmethod
    def example(cls) -> Self:
        """Return the same."""
        return cls(
            family="vehicle",
            step=Step.RETURN,
            site_id=None,
            site=None,
            items=["Tankad", "Nycklar", "Mätarställning"],
            updated_at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
        )


class CheckIn(Wire):
    """One item of a checklist as it was worded, and whether it was in order."""

    item: Item
    ticked: bool
    remark: Annotated[str, limited(max_length=LONGEST_REMARK, pattern=KEPT)] = ""


class CheckOut(Wire):
    """The same, as it is kept."""

    item: str
    ticked: bool
    remark: str


Checks = Annotated[
    list[CheckIn],
    limited("What was gone through. What is not ticked stops nothing: both sides are told.", max_items=MOST_ITEMS),
]


def checks_in(sent: list[CheckIn]) -> list[Check]:
    """Return what was gone through."""
    return [Check(each.item, each.ticked, each.remark) for each in sent]


def check_out(row: MovementCheck) -> CheckOut:
    """Return one item as both sides may know it."""
    return CheckOut(item=row.item, ticked=row.ticked, remark=row.remark)


def checklist_out(listed: Listed) -> ChecklistOut:
    """Return a list as its organisation knows it."""
    row, place = listed
    return ChecklistOut(
        family=row.family,
        step=row.step,
        site_id=row.site_id,
        site=place,
        items=row.items,
        updated_at=row.updated_at,
    )
