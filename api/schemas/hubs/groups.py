"""Networks and working groups on the wire."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import FILLED_IN, KEPT, Wire, limited
from core.limits import LONGEST_NAME, LONGEST_WORDS
from hubs.groups.models import HubGroupKind
from hubs.groups.queries import GroupPerson, GroupView
from hubs.groups.rules import GroupDraft


class HubGroupIn(Wire):
    """What a group is."""

    kind: HubGroupKind
    name: Annotated[str, limited(min_length=1, max_length=LONGEST_NAME, pattern=FILLED_IN)]
    about: Annotated[str, limited(max_length=LONGEST_WORDS, pattern=KEPT)] = ""

    @classmethod
    def example(cls) -> Self:
        """Return a network of facilitators."""
        return cls(kind=HubGroupKind.NETWORK, name="Facilitatorer")

    def draft(self) -> GroupDraft:
        """Return it as hubs know it."""
        return GroupDraft(kind=self.kind, name=self.name, about=self.about)


class HubGroupJoining(Wire):
    """How you are in a group."""

    named: Annotated[bool, Meta(description="Whether the others in it are told your first name and organisation.")]

    @classmethod
    def example(cls) -> Self:
        """Return one who tells."""
        return cls(named=True)


class HubGroupPersonOut(Wire):
    """Somebody in a group, who tells the others so."""

    first_name: str
    organisation: str


class HubGroupOut(HubGroupIn, kw_only=True):
    """A group, and how you are in it."""

    id: UUID
    hub_id: UUID
    closed_at: Annotated[datetime | None, Meta(description="Since when nobody joins it.")]
    is_in: Annotated[bool, Meta(description="Whether you are in it.")]
    named: Annotated[bool, Meta(description="Whether the others in it are told your first name and organisation.")]

    @classmethod
    def example(cls) -> Self:
        """Return a network of facilitators."""
        key = UUID("01980000-0000-7000-8000-000000000001")
        said: dict[str, Any] = {"kind": HubGroupKind.NETWORK, "name": "Facilitatorer"}
        return cls(id=key, hub_id=key, closed_at=None, is_in=True, named=True, **said)


class HubGroupWithPeople(HubGroupOut, kw_only=True):
    """A group with those in it who tell so; to who is not in it nobody is."""

    people: list[HubGroupPersonOut]

    @classmethod
    def example(cls) -> Self:
        """Return a network of facilitators, none of whom tells so."""
        key = UUID("01980000-0000-7000-8000-000000000001")
        said: dict[str, Any] = {"kind": HubGroupKind.NETWORK, "name": "Facilitatorer"}
        return cls(id=key, hub_id=key, closed_at=None, is_in=True, named=True, people=[], **said)


def group_out(view: GroupView) -> HubGroupOut:
    """Return a group as somebody may read it."""
    return HubGroupOut(
        id=view.group.id,
        hub_id=view.hub.id,
        kind=view.group.kind,
        name=view.group.name,
        about=view.group.about,
        closed_at=view.group.closed_at,
        is_in=view.own is not None,
        named=view.own is not None and view.own.named,
    )


def group_with_people(view: GroupView, people: list[GroupPerson]) -> HubGroupWithPeople:
    """Return a group as somebody may read it, with those who are in it."""
    out = group_out(view)
    told = [HubGroupPersonOut(first_name=each.first_name, organisation=each.organisation) for each in people]
    return HubGroupWithPeople(people=told, **{name: getattr(out, name) for name in HubGroupOut.__struct_fields__})
