"""What may be said of a group."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import InvalidParameter
from core.limits import LONGEST_NAME, LONGEST_WORDS, refuse_if
from core.text import phone_faults, text_faults
from hubs.groups.models import HubGroupKind

MOST_GROUPS = 100
"""Of one hub, those that are closed too."""


@dataclass(frozen=True, kw_only=True)
class GroupDraft:
    """What a group is.

    Raises
    ------
    BadInput
        With all that is wrong, named as in JSON.
    """

    kind: HubGroupKind
    name: str
    about: str = ""

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("name", self.name, 1, LONGEST_NAME)
        yield from text_faults("about", self.about, 0, LONGEST_WORDS)
        for name, text in (("name", self.name), ("about", self.about)):
            yield from phone_faults(name, text)
