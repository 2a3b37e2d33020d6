"""Reading what files may name, all of it at once."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from core.database.tables import any_of
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.models import Request, RequestState
from resources.models import Resource, Site


def organisations(session: Session) -> Sequence[Organisation]:
    """Return all organisations."""
    return session.exec(select(Organisation)).all()


def members(session: Session) -> Sequence[Member]:
    """Return all members of all organisations."""
    return session.exec(select(Member)).all()


def sites_of(session: Session, organisation_ids: Collection[UUID]) -> Sequence[Site]:
    """Return the sites of organisations."""
    return session.exec(select(Site).where(any_of(col(Site.organisation_id), organisation_ids))).all()


def resources_of(session: Session, organisation_ids: Collection[UUID]) -> Sequence[Resource]:
    """Return the resources of organisations, of all families, parts of halls too."""
    return session.exec(select(Resource).where(any_of(col(Resource.organisation_id), organisation_ids))).all()


def requests_of(session: Session, member_ids: Collection[UUID]) -> Sequence[Request]:
    """Return the requests of members that were not withdrawn and have not expired, the latest first."""
    ended = (RequestState.WITHDRAWN, RequestState.EXPIRED)
    theirs = select(Request).where(any_of(col(Request.member_id), member_ids), col(Request.state).not_in(ended))
    return session.exec(theirs.order_by(col(Request.id).desc())).all()
