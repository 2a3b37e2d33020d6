"""Photos on the wire."""

from collections.abc import Iterable
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import FILLED_IN, Wire, in_base64, limited
from resources.photos.images import MOST_PIXELS
from resources.photos.models import Photo
from resources.photos.rules import LARGEST_BYTES, LONGEST_ALT, MOST_PHOTOS

_ID = UUID("01980000-0000-7000-8000-000000000041")
_ALT = "Mötesrummet med åtta stolar runt ett bord, framför ett fönster mot sjön."
_DOT = bytes.fromhex("524946461e000000574542505650384c110000002f0000000007d0fffef7bfff8188e87f00")
"""A WebP of one pixel."""

Alt = Annotated[
    str,
    limited("What it shows, for those who do not see it.", min_length=1, max_length=LONGEST_ALT, pattern=FILLED_IN),
]


PhotoBytes = Annotated[
    bytes,
    limited(
        f"JPEG, PNG or WebP, in Base64; at most {LARGEST_BYTES} bytes unpacked and "
        f"{MOST_PIXELS['JPEG'] // 1_000_000} million pixels, PNG and WebP {MOST_PIXELS['PNG'] // 1_000_000}.",
        min_length=1,
        max_length=in_base64(LARGEST_BYTES),
    ),
]


class PhotoIn(Wire):
    """A photo of what can be lent. What the camera wrote beside it, such as where it was taken, is not kept."""

    content: PhotoBytes
    alt: Alt

    @classmethod
    def example(cls) -> Self:
        """Return a room."""
        return cls(content=_DOT, alt=_ALT)


class PhotoChange(Wire):
    """What is said of a photo, and its place among those of the resource."""

    alt: Alt
    place: Annotated[int, limited("From 1; the first stands in lists.", minimum=1, maximum=MOST_PHOTOS)]

    @classmethod
    def example(cls) -> Self:
        """Return a room, shown first."""
        return cls(alt=_ALT, place=1)


class PhotoOut(Wire):
    """A photo: what it shows, and how large it is."""

    id: UUID
    alt: str
    width: Annotated[int, Meta(description="In pixels.")]
    height: int

    @classmethod
    def example(cls) -> Self:
        """Return a room."""
        return cls(id=_ID, alt=_ALT, width=1280, height=960)


class PhotosOut(Wire):
    """The photos of a resource, in their order: the first stands in lists."""

    items: Annotated[list[PhotoOut], Meta(description=f"At most {MOST_PHOTOS}.")]

    @classmethod
    def example(cls) -> Self:
        """Return one."""
        return cls(items=[PhotoOut.example()])


class PhotoContent(PhotoOut, kw_only=True):
    """A photo with what can be seen on it."""

    content: Annotated[bytes, Meta(description="WebP, in Base64.")]

    @classmethod
    def example(cls) -> Self:
        """Return a room."""
        return cls(id=_ID, alt=_ALT, width=1, height=1, content=_DOT)


def photo_out(photo: Photo) -> PhotoOut:
    """Return a photo as the API shows it."""
    return PhotoOut(id=photo.id, alt=photo.alt, width=photo.width, height=photo.height)


def photos_out(photos: Iterable[Photo]) -> PhotosOut:
    """Return photos as the API shows them."""
    return PhotosOut(items=[photo_out(each) for each in photos])


def photo_content(photo: Photo, content: bytes) -> PhotoContent:
    """Return a photo with what can be seen on it."""
    return PhotoContent(id=photo.id, alt=photo.alt, width=photo.width, height=photo.height, content=content)
