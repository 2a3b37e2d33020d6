"""What a capacity card says of a person's time: a value that checks itself when built. It names nobody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core import geo
from core.errors import BadInput

LEAST_LEVEL, GREATEST_LEVEL = 1, 5
_LANGUAGE = re.compile("[a-z]{2,3}")


def check_levels(field_name: str, skills: Mapping[str, int]) -> None:
    """Refuse a level outside 1 (knows of it) through 5 (leads and teaches)."""
    for code, level in skills.items():
        if not LEAST_LEVEL <= level <= GREATEST_LEVEL:
            raise BadInput(f"{field_name}.{code}", level, f"a level is from {LEAST_LEVEL} through {GREATEST_LEVEL}")


def check_languages(languages: frozenset[str]) -> None:
    """Refuse what cannot be a language code of ISO 639, such as `sv`, `en` or `sma`."""
    for code in sorted(languages):
        if not _LANGUAGE.fullmatch(code):
            raise BadInput("languages", code, "write a language as its ISO 639 code, such as sv, en or sma")


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """Skills with levels, how much time, where and in which languages.

    `municipality_codes` are where work on site is possible (codes or names may be given, codes are kept); without
    any, the work has to be `remote`.
    """

    extent_percent: int
    remote: bool = False
    municipality_codes: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset({"sv"})
    skills: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 1 <= self.extent_percent <= 100:
            raise BadInput("extentPercent", self.extent_percent, "it has to be from 1 through 100")
        if not self.municipality_codes and not self.remote:
            raise BadInput("municipalityCodes", [], "say where work on site is possible, or that it is remote")
        if not self.skills:
            raise BadInput("skills", {}, "name one skill at least")
        check_levels("skills", self.skills)
        check_languages(self.languages)
        object.__setattr__(self, "municipality_codes", _codes(self.municipality_codes))


def _codes(municipalities: tuple[str, ...]) -> tuple[str, ...]:
    """Return the codes of municipalities, each once, in order."""
    try:
        return tuple(sorted({geo.municipality(each).code for each in municipalities}))
    except BadInput as error:
        first = error.parameters[0]
        raise BadInput("municipalityCodes", first.value, first.reason) from error
