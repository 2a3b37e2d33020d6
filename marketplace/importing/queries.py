"""Reading what files may name, all of it at once."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from core.database.tables import any_of
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.models import Need, NeedState, Request, RequestState
from resources.models import Resource, Site


def organisations(session: Session) -> Sequence[Organisation]:
    """Return all organisations."""
    return session.exec(select(Organisation)).all()


def members(session: Session) -> Sequence[Member]:
    """Return all members of all organisations."""
    return session.exec(select(Member)).all()


def sites_of(session: Session, organisation_id: UUID) -> Sequence[Site]:
    """Return an organisation's sites."""
    return session.exec(select(Site).where(col(Site.organisation_id) == organisation_id)).all()


def resources_of(session: Session, organisation_id: UUID) -> Sequence[Resource]:
    """Return an organisation's resources of all families, parts of halls too."""
    return session.exec(select(Resource).where(col(Resource.organisation_id) == organisation_id)).all()


def requests_of(session: Session, member_id: UUID) -> Sequence[Request]:
    """Return a member's requests that were not withdrawn and have not expired, the latest first."""
    ended = (RequestState.WITHDRAWN, RequestState.EXPIRED)
    mine = select(Request).where(col(Request.member_id) == member_id, col(Request.state).not_in(ended))
    return session.exec(mine.order_by(col(Request.id).desc())).all()


def offers_of(session: Session, resource_ids: Collection[UUID]) -> list[Offer]:
    """Return the offers of resources: those that are closed last, else the latest first."""
    theirs = select(Offer).where(any_of(col(Offer.resource_id), resource_ids))
    return list(session.exec(theirs.order_by(col(Offer.state) == OfferState.CLOSED, col(Offer.id).desc())))


def needs_of(session: Session, request_id: UUID) -> list[Need]:
    """Return a request's needs as written, without those that were dropped."""
    wanted = select(Need).where(col(Need.request_id) == request_id, col(Need.state) != NeedState.DROPPED)
    return list(session.exec(wanted.order_by(col(Need.position))))
