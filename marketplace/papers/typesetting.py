"""Setting a paper as PDF/A-2a and PDF/UA-1: tagged, with its own fonts, the same bytes for the same paper."""

import json
import re
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from typst import Compiler

from core.time.clock import STOCKHOLM
from marketplace.papers.models import Paper
from marketplace.papers.rules import LARGEST_BYTES

STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]


NO_GLYPH = "□"
_WITHOUT_GLYPH = re.compile(
    r"[^\n\x20-\x7e\xa0-\u024f\u0391-\u03a1\u03a3-\u04ff\u2010-\u2027\u2030-\u2040\u202f\u20ac\u2116\u2122\u2190-\u22ff□]"
)
"""Letters that typst's own fonts may lack, which PDF/A forbids; Latin, Greek and Cyrillic are there."""


class NotSet(Exception):
    """A paper could not be set, or got too large."""


def typeset(paper: Paper) -> bytes:
    """Return a paper's PDF.

    What it says is given to the layout as data: no word of it is markup, and none is looked for in the machine's files.

    Raises
    ------
    NotSet
        It is larger than a paper may be, or would break one of the standards.
    """
    told = paper.content | {
        "number": paper.number,
        "addendum": paper.addendum,
        "template": paper.template,
        "date": paper.created_at.astimezone(STOCKHOLM).date().isoformat(),
    }
    made = _compiled(json.dumps(_shown(told)), paper.created_at)
    if len(made) > LARGEST_BYTES:
        raise NotSet(f"a paper has at most {LARGEST_BYTES} bytes")
    return made


def _shown(told: Any) -> Any:
    """Return what is told with a sign in the place of each letter that cannot be shown."""
    match told:
        case str():
            return _WITHOUT_GLYPH.sub(NO_GLYPH, told)
        case dict():
            return {name: _shown(each) for name, each in told.items()}
        case list() | tuple():
            return [_shown(each) for each in told]
    return told


def _compiled(told: str, at: datetime) -> bytes:
    try:
        made = Compiler(_layout(), ignore_system_fonts=True).compile(
            format="pdf", pdf_standards=[*STANDARDS], sys_inputs={"paper": told}, timestamp=int(at.timestamp())
        )
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic in typst is no `Exception`
        raise NotSet(str(error)) from error
    if not isinstance(made, bytes):
        raise NotSet("it is not one file")
    return made


@cache
def _layout() -> bytes:
    return files("marketplace.papers").joinpath("layout.typ").read_bytes()
