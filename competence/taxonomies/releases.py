"""A release of a concept scheme: what a file of one version says, whatever its format.

The words are those of SKOS (W3C, 2009): a concept has a preferred and alternative labels, and mappings to concepts of
other schemes.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.errors import BadInput

_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,3}")


class ConceptKind(StrEnum):
    """What a concept is: only skills stand on capacity cards, groups may be asked for, occupations help to find."""

    SKILL = "skill"
    GROUP = "group"
    OCCUPATION = "occupation"


class Relation(StrEnum):
    """What a concept is to another; `essential` and `optional` are what an occupation needs of a skill."""

    BROADER = "broader"
    REPLACED_BY = "replaced_by"
    EXACT_MATCH = "exact_match"
    CLOSE_MATCH = "close_match"
    BROAD_MATCH = "broad_match"
    NARROW_MATCH = "narrow_match"
    ESSENTIAL = "essential"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept as one release has it; `relations` name others by their URI, also such as are in no file here."""

    uri: str
    code: str
    kind: ConceptKind
    label_sv: str
    label_en: str
    synonyms_sv: tuple[str, ...] = ()
    synonyms_en: tuple[str, ...] = ()
    ssyk: str | None = None
    deprecated: bool = False
    relations: frozenset[tuple[Relation, str]] = frozenset()

    @property
    def words(self) -> str:
        """All that it is called, each once."""
        return "|".join(dict.fromkeys((self.label_sv, self.label_en, *self.synonyms_sv, *self.synonyms_en)))


@dataclass(frozen=True, slots=True)
class Release:
    """All that one version of a scheme says."""

    scheme: str
    version: str
    concepts: tuple[Concept, ...]


def version_key(version: str) -> tuple[int, ...]:
    """Return what orders versions: `1.10` comes after `1.9`.

    Raises
    ------
    BadInput
        It is not numbers with points between.
    """
    if not _VERSION.fullmatch(version):
        raise BadInput("version", version, "write a version as numbers with points between, such as 30 or 1.2.0")
    numbers = [int(number) for number in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
