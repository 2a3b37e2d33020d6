"""What a lister says of a site, a resource or a part of one: values that check themselves when built.

Errors name a field as it is called in the JSON form, for example ``areaM2``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum
from uuid import UUID

from core import geo
from core.errors import BadInput, InvalidParameter
from core.serialization import Dataclass, camel
from core.text import phone_faults, text_faults
from core.time.opening import OpeningHours
from resources.families import FAMILIES
from resources.families.family import Family
from resources.families.field_spec import check_fields, spec
from resources.families.space import MOST_AREA_M2, MOST_SEATS
from resources.vocabulary import Access

LONGEST_NAME = 200
LONGEST_TEXT = 4000


def refuse(faults: Iterable[InvalidParameter]) -> None:
    """Raise `BadInput` with all of the faults, if there are any."""
    if found := list(faults):
        raise BadInput.of(found)


def _name_faults(name: str) -> Iterator[InvalidParameter]:
    if not name.strip() or len(name) > LONGEST_NAME:
        yield InvalidParameter("name", name[:LONGEST_NAME], f"it has to have 1 to {LONGEST_NAME} characters")
    else:
        yield from text_faults("name", name, 1, LONGEST_NAME)


def facts_faults(family: Family, kind: str, facts: Dataclass) -> Iterator[InvalidParameter]:
    """Yield which facts contradict each other, or hold a text that may not stand there."""
    for each in fields(facts):
        value = getattr(facts, each.name)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and not isinstance(text, Enum):
                yield from text_faults(camel(each.name), text, 0, LONGEST_TEXT)
    yield from family.contradictions(kind, facts)


def part_faults(hall: Dataclass, parts: Sequence[Dataclass]) -> Iterator[InvalidParameter]:
    """Yield in what the parts of a hall are more than the hall, which they share."""
    seats, area_m2 = (_together(parts, name) for name in ("seats", "area_m2"))
    if seats > getattr(hall, "seats", seats):
        yield InvalidParameter("parts", seats, "the parts have more seats together than the whole hall")
    if area_m2 > (getattr(hall, "area_m2", None) or area_m2):
        yield InvalidParameter("parts", area_m2, "the parts are larger together than the whole hall")


def _together(parts: Sequence[Dataclass], name: str) -> float:
    return sum(getattr(part, name) or 0 for part in parts)


@dataclass(frozen=True, slots=True)
class SiteDraft:
    """What a lister says of an address."""

    name: str
    address: str
    municipality_code: str
    latitude: float
    longitude: float
    access: frozenset[Access] = frozenset()
    opening_hours: OpeningHours | None = None

    def __post_init__(self) -> None:
        refuse([*_name_faults(self.name), *text_faults("address", self.address, 0, LONGEST_NAME)])
        geo.Position(self.latitude, self.longitude)
        try:
            code = geo.municipality(self.municipality_code).code
        except BadInput as error:
            raise BadInput("municipalityCode", self.municipality_code, error.parameters[0].reason) from error
        object.__setattr__(self, "municipality_code", code)


@dataclass(frozen=True, slots=True)
class PartDraft:
    """One part of a hall that divides."""

    name: str
    seats: int = field(metadata=spec("sittplatser", least=1, most=MOST_SEATS))
    area_m2: float | None = field(default=None, metadata=spec("yta m2", least=1, most=MOST_AREA_M2))

    def __post_init__(self) -> None:
        refuse(_name_faults(self.name))
        check_fields(self)


@dataclass(frozen=True, slots=True)
class ResourceDraft:
    """What a lister says of a resource; without opening hours of its own it has those of its site."""

    family: str
    kind: str
    name: str
    facts: Dataclass
    description: str = ""
    site_id: UUID | None = None
    opening_hours: OpeningHours | None = None
    parts: tuple[PartDraft, ...] = ()

    def __post_init__(self) -> None:
        family = self._family()
        refuse(self._text_faults(family))
        if self.kind not in list(family.kinds):
            words = ", ".join(family.kinds)
            raise BadInput("kind", self.kind, f"there is no such kind of {self.family}: use one of {words}")
        if not isinstance(self.facts, family.kept):
            raise BadInput("facts", type(self.facts).__name__, f"these are not the facts of {self.family}")
        if self.site_id is None and family.workplace is None:
            raise BadInput("siteId", None, f"{self.family} has to stand somewhere: name its site")
        self._check_parts(family)
        refuse([*facts_faults(family, self.kind, self.facts), *part_faults(self.facts, self.parts)])

    def _text_faults(self, family: Family) -> Iterator[InvalidParameter]:
        yield from _name_faults(self.name)
        yield from text_faults("description", self.description, 0, LONGEST_TEXT)
        if family.anonymous:
            yield from phone_faults("name", self.name)
            yield from phone_faults("description", self.description)

    def _family(self) -> Family:
        if self.family not in FAMILIES:
            raise BadInput("family", self.family, f"there is no such family: use one of {', '.join(FAMILIES)}")
        return FAMILIES[self.family]

    def _check_parts(self, family: Family) -> None:
        if not self.parts:
            return
        if self.kind not in family.divisible:
            raise BadInput("parts", self.kind, "only a hall divides into parts")
        names = [part.name for part in self.parts]
        if len(names) < 2 or len(set(names)) < len(names):
            raise BadInput("parts", names, "a hall divides into two parts or more, each with its own name")

    @property
    def capacity(self) -> int:
        """How much of its unit can be taken at once."""
        return FAMILIES[self.family].capacity(self.kind, self.facts)
