"""Every question about organisations, members and tokens.

The register of organisations is open to everybody who is signed in; members and tokens are seen by their own
organisation and by coordinators.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, false, func, or_, union
from sqlalchemy import select as select_rows
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core.actor import Actor, Area, Role
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of, by_swedish, coordinated
from core.errors import NotFound
from core.settings import settings
from core.swedish import swedish_key
from marketplace.organisations import grants, rules
from marketplace.organisations.grants import Grant
from marketplace.organisations.models import AccessToken, Member, Organisation, OrganisationKind, Partnership
from marketplace.organisations.tokens import token_hash
from resources.models import Resource, Site

MOST_ADMINS = 10
"""Of one organisation that somebody is told to turn to."""
MOST_TO_CHOOSE = 100
"""Units, and sites, that somebody chooses from."""

PARTNERS = func.array(
    select(Partnership.partner_id)
    .where(col(Partnership.organisation_id) == col(Organisation.id))
    .correlate(Organisation)
    .scalar_subquery(),
    type_=ARRAY(Uuid),
)
"""The partners of an organisation in a SELECT of it, as whoever reads a member as an actor reads them too."""


class Holder(NamedTuple):
    """What is read of a member and its organisation to know who acts, see `HOLDER`."""

    member_id: UUID
    name: str
    department: str | None
    roles: Sequence[str]
    grants: Mapping[str, Any]
    language: str
    organisation_id: UUID
    county_code: str
    partner_ids: Sequence[UUID]


_MEMBER = (Member.id, Member.name, Member.department, Member.roles, Member.grants, Member.language)
HOLDER = (*map(col, _MEMBER), col(Organisation.id), col(Organisation.county_code), PARTNERS)
"""The columns of it: rows take as long to be made of a member and an organisation as all else about a small page."""


class OrganisationInShort(NamedTuple):
    """What lists of other things read of an organisation."""

    id: UUID
    name: str


@dataclass(frozen=True)
class OrganisationSearch:
    """What to look for; nothing means any."""

    text: str | None = None
    kind: OrganisationKind | None = None
    county_code: str | None = None


def actor_for(session: Session, member_id: UUID) -> Actor:
    """Return the active member as an actor.

    Raises
    ------
    NotFound
        There is none.
    """
    found = actors_for(session, [member_id])
    if not found:
        raise NotFound("member", member_id)
    return found[member_id]


def actors_for(session: Session, member_ids: Collection[UUID]) -> dict[UUID, Actor]:
    """Return those of the members who are active as actors, in one query."""
    found = session.execute(
        select_rows(*HOLDER)
        .join_from(Member, Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(any_of(col(Member.id), member_ids), col(Member.active), takes_part())
    )
    holders = map(Holder._make, found)
    return {each.member_id: actor_of(session, each) for each in holders}


def takes_part() -> ColumnElement[bool]:
    """Return the condition that an organisation has not left."""
    return col(Organisation.left_at).is_(None)


def coordinators(session: Session) -> list[Actor]:
    """Return everybody who coordinates, be it not all organisations."""
    return holders(session, Role.COORDINATOR)


def holders(session: Session, role: Role, organisation_ids: Collection[UUID] | None = None) -> list[Actor]:
    """Return everybody who has a role, in some organisations or anywhere, be it for some units alone."""
    found = select(Member.id).where(grants.holds_role(role))
    if organisation_ids is not None:
        found = found.where(any_of(col(Member.organisation_id), organisation_ids))
    return list(actors_for(session, session.exec(found).all()).values())


def offer_quota(session: Session, organisation_id: UUID) -> int:
    """Return how many offers an organisation may have at a time."""
    return session.get_one(Organisation, organisation_id).offer_quota or settings().organisation_offers


def need_quota(session: Session, organisation_id: UUID) -> int:
    """Return how many needs of an organisation may wait at a time."""
    return session.get_one(Organisation, organisation_id).need_quota or settings().organisation_needs


def coordinating(session: Session, organisation_ids: Collection[UUID]) -> set[UUID]:
    """Return the organisations that have somebody who coordinates one of some organisations."""
    return {
        actor.organisation_id
        for actor in coordinators(session)
        if any(actor.coordinates_for(each) for each in organisation_ids)
    }


def _holder() -> Select[AccessToken, *tuple[Any, ...]]:
    """A token by its hash with whom it acts as, if it holds: made once, as every request asks it."""
    line = (
        select(AccessToken.id, AccessToken.parent_id, AccessToken.expires_at, AccessToken.revoked_at)
        .where(col(AccessToken.hash) == bindparam("digest"))
        .cte("line", recursive=True)
    )
    parent = aliased(AccessToken)
    line = line.union_all(
        select(parent.id, parent.parent_id, parent.expires_at, parent.revoked_at).join(
            line, col(parent.id) == line.c.parent_id
        )
    )
    ended = select(line.c.id).where(or_(line.c.expires_at <= bindparam("now"), line.c.revoked_at.is_not(None)))
    return (
        select_rows(AccessToken, *HOLDER)
        .select_from(AccessToken)
        .join(Member, col(Member.id) == col(AccessToken.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(col(AccessToken.hash) == bindparam("digest"), col(Member.active), takes_part(), ~ended.exists())
    )


_HOLDER = _holder()


def actor_for_token(session: Session, token: str, now: datetime) -> tuple[Actor, AccessToken] | None:
    """Return whom a machine client acts as, and the token; nothing when it does not hold at the instant.

    It holds as long as every token does that it was made by, and theirs.
    """
    digest = token_hash(token)
    found = session.execute(_HOLDER, {"digest": digest, "now": now}).one_or_none()
    if found is None or not compare_digest(found[0].hash, digest):
        return None
    row, *holder = found
    return actor_of(session, Holder(*holder)), row


def members_to_choose(session: Session, limit: int = 500) -> Sequence[tuple[Member, Organisation]]:
    """Return active members with their organisations by name, so many at most: for the development sign-in only.

    Where there are more, coordinators are among them, for without one nothing can be matched.
    """
    by_name = (by_swedish(col(Organisation.name)), by_swedish(col(Member.name)))
    chosen = (
        select(Member.id)
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(col(Member.active), takes_part())
        .order_by(grants.holds_role(Role.COORDINATOR).desc(), *by_name)
        .limit(limit)
    )
    return session.exec(
        select(Member, Organisation)
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(col(Member.id).in_(chosen))
        .order_by(*by_name)
    ).all()


def organisation(session: Session, organisation_id: UUID) -> Organisation:
    """Return an organisation.

    Raises
    ------
    NotFound
        There is none.
    """
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound("organisation", organisation_id)
    return found


def organisation_names(session: Session, organisation_ids: Collection[UUID]) -> Sequence[str]:
    """Return the names of organisations, in order."""
    if not organisation_ids:
        return ()
    found = select(Organisation.name).where(any_of(col(Organisation.id), organisation_ids))
    return session.exec(found.order_by(by_swedish(col(Organisation.name)))).all()


def any_organisation(session: Session) -> bool:
    """Tell whether there is any."""
    return session.scalars(select(col(Organisation.id)).limit(1)).first() is not None


def organisations(
    session: Session, search: OrganisationSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[Organisation]:
    """Return the organisations that fit, by name."""
    statement = select(Organisation).order_by(by_swedish(col(Organisation.name)), col(Organisation.id))
    if search.text:
        words = [col(Organisation.name), col(Organisation.short_name)]
        statement = statement.where(or_(*(column.icontains(search.text, autoescape=True) for column in words)))
    if search.kind:
        statement = statement.where(col(Organisation.kind) == search.kind)
    if search.county_code:
        statement = statement.where(col(Organisation.county_code) == search.county_code)
    return read_page(session, statement, page, limit)


def departments_known(session: Session, organisation_id: UUID, named: Collection[str]) -> set[str]:
    """Return those of some units that a member, or something that is listed, of the organisation belongs to."""
    return {
        each
        for row in (Member, Resource)
        for each in session.exec(
            select(col(row.department)).where(
                col(row.organisation_id) == organisation_id, col(row.department).in_(named)
            )
        )
        if each is not None
    }


def departments_of(session: Session, organisation_id: UUID) -> Sequence[str]:
    """Return the units that members, and what is listed, of an organisation belong to, so many at most."""
    named = union(
        *(
            select_rows(col(row.department)).where(
                col(row.organisation_id) == organisation_id, col(row.department).is_not(None)
            )
            for row in (Member, Resource)
        )
    )
    return sorted(session.scalars(named.limit(MOST_TO_CHOOSE)), key=swedish_key)


def sites_of(session: Session, organisation_id: UUID) -> Sequence[Site]:
    """Return the sites of an organisation by name, so many at most."""
    own = select(Site).where(col(Site.organisation_id) == organisation_id)
    return session.exec(own.order_by(by_swedish(col(Site.name))).limit(MOST_TO_CHOOSE)).all()


def sites_among(session: Session, site_ids: Collection[UUID]) -> Sequence[Site]:
    """Return those of some sites that there are, by name."""
    return session.exec(select(Site).where(any_of(col(Site.id), site_ids)).order_by(by_swedish(col(Site.name)))).all()


def partners_of(session: Session, organisation_id: UUID) -> Sequence[Organisation]:
    """Return an organisation's partners by name."""
    return session.exec(
        select(Organisation)
        .join(Partnership, col(Partnership.partner_id) == col(Organisation.id))
        .where(col(Partnership.organisation_id) == organisation_id)
        .order_by(by_swedish(col(Organisation.name)))
    ).all()


def member(session: Session, member_id: UUID) -> Member:
    """Return a member, active or not, for use cases, which decide who may.

    Raises
    ------
    NotFound
        There is none.
    """
    found = session.get(Member, member_id)
    if found is None:
        raise NotFound("member", member_id)
    return found


def names_of(session: Session, member_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of members, for those who administer what they have done."""
    found = session.exec(select(Member).where(any_of(col(Member.id), member_ids))).all()
    return {each.id: each.name for each in found}


def member_seen(session: Session, actor: Actor | None, member_id: UUID) -> Member:
    """Return a member of the actor's organisation, or of one that it coordinates; NotFound otherwise."""
    found = member(session, member_id)
    if actor is not None and not _sees_members_of(actor, found.organisation_id):
        raise NotFound("member", member_id)
    return found


def _sees_members_of(actor: Actor, organisation_id: UUID) -> bool:
    return organisation_id == actor.organisation_id or actor.coordinates_for(organisation_id)


def members(
    session: Session, actor: Actor, organisation_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[Member]:
    """Return an organisation's members by name, active or not; another organisation's only to its coordinators."""
    statement = select(Member).where(col(Member.organisation_id) == organisation_id)
    if not _sees_members_of(actor, organisation_id):
        statement = statement.where(false())
    return read_page(session, statement.order_by(by_swedish(col(Member.name)), col(Member.id)), page, limit)


def admins_told_to(session: Session, actor: Actor, organisation_id: UUID) -> Sequence[Member]:
    """Return who administers an organisation, so many at most, for those who see its members; nobody for others."""
    if not _sees_members_of(actor, organisation_id):
        return ()
    found = select(Member).where(col(Member.organisation_id) == organisation_id, grants.holds_role(Role.ADMIN))
    return session.exec(found.order_by(by_swedish(col(Member.name)), col(Member.id)).limit(MOST_ADMINS)).all()


def token(session: Session, actor: Actor | None, token_id: UUID) -> tuple[AccessToken, Member]:
    """Return a token that the actor may see, with its holder; NotFound otherwise."""
    statement = (
        select(AccessToken, Member)
        .join(Member, col(Member.id) == col(AccessToken.member_id))
        .where(col(AccessToken.id) == token_id)
    )
    if actor is not None:
        home = col(Member.organisation_id)
        statement = statement.where(or_(home == actor.organisation_id, coordinated(actor, home)))
    found = session.exec(statement).one_or_none()
    if found is None:
        raise NotFound("access token", token_id)
    return found


def tokens_of(session: Session, actor: Actor, member_id: UUID | None = None) -> Sequence[AccessToken]:
    """Return a member's tokens, newest first, whether they still hold or not.

    One's own (nobody is named), or those of a member that the actor administers.
    """
    holder_id = member_id or actor.member_id
    if holder_id != actor.member_id:
        rules.may_administer(actor, member_seen(session, actor, holder_id).organisation_id)
    return session.exec(
        select(AccessToken).where(col(AccessToken.member_id) == holder_id).order_by(col(AccessToken.id).desc())
    ).all()


def tokens_that_hold(session: Session, member_id: UUID, now: datetime) -> int:
    """Return how many of a member's tokens have neither expired nor been revoked."""
    mine = (col(AccessToken.member_id) == member_id, col(AccessToken.revoked_at).is_(None))
    return session.exec(select(func.count()).where(*mine, col(AccessToken.expires_at) > now)).one()


def tokens_made_by(session: Session, token_id: UUID) -> Sequence[AccessToken]:
    """Return a token, those that were made with it, and theirs."""
    line = select(AccessToken.id).where(col(AccessToken.id) == token_id).cte("line", recursive=True)
    child = aliased(AccessToken)
    line = line.union_all(select(child.id).join(line, col(child.parent_id) == line.c.id))
    return session.exec(select(AccessToken).where(col(AccessToken.id).in_(select(line.c.id)))).all()


def partnerships(session: Session, organisation_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Return the partnerships of and with organisations, each as whose it is and with whom."""
    sides = (col(Partnership.organisation_id), col(Partnership.partner_id))
    theirs = select(Partnership).where(or_(*(any_of(side, organisation_ids) for side in sides)))
    return {(each.organisation_id, each.partner_id) for each in session.exec(theirs)}


def actor_of(session: Session, holder: Holder) -> Actor:
    """Return an active member as an actor."""
    granted = grants.grants_of(holder)
    held = {role: grant for role, grant in granted.items() if grant.holds}
    return Actor(
        member_id=holder.member_id,
        name=holder.name,
        organisation_id=holder.organisation_id,
        county_code=holder.county_code,
        department=holder.department,
        partner_ids=frozenset(holder.partner_ids),
        roles=frozenset(held),
        language=holder.language,
        area=_area(session, held[Role.COORDINATOR]) if Role.COORDINATOR in held else None,
        site_ids=frozenset(held[Role.HUB_HOST].site_ids if Role.HUB_HOST in held else ()),
        departments={role: frozenset(grant.departments) for role, grant in held.items() if grant.departments},
        ended={role: grant.until.isoformat() for role, grant in granted.items() if grant.until and role not in held},
    )


def _area(session: Session, grant: Grant) -> Area | None:
    """Return what a coordinator coordinates; nothing is named: all there is."""
    if not (grant.county_codes or grant.organisation_ids):
        return None
    seated = select(Organisation.id).where(col(Organisation.county_code).in_(grant.county_codes))
    found = session.exec(seated).all() if grant.county_codes else ()
    return Area(frozenset((*found, *grant.organisation_ids)), frozenset(grant.county_codes))


def has_admin(session: Session, organisation_id: UUID, but_for: UUID | None = None) -> bool:
    """Tell whether an organisation has an active admin whose role has no end, but for one member."""
    found = select(Member.id).where(
        col(Member.organisation_id) == organisation_id, grants.holds_role(Role.ADMIN, for_good=True)
    )
    if but_for is not None:
        found = found.where(col(Member.id) != but_for)
    return session.exec(found.limit(1)).first() is not None


def lock_organisation(session: Session, organisation_id: UUID) -> None:
    """Let one transaction at a time change who administers an organisation."""
    session.exec(select(Organisation.id).where(col(Organisation.id) == organisation_id).with_for_update()).one()
