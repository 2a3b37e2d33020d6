"""Photos of what moves: one with the movement, more after it, each made anew: nothing is kept of where it was."""

from dataclasses import replace
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.database import audit
from core.errors import BadInput, Conflict, NotFound, StateChanged
from core.limits import refuse_if
from marketplace.bookings import queries
from marketplace.bookings.models import MovementPhoto
from marketplace.bookings.rules import BOOKING, OVER, check_may_note
from resources.photos.images import made_anew
from resources.photos.rules import MOST_PHOTOS, PhotoSize, size_faults


def made_of(photo: bytes) -> bytes:
    """Return what a photo shows, as WebP.

    Raises
    ------
    BadInput
        It is none.
    Unavailable
        Too many photos are looked at.
    """
    try:
        refuse_if(size_faults(photo))
        return made_anew(photo).bodies[PhotoSize.LARGE]
    except BadInput as error:
        raise BadInput.of([replace(each, property="photo") for each in error.parameters]) from error


def add_photo(session: Session, actor: Actor, booking_id: UUID, movement_id: UUID, photo: bytes) -> int:
    """Show on one photo more how something looked when it moved, and return which it is.

    For who may note movements and is of one of the two sides, which alone see it.

    Raises
    ------
    Conflict
        ``too_many_photos``: there are as many as there may be. ``state_changed``: the booking is over.
    BadInput, NotAllowed, NotFound, Unavailable
        As their names say.
    """
    found = queries.booking(session, actor, booking_id)
    if not queries.is_side(actor, found):
        raise NotFound("photo", movement_id)
    check_may_note(actor, found, queries.departments(session, found))
    queries.movement(session, found, movement_id)
    if not photo:
        raise BadInput("photo", "", "choose a photo")
    body = made_of(photo)
    booking = queries.locked(session, actor, booking_id)  # of two at once, the second counts the first
    if booking.state in OVER:
        raise StateChanged(BOOKING.entity, booking_id, booking.state.value, "photo_added")
    number = queries.last_photo(session, movement_id) + 1
    if number > MOST_PHOTOS:
        raise Conflict("too_many_photos", f"There are {MOST_PHOTOS} photos of it, as many as there may be.")
    session.add(MovementPhoto(movement_id=movement_id, number=number, body=body))
    details = {"movement": str(movement_id), "number": number}
    audit.record(session, actor, BOOKING.entity, booking.id, reason_code="photo_added", details=details)
    session.flush()
    return number
