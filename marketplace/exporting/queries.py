"""What of the market goes into files: what somebody may change, or what organisations have."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, true
from sqlmodel import Session, col, select

from core.actor import Actor, Permission
from core.database.tables import any_of, by_swedish, within
from core.swedish import same_case
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.models import Request, RequestState
from resources.models import Resource, Site


@dataclass(frozen=True)
class Scope:
    """Whose files are written: by an actor, those of its organisation; by the system, those of some, or of all."""

    actor: Actor | None
    owners: Collection[UUID] | None = None

    def reached(self, permission: Permission, organisation_id: Any, department: Any = None) -> ColumnElement[bool]:
        """Return the condition that columns name what is in it, and may be changed."""
        if self.actor is None:
            return true() if self.owners is None else any_of(organisation_id, self.owners)
        if department is not None:
            return within(self.actor, permission, organisation_id, department)
        at_home = organisation_id == self.actor.organisation_id
        return and_(at_home, true() if self.actor.may(permission, self.actor.organisation_id) else ~true())


def organisations_in(session: Session, scope: Scope) -> Sequence[Organisation]:
    """Return the organisations, by name."""
    found = select(Organisation).where(scope.reached(Permission.ADMINISTER, col(Organisation.id)))
    return session.exec(found.order_by(by_swedish(col(Organisation.name)), col(Organisation.id))).all()


def members_in(session: Session, scope: Scope) -> Sequence[Member]:
    """Return the active members, by address."""
    theirs = scope.reached(Permission.ADMINISTER, col(Member.organisation_id)), col(Member.active)
    return session.exec(select(Member).where(*theirs).order_by(col(Member.email), col(Member.id))).all()


def partnerships_in(session: Session, scope: Scope) -> set[tuple[UUID, UUID]]:
    """Return the partnerships, each as whose it is and with whom."""
    return organisations.partnerships(session, [each.id for each in organisations_in(session, scope)])


def sites_in(session: Session, scope: Scope) -> Sequence[Site]:
    """Return the sites, by name."""
    found = select(Site).where(scope.reached(Permission.OFFER, col(Site.organisation_id)))
    return session.exec(found.order_by(by_swedish(col(Site.name)), col(Site.id))).all()


def resources_in(session: Session, scope: Scope, family: str) -> Sequence[UUID]:
    """Return the resources of a family that are no part of another, by name."""
    theirs = scope.reached(Permission.OFFER, col(Resource.organisation_id), col(Resource.department))
    found = select(Resource.id).where(theirs, col(Resource.family) == family, col(Resource.part_of_id).is_(None))
    return session.exec(found.order_by(by_swedish(col(Resource.name)), col(Resource.id))).all()


def requests_in(session: Session, scope: Scope) -> list[tuple[Request, str]]:
    """Return requests that are not over, each with the address of who asks: an actor's own, by title.

    Files know a request by who asks and its title, and so does an import, which takes the latest that was not
    withdrawn: of several that are called so only that one is here. What an alert asks for is no file's.
    """
    found = (
        select(Request, Member.email)
        .join(Member, col(Member.id) == col(Request.member_id))
        .where(col(Member.active), col(Request.state).not_in((RequestState.WITHDRAWN, RequestState.EXPIRED)))
        .order_by(col(Request.id).desc())
    )
    if scope.actor is not None:
        own = col(Request.member_id) == scope.actor.member_id
        found = found.where(
            own, scope.reached(Permission.REQUEST, col(Request.organisation_id), col(Request.department))
        )
    elif scope.owners is not None:
        found = found.where(any_of(col(Request.organisation_id), scope.owners))
    latest = _latest(session.exec(found).all())
    live = [each for each in latest if each[0].state is not RequestState.FULFILLED and each[0].surge_role_id is None]
    return sorted(live, key=lambda each: (each[1], each[0].id))


def _latest(found: Iterable[tuple[Request, str]]) -> list[tuple[Request, str]]:
    latest: dict[tuple[UUID, str], tuple[Request, str]] = {}
    for request, email in found:
        latest.setdefault((request.member_id, same_case(request.title)), (request, email))
    return list(latest.values())


def names_of(session: Session) -> dict[UUID, str]:
    """Return what each organisation is called."""
    return {each.id: each.name for each in session.exec(select(Organisation))}
