"""What a scenario changes, as data: each kind with its own facts, told apart by its code."""

from uuid import UUID

import msgspec
from msgspec import Struct

from core.errors import BadInput


class _Stored(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, tag_field="code"):
    @property
    def code(self) -> str:
        """What is changed."""
        return str(self.__struct_config__.tag)


class Lock(_Stored, frozen=True, tag="lock"):
    """A need keeps what the run gave it, or is given an offer instead."""

    need_id: UUID
    offer_id: UUID | None = None


class Forbid(_Stored, frozen=True, tag="forbid"):
    """A need is not given an offer."""

    need_id: UUID
    offer_id: UUID


class Close(_Stored, frozen=True, tag="close"):
    """Nobody is given an offer."""

    offer_id: UUID


class Add(_Stored, frozen=True, tag="add"):
    """There is so much more of all that an offer takes, whenever it is open."""

    offer_id: UUID
    amount: int


class Weigh(_Stored, frozen=True, tag="weigh"):
    """A criterion can give or take so many points."""

    criterion: str
    points: int


Change = Lock | Forbid | Close | Add | Weigh


def change_of(
    code: str,
    *,
    need_id: UUID | None = None,
    offer_id: UUID | None = None,
    amount: int | None = None,
    criterion: str | None = None,
    points: int | None = None,
) -> Change:
    """Return the change of a code with its facts; what it does not need is left out.

    Raises
    ------
    BadInput
        There is no such code, or something that it is about is missing.
    """
    facts = {"needId": need_id, "offerId": offer_id, "amount": amount, "criterion": criterion, "points": points}
    given = {name: fact for name, fact in facts.items() if fact is not None}
    try:
        found: Change = msgspec.convert({"code": code, **given}, Change)
    except msgspec.ValidationError as error:
        reason = "it has to be one of lock, forbid, close, add, weigh, with what it is about"
        raise BadInput("code", code, reason) from error
    return found


def changes(stored: object) -> list[Change]:
    """Return changes from their JSON."""
    return msgspec.convert(stored, list[Change])


def to_json(found: list[Change]) -> list[dict[str, object]]:
    """Return changes as they are stored and sent."""
    plain: list[dict[str, object]] = msgspec.to_builtins(found)
    return plain


def subject(change: Change) -> tuple[object, ...]:
    """Return what a change is about: of two about the same the later one holds."""
    match change:
        case Lock(need_id=need_id):
            return ("need", need_id)
        case Forbid(need_id=need_id, offer_id=offer_id):
            return ("pair", need_id, offer_id)
        case Close(offer_id=offer_id) | Add(offer_id=offer_id):
            return ("offer", offer_id)
        case Weigh(criterion=criterion):
            return ("criterion", criterion)
