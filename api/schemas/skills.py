"""Skills on the wire."""

from typing import Self

from api.schemas.base import Wire
from competence.models import Skill


class SkillOut(Wire):
    """A concept of a vocabulary; `code` is what needs and capacity cards name."""

    code: str
    uri: str
    label_sv: str
    label_en: str
    scheme: str
    scheme_version: str
    ssyk: str | None

    @classmethod
    def example(cls) -> Self:
        """Return procurement."""
        return cls(
            code="procurement",
            uri="urn:uuid:87c348e2-d6ac-5463-82ce-e0530dedb1db",
            label_sv="Offentlig upphandling",
            label_en="Public procurement",
            scheme="platsverket-skills",
            scheme_version="1",
            ssyk="3323",
        )


def skill_out(skill: Skill) -> SkillOut:
    """Return a skill as the API shows it."""
    return SkillOut(
        code=skill.code,
        uri=skill.uri,
        label_sv=skill.label_sv,
        label_en=skill.label_en,
        scheme=skill.scheme,
        scheme_version=skill.scheme_version,
        ssyk=skill.ssyk,
    )
