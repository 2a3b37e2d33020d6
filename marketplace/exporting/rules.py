"""Who may have which kinds of files, and how large one may be."""

from core.actor import Actor, Permission
from core.errors import Conflict, NotFound
from marketplace.importing.header import kinds
from marketplace.importing.kinds import Kind
from marketplace.importing.reading.table import MOST_ROWS

_NEEDED = {
    "organisations": Permission.ADMINISTER,
    "members": Permission.ADMINISTER,
    "partnerships": Permission.ADMINISTER,
    "requests": Permission.REQUEST,
}
"""What one may change by hand is what one gets as a file; all other kinds are of what is offered."""


def kinds_written(actor: Actor) -> list[Kind]:
    """Return the kinds of files that somebody may have of its organisation."""
    return [each for each in kinds() if actor.may(_NEEDED.get(each.name, Permission.OFFER))]


def kind_to_write(name: str) -> Kind:
    """Return the kind of a name.

    Raises
    ------
    NotFound
        There is none of that name.
    """
    found = next((each for each in kinds() if each.name == name), None)
    if found is None:
        raise NotFound("kind of file", name)
    return found


def check_rows(count: int) -> None:
    """Refuse a file that could not be read in again.

    Raises
    ------
    Conflict
        ``too_many_rows``: there are more than a file may have.
    """
    if count > MOST_ROWS:
        raise Conflict(
            "too_many_rows",
            f"A file has at most {MOST_ROWS} rows, and there are more: write the files of one organisation at a time.",
            {"most": MOST_ROWS},
        )
