"""What may be sent as a photo, how many there may be, and what has to be said of each."""

from collections.abc import Iterator
from enum import StrEnum

from core.errors import BadInput, Conflict, InvalidParameter
from core.text import text_faults

LARGEST_BYTES = 10_000_000
"""More than a telephone makes of a photo, less than what one page should have to wait for."""
MOST_PHOTOS = 6
"""Of one resource, or of one movement."""
LONGEST_ALT = 250
"""As much as a screen reader says in one breath or two."""


class PhotoSize(StrEnum):
    """In lists, and on the page of what is shown."""

    SMALL = "small"
    LARGE = "large"


LONGEST_SIDE = {PhotoSize.SMALL: 240, PhotoSize.LARGE: 1280}
"""In pixels. No photo is made larger than it was."""


def sent_faults(data: bytes, alt: str) -> Iterator[InvalidParameter]:
    """Yield what is wrong with a photo that is sent, as far as can be told without looking at it."""
    if not data:
        yield InvalidParameter("content", "", "choose a photo")
    yield from size_faults(data)
    yield from alt_faults(alt)


def size_faults(data: bytes) -> Iterator[InvalidParameter]:
    """Yield that a photo is too large to be looked at, if it is."""
    if len(data) > LARGEST_BYTES:
        megabytes = LARGEST_BYTES // 1_000_000
        yield InvalidParameter("content", len(data), f"it has more than {megabytes} MB: make it smaller and try again")


def alt_faults(alt: str) -> Iterator[InvalidParameter]:
    """Yield what is wrong with what is told to those who do not see a photo."""
    if not alt.strip():
        yield InvalidParameter("alt", alt, "say what the photo shows, for those who do not see it")
    else:
        yield from text_faults("alt", alt, 1, LONGEST_ALT)


def check_is_no_person(family: str, *, anonymous: bool) -> None:
    """Refuse photos of people, who are anonymous here.

    Raises
    ------
    BadInput
        It is one.
    """
    if anonymous:
        raise BadInput("content", family, "people are anonymous here, so there are no photos of them")


def check_room(of_resource: int, of_organisation: int, most_of_organisation: int) -> None:
    """Refuse more photos than there may be.

    Raises
    ------
    Conflict
        ``too_many_photos``, of the resource or of its whole organisation.
    """
    if of_resource >= MOST_PHOTOS:
        raise Conflict(
            "too_many_photos",
            f"There are {MOST_PHOTOS} photos of it, as many as there may be. Remove one of them first.",
            {"most": MOST_PHOTOS},
        )
    if of_organisation >= most_of_organisation:
        raise Conflict(
            "too_many_photos",
            f"Your organisation has {most_of_organisation} photos, as many as it may have. Remove some of them first.",
            {"most": most_of_organisation},
        )
