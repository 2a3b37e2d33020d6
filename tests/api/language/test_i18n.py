"""Every text has its Swedish, every code its label, and nothing in the catalogues is left over."""

import ast
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

from api.http.auth import TOO_OFTEN
from api.http.faults import OTHERWISE, REASONS
from api.http.problem_details import TITLES
from api.language import i18n
from api.language.labels import LABELS, kind_of, label
from core.database.idempotency import RIGHTS_LOST
from core.roles import PERMISSIONS

ROOT = Path(__file__).parents[3]
ROOMS = ("api", "competence", "core", "hubs", "marketplace", "resources", "retention")
TEMPLATES = ROOT / "api" / "templates"

# Errors are shown on pages too: the position of their text among the arguments, from 0.
SHOWN_ERRORS = {"BadInput": 2, "InvalidParameter": 2, "NotAllowed": 1, "Conflict": 1, "wrong": 1, "ProblemDetails": 2}
SHOWN_ERRORS |= {
    "Remark": 3,
    "Clash": 3,
    "note": 1,
    "TooManyRequestsException": 0,
    "Unavailable": 0,
    "StorageFull": 0,
    "CapacityExceeded": 0,
}
MARKED = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}

# The command line speaks English, and so does what only programs meet.
NOT_ON_PAGES = {"cli", "v1", "schemas", "settings.py"}
NOT_ON_PAGES |= {"auth.py", "embedded.py", "errors.py", "health.py", "idempotency.py", "responses.py", "server.py"}

Key = tuple[str | None, str]


def _modules() -> Iterator[Path]:
    return (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def _python() -> Iterator[Path]:
    found = (*_modules(), *(ROOT / "hubs").rglob("*.py"))
    return (path for path in found if not NOT_ON_PAGES & set(path.relative_to(ROOT).parts))


def _texts_of_errors(path: Path) -> Iterator[str]:
    """Every text that an error is raised with, or that a function named for it gives as the reason; a value put into it
    is `{}`, as in the catalogue."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name.endswith("_reason"):
            returned = [each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value]
            yield from (text for each in returned for text in _literals(each))
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "reason":
            yield from _literals(node.value)
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            position = SHOWN_ERRORS.get(name, 99)
            argument = node.args[position] if position < len(node.args) else given.get("reason")
            if name in SHOWN_ERRORS and argument is not None:
                yield from _literals(argument)


def _literals(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr():
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        case ast.IfExp():
            yield from _literals(node.body)
            yield from _literals(node.orelse)


def _keys(path: Path, keywords: dict, method: str) -> Iterator[Key]:
    for _line, text, _comments, context in extract_from_file(method, path, keywords, (), {"trimmed": "true"}):
        if text and (text[0] if isinstance(text, tuple) else text):
            yield context, text[0] if isinstance(text, tuple) else text


@cache
def _asked_for() -> dict[Key, str]:
    """Every text of pages, code and errors, and where it stands."""
    found: dict[Key, str] = {}
    for path in TEMPLATES.rglob("*.html"):
        found |= dict.fromkeys(_keys(path, MARKED, "jinja2.ext:babel_extract"), str(path.relative_to(ROOT)))
    for path in _python():
        place = str(path.relative_to(ROOT))
        found |= dict.fromkeys(_keys(path, MARKED, "python"), place)
        found |= dict.fromkeys(((None, text) for text in _texts_of_errors(path) if text.strip("{}")), place)
    found |= dict.fromkeys(((None, title) for title in TITLES.values()), "api/http/problem_details.py")
    found |= dict.fromkeys(((None, reason) for reason in (*REASONS.values(), OTHERWISE)), "api/http/faults.py")
    found |= dict.fromkeys(((None, rule.reason) for rule in PERMISSIONS.values()), "core/roles.py")
    found |= {(None, TOO_OFTEN): "api/http/auth.py", (None, RIGHTS_LOST): "core/database/idempotency.py"}
    for kind, labels in LABELS.items():
        found |= dict.fromkeys(((kind, english) for english in labels.values()), f"labels of {kind}")
    return found


@cache
def _catalogued() -> dict[Key, tuple[str, bool]]:
    """Every message of the Swedish catalogues: its file, and whether it is ready."""
    found: dict[Key, tuple[str, bool]] = {}
    for path in sorted((i18n.LOCALES / "sv").glob("*.po")):
        for message in i18n.messages(path):
            strings = [message.string] if isinstance(message.string, str) else list(message.string)
            found[i18n.key_of(message)] = (path.name, all(strings) and not message.fuzzy)
    return found


def test_every_text_has_its_swedish():
    missing = {key: place for key, place in _asked_for().items() if not _catalogued().get(key, ("", False))[1]}
    assert not missing, "\n".join(f"{place}: {key}" for key, place in missing.items())


def test_no_catalogue_has_a_text_that_nobody_asks_for():
    unused = {key: file for key, (file, _ready) in _catalogued().items() if key not in _asked_for()}
    assert not unused, "\n".join(f"{file}: {key}" for key, file in unused.items())


def test_no_text_stands_in_two_catalogues():
    seen: dict[Key, str] = {}
    for path in sorted((i18n.LOCALES / "sv").glob("*.po")):
        for message in i18n.messages(path):
            key = i18n.key_of(message)
            assert key not in seen, f"{key} stands in {seen[key]} and {path.name}"
            seen[key] = path.name


def test_no_text_stands_twice_in_a_catalogue():
    """Reading takes the last of them without a word."""
    entry = re.compile(r'^(?:msgctxt (".+")\n)?msgid (".*"(?:\n".*")*)', re.MULTILINE)
    for path in sorted((i18n.LOCALES / "sv").glob("*.po")):
        twice = [key for key, count in Counter(entry.findall(path.read_text("utf-8"))).items() if count > 1]
        assert not twice, f"{path.name}: {twice}"


def test_placeholders_are_the_same_in_both_languages():
    for key, forms in i18n.catalogue("sv").items():
        for form in forms:
            assert set(_placeholders(form)) == set(_placeholders(key[1])), key
            assert form.count("{}") == key[1].count("{}"), key


def _placeholders(text: str) -> list[str]:
    return [part.split(")")[0] for part in text.split("%(")[1:]]


def _enums() -> Iterator[type[StrEnum]]:
    for path in [path for path in _modules() if path.name in {"models.py", "vocabulary.py", "actor.py"}]:
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for _name, found in inspect.getmembers(module, inspect.isclass):
            if issubclass(found, StrEnum) and found.__module__ == module.__name__:
                yield found


@pytest.mark.parametrize("enum", list(_enums()), ids=lambda enum: enum.__name__)
def test_every_value_of_an_enum_has_a_label(enum):
    labels = LABELS.get(kind_of(enum), {})
    assert set(labels) == {member.value for member in enum}, f"api/language/labels: {kind_of(enum)}"


def test_a_label_is_in_the_readers_language():
    assert label("draft", "offer_state") == "Utkast"
    with i18n.speaking("en"):
        assert label("draft", "offer_state") == "Draft"
    assert label("a_new_code", "offer_state") == "a new code"


def test_an_error_with_values_in_it_is_said_in_swedish(monkeypatch):
    texts = {(None, "it has to be from 1 through {}"): ("det ska vara mellan 1 och {}",), (None, "{} {}"): ("{} {}",)}
    monkeypatch.setattr(i18n, "catalogue", lambda _code: texts)
    i18n._patterns.cache_clear()
    assert i18n.said("it has to be from 1 through 64") == "det ska vara mellan 1 och 64"
    assert i18n.said("unheard-of") == "unheard-of"
    i18n._patterns.cache_clear()


def test_an_error_without_values_is_said_as_it_stands_be_there_an_instant_in_it():
    texts = [text for (context, text) in i18n.catalogue("sv") if context is None and "{}" not in text]
    assert [text for text in texts if i18n.said(text) != i18n.gettext(text)] == []


def test_an_instant_in_an_error_is_told_in_swedish_time():
    text = "it ends before it starts: it has to be after 2026-11-30T23:00:00+00:00"
    assert i18n.said(text) == "det slutar innan det börjar: det ska vara efter 2026-12-01 00:00"


@pytest.mark.parametrize("instant", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "2027-02-30T00:00:00Z"])
def test_an_instant_at_the_end_of_the_calendar_is_told_as_it_is(instant):
    assert i18n.said(f"unheard-of: {instant}") == f"unheard-of: {instant}"


@pytest.mark.parametrize(
    ("cookie", "header", "language"),
    [
        (None, "", "sv"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "de, en;q=0.5, sv;q=0.8", "sv"),
        (None, "de;q=x, fr", "sv"),
        ("en", "sv", "en"),
        ("xx", "en", "en"),
    ],
)
def test_the_language_is_the_one_chosen_else_the_browsers_else_swedish(cookie, header, language):
    assert i18n.choose(cookie, header) == language


def test_plurals_follow_the_number(monkeypatch):
    monkeypatch.setattr(i18n, "catalogue", lambda _code: {(None, "%(n)s offer"): ("%(n)s bud", "%(n)s bud(en)")})
    assert i18n.ngettext("%(n)s offer", "%(n)s offers", 1) == "%(n)s bud"
    assert i18n.ngettext("%(n)s offer", "%(n)s offers", 0) == "%(n)s bud(en)"
    monkeypatch.setattr(i18n, "catalogue", lambda _code: {})
    assert i18n.ngettext("%(n)s offer", "%(n)s offers", 2) == "%(n)s offers"
