"""What a need asks of staff: must-haves, which exclude, and should-haves, which score.

Stored as JSON with `to_json` of `core.serialization` and read with its `from_json`. Whether the skills exist is asked
of the vocabulary where the need is filed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from competence.facts import check_languages, check_levels
from core.errors import BadInput


@dataclass(frozen=True, slots=True)
class StaffRequirements:
    """Skills by code with the least level, whether the work can be done remotely, and all languages needed."""

    skills_must: Mapping[str, int] = field(default_factory=dict)
    skills_should: Mapping[str, int] = field(default_factory=dict)
    remote_ok: bool = False
    languages: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        check_levels("skillsMust", self.skills_must)
        check_levels("skillsShould", self.skills_should)
        check_languages(self.languages)
        for code, level in self.skills_should.items():
            if self.skills_must.get(code, 0) >= level:
                raise BadInput(f"skillsShould.{code}", level, "it is a must already: leave it out, or ask for more")

    @property
    def skills(self) -> frozenset[str]:
        """The codes of all skills that are named."""
        return frozenset(self.skills_must) | frozenset(self.skills_should)
