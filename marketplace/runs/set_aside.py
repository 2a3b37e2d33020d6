"""Rows that a run could not use: it goes on without them, and names them to whoever can mend them."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct


class Fault(StrEnum):
    """Why a row was left out: what of it cannot be read or used, or that its organisation asks for too much at once."""

    TIMING = "timing"
    REQUIREMENTS = "requirements"
    TOO_FAR = "too_far"
    OFFER = "offer"
    UNUSABLE = "unusable"
    TOO_MUCH = "too_much"


class SetAside(Struct, frozen=True, rename="camel"):
    """A need or an offer that a run left out; a need with the request that it stands in. As JSON, its keys are kept."""

    fault: Fault
    organisation_id: UUID
    request_id: UUID | None = None
    need_id: UUID | None = None
    offer_id: UUID | None = None

    @property
    def entity(self) -> str:
        """What kind of page shows it: `request` or `offer`."""
        return "request" if self.offer_id is None else "offer"

    @property
    def entity_id(self) -> UUID:
        """Whose page shows it."""
        found = self.offer_id or self.request_id
        assert found is not None
        return found


def set_aside(stored: Sequence[dict[str, Any]]) -> list[SetAside]:
    """Return what a run set aside from its JSON."""
    return msgspec.convert(stored, list[SetAside])


def to_json(rows: Iterable[SetAside]) -> list[dict[str, Any]]:
    """Return what a run set aside as it is stored and sent, each row once."""
    plain: list[dict[str, Any]] = msgspec.to_builtins(list(dict.fromkeys(rows)))
    return plain
