"""Photos of what is offered: whoever sees an offer sees them, and nobody else."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import Session, col

from core.actor import Actor
from core.errors import NotFound
from marketplace.offers.models import Offer
from marketplace.offers.queries import offer_to_change, visible_to
from resources.photos.models import Photo, PhotoImage
from resources.photos.queries import photos_of
from resources.photos.rules import PhotoSize


def photos_of_offer(session: Session, actor: Actor | None, offer_id: UUID) -> Sequence[Photo]:
    """Return the photos of what an offer lends; NotFound where there is no such offer that the actor may see."""
    resource = offer_to_change(session, actor, offer_id)[1]
    return photos_of(session, [resource.id]).get(resource.id, [])


def shown_photo(
    session: Session, actor: Actor | None, offer_id: UUID, photo_id: UUID, size: PhotoSize
) -> tuple[Photo, bytes]:
    """Return a photo of what an offer lends, and its picture in one size.

    Raises
    ------
    NotFound
        The offer that the actor may see has no such photo.
    """
    shown = (
        select(Photo, col(PhotoImage.body))
        .join(PhotoImage, col(PhotoImage.photo_id) == col(Photo.id))
        .where(col(Photo.id) == photo_id, col(PhotoImage.size) == size)
        .where(col(Photo.resource_id).in_(_lent(actor, offer_id)))
    )
    found = session.execute(shown).one_or_none()
    if found is None:
        raise NotFound("photo", photo_id)
    return found[0], found[1]


def _lent(actor: Actor | None, offer_id: UUID) -> Select[UUID]:
    seen = visible_to(actor).where(col(Offer.id) == offer_id)
    return seen.with_only_columns(col(Offer.resource_id), maintain_column_froms=True)
