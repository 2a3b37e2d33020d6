"""What every shape on the wire has in common: names in camelCase, unknown fields refused, lists in pages."""

from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from litestar.params import ParameterKwarg
from msgspec import Meta as About
from msgspec import Struct, field

from core import geo
from core.limits import LONGEST_LISTED, LONGEST_NAME, LONGEST_TEXT, LONGEST_WORDS

T = TypeVar("T")


def limited(description: str | None = None, **limits: Any) -> About:
    """Tell a field's limits in the API's description, by their names in JSON Schema in snake case.

    They are only told: the rules check them, for every door, and say all that is wrong at once.
    """
    return About(description=description, extra_json_schema={"extra": limits})


def each_limited(**limits: Any) -> ParameterKwarg:
    """Tell likewise the limits of each thing in a list or value in a map, of which Litestar reads no `limited`."""
    return ParameterKwarg(schema_extra=limits)


def in_base64(size: int) -> int:
    """Return how long that many bytes are in Base64 at most."""
    return -(-size // 3) * 4


KEPT = r"^[^\x00]*$"
"""Any text but one with NUL."""
FILLED_IN = r"^[^\x00]*[^\s\x00][^\x00]*$"
COUNTY = f"^({'|'.join(each.code for each in geo.counties())})$"
CountyCode = Annotated[str, limited("Two digits.", pattern=COUNTY)]
CountyCodes = list[Annotated[str, each_limited(pattern=COUNTY)]]
KEY = {"minLength": 1, "maxLength": LONGEST_NAME, "pattern": KEPT}
"""What a map's key may be, where that is a code."""
Name = Annotated[str, limited(min_length=1, max_length=LONGEST_NAME, pattern=FILLED_IN)]
Label = Annotated[str, limited(max_length=LONGEST_NAME, pattern=KEPT)]
"""A name that may be left out."""
Text = Annotated[str, limited(max_length=LONGEST_TEXT, pattern=KEPT)]
TextOut = Annotated[
    str,
    About(
        description=f"In lists, where it is longer than {LONGEST_LISTED} letters, its beginning and […]: read the one. "
        "No text is taken in that is so shortened."
    ),
]
Words = Annotated[str, limited(max_length=LONGEST_WORDS, pattern=KEPT)]


class Wire(Struct, kw_only=True, forbid_unknown_fields=True, rename="camel", omit_defaults=False):
    """Base of everything that comes in or goes out as JSON.

    Each subclass that is a whole body has `example()`, which the API documentation shows.
    """

    @classmethod
    def example(cls) -> Self:
        """Return a lifelike instance for the documentation."""
        raise NotImplementedError(f"{cls.__name__} is a whole body, so it needs an example")


class Meta(Wire):
    """Where in a list this page is."""

    page: int
    limit: int
    total: int
    pages: int


class Links(Wire):
    """Addresses of this page and its neighbours."""

    this: str = field(name="self")
    first: str
    last: str
    prev: str | None = None
    next: str | None = None


class Listing(Wire, Generic[T]):
    """One page of a list."""

    items: list[T]
    meta: Meta = field(name="_meta")
    links: Links = field(name="_links")


class InvalidParameterOut(Wire):
    """One wrong value: where it stands, what it was, what would be right."""

    property: str
    value: Any
    reason: str


class Problem(Struct, kw_only=True, omit_defaults=True):
    """RFC 9457: what went wrong, for people and programs."""

    media_type: ClassVar[str] = "application/problem+json"

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    invalid_parameters: list[InvalidParameterOut] | None = field(default=None, name="invalid-parameters")
    details: dict[str, Any] | None = None
