"""Swedish text: the order of the alphabet, and spellings that mean the same."""

import unicodedata
from functools import lru_cache

# å ä ö come after z; these characters do in Unicode, in this order. Letters of the neighbours sort with their kin.
_ORDER = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y"})
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u00b4\u02bc"), "'") | dict.fromkeys(map(ord, "“”„"), '"')
# also the marks of direction, which come with numbers copied out of a telephone's contacts
_INVISIBLE = dict.fromkeys(
    [*map(ord, "\u00ad\u2060\ufeff"), *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


@lru_cache(maxsize=10_000)
def swedish_key(text: str) -> tuple[str, str]:
    """Return a sort key: the order of a Swedish dictionary, å ä ö last, whatever the case and other accents."""
    return without_accents(same_case(text).translate(_ORDER)), text


def composed(text: str) -> str:
    """Return text with each letter as one character: `a` and a ring, as a Mac writes files, become `å`."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def plain(text: str) -> str:
    """Return text with single blanks of one kind, one kind of dash, composed letters, and nothing that is unseen."""
    return " ".join(composed(text).translate(_INVISIBLE).translate(_DASHES).split())


def same_case(text: str) -> str:
    """Return what all spellings of a text share: lower case, letters of one width, and what `plain` makes one."""
    if text.isascii():
        return " ".join(text.casefold().split())
    one_width = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES))
    return unicodedata.normalize("NFKC", plain(one_width).casefold())


def without_accents(text: str) -> str:
    """Return text without rings, dots and accents: `Håbo` becomes `Habo`, which is another municipality."""
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
