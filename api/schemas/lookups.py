"""What can be looked up, on the wire: the API itself, municipalities, skills."""

from collections.abc import Iterable
from typing import Self

from api.schemas.base import Wire
from competence.models import Skill
from competence.taxonomies.releases import ConceptKind
from core.geo import Municipality


class ApiInfo(Wire):
    """Facts about this API, as the national REST API profile asks for."""

    api_name: str
    api_version: str
    api_released: str
    api_documentation: str
    api_status: str

    @classmethod
    def example(cls) -> Self:
        """Return what this version answers."""
        return cls(
            api_name="Platsverket",
            api_version="1.0.0",
            api_released="2026-11-21",
            api_documentation="/developers",
            api_status="beta",
        )


class MunicipalityOut(Wire):
    """A municipality and its county by code and name; the position is that of its seat."""

    code: str
    name: str
    county_code: str
    county_name: str
    latitude: float
    longitude: float

    @classmethod
    def example(cls) -> Self:
        """Return Östersund."""
        return cls(
            code="2380",
            name="Östersund",
            county_code="23",
            county_name="Jämtlands län",
            latitude=63.1767,
            longitude=14.6361,
        )


def municipality_out(municipality: Municipality) -> MunicipalityOut:
    """Return a municipality as the API shows it."""
    return MunicipalityOut(
        code=municipality.code,
        name=municipality.name,
        county_code=municipality.county_code,
        county_name=municipality.county_name,
        latitude=municipality.latitude,
        longitude=municipality.longitude,
    )


class SkillOut(Wire):
    """A concept of a vocabulary; `code` is what needs and capacity cards name.

    Of a `group` no card tells, but needs may ask for it; by an `occupation` skills are found. What is `deprecated`
    stays on cards and counts as what it is `replacedBy`.
    """

    code: str
    kind: ConceptKind
    uri: str
    label_sv: str
    label_en: str
    synonyms_sv: list[str]
    synonyms_en: list[str]
    deprecated: bool
    replaced_by: list[str]
    scheme: str
    scheme_version: str
    ssyk: str | None

    @classmethod
    def example(cls) -> Self:
        """Return procurement."""
        return cls(
            code="procurement",
            kind=ConceptKind.SKILL,
            uri="urn:uuid:87c348e2-d6ac-5463-82ce-e0530dedb1db",
            label_sv="Offentlig upphandling",
            label_en="Public procurement",
            synonyms_sv=["inköp", "upphandling", "LOU"],
            synonyms_en=["purchasing", "tendering"],
            deprecated=False,
            replaced_by=[],
            scheme="platsverket-skills",
            scheme_version="2",
            ssyk="3323",
        )


def skill_out(skill: Skill, successors: Iterable[str] = ()) -> SkillOut:
    """Return a skill as the API shows it; `successors` are the codes of what replaces it."""
    return SkillOut(
        code=skill.code,
        kind=skill.kind,
        uri=skill.uri,
        label_sv=skill.label_sv,
        label_en=skill.label_en,
        synonyms_sv=skill.synonyms_sv,
        synonyms_en=skill.synonyms_en,
        deprecated=skill.deprecated,
        replaced_by=list(successors),
        scheme=skill.scheme,
        scheme_version=skill.scheme_version,
        ssyk=skill.ssyk,
    )
