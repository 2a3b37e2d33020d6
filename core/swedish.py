"""Swedish text: the order of the alphabet, and spellings that mean the same."""

import unicodedata

# å ä ö come after z; these characters do in Unicode, in this order. Letters of the neighbours sort with their kin.
_ORDER = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y"})


def swedish_key(text: str) -> tuple[str, str]:
    """Return a sort key: the order of a Swedish dictionary, å ä ö last, whatever the case and other accents."""
    return without_accents(same_case(text).translate(_ORDER)), text


def same_case(text: str) -> str:
    """Return text in lower case, with single spaces and one way of composing letters."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def without_accents(text: str) -> str:
    """Return text without rings, dots and accents: `Håbo` becomes `Habo`, which is another municipality."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
