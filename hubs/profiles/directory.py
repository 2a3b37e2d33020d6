"""Finding people at all hubs, by a member of any: each part only where it is told whoever asks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import any_of, by_swedish
from hubs.membership.models import HubMember, HubMemberState
from hubs.membership.queries import belonging, member_ids
from hubs.places.models import Hub, HubPhase
from hubs.profiles.models import HubProfile, ProfileAudience, ProfilePart
from hubs.profiles.queries import Person, audience_of, found_by, person_told
from marketplace.organisations.models import Member, Organisation


@dataclass(frozen=True)
class PersonAtHubs:
    """A member of hubs as a member of any may read it, and where it belongs."""

    person: Person
    hubs: tuple[Hub, ...]


def people_of_all_hubs(
    session: Session,
    actor: Actor,
    *,
    knows: str = "",
    organisation: str = "",
    page: int = 1,
    limit: int = DEFAULT_LIMIT,
) -> Page[PersonAtHubs]:
    """Return who tells the members of all hubs its first name, by that, and what else it tells them.

    Who is a member of no hub is told nobody. What somebody tells fewer is read at the hub that one has in common.
    Hubs in preparation are not spoken of.
    """
    found = _people(actor).where(*found_by(knows.strip(), organisation.strip(), told=_told))
    rows = read_rows(session, found.order_by(by_swedish(col(HubMember.first_name)), col(HubProfile.id)), page, limit)
    hubs = _hubs(session, [row.HubProfile.member_id for row in rows.items])
    return rows.of(lambda some: [_person(row, hubs) for row in some])


def _people(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Find each once, by the first name on its peg at the hub to which it has belonged longest."""
    first = aliased(HubMember)
    seats = select(col(first.id)).where(col(first.member_id) == col(HubProfile.member_id), _sits(first))
    longest = seats.order_by(col(first.id)).limit(1).correlate(HubProfile).scalar_subquery()
    return (
        select(HubProfile, col(HubMember.first_name).label("first_name"), col(Organisation.name).label("organisation"))
        .join(HubMember, col(HubMember.member_id) == col(HubProfile.member_id))
        .join(Member, col(Member.id) == col(HubProfile.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(
            col(HubMember.id) == longest,
            col(HubProfile.member_id) != actor.member_id,
            _told(ProfilePart.NAME),
            belonging(actor.member_id),
        )
    )


def _sits(seat: type[HubMember]) -> ColumnElement[bool]:
    """Return the condition that a seat is at a hub of which all may know, and makes its owner a member now."""
    hub = aliased(Hub)
    hub_id: Any = col(hub.id)
    known = select(hub_id).where(
        hub_id == col(seat.hub_id), col(hub.phase) != HubPhase.PREPARE, col(seat.member_id).in_(member_ids(hub_id))
    )
    return (col(seat.state) == HubMemberState.ACTIVE) & known.correlate(seat).exists()


def _told(part: ProfilePart) -> ColumnElement[bool]:
    return audience_of(part) == ProfileAudience.ALL_HUBS.value


def _hubs(session: Session, members: Sequence[UUID]) -> Mapping[UUID, list[Hub]]:
    seat = aliased(HubMember)
    found = (
        select(col(seat.member_id), Hub)
        .join(Hub, col(Hub.id) == col(seat.hub_id))
        .where(any_of(col(seat.member_id), members), _sits(seat))
        .order_by(by_swedish(col(Hub.name)))
    )
    hubs: dict[UUID, list[Hub]] = defaultdict(list)
    for member_id, hub in session.execute(found):
        hubs[member_id].append(hub)
    return hubs


def _person(row: Any, hubs: Mapping[UUID, list[Hub]]) -> PersonAtHubs:
    told = {part for part in ProfilePart if row.HubProfile.audience(part) is ProfileAudience.ALL_HUBS}
    return PersonAtHubs(person_told(row, told), tuple(hubs[row.HubProfile.member_id]))
