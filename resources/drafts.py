"""What a lister says of a site, a resource or a part of one: values that check themselves when built.

Errors name a field as it is called in the JSON form, for example ``areaM2``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from core import geo, limits
from core.errors import BadInput, Faults, InvalidParameter
from core.limits import LONGEST_NAME, LONGEST_TEXT, refuse_if
from core.serialization import Dataclass
from core.text import phone_faults, text_faults
from core.time.opening import WEEKDAYS, OpeningHours
from resources.families import FAMILIES
from resources.families.family import Family
from resources.families.field_spec import check_fields, size_faults, spec
from resources.families.space import MOST_AREA_M2, MOST_SEATS
from resources.vocabulary import Access


def facts_faults(family: Family, kind: str, facts: Dataclass) -> Iterator[InvalidParameter]:
    """Yield which facts contradict each other, or hold a text that may not stand there."""
    yield from size_faults(facts)
    yield from family.contradictions(kind, facts)


def words_faults(family: Family, name: str, description: str) -> Iterator[InvalidParameter]:
    """Yield what is wrong with what a resource is called and how it is described."""
    yield from text_faults("name", name, 1, LONGEST_NAME)
    yield from text_faults("description", description, 0, LONGEST_TEXT)
    if family.anonymous:
        yield from phone_faults("name", name)
        yield from phone_faults("description", description)


def part_faults(hall: Dataclass, parts: Sequence[Dataclass]) -> Iterator[InvalidParameter]:
    """Yield in what the parts of a hall are more than the hall, which they share."""
    seats, area_m2 = (_together(parts, name) for name in ("seats", "area_m2"))
    if seats > getattr(hall, "seats", seats):
        yield InvalidParameter("parts", seats, "the parts have more seats together than the whole hall")
    if area_m2 > (getattr(hall, "area_m2", None) or area_m2):
        yield InvalidParameter("parts", area_m2, "the parts are larger together than the whole hall")


def _together(parts: Sequence[Dataclass], name: str) -> float:
    return sum(getattr(part, name) or 0 for part in parts)


def hours_faults(hours: OpeningHours | None) -> Iterator[InvalidParameter]:
    """Yield what is too much in opening hours, which are read again each time that something is looked for."""
    if hours is None:
        return
    yield from limits.count_faults("openingHours.exceptions", hours.exceptions, 0, limits.MOST_DEVIATIONS)
    stretches = [each for of_day in (*hours.weekly, *(each.hours for each in hours.exceptions)) for each in of_day]
    yield from limits.count_faults("openingHours", stretches, 0, limits.MOST_HOURS)
    for name, day in zip(WEEKDAYS, hours.weekly, strict=True):
        yield from limits.count_faults(f"openingHours.weekly.{name}", day, 0, limits.MOST_HOURS_A_DAY)
    for place, each in enumerate(hours.exceptions[: limits.MOST_DEVIATIONS]):
        path = f"openingHours.exceptions[{place}]"
        yield from limits.count_faults(f"{path}.hours", each.hours, 0, limits.MOST_HOURS_A_DAY)
        yield from limits.instant_faults(f"{path}.first", each.first)
        yield from limits.instant_faults(f"{path}.last", each.last)


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
        faults = Faults()
        faults.parameters += text_faults("name", self.name, 1, LONGEST_NAME)
        faults.parameters += text_faults("address", self.address, 0, LONGEST_NAME)
        faults.parameters += hours_faults(self.opening_hours)
        code: str | None = None
        with faults.under():
            position = geo.Position(self.latitude, self.longitude)
        try:
            code = geo.municipality(self.municipality_code).code
        except BadInput as error:
            reason = error.parameters[0].reason
            faults.parameters.append(InvalidParameter("municipalityCode", self.municipality_code, reason))
        misplaced = any(each.property in ("latitude", "longitude") for each in faults.parameters)
        if code is not None and not misplaced:
            with faults.under():
                geo.check_within(code, position)
        faults.refuse()
        object.__setattr__(self, "municipality_code", code)


@dataclass(frozen=True, slots=True)
class PartDraft:
    """One part of a hall that divides."""

    name: str
    seats: int = field(metadata=spec("sittplatser", least=1, most=MOST_SEATS))
    area_m2: float | None = field(default=None, metadata=spec("yta m2", least=1, most=MOST_AREA_M2))

    def __post_init__(self) -> None:
        faults = Faults()
        faults.parameters += text_faults("name", self.name, 1, LONGEST_NAME)
        with faults.under():
            check_fields(self)
        faults.refuse()


def division_faults(family: Family, kind: str, name: str, parts: Sequence[PartDraft]) -> Iterator[InvalidParameter]:
    """Yield why what is called so does not divide into such parts, whatever else it is."""
    if not parts:
        return
    if kind not in family.divisible:
        yield InvalidParameter("parts", kind, "only a hall divides into parts")
        return
    yield from limits.count_faults("parts", parts, 2, limits.MOST_PARTS)
    longest = LONGEST_NAME - len(name) - len(", ")  # a part is a resource of its own: “the hall, the part”
    for number, part in enumerate(parts):
        yield from text_faults(f"parts[{number}].name", part.name, 1, longest)
    names = [part.name for part in parts]
    if len(set(names)) < len(names):
        yield InvalidParameter("parts", names, "a hall divides into two parts or more, each with its own name")


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
        refuse_if(self._faults(self._family()))

    def _faults(self, family: Family) -> Iterator[InvalidParameter]:
        yield from words_faults(family, self.name, self.description)
        yield from hours_faults(self.opening_hours)
        is_known = self.kind in list(family.kinds)
        if not is_known:
            words = ", ".join(family.kinds)
            yield InvalidParameter("kind", self.kind, f"there is no such kind of {self.family}: use one of {words}")
        if self.site_id is None and family.workplace is None:
            yield InvalidParameter("siteId", None, f"{self.family} has to stand somewhere: name its site")
        if not isinstance(self.facts, family.kept):
            yield InvalidParameter("facts", type(self.facts).__name__, f"these are not the facts of {self.family}")
            return
        if is_known:
            yield from division_faults(family, self.kind, self.name, self.parts)
            yield from facts_faults(family, self.kind, self.facts)
        yield from part_faults(self.facts, self.parts)

    def _family(self) -> Family:
        if self.family not in FAMILIES:
            raise BadInput("family", self.family, f"there is no such family: use one of {', '.join(FAMILIES)}")
        return FAMILIES[self.family]

    @property
    def capacity(self) -> int:
        """How much of its unit can be taken at once."""
        return FAMILIES[self.family].capacity(self.kind, self.facts)
