"""People's time. What people can do, and who has said yes to its being shown, is kept in `competence`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from core import geo
from core.errors import BadInput, Faults, InvalidParameter
from core.limits import FIRST_DAY, LAST_DAY
from core.time import years
from resources.families.criteria import Has, Levels, OneOf
from resources.families.family import Counted, Doors, Family, Journey, Measure, Workplace
from resources.families.field_spec import check_fields, spec

LEAST_LEVEL, GREATEST_LEVEL = 1, 5
FEWEST_MEANT = 5
"""People whom a card could be about, or its employer and place together would name one of them."""
MOST_MEANT = 100_000
EXPERIENCED = 3
"""The least level of somebody who works independently; whoever has less is learning."""
MOST_NETWORK_HOURS = 80
"""In a month: about half of a full-time post."""
LANGUAGE = "^[a-z]{2,3}$"
"""What a code of ISO 639 looks like."""
LEVELS = (LEAST_LEVEL, GREATEST_LEVEL)


class StaffKind(StrEnum):
    """The one kind of staff capacity; what it can do is told by its skills."""

    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class StaffTime:
    """How much of a person's time can be lent, in percent: what of a capacity card stands on the resource."""

    extent_percent: int = field(metadata=spec("omfattning procent", least=1, most=100))
    extent_changes: Mapping[date, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_fields(self, *_change_faults(self.extent_percent, self.extent_changes))

    def __hash__(self) -> int:
        """Hash it as what it is, a value that never changes, though a mapping by itself has no hash."""
        return hash((self.extent_percent, frozenset(self.extent_changes.items())))


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """What a capacity card says: skills with levels, how much time, where and in which languages. It names nobody.

    `extent_percent` is the most that can be lent at any time; from the days of `extent_changes` on it is what they say,
    which is never more. `municipality_codes` are where work on site is possible (codes or names may be given, codes are
    kept); without any, the work has to be `remote`. `clearance_may_be_needed` is said of the work, never of the person.
    `people_meant` is how many at the employer the card could be about: see `few_are_meant`. `network` is the skill in
    whose network the person is lent for hours, at most `network_hours` of a month.
    """

    extent_percent: int = field(metadata=spec("omfattning procent", least=1, most=100))
    remote: bool = field(default=False, metadata=spec("distans"))
    municipality_codes: tuple[str, ...] = field(
        default=(), metadata=spec("kommuner", about="Where work on site is possible.")
    )
    languages: frozenset[str] = field(
        default=frozenset({"sv"}), metadata=spec("språk", about="ISO 639 codes.", form_default="sv", pattern=LANGUAGE)
    )
    skills: Mapping[str, int] = field(default_factory=dict, metadata=spec("kompetenser", required=True, values=LEVELS))
    extent_changes: Mapping[date, int] = field(
        default_factory=dict,
        metadata=spec(
            "omfattning ändras", about="How many percent can be lent from a day on, by the day.", values=(0, 100)
        ),
    )
    clearance_may_be_needed: bool = field(
        default=False,
        metadata=spec(
            "säkerhetsprövning kan behövas",
            about="The work may need a security clearance. Whether anybody has one is not told here.",
        ),
    )
    people_meant: int | None = field(
        default=None,
        metadata=spec(
            "kan avses",
            least=1,
            most=MOST_MEANT,
            about="How many at the employer the card could be about. With fewer than five, or where it is not told, "
            "others learn the kind of organisation and the county only. Told at the employer alone.",
        ),
    )
    network: str = field(
        default="",
        metadata=spec(
            "nätverk",
            skill=True,
            about="The code of the skill in whose network the person may be lent for hours: one of the card's own.",
        ),
    )
    network_hours: int | None = field(
        default=None,
        metadata=spec(
            "timmar per månad",
            least=1,
            most=MOST_NETWORK_HOURS,
            about="How many hours of a month the network may ask for at most.",
        ),
    )

    @property
    def network_places(self) -> frozenset[str]:
        """As what the person is in a network: of those with experience, or of those who learn."""
        learns = self.skills.get(self.network, 0) < EXPERIENCED
        return network_place(self.network, learns=learns)

    @property
    def few_are_meant(self) -> bool:
        """Whether so few could be meant that employer and place together would name somebody."""
        return self.people_meant is None or self.people_meant < FEWEST_MEANT

    def __post_init__(self) -> None:
        faults = Faults()
        with faults.under():
            object.__setattr__(self, "municipality_codes", _codes(self.municipality_codes))
        check_fields(self, *faults.parameters, *self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        if not self.municipality_codes and not self.remote:
            yield InvalidParameter("municipalityCodes", [], "say where work on site is possible, or that it is remote")
        if not self.skills:
            yield InvalidParameter("skills", {}, "name one skill at least")
        yield from _level_faults("skills", self.skills)
        yield from _language_faults(self.languages)
        yield from _change_faults(self.extent_percent, self.extent_changes)
        if self.network and self.network not in self.skills:
            yield InvalidParameter("network", self.network, "it has to be one of the card's own skills")
        if self.network and self.network_hours is None:
            yield InvalidParameter("networkHours", None, "say how many hours of a month the network may ask for")
        if self.network_hours is not None and not self.network:
            yield InvalidParameter("network", "", "say in which skill's network the hours may be asked for")

    def __hash__(self) -> int:
        """Hash it as `StaffTime`."""
        where = (self.remote, self.municipality_codes, self.languages, self.network, self.network_hours)
        told = (frozenset(self.extent_changes.items()), self.clearance_may_be_needed, self.people_meant)
        return hash((self.extent_percent, *where, _hashable(self.skills), *told))


@dataclass(frozen=True, slots=True)
class StaffRequirements:
    """Skills by code with the least level, whether the work can be done remotely, and all languages needed.

    Whether the skills exist is asked of the vocabulary where the need is filed.
    """

    skills_must: Mapping[str, int] = field(default_factory=dict, metadata=spec("kompetenser krav", values=LEVELS))
    skills_should: Mapping[str, int] = field(default_factory=dict, metadata=spec("kompetenser önskas", values=LEVELS))
    remote_ok: bool = field(default=False, metadata=spec("distans går bra"))
    languages: frozenset[str] = field(default=frozenset(), metadata=spec("språk", pattern=LANGUAGE))
    clearance_may_be_needed: bool = field(
        default=False,
        metadata=spec("säkerhetsprövning kan behövas", about="Told to whoever is asked; nobody is left out for it."),
    )
    network: str = field(
        default="",
        metadata=spec(
            "nätverk",
            skill=True,
            about="The code of a skill: somebody of its network is lent for some hours of a day, and wholly for these. "
            "The amount is 100 percent then.",
        ),
    )
    learner: bool = field(
        default=False,
        metadata=spec(
            "lär sig",
            about="Somebody of the network who is learning, beside one with experience: both are needs of one request "
            "that belong together, at the same time and place.",
        ),
    )
    open_to_mobility: bool = field(
        default=False,
        metadata=spec(
            "välkomnar den som vill prova",
            about="What is asked for here is shown to employees of other organisations whose wish to try another "
            "employer it fits. Nobody is left out for it.",
        ),
    )

    def __post_init__(self) -> None:
        check_fields(self, *self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from _level_faults("skillsMust", self.skills_must)
        yield from _level_faults("skillsShould", self.skills_should)
        yield from _language_faults(self.languages)
        if self.learner and not self.network:
            yield InvalidParameter("learner", True, "say of which network")
        for code, level in self.skills_should.items():
            if self.skills_must.get(code, 0) >= level:
                yield InvalidParameter(
                    f"skillsShould.{code}", level, "it is a must already: leave it out, or ask for more"
                )

    def __hash__(self) -> int:
        """Hash it as `StaffFacts`."""
        asked = (_hashable(self.skills_must), _hashable(self.skills_should))
        rest = (self.clearance_may_be_needed, self.network, self.learner, self.open_to_mobility)
        return hash((*asked, self.remote_ok, self.languages, *rest))

    @property
    def network_places(self) -> frozenset[str]:
        """As what somebody has to be in a network; nothing where none is asked."""
        return network_place(self.network, learns=self.learner)

    @property
    def skills(self) -> frozenset[str]:
        """The codes of all skills that are named."""
        return frozenset(self.skills_must) | frozenset(self.skills_should) | ({self.network} - {""})


def network_place(network: str, *, learns: bool) -> frozenset[str]:
    """Return the name of a place in a skill's network, which is what cards and needs have in common; none in none."""
    return frozenset({f"{network} {'learning' if learns else 'experienced'}"} if network else ())


def _level_faults(field_name: str, skills: Mapping[str, int]) -> Iterator[InvalidParameter]:
    """Yield the levels outside 1 (knows of it) through 5 (leads and teaches)."""
    for code, level in skills.items():
        if not LEAST_LEVEL <= level <= GREATEST_LEVEL:
            yield InvalidParameter(
                f"{field_name}.{code}", level, f"a level is from {LEAST_LEVEL} through {GREATEST_LEVEL}"
            )


def _language_faults(languages: frozenset[str]) -> Iterator[InvalidParameter]:
    """Yield what cannot be a language code of ISO 639, such as `sv`, `en` or `sma`."""
    for code in sorted(languages):
        if not re.fullmatch(LANGUAGE, code):
            yield InvalidParameter("languages", code, "write a language as its ISO 639 code, such as sv, en or sma")


def _change_faults(most: int, changes: Mapping[date, int]) -> Iterator[InvalidParameter]:
    """Yield where an extent changes to more than the most, or to less than nothing."""
    for day, percent in changes.items():
        if not 0 <= percent <= most:
            reason = "it has to be from 0 percent through the extent, which is the most at any time"
            yield InvalidParameter(f"extentChanges.{day}", percent, reason)
        if not FIRST_DAY <= day <= LAST_DAY:
            yield years.year_fault("extentChanges", day, LAST_DAY.year)


def _hashable(skills: Mapping[str, int]) -> frozenset[tuple[str, int]]:
    return frozenset(skills.items())


def _codes(municipalities: tuple[str, ...]) -> tuple[str, ...]:
    """Return the codes of municipalities, each once, in order."""
    try:
        return tuple(sorted({geo.municipality(each).code for each in municipalities}))
    except BadInput as error:
        first = error.parameters[0]
        raise BadInput("municipalityCodes", first.value, first.reason) from error


STAFF = Family(
    name="staff",
    swedish_names=("personal",),
    kinds=StaffKind,
    facts=StaffFacts,
    requirements=StaffRequirements,
    stored=StaffTime,
    musts=(
        Levels("skills", "skills_must", droppable=False),
        OneOf("network_places", "network_places", droppable=False),
        Has("languages", "languages"),
    ),
    shoulds=(Levels("skills", "skills_should"),),
    counted=Counted("extent_percent", Measure.PERCENT, most=100, recountable=False),
    workplace=Workplace("municipality_codes", "remote", "remote_ok"),
    doors=Doors.NEVER,
    journey=Journey.VISITED,
    booking_kind="staff_loan",
    file="staff",
    file_names=("personal", "staff"),
    timing="period",
    form_defaults={"requirements.languages": ("sv",)},
    shown=("skills", "extent_changes", "languages", "clearance_may_be_needed", "network", "network_hours"),
    anonymous=True,
)
