"""What a member of a hub may say of itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import InvalidParameter
from core.limits import LONGEST_CODE, LONGEST_LISTED, count_faults, refuse_if
from core.text import phone_faults, text_faults
from hubs.profiles.models import ProfileAudience, ProfilePart

MOST_TOPICS = 20
MOST_CONTACTS = 100
"""Others whom one has chosen or wants to meet, at one hub."""


@dataclass(frozen=True, kw_only=True)
class ProfileDraft:
    """What a member says of itself, and whom each part is told.

    Raises
    ------
    BadInput
        With all that is wrong, named as in JSON.
    """

    can: tuple[str, ...] = ()
    learns: tuple[str, ...] = ()
    wonders: str = ""
    told_to: Mapping[ProfilePart, ProfileAudience] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        for name, written in (("can", self.can), ("learns", self.learns)):
            yield from count_faults(name, written, 0, MOST_TOPICS)
            for number, topic in enumerate(written):
                yield from text_faults(f"{name}[{number}]", topic, 1, LONGEST_CODE)
                yield from phone_faults(f"{name}[{number}]", topic)
        yield from text_faults("wonders", self.wonders, 0, LONGEST_LISTED)
        yield from phone_faults("wonders", self.wonders)


def topic_key(topic: str) -> str:
    """Return what two ways of writing the same topic have in common."""
    return " ".join(topic.casefold().split())


def topics(written: Sequence[str]) -> list[str]:
    """Return topics in the order in which they were written, each once, with plain blanks."""
    return list({topic_key(each): " ".join(each.split()) for each in reversed(written)}.values())[::-1]
