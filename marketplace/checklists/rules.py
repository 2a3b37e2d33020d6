"""What may stand on a checklist, and of what there may be one. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.errors import InvalidParameter
from core.limits import count_faults
from core.text import text_faults
from marketplace.checklists.models import Step
from resources.families import FAMILIES

MOST_ITEMS = 12
"""As many as somebody goes through at a counter."""
LONGEST_ITEM = 80

LISTED = tuple(name for name, family in FAMILIES.items() if not family.anonymous)
"""The families that are handed over: not people."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a list is for; without a site, all sites that have none of their own."""

    family: str
    step: Step
    site_id: UUID | None = None


def tidied(items: Sequence[str]) -> list[str]:
    """Return items without blanks around them, and without those that are empty."""
    return [text for each in items if (text := " ".join(each.split()))]


def item_faults(items: Sequence[str]) -> Iterator[InvalidParameter]:
    """Yield what is wrong with the items of a list."""
    yield from count_faults("items", items, 0, MOST_ITEMS)
    for each in items[:MOST_ITEMS]:
        yield from text_faults("items", each, 1, LONGEST_ITEM)
    twice = sorted({each for each in items if items.count(each) > 1})
    if twice:
        yield InvalidParameter("items", twice[0], "it stands there twice")


def family_faults(family: str) -> Iterator[InvalidParameter]:
    """Yield that a family is none, or is never handed over."""
    if family not in LISTED:
        yield InvalidParameter("family", family, f"it has to be one of {', '.join(LISTED)}")
