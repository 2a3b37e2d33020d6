"""Every question about members of a hub, by one of them: each part only where it is told whoever asks."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import by_swedish
from core.errors import NotFound
from hubs.membership.models import HubMember, HubMemberState
from hubs.membership.queries import is_member, member_ids
from hubs.profiles.models import HubContact, HubProfile, ProfileAudience, ProfilePart
from marketplace.organisations.models import Member, Organisation

MOST_SUGGESTED = 300
"""Members whom hosts are told of at once, and may be suggested to meet."""


@dataclass(frozen=True)
class Person:
    """A member as another may read it: what is not told is empty. `id` is the profile's."""

    id: UUID
    member_id: UUID
    first_name: str
    organisation: str
    can: tuple[str, ...]
    learns: tuple[str, ...]
    wonders: str
    chosen: bool
    """Whether the reader has chosen it."""
    wanted: bool
    """Whether the reader wants to meet it."""


def check_member(session: Session, actor: Actor, hub_id: UUID) -> None:
    """Refuse whoever is no member of a hub now: to others nothing of its people is there.

    Raises
    ------
    NotFound
        The actor is none, or there is no such hub.
    """
    if not is_member(session, hub_id, actor.member_id):
        raise NotFound("hub of yours", hub_id)


def own_profile(session: Session, actor: Actor, hub_id: UUID) -> HubProfile:
    """Return what the actor says of itself, nothing of which is told to anybody unless it was said.

    Raises
    ------
    NotFound
        The actor is no member.
    """
    check_member(session, actor, hub_id)
    found = session.scalars(select(HubProfile).where(col(HubProfile.member_id) == actor.member_id)).one_or_none()
    return found or HubProfile(member_id=actor.member_id)


def people_page(
    session: Session,
    actor: Actor,
    hub_id: UUID,
    *,
    knows: str = "",
    organisation: str = "",
    page: int = 1,
    limit: int = DEFAULT_LIMIT,
) -> Page[Person]:
    """Return the members who tell the actor their first name, by that: all, or those who know something, or work
    somewhere. Nobody is found by what it does not tell the actor.

    Raises
    ------
    NotFound
        The actor is no member.
    """
    check_member(session, actor, hub_id)
    found = _people(actor, hub_id, knows=knows.strip(), organisation=organisation.strip())
    ordered = found.order_by(by_swedish(col(HubMember.first_name)), col(HubProfile.id))
    return read_rows(session, ordered, page, limit).of(lambda rows: [_person(row) for row in rows])


def people(session: Session, actor: Actor, hub_id: UUID) -> dict[UUID, Person]:
    """Return all who tell the actor their first name, by the member's id."""
    found = [_person(row) for row in session.execute(_people(actor, hub_id))]
    return {each.member_id: each for each in found}


def person(session: Session, actor: Actor, hub_id: UUID, profile_id: UUID) -> Person:
    """Return somebody who tells the actor its first name.

    Raises
    ------
    NotFound
        There is none such, or the actor is no member.
    """
    check_member(session, actor, hub_id)
    found = session.execute(_people(actor, hub_id).where(col(HubProfile.id) == profile_id)).one_or_none()
    if found is None:
        raise NotFound("hub_profile", profile_id)
    return _person(found)


def told_to_hosts(session: Session, hub_id: UUID) -> list[Person]:
    """Return the members who tell the hosts their first name, the latest first, with what else they tell them; for
    hosts of the hub: see the callers. Nobody is chosen or wanted here, which no host learns.
    """
    found: Select[*tuple[Any, ...]] = (
        select(HubProfile, col(HubMember.first_name).label("first_name"), col(Organisation.name).label("organisation"))
        .join(HubMember, _seat(hub_id))
        .join(Member, col(Member.id) == col(HubProfile.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(
            col(HubProfile.member_id).in_(member_ids(hub_id)),
            audience_of(ProfilePart.NAME).in_([each.value for each in ProfileAudience if each.is_hosts]),
        )
        .order_by(col(HubMember.id).desc())
        .limit(MOST_SUGGESTED)
    )
    return [
        person_told(row, {part for part in ProfilePart if row.HubProfile.audience(part).is_hosts})
        for row in session.execute(found)
    ]


def person_told(row: Any, told: Collection[ProfilePart]) -> Person:
    """Return somebody who tells its first name and some parts, of a row with the profile and both names."""
    profile: HubProfile = row.HubProfile
    return Person(
        id=profile.id,
        member_id=profile.member_id,
        first_name=row.first_name,
        organisation=row.organisation if ProfilePart.ORGANISATION in told else "",
        can=tuple(profile.can) if ProfilePart.CAN in told else (),
        learns=tuple(profile.learns) if ProfilePart.LEARNS in told else (),
        wonders=profile.wonders if ProfilePart.WONDERS in told else "",
        chosen=False,
        wanted=False,
    )


def profiles(session: Session, of: Sequence[UUID]) -> dict[UUID, HubProfile]:
    """Return the profiles of some members, by the member's id, for the plan of all."""
    found = select(HubProfile).where(col(HubProfile.member_id).in_(of))
    return {each.member_id: each for each in session.scalars(found)}


def contacts(session: Session, hub_id: UUID) -> Sequence[HubContact]:
    """Return who has chosen or wants to meet whom at a hub, for the plan of all."""
    return session.scalars(select(HubContact).where(col(HubContact.hub_id) == hub_id)).all()


def has_chosen(hub_id: Any, owner: Any, reader_id: Any) -> ColumnElement[bool]:
    """Return the condition that a member has chosen another at a hub; each is an id, or a column of ids."""
    contact = aliased(HubContact)
    return (
        select(literal(True))
        .where(
            col(contact.hub_id) == hub_id,
            col(contact.member_id) == owner,
            col(contact.other_id) == reader_id,
            col(contact.chosen),
        )
        .exists()
    )


def found_by(
    knows: str, organisation: str, told: Callable[[ProfilePart], ColumnElement[bool]]
) -> list[ColumnElement[bool]]:
    """Return the conditions that somebody of the query knows something and works somewhere, and tells it so."""
    found: list[ColumnElement[bool]] = []
    if knows:
        can = func.array_to_string(col(HubProfile.can), "\n")
        found += [told(ProfilePart.CAN), can.icontains(knows, autoescape=True)]
    if organisation:
        home = col(Organisation.name).icontains(organisation, autoescape=True)
        found += [told(ProfilePart.ORGANISATION), home]
    return found


def _people(actor: Actor, hub_id: UUID, *, knows: str = "", organisation: str = "") -> Select[*tuple[Any, ...]]:
    chosen = has_chosen(hub_id, col(HubProfile.member_id), actor.member_id)
    mine = aliased(HubContact)
    told = {part: _told(part, chosen) for part in ProfilePart}
    return (
        select(
            HubProfile,
            col(HubMember.first_name).label("first_name"),
            case((told[ProfilePart.ORGANISATION], col(Organisation.name)), else_="").label("organisation"),
            *(told[part].label(f"{part}_told") for part in (ProfilePart.CAN, ProfilePart.LEARNS, ProfilePart.WONDERS)),
            func.coalesce(col(mine.chosen), false()).label("chosen"),
            func.coalesce(col(mine.wanted), false()).label("wanted"),
        )
        .join(HubMember, _seat(hub_id))
        .join(Member, col(Member.id) == col(HubProfile.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .outerjoin(
            mine,
            and_(
                col(mine.hub_id) == hub_id,
                col(mine.member_id) == actor.member_id,
                col(mine.other_id) == col(HubProfile.member_id),
            ),
        )
        .where(
            col(HubProfile.member_id) != actor.member_id,
            col(HubProfile.member_id).in_(member_ids(hub_id)),
            told[ProfilePart.NAME],
            *found_by(knows, organisation, told=told.__getitem__),
        )
    )


def _told(part: ProfilePart, chosen: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a profile tells a part to a reader, who is chosen on the condition that is given."""
    audience = audience_of(part)
    to_all = audience.in_([each.value for each in ProfileAudience if each.is_all_members])
    return or_(to_all, and_(audience == ProfileAudience.CHOSEN.value, chosen))


def audience_of(part: ProfilePart) -> ColumnElement[str]:
    """Return to whom a `HubProfile` of the query tells a part."""
    told = col(HubProfile.told_to)[part.value].as_string()
    found: ColumnElement[str] = func.coalesce(told, ProfileAudience.NOBODY.value)
    return found


def _seat(hub_id: UUID) -> ColumnElement[bool]:
    return and_(
        col(HubMember.hub_id) == hub_id,
        col(HubMember.member_id) == col(HubProfile.member_id),
        col(HubMember.state) == HubMemberState.ACTIVE,
    )


def _person(row: Any) -> Person:
    profile: HubProfile = row.HubProfile
    return Person(
        id=profile.id,
        member_id=profile.member_id,
        first_name=row.first_name,
        organisation=row.organisation,
        can=tuple(profile.can) if row.can_told else (),
        learns=tuple(profile.learns) if row.learns_told else (),
        wonders=profile.wonders if row.wonders_told else "",
        chosen=row.chosen,
        wanted=row.wanted,
    )
