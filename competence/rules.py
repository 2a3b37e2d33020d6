"""Who has to say yes before a capacity card is shown, and in what order."""

from collections.abc import Collection
from enum import StrEnum

from competence.models import StaffCapacity
from core.errors import Conflict


class Consenting(StrEnum):
    """Those who say yes, in the order in which they are asked."""

    EMPLOYEE = "employee"
    MANAGER = "manager"
    HR = "hr"


def check_turn(who: Consenting, given: Collection[Consenting]) -> None:
    """Refuse a yes before those have said theirs who are asked first."""
    for earlier in list(Consenting)[: list(Consenting).index(who)]:
        if earlier not in given:
            raise Conflict("consent_order", f"The {earlier} is asked before the {who}.", {"missing": earlier.value})


def falling(who: Consenting) -> tuple[Consenting, ...]:
    """Return whose yes falls when one takes theirs back: their own, and those given because of it."""
    return tuple(list(Consenting)[list(Consenting).index(who) :])


def consents_of(row: StaffCapacity) -> frozenset[Consenting]:
    """Return who has said yes to a card."""
    return frozenset(who for who in Consenting if getattr(row, consent_column(who)) is not None)


def consent_column(who: Consenting) -> str:
    """Return the name of the column that tells since when somebody has said yes."""
    return f"{who.value}_consent_at"
