"""Organisations, members and partnerships as rows."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from marketplace.importing.cells import kept
from marketplace.organisations.grants import roles_of
from marketplace.organisations.models import Member, Organisation


def organisation_row(stored: Organisation) -> dict[str, Any]:
    """Return an organisation as its row."""
    return {
        "name": kept(stored.name),
        "short_name": kept(stored.short_name),
        "number": kept(stored.number),
        "kind": stored.kind,
        "municipality": stored.municipality_code,
    }


def member_row(stored: Member) -> dict[str, Any]:
    """Return a member as its row; which units a role is for, and until when, no file tells."""
    return {
        "name": kept(stored.name),
        "email": kept(stored.email),
        "roles": roles_of(stored),
        "department": kept(stored.department),
        "language": stored.language,
    }


def partnership_rows(
    pairs: Collection[tuple[UUID, UUID]], names: Mapping[UUID, str], of: Collection[UUID]
) -> Iterator[dict[str, Any]]:
    """Yield partnerships of organisations, each once, though they are stored both ways."""
    seen = {tuple(sorted(pair, key=names.__getitem__)) for pair in pairs}
    for one, other in sorted(seen, key=lambda pair: [names[each] for each in pair]):
        home, partner = (one, other) if one in of else (other, one)
        yield {"organisation": kept(names[home]), "partner": kept(names[partner])}
