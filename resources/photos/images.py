"""A picture that was sent, made anew: upright, in two sizes, and without anything that is not seen in it.

What a camera writes beside the picture, such as where and by whom it was taken, is left behind with the file.
"""

import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import BadInput, Unavailable
from resources.photos.rules import LONGEST_SIDE, PhotoSize

MEDIA_TYPE = "image/webp"
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
"""By what it is, whatever it is called. A JPEG can be read at a fraction of its size, the others only whole."""
_SEVERAL = "MPO"
"""What Pillow calls a JPEG with further pictures behind the first, as telephones write them."""
MOST_SCANS = 100
"""Of a JPEG that is shown in steps: each of them goes through the whole picture again, and cameras write ten."""
_QUALITY = 80
_START_OF_SCAN = b"\xff\xda"
_PATIENCE_S = 10

_one_at_a_time = threading.Lock()  # for the memory that each takes

Image.MAX_IMAGE_PIXELS = None  # our own limits are looked at before any pixel is


@dataclass(frozen=True)
class Images:
    """A picture in each size, as WebP; `width` and `height` are those of the large one."""

    width: int
    height: int
    bodies: Mapping[PhotoSize, bytes]


def made_anew(data: bytes) -> Images:
    """Return what a file shows.

    Raises
    ------
    BadInput
        It is no picture of a kind that is taken, damaged, or too large.
    Unavailable
        Too many are looked at.
    """
    with _turn(), _told():
        picture = _opened(data)
        large = _upright(picture)
        small = large.copy()
        small.thumbnail((LONGEST_SIDE[PhotoSize.SMALL],) * 2)
        bodies = {PhotoSize.LARGE: _written(large), PhotoSize.SMALL: _written(small)}
    return Images(large.width, large.height, bodies)


@contextmanager
def _turn() -> Iterator[None]:
    if not _one_at_a_time.acquire(timeout=_PATIENCE_S):
        raise Unavailable("Many photos are being sent right now. Try again in a moment.")
    try:
        yield
    finally:
        _one_at_a_time.release()


@contextmanager
def _told() -> Iterator[None]:
    """Say in our words what is wrong with a file."""
    try:
        yield
    except BadInput:
        raise
    except UnidentifiedImageError:
        raise BadInput("content", None, "it is no photo in JPEG, PNG or WebP: save it as JPEG and try again") from None
    except Exception:  # whatever a damaged file makes of a decoder
        raise BadInput("content", None, "it is damaged and cannot be read: save it anew and try again") from None


def _opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data), formats=tuple(MOST_PIXELS))
    kind = "JPEG" if picture.format == _SEVERAL else picture.format or ""
    pixels, most = picture.width * picture.height, MOST_PIXELS[kind]
    if pixels > most:
        raise BadInput(
            "content",
            f"{picture.width} × {picture.height}",
            f"it has more than {most // 1_000_000} million pixels: make it smaller and try again",
        )
    if "progressive" in picture.info and data.count(_START_OF_SCAN) > MOST_SCANS:
        raise ValueError("more scans than any camera writes")
    return picture


def _upright(picture: Image.Image) -> Image.Image:
    """Return a picture as it is to be looked at, on white, no larger than the large size, with nothing beside it."""
    if picture.format not in {"JPEG", _SEVERAL}:
        picture = picture.convert("RGBA")
    picture.thumbnail((LONGEST_SIDE[PhotoSize.LARGE],) * 2)
    turned = ImageOps.exif_transpose(picture)
    plain = Image.new("RGB", turned.size, "white")
    plain.paste(turned, mask=turned if turned.mode == "RGBA" else None)
    return plain


def _written(picture: Image.Image) -> bytes:
    packed = io.BytesIO()
    picture.save(packed, "WEBP", quality=_QUALITY)
    return packed.getvalue()
