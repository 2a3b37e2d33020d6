"""What a family of resources is: one specification, from which rules, masks, wire, forms and files are made."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import Enum, StrEnum
from functools import cache
from typing import Any

import numpy as np

from core.errors import InvalidParameter
from core.serialization import Dataclass
from resources.families.criteria import Criterion, FactColumns, Mask, Numbers, Rows, counts_met
from resources.families.emissions import CAR, Factor


class Doors(Enum):
    """When a place has to be open while something of it is lent."""

    THROUGHOUT = "throughout"
    AT_BOTH_ENDS = "at both ends"
    NEVER = "never"


class Journey(Enum):
    """Which journeys a loan asks for."""

    FETCHED = "fetched"
    DRIVEN = "driven"
    VISITED = "visited"


class Measure(StrEnum):
    """What more than one of something is counted in."""

    PIECES = "pieces"
    PERCENT = "percent"
    DESKS = "desks"
    PEOPLE = "people"
    SEATS = "seats"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of a resource can be taken at once, by different needs: the fact that says so.

    Only `kinds` are counted so, or all. A need takes from 1 through `most`. Where requirements say for how many
    people it is, in the field `people`, a need takes as many. What is `recountable` may have its number set anew
    beside its facts.
    """

    fact: str
    measure: Measure
    most: int
    kinds: frozenset[str] | None = None
    people: str | None = None
    recountable: bool = True

    def counts(self, kind: str | None) -> bool:
        """Tell whether a kind is counted so."""
        return self.kinds is None or kind in self.kinds


@dataclass(frozen=True, slots=True)
class Sized:
    """A size that has to suffice, of which less can be asked: a fact, the field that asks, and what it is counted in.

    What nobody asked for stays empty, so that a thing too large scores less.
    """

    fact: str
    asked: str
    measure: Measure


@dataclass(frozen=True, slots=True)
class Workplace:
    """What can work at several places: facts that say where and whether remotely, and the field that allows it."""

    municipalities: str
    remote: str
    remote_asked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of what can be lent.

    Attributes
    ----------
    name
        As rows, files and JSON call it.
    swedish_names
        As Swedish cells call it.
    kinds
        Its kinds; a need may leave the kind open.
    facts, requirements
        Dataclasses of what a lister says and of what a need asks, whose fields carry a `field_spec.spec`.
    stored
        What of the facts stands on the resource's row; all of them unless another room keeps the rest.
    musts, shoulds
        Criteria that exclude, and criteria that score by the share that holds.
    file, file_names
        The name of its import and the files it is found in, Swedish first.
    has_hours
        Whether its file has a column of opening hours.
    swedish
        How values of an enum are written in Swedish cells, by enum; their codes work too.
    booking_kind
        What an agreement about it is, a value of `marketplace.bookings.models.BookingKind`.
    timing
        The kind of timing that its form begins with.
    form_defaults
        What else its form begins with, by field of a need: a text, or the codes of a list.
    shown
        The facts that a proposal shows, in order.
    from_site
        Facts that what stands somewhere also has from its site.
    alike
        Groups of kinds that may do for each other, so that another one is suggested where the one asked for is lacking.
    divisible
        Kinds that may divide into parts, each a resource of its own.
    several_lots, hand_over
        Whether a need may be met by several of it, and whether it may be handed over for good.
    anonymous
        Whether it is a person, whose name and words nobody else sees before an agreement.
    contradictions
        Yields which of its facts contradict each other, or the kind, of something that is listed or changed. What
        stands in a row already is read as it is.
    """

    name: str
    swedish_names: tuple[str, ...]
    kinds: type[StrEnum]
    facts: type[Dataclass]
    requirements: type[Dataclass]
    musts: tuple[Criterion, ...]
    shoulds: tuple[Criterion, ...] = ()
    booking_kind: str
    file: str
    file_names: tuple[str, ...]
    stored: type[Dataclass] | None = None
    counted: Counted | None = None
    sized: Sized | None = None
    workplace: Workplace | None = None
    doors: Doors = Doors.AT_BOTH_ENDS
    journey: Journey = Journey.FETCHED
    emits: Callable[[Any], Factor] = lambda _facts: CAR
    has_hours: bool = True
    swedish: Mapping[type[StrEnum], Mapping[str, StrEnum]] = field(default_factory=dict)
    timing: str = "fixed"
    form_defaults: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    from_site: frozenset[str] = frozenset()
    alike: tuple[frozenset[str], ...] = ()
    divisible: frozenset[str] = frozenset()
    several_lots: bool = False
    hand_over: bool = False
    anonymous: bool = False
    contradictions: Callable[[str, Any], Iterator[InvalidParameter]] = lambda _kind, _facts: iter(())

    @property
    def kept(self) -> type[Dataclass]:
        """The class of what stands on the resource's row."""
        return self.stored or self.facts

    @property
    def only_kind(self) -> str | None:
        """The kind where there is only one, which nobody has to be asked for."""
        kinds = list(self.kinds)
        return kinds[0] if len(kinds) == 1 else None

    @property
    def size_fact(self) -> str | None:
        """The fact by which somebody looks for what is large enough: seats, things, percent."""
        if self.sized is not None:
            return self.sized.fact
        return self.counted.fact if self.counted is not None else None

    def kinds_like(self, kind: str) -> frozenset[str]:
        """Return the kinds that may do for one, without itself."""
        return frozenset().union(*(group for group in self.alike if kind in group)) - {kind}

    def counts(self, kind: str | None) -> bool:
        """Tell whether more than one of a kind can be taken at once."""
        return self.counted is not None and self.counted.counts(kind)

    def is_lent_whole(self, kind: str) -> bool:
        """Tell whether a kind is lent to one at a time, and is no person: it may have a calendar of its own."""
        return not self.anonymous and not self.counts(kind)

    @property
    def has_calendars(self) -> bool:
        """Whether any kind of it is lent so."""
        return any(map(self.is_lent_whole, self.kinds))

    def capacity(self, kind: str, facts: object) -> int:
        """Return how much of such a resource can be taken at once: desks, things, percent, else 1."""
        if self.counted is None or not self.counted.counts(kind):
            return 1
        return int(getattr(facts, self.counted.fact))

    def size(self, amount: int, requirements: object) -> int:
        """Return for how many people, pieces or percent a need is that asks so."""
        if self.counted is None or self.counted.people is None:
            return amount
        return max(amount, int(getattr(requirements, self.counted.people)))

    def keeps(self, requirements: object) -> bool:
        """Tell whether it is asked for good, not to be given back."""
        return self.hand_over and bool(getattr(requirements, "to_keep", False))

    def large_enough(self, requirements: Sequence[Any], columns: FactColumns, of: Rows, rows: Rows) -> Mask:
        """Tell which rows, (rows,), have the size that is asked: by the requirements at the place in `of`, for each."""
        return _all((each for each in self.musts if each.size), requirements, columns, of, rows)

    def suits(self, requirements: Sequence[Any], columns: FactColumns, of: Rows, rows: Rows) -> Mask:
        """Tell which rows, (rows,), meet all other must-haves."""
        return _all((each for each in self.musts if not each.size), requirements, columns, of, rows)

    def should_share(self, requirements: Sequence[Any], columns: FactColumns, of: Rows, rows: Rows) -> Numbers:
        """Return the share of the should-haves that each row meets, (rows,): 1 where nothing is wished for."""
        met, asked = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        for each in self.shoulds:
            counts = counts_met(each, requirements, columns)
            met += counts.met[counts.wanted[of], rows]
            asked += counts.asked[counts.wanted[of]]
        return np.where(asked > 0, met, 1) / np.maximum(asked, 1)

    def oversize(self, requirements: Sequence[Any], columns: FactColumns, of: Rows, rows: Rows) -> Numbers:
        """Return the share of each row, (rows,), that nobody asked for: 0.9 for a hall of forty seats for four."""
        if self.sized is None:
            return np.zeros(len(rows))
        size = columns.numbers(self.sized.fact, 0)[rows]
        asked = np.array([getattr(each, self.sized.asked) for each in requirements])[of]
        oversize: Numbers = np.maximum(0, size - asked) / size
        return oversize

    @property
    def droppable(self) -> frozenset[str]:
        """The fields of the requirements that may be done without."""
        return frozenset(each.asked for each in self.musts if each.droppable)

    def one_dropped(self, requirements: Any) -> Iterator[tuple[str, Any]]:
        """Yield the requirements with one must-have less, and what that was: a field, or one thing in it."""
        default = {each.name: each.default for each in fields(requirements)}
        for name in (each.asked for each in self.musts if each.droppable):
            value = getattr(requirements, name)
            if isinstance(value, frozenset):
                for each in sorted(value):
                    yield f"{name}.{each}", replace(requirements, **{name: value - {each}})
            elif isinstance(value, Mapping):
                for code in sorted(value):
                    rest = {key: level for key, level in value.items() if key != code}
                    yield f"{name}.{code}", replace(requirements, **{name: rest})
            elif value != default[name]:
                yield name, replace(requirements, **{name: default[name]})


class NoKind(StrEnum):
    """The kinds of a family that this version does not know."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What is stored of a family that this version does not know."""

    def __post_init__(self) -> None:
        raise ValueError("this version does not know the family")


@cache
def unknown_family(name: str) -> Family:
    """Return what stands in for a family that another version knows: nothing of it can be read, so none can be lent.

    It may be a person for all that is known, so nobody else is told its name.
    """
    return Family(
        name=name,
        swedish_names=(),
        kinds=NoKind,
        facts=Unreadable,
        requirements=Unreadable,
        musts=(),
        booking_kind="item_loan",
        file="",
        file_names=(),
        anonymous=True,
    )


def _all(
    criteria: Iterable[Criterion], requirements: Sequence[Any], columns: FactColumns, of: Rows, rows: Rows
) -> Mask:
    found = np.ones(len(rows), np.bool_)
    for criterion in criteria:
        counts = counts_met(criterion, requirements, columns)
        if counts.asked.any():
            fulfilled = counts.met == counts.asked[:, None]
            found &= fulfilled[counts.wanted[of], rows]
    return found
