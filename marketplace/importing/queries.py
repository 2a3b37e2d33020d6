"""Looking up what a file names."""

import difflib
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from core.errors import BadInput
from core.time.interval import Interval, to_range
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.models import Need, NeedState, Request, RequestState
from resources.models import Resource, Site


def organisation_named(session: Session, name: str) -> Organisation:
    """Return an organisation by its name, short name or number.

    Raises
    ------
    BadInput
        There is none; it suggests names that look alike.
    """
    named = or_(
        func.lower(col(Organisation.name)) == name.lower(),
        func.lower(col(Organisation.short_name)) == name.lower(),
        col(Organisation.number) == name,
    )
    found = session.exec(select(Organisation).where(named)).all()
    if len(found) == 1:
        return found[0]
    reason = "several organisations are called so: write its full name"
    if not found:
        names = session.exec(select(Organisation.name)).all()
        reason = f"there is no such organisation{_did_you_mean(name, names)}"
    raise BadInput("organisation", name, reason)


def organisation_with(session: Session, name: str) -> Organisation | None:
    """Return the organisation with exactly this name."""
    return session.exec(select(Organisation).where(col(Organisation.name) == name)).one_or_none()


def member_with(session: Session, email: str) -> Member | None:
    """Return the member with an address."""
    return session.exec(select(Member).where(func.lower(col(Member.email)) == func.lower(email))).one_or_none()


def site_named(session: Session, organisation_id: UUID, name: str) -> Site | None:
    """Return an organisation's site by its name."""
    mine = select(Site).where(col(Site.organisation_id) == organisation_id)
    return session.exec(mine.where(col(Site.name) == name)).one_or_none()


def site_to_stand_on(session: Session, organisation_id: UUID, name: str) -> Site:
    """Return an organisation's site by its name.

    Raises
    ------
    BadInput
        There is none; it suggests those that look alike.
    """
    found = site_named(session, organisation_id, name)
    if found is None:
        names = session.exec(select(Site.name).where(col(Site.organisation_id) == organisation_id)).all()
        reason = f"the organisation has no such site{_did_you_mean(name, names)}: import its sites first"
        raise BadInput("site", name, reason)
    return found


def resource_named(session: Session, organisation_id: UUID, name: str) -> Resource | None:
    """Return an organisation's resource by its name."""
    mine = select(Resource).where(col(Resource.organisation_id) == organisation_id)
    return session.exec(mine.where(col(Resource.name) == name)).one_or_none()


def offer_said(session: Session, resource_id: UUID, during: Interval) -> Offer | None:
    """Return the offer of a resource that a row with a period is about: one that overlaps it, a closed one last."""
    overlapping = select(Offer).where(
        col(Offer.resource_id) == resource_id, col(Offer.during).bool_op("&&")(to_range(during))
    )
    return session.exec(overlapping.order_by(col(Offer.state) == OfferState.CLOSED, col(Offer.id).desc())).first()


def request_titled(session: Session, organisation_id: UUID, title: str) -> Request | None:
    """Return an organisation's latest request with a title, unless it was withdrawn or has expired."""
    return session.exec(
        select(Request)
        .where(
            col(Request.organisation_id) == organisation_id,
            col(Request.title) == title,
            col(Request.state).not_in([RequestState.WITHDRAWN, RequestState.EXPIRED]),
        )
        .order_by(col(Request.id).desc())
    ).first()


def needs_of(session: Session, request_id: UUID) -> list[Need]:
    """Return a request's needs as written, without those that were dropped."""
    wanted = select(Need).where(col(Need.request_id) == request_id, col(Need.state) != NeedState.DROPPED)
    return list(session.exec(wanted.order_by(col(Need.position))))


def _did_you_mean(name: str, names: Sequence[str]) -> str:
    alike = difflib.get_close_matches(name, names, n=2, cutoff=0.5)
    return f": did you mean {' or '.join(alike)}" if alike else ""
