"""Every question about photos. Who may see a photo is who may see the resource, or an offer of it: see the callers."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.database.tables import any_of
from core.errors import NotFound
from resources.models import Resource
from resources.photos.models import Photo


def photos_of(session: Session, resource_ids: Iterable[UUID]) -> dict[UUID, list[Photo]]:
    """Return the photos of each of the resources, in their order."""
    of_them = select(Photo).where(any_of(col(Photo.resource_id), resource_ids))
    found = session.exec(of_them.order_by(col(Photo.place), col(Photo.id)))
    photos: dict[UUID, list[Photo]] = defaultdict(list)
    for each in found:
        photos[each.resource_id].append(each)
    return dict(photos)


def photo(session: Session, resource_id: UUID, photo_id: UUID) -> Photo:
    """Return one of the photos of a resource, or NotFound."""
    found = session.get(Photo, photo_id)
    if found is None or found.resource_id != resource_id:
        raise NotFound("photo", photo_id)
    return found


def count_of(session: Session, organisation_id: UUID) -> int:
    """Return how many photos an organisation has."""
    owned = select(func.count()).select_from(Photo).join(Resource, col(Resource.id) == col(Photo.resource_id))
    return session.exec(owned.where(col(Resource.organisation_id) == organisation_id)).one()
