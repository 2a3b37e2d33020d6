"""What an organisation that wants to join, and a person who applies, may say; how both move; how one is welcomed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.database.lifecycle import Lifecycle
from core.errors import InvalidParameter
from core.limits import (
    GREATEST_WHOLE,
    LONGEST_NAME,
    LONGEST_WORDS,
    count_faults,
    instant_faults,
    refuse_if,
    whole_faults,
)
from core.text import text_faults
from core.time import clock
from hubs.membership.models import HubMember, HubMembership, HubMembershipState, HubMemberState
from hubs.places.rules import GREATEST_FEE, MOST_SEATS

MOST_HUBS = 20
"""Covered by one agreement."""
LONGEST_FIRST_NAME = 40
WELCOME = ("mail", "introduction", "clothes_peg")
"""How somebody new is welcomed, beside signing the manifesto: what the host ticks off."""

_O, _P = HubMembershipState, HubMemberState
HUB_MEMBERSHIP = Lifecycle(
    "hub_membership",
    HubMembership,
    {
        _O.ASKED: frozenset({_O.AGREED, _O.REFUSED, _O.WITHDRAWN}),
        _O.AGREED: frozenset({_O.AGREED, _O.ENDED}),  # agreed anew: to other terms
    },
)
HUB_MEMBER = Lifecycle(
    "hub_member",
    HubMember,
    {
        _P.APPLIED: frozenset({_P.ACTIVE, _P.REFUSED, _P.WITHDRAWN, _P.ENDED}),
        _P.ACTIVE: frozenset({_P.LEFT, _P.ENDED}),
    },
)


@dataclass(frozen=True, kw_only=True)
class MembershipDraft:
    """What an organisation asks for: the host of the first of the hubs keeps the agreement.

    Raises
    ------
    BadInput
        With all that is wrong, named as in JSON.
    """

    hub_ids: tuple[UUID, ...]
    employees: int
    starts: date
    signatory: str
    ends: date | None = None
    seats: int | None = None

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from count_faults("hubIds", self.hub_ids, 1, MOST_HUBS)
        if len(set(self.hub_ids)) < len(self.hub_ids):
            yield InvalidParameter("hubIds", None, "each hub may be named once")
        yield from whole_faults("employees", self.employees, 1, GREATEST_WHOLE)
        yield from whole_faults("seats", self.seats, 1, MOST_SEATS)
        yield from text_faults("signatory", self.signatory, 1, LONGEST_NAME)
        yield from instant_faults("starts", self.starts)
        yield from _end_faults(self.ends, self.starts)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the host agrees to: the fee a year, for how many people, until when.

    Raises
    ------
    BadInput
        With all that is wrong, named as in JSON.
    """

    fee_sek: int
    seats: int | None = None
    ends: date | None = None

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from whole_faults("feeSek", self.fee_sek, 0, GREATEST_FEE)
        yield from whole_faults("seats", self.seats, 1, MOST_SEATS)
        yield from _end_faults(self.ends, clock.today())


@dataclass(frozen=True, kw_only=True)
class ApplicationDraft:
    """What a person answers to the two questions, and what is to stand on the clothes-peg.

    Raises
    ------
    BadInput
        With all that is wrong, named as in JSON.
    """

    aims: str
    contribution: str
    first_name: str

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("aims", self.aims, 1, LONGEST_WORDS)
        yield from text_faults("contribution", self.contribution, 1, LONGEST_WORDS)
        yield from first_name_faults(self.first_name)


def first_name_faults(first_name: str) -> Iterator[InvalidParameter]:
    """Yield what is wrong with what is to stand on a clothes-peg."""
    yield from text_faults("firstName", first_name, 1, LONGEST_FIRST_NAME)


def _end_faults(ends: date | None, starts: date) -> Iterator[InvalidParameter]:
    yield from instant_faults("ends", ends)
    if ends is not None and ends < starts:
        yield InvalidParameter("ends", str(ends), "it has to be the first day or later, and not over already")
