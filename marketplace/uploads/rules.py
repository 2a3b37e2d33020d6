"""What becomes of a file that was sent, how large it may be, and how many may wait."""

from types import MappingProxyType

from core.database.lifecycle import Lifecycle
from core.errors import BadInput, Conflict
from marketplace.importing.header import kinds
from marketplace.importing.kinds import Kind
from marketplace.uploads.models import Upload, UploadState

LARGEST_BYTES = 5_000_000
"""Some 20,000 rows as CSV. More is for an operator to import, who need not wait for a page."""
MOST_KEPT = 10
"""Files of one organisation that something may still be done with."""
MOST_ATTEMPTS = 3
_WHO_IS_WHO = frozenset({"organisations", "members", "partnerships"})
"""Kinds that give rights: a person confirms each, or an operator imports them."""

S = UploadState
UNDER_WAY = frozenset({S.CHECKING, S.WRITING})
KEPT = UNDER_WAY | {S.CHECKED}
"""States in which the file itself is still needed."""

UPLOAD = Lifecycle(
    "upload",
    Upload,
    MappingProxyType(
        {
            S.CHECKING: frozenset({S.CHECKED, S.REFUSED, S.FAILED}),
            S.CHECKED: frozenset({S.WRITING, S.DISCARDED}),
            S.WRITING: frozenset({S.WRITTEN, S.REFUSED, S.FAILED}),
            S.WRITTEN: frozenset(),
            S.REFUSED: frozenset(),
            S.FAILED: frozenset(),
            S.DISCARDED: frozenset(),
        }
    ),
)


def kinds_read() -> list[Kind]:
    """Return the kinds of files that members may send."""
    return [each for each in kinds() if each.name not in _WHO_IS_WHO]


def check_size(data: bytes) -> None:
    """Refuse a file that is empty, or larger than one that is sent may be.

    Raises
    ------
    BadInput
        It is.
    """
    if not data:
        raise BadInput("file", "", "choose a file that has something in it")
    if len(data) > LARGEST_BYTES:
        raise BadInput("file", len(data), f"it has more than {LARGEST_BYTES} bytes: split it into several files")


def check_room(kept: int) -> None:
    """Refuse an organisation more files at a time than it may have.

    Raises
    ------
    Conflict
        ``too_many_uploads``: it has so many that wait or are worked on.
    """
    if kept >= MOST_KEPT:
        raise Conflict(
            "too_many_uploads",
            f"Your organisation has {MOST_KEPT} files that were not read in yet. Read one in or discard it first.",
            {"most": MOST_KEPT},
        )
