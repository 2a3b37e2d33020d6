"""Words in the reader's language. English texts are the keys; Swedish stands in ``locales/sv/*.po``.

Every part of the product may have a ``.po`` file of its own: all files of a language are read together when first
needed. There is nothing to compile. The language of a request is set once, by `RequestContext`.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from core.time.clock import in_local_time

LOCALES = Path(__file__).parent / "locales"
LANGUAGES = {"sv": "Svenska", "en": "English"}
DEFAULT = "sv"

Key = tuple[str | None, str]

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


def language() -> str:
    """Return the code of the language that the reader of this request wants."""
    return _language.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Let texts inside the block be in one language."""
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


def gettext(text: str) -> str:
    """Return a text in the reader's language, or the English one where the catalogue has no other."""
    return pgettext(None, text)


def pgettext(context: str | None, text: str) -> str:
    """Return a text in the reader's language, told apart by a context from the same English in another sense."""
    found = catalogue(language()).get((context, text))
    return found[0] if found else text


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form for a number; English and Swedish have the same two."""
    forms = catalogue(language()).get((None, singular), (singular, plural))
    return forms[0 if number == 1 else -1]


def said(text: str) -> str:
    """Return an error's English text in the reader's language.

    A text that was put together with values (an f-string) has its Swedish under a key in which each value is `{}`,
    as in ``it has to be from 1 through {}``.
    """
    exact = catalogue(language()).get((None, text))
    if exact:
        return exact[0]
    text = in_local_time(text)
    for pattern, words in _patterns(language()):
        match = pattern.fullmatch(text)
        if match:
            return words.format(*match.groups())
    return text


_ = gettext


def choose(wanted: str | None, accept_language: str) -> str:
    """Return the language to speak: the one chosen before, else the first acceptable to the browser, else Swedish."""
    if wanted in LANGUAGES:
        return wanted
    return next((code for code in _acceptable(accept_language) if code in LANGUAGES), DEFAULT)


def _acceptable(header: str) -> Sequence[str]:
    """Return language codes of an ``Accept-Language`` header, best first."""
    weighted = []
    for position, part in enumerate(header.split(",")):
        tag, _separator, quality = part.strip().partition(";q=")
        try:
            weighted.append((-float(quality or 1), position, tag[:2].lower()))
        except ValueError:
            continue
    return [tag for _quality, _position, tag in sorted(weighted)]


@cache
def catalogue(code: str) -> dict[Key, tuple[str, ...]]:
    """Return every text of a language: (context, English) to its forms. English itself has none."""
    texts: dict[Key, tuple[str, ...]] = {}
    for path in sorted((LOCALES / code).glob("*.po")):
        for message in messages(path):
            if message.string and not message.fuzzy:
                texts[key_of(message)] = _forms(message.string)
    return texts


@cache
def _patterns(code: str) -> list[tuple[re.Pattern[str], str]]:
    """Return the keys with values in them as patterns, those with the most words of their own first."""
    keys = [(english, forms[0]) for (context, english), forms in catalogue(code).items() if "{}" in english]
    keys.sort(key=lambda pair: -len(pair[0].replace("{}", "")))
    return [(re.compile(re.escape(english).replace(r"\{\}", "(.+?)"), re.DOTALL), words) for english, words in keys]


def messages(path: Path) -> list[Any]:
    """Return a ``.po`` file's messages (Babel's), without its header."""
    with path.open("rb") as file:
        return [message for message in read_po(file, locale=path.parent.name) if message.id]


def key_of(message: Any) -> Key:
    """Return what a message is looked up by; the singular where it has a plural."""
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def _forms(string: str | Sequence[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)
