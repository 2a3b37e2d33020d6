"""Use cases of photos."""

from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from core.actor import Actor, Permission, check_may
from core.database import bulk
from core.database.audit import record
from core.errors import Faults
from core.limits import refuse_if, whole_faults
from core.settings import settings
from resources import queries as resources
from resources.families import family_of
from resources.models import Resource
from resources.photos import queries, rules
from resources.photos.images import Images, made_anew
from resources.photos.models import Photo, PhotoImage


def add_photo(session: Session, actor: Actor | None, resource_id: UUID, data: bytes, alt: str) -> Photo:
    """Show a resource on one photo more.

    Raises
    ------
    BadInput
        It is no photo that can be shown, or nothing is said of it.
    Conflict
        ``too_many_photos``: there are as many as there may be.
    NotAllowed, NotFound, Unavailable
        As their names say.
    """
    row = _own(session, actor, resource_id)
    rules.check_is_no_person(row.family, anonymous=family_of(row.family).anonymous)
    images = _read(data, alt)
    bulk.lock(session, row)  # of two at once, the second counts the first
    shown = queries.photos_of(session, [row.id]).get(row.id, ())
    rules.check_room(len(shown), queries.count_of(session, row.organisation_id), settings().organisation_photos)
    place = shown[-1].place + 1 if shown else 1
    photo = Photo(resource_id=row.id, alt=alt.strip(), place=place, width=images.width, height=images.height)
    session.add(photo)
    session.flush()
    session.add_all(PhotoImage(photo_id=photo.id, size=size, body=body) for size, body in images.bodies.items())
    session.flush()
    record(session, actor, "resource", row.id, reason_code="photo_added", details={"photo": str(photo.id)})
    return photo


def change_photo(
    session: Session, actor: Actor | None, resource_id: UUID, photo_id: UUID, *, alt: str, place: int
) -> Photo:
    """Let a photo be told of in other words, and stand in another place among those of its resource, from 1.

    Raises
    ------
    BadInput
        Nothing is said of it, or there is no such place.
    NotAllowed, NotFound
        As their names say.
    """
    row = _own(session, actor, resource_id)
    bulk.lock(session, row)  # of two at once, the second moves among what the first has moved
    photo = queries.photo(session, row.id, photo_id)
    others = [each for each in queries.photos_of(session, [row.id])[row.id] if each is not photo]
    refuse_if([*rules.alt_faults(alt), *whole_faults("place", place, 1, len(others) + 1)])
    photo.alt = alt.strip()
    for number, each in enumerate([*others[: place - 1], photo, *others[place - 1 :]], 1):
        each.place = number
    session.flush()
    record(session, actor, "resource", row.id, reason_code="photo_changed", details={"photo": str(photo.id)})
    return photo


def remove_photo(session: Session, actor: Actor | None, resource_id: UUID, photo_id: UUID) -> None:
    """Take a photo of a resource away for good. Raises NotAllowed and NotFound."""
    row = _own(session, actor, resource_id)
    photo = queries.photo(session, row.id, photo_id)
    session.execute(delete(PhotoImage).where(col(PhotoImage.photo_id) == photo.id))
    session.execute(delete(Photo).where(col(Photo.id) == photo.id))
    record(session, actor, "resource", row.id, reason_code="photo_removed", details={"photo": str(photo.id)})


def _read(data: bytes, alt: str) -> Images:
    """Return what a file shows, or tell all that is wrong with it and with what is said of it."""
    faults, images = Faults(), None
    with faults.under():
        refuse_if(rules.sent_faults(data, alt))
    if 0 < len(data) <= rules.LARGEST_BYTES:
        with faults.under():
            images = made_anew(data)
    faults.refuse()
    assert images is not None
    return images


def _own(session: Session, actor: Actor | None, resource_id: UUID) -> Resource:
    """Return a resource that the actor lists."""
    row = resources.resource(session, actor, resource_id)
    check_may(actor, Permission.OFFER, row.organisation_id, row.department)
    return row
