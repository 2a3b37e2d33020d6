"""A picture that was sent is made anew: upright, in two sizes, on white, and without what the camera wrote."""

import io
import struct
import zlib

import pytest
from PIL import Image

from core.errors import BadInput, Unavailable
from resources.photos import images
from resources.photos.images import made_anew
from resources.photos.rules import PhotoSize

ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F
TURNED = 6
"""The camera was held on its side: the top of what it saw is to the right."""


def packed(picture: Image.Image, kind: str, **how: object) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, **how)
    return data.getvalue()


def from_a_camera(kind: str = "JPEG", width: int = 64, height: int = 48) -> bytes:
    """A picture that is red on its left and blue on its right, with what a camera writes beside it."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (width // 2, 0, width, height))
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = TURNED, "Kameran"
    exif.get_ifd(GPS)[1] = "N"
    return packed(picture, kind, exif=exif, comment=b"hemligt") if kind == "JPEG" else packed(picture, kind, exif=exif)


def png_of(width: int, height: int) -> bytes:
    """The head of a PNG that says how large it is, with nothing in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def shown(data: bytes, size: PhotoSize = PhotoSize.LARGE) -> Image.Image:
    return Image.open(io.BytesIO(made_anew(data).bodies[size]))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_is_turned_and_what_the_camera_wrote_is_gone(kind: str) -> None:
    made = made_anew(from_a_camera(kind))
    assert (made.width, made.height) == (48, 64)
    for size, body in made.bodies.items():
        picture = Image.open(io.BytesIO(body))
        assert (picture.format, picture.size, dict(picture.getexif())) == ("WEBP", (48, 64), {}), size
        assert not {"exif", "xmp", "icc_profile", "comment"} & picture.info.keys()
        assert b"Kameran" not in body
        assert b"hemligt" not in body
        red, _, blue = picture.convert("RGB").getpixel((24, 8))
        assert red > 150 > blue, "the left of what the camera saw is on top"


def test_two_sizes_and_none_larger_than_what_was_sent() -> None:
    made = made_anew(packed(Image.new("L", (2600, 1300)), "JPEG"))
    assert (made.width, made.height) == (1280, 640)
    assert Image.open(io.BytesIO(made.bodies[PhotoSize.SMALL])).size == (240, 120)
    assert shown(packed(Image.new("1", (3, 900)), "PNG")).size == (3, 900)


@pytest.mark.parametrize(("mode", "kind"), [("CMYK", "JPEG"), ("P", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP")])
def test_any_colours_become_plain_ones_on_white(mode: str, kind: str) -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    sent = Image.new("CMYK", (8, 8), (0, 0, 0, 0)) if mode == "CMYK" else clear.convert(mode)
    how = {"transparency": 0} if mode == "P" else {}
    assert min(shown(packed(sent, kind, **how)).convert("RGB").getpixel((4, 4))) > 250


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_what_looks_like_scans_in_other_data_harms_nothing(kind: str) -> None:
    """As a film that a telephone keeps behind a photo, or what a PNG is packed into: two bytes in 65,536 are alike."""
    assert shown(packed(Image.new("RGB", (8, 8)), kind) + b"\xff\xda" * 200).size == (8, 8)


def test_of_several_pictures_in_one_the_first_is_shown() -> None:
    second = Image.new("RGB", (32, 32), "blue")
    several = packed(Image.new("RGB", (64, 48), "red"), "MPO", save_all=True, append_images=[second])
    red, _, blue = shown(several).convert("RGB").getpixel((32, 24))
    assert red > 150 > blue


NO_PHOTO, DAMAGED = "it is no photo in JPEG", "it is damaged"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"text", NO_PHOTO),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NO_PHOTO),
        (packed(Image.new("RGB", (8, 8)), "GIF"), NO_PHOTO),
        (packed(Image.new("RGB", (8, 8)), "TIFF"), NO_PHOTO),
        (from_a_camera()[:-200], DAMAGED),
        (from_a_camera("WEBP")[:-60], DAMAGED),
        (png_of(100, 100), DAMAGED),
        (png_of(4001, 4000), "it has more than 16 million pixels"),
        (png_of(2**31 - 1, 2**31 - 1), "it has more than 16 million pixels"),
        (packed(Image.new("RGB", (8, 8)), "JPEG", progressive=True) + b"\xff\xda" * 100, DAMAGED),
    ],
)
def test_what_is_no_photo_is_told_as_that(data: bytes, reason: str) -> None:
    with pytest.raises(BadInput) as told:
        made_anew(data)
    assert [(each.property, each.reason.startswith(reason)) for each in told.value.parameters] == [("content", True)]


def test_one_is_read_at_a_time_and_whoever_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_PATIENCE_S", 0)
    with images._turn(), pytest.raises(Unavailable):
        made_anew(b"text")
    with pytest.raises(BadInput):
        made_anew(b"text")
