"""Bytes of a file as text, or a refusal where its letters would be other ones."""

import re

from core.errors import BadInput
from core.swedish import composed

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LETTER = r"[^\W\d_]"
_SWEDISH = re.compile("[åäöÅÄÖ]")
# What å ä ö Å Ä Ö and é of MS-DOS (CP437, 850, 865) and of Mac Roman are when taken as Windows-1252: † „ ” Ž ™ ‚ and
# Œ Š š € … Ž (two more are no character there). Some are letters or signs of their own, so it matters what is beside.
_FOREIGN = re.compile(
    rf"(?<={_LETTER})[†„”™‚€…](?={_LETTER})|(?<![\\w.])[™€†…](?={_LETTER})|(?<={_LETTER})[†‚]"
    rf"|[ŽŠŒš](?={_LETTER})|(?<={_LETTER})[ŽŠŒš]"
)
_CLOSING = re.compile(rf"(?<=[\w.,!?)])[”“](?!{_LETTER})")
_OPENING = re.compile(r"(?<!\w)[”“„](?=\w)")
_TWICE = re.compile("Ã[¤¥¶„…–©]|\ufffd")
"""UTF-8 that was read as Windows-1252 and saved so, and letters that a program has lost."""


def decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with a mark, or Windows-1252, with each letter as one character.

    Raises
    ------
    BadInput
        It is no text, or was written in the way of MS-DOS or of an old Macintosh, so that å ä ö would be other signs.
    """
    charset = next((charset for mark, charset in _MARKS if data.startswith(mark)), None)
    text = _first_readable(data, (charset,) if charset else ("utf-8", "cp1252"))
    if text is None or "\0" in text:
        raise BadInput("file", "", "it is not text in UTF-8 or Windows-1252: save it as CSV UTF-8")
    if found := _TWICE.search(text):
        raise BadInput("file", _around(text, found.start()), _spoilt(text, found.start()))
    return composed(text)


def _first_readable(data: bytes, charsets: tuple[str, ...]) -> str | None:
    for charset in charsets:
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        if charset == "cp1252":
            _check_letters(text)
        return text
    return None


def _check_letters(text: str) -> None:
    """Refuse text in which the letters of another system are more than those of Windows."""
    foreign = [found.start() for found in _FOREIGN.finditer(text)]
    opening, closing = ([found.start() for found in kind.finditer(text)] for kind in (_OPENING, _CLOSING))
    if len(opening) != len(closing):
        foreign += (
            opening if len(opening) > len(closing) else closing
        )  # quotation marks without their others are ö and ä of MS-DOS: `Malm”`, `”ster`
    if len(foreign) > len(_SWEDISH.findall(text)):
        raise BadInput("file", _around(text, min(foreign)), _spoilt(text, min(foreign)))


def _spoilt(text: str, place: int) -> str:
    reason = (
        f"its letters are not those of Windows-1252 or UTF-8, it says {_around(text, place)!r}: save it as CSV UTF-8, "
        "not as CSV (MS-DOS) or CSV (Macintosh)"
    )
    return reason  # noqa: RET504 - a name that the catalogue's test knows


def _around(text: str, place: int) -> str:
    """Return the word at a place."""
    before, after = re.search(r"[^\s;,]{0,20}$", text[:place][-20:]), re.match(r"[^\s;,]{0,20}", text[place:])
    return (before[0] if before else "") + (after[0] if after else "")
