"""What a field of a family's facts or requirements is beside its name and type, for every door at once.

The wire, the forms and the files are made from it: a file's column in Swedish and English, the limits of a number,
its unit, and how a value may be written in a Swedish cell.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import Field, dataclass, fields
from datetime import date
from typing import Any

from core import limits
from core.errors import BadInput, InvalidParameter
from core.serialization import Dataclass, camel
from core.text import text_faults
from core.time import years

_KEY = "spec"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field's column in files (`column` Swedish, `english` where it is not the field's own name), limits and unit.

    `about` is what the documentation of the API says of it. What is `required` has to be told though the field has a
    default, which the class itself refuses. A number on a `scale` is chosen by the words of that kind, and the code of
    a `skill` from the vocabulary. A form begins with its `form_default`. Each text of a list is as `pattern` says, and
    each value of a mapping lies between two `values`.
    """

    column: str
    english: str = ""
    least: float | None = None
    most: float | None = None
    unit: str = ""
    about: str = ""
    required: bool = False
    scale: str = ""
    form_default: str = ""
    skill: bool = False
    pattern: str = ""
    values: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if (self.least is None) != (self.most is None):
            raise TypeError(f"{self.column}: a number has both a least and a most, or neither")


def spec(
    column: str,
    english: str = "",
    *,
    least: float | None = None,
    most: float | None = None,
    unit: str = "",
    about: str = "",
    required: bool = False,
    scale: str = "",
    form_default: str = "",
    skill: bool = False,
    pattern: str = "",
    values: tuple[int, int] | None = None,
) -> dict[str, FieldSpec]:
    """Return the metadata of a dataclass field, as `field(metadata=spec("sittplatser", least=1, most=5000))`."""
    said = FieldSpec(
        column, english, least, most, unit, about, required, scale, form_default, skill, pattern=pattern, values=values
    )
    return {_KEY: said}


def spec_of(field: Field[Any]) -> FieldSpec | None:
    """Return the specification of a field, if it has one: what has none comes in through no file."""
    found = field.metadata.get(_KEY)
    return found if isinstance(found, FieldSpec) else None


def check_fields(value: Dataclass, *others: InvalidParameter) -> None:
    """Refuse numbers outside their limits, with all others that are wrong; None is a fact that is not known.

    Raises
    ------
    BadInput
        With the fields named as in JSON.
    """
    faults = [*_faults(value), *others]
    if faults:
        raise BadInput.of(faults)


def _faults(value: Dataclass) -> Iterator[InvalidParameter]:
    for each in fields(value):
        limits, number = spec_of(each), getattr(value, each.name)
        if limits is None or limits.least is None or limits.most is None or number is None:
            continue
        if not limits.least <= number <= limits.most:
            yield InvalidParameter(camel(each.name), number, f"it has to be from {limits.least} through {limits.most}")


def size_faults(value: Dataclass) -> Iterator[InvalidParameter]:
    """Yield what is too large in texts, lists and dates that are sent in, with the fields named as in JSON.

    Apart from `check_fields`, as what is stored already stays readable.
    """
    for each in fields(value):
        yield from _size_faults(camel(each.name), getattr(value, each.name))


def _size_faults(name: str, value: object) -> Iterator[InvalidParameter]:
    match value:
        case str():
            yield from text_faults(name, value, 0, limits.LONGEST_TEXT)
        case date() if not limits.FIRST_DAY <= value <= limits.LAST_DAY:
            yield years.year_fault(name, value, limits.LAST_DAY.year)
        case Set() | tuple() | Mapping() if len(value) > limits.MOST_IN_LIST:
            yield from limits.count_faults(name, value, 0, limits.MOST_IN_LIST)
        case Set() | tuple() | Mapping():
            for each in value:
                yield from text_faults(name, str(each), 0, limits.LONGEST_NAME)


def most_of(kind: type[Dataclass], name: str) -> int:
    """Return the most that a number may be; KeyError where its field says none."""
    limits = {each.name: spec_of(each) for each in fields(kind)}[name]
    if limits is None or limits.most is None:
        raise KeyError(name)
    return int(limits.most)


def number_of(value: float | date | None, missing: float) -> float:
    """Return a number, or a date as one, to compare by; `missing` where nothing is known."""
    if value is None:
        return missing
    return value.toordinal() if isinstance(value, date) else value
