"""A letter's text: simple Markdown with two kinds of marks, each alone on its line.

What stands between ``{{members}}`` and ``{{/members}}`` is read by members of the hub alone. ``{{new_members}}`` stands
for the first names of those who are new and tell it to all members: it is filled in whenever somebody reads the letter,
so that a name is there as long as its owner lets it be, in no draft, and in no archive after that.
"""

from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.errors import InvalidParameter

MEMBERS, END, NEW_MEMBERS = "{{members}}", "{{/members}}", "{{new_members}}"
_RULES = ("heading", "list", "emphasis", "link", "newline", "escape", "entity", "balance_pairs")
_HIGHEST = {"h1": "h2", "h2": "h2"}


def mark_faults(field: str, words: str) -> Iterator[InvalidParameter]:
    """Yield what is wrong with the marks of a letter."""
    inside = False
    for number, line in enumerate(_lines(words), 1):
        mark = line.strip()
        if mark in {MEMBERS, END}:
            if inside is (mark == MEMBERS):
                yield _unpaired(field, f"line {number}: {mark}")
            inside = mark == MEMBERS
        elif mark != NEW_MEMBERS and any(each in line for each in (MEMBERS, END, NEW_MEMBERS)):
            yield InvalidParameter(field, f"line {number}: {line[:60]}", "a mark stands alone on its line")
    if inside:
        yield _unpaired(field, MEMBERS)


def _unpaired(field: str, found: str) -> InvalidParameter:
    return InvalidParameter(field, found, "what is for members stands between {{members}} and {{/members}}")


def for_reader(words: str, *, is_member: bool, new_members: str) -> str:
    """Return a letter as Markdown for one reader, without marks; `new_members` is the sentence that names them."""
    told: list[str] = []
    hidden = False
    for line in _lines(words):
        mark = line.strip()
        if mark in {MEMBERS, END}:
            hidden = mark == MEMBERS and not is_member
        elif mark == NEW_MEMBERS:
            told += [new_members] if is_member and new_members else []
        elif not hidden:
            told.append(line)
    return "\n".join(_without_gaps(told)).strip() + "\n"


def as_html(markdown: str) -> str:
    """Return Markdown as HTML in which nothing is but headings, paragraphs, lists, emphasis and links.

    What else is written stands there as it was written, HTML too; links lead to the web and to mail.
    """
    return str(_markdown().render(markdown))


def _lines(words: str) -> list[str]:
    return words.replace("\r\n", "\n").split("\n")


def _without_gaps(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines, of empty ones that follow each other the first."""
    for before, line in zip(("x", *lines), lines, strict=False):
        if line.strip() or before.strip():
            yield line


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": 8}).enable(list(_RULES), ignoreInvalid=True)
    made.validateLink = lambda url: url.lower().startswith(("https://", "http://", "mailto:"))  # type: ignore[method-assign]
    made.core.ruler.push("as_on_pages", lambda state: _as_on_pages(state.tokens))
    return made


def _as_on_pages(tokens: Sequence[Token]) -> None:
    """Let headings begin at the second level, as the first is the page's own, and links look as links do there."""
    for token in tokens:
        if token.type.startswith("heading"):
            token.tag = _HIGHEST.get(token.tag, "h3")
        for each in token.children or ():
            if each.type == "link_open":
                each.attrSet("class", "ds-link")
