"""Templates of papers, as the files under `data` have them: read and checked all at once."""

import tomllib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from string import Formatter

import msgspec

from core.errors import InvalidParameter
from core.limits import refuse_if
from marketplace.bookings.models import BookingKind

ADDENDUM = "addendum"
NAMES = (*BookingKind, ADDENDUM)


class Fact(StrEnum):
    """What a paper may tell of a booking."""

    LENDER = "lender"
    BORROWER = "borrower"
    WHAT = "what"
    DETAILS = "details"
    AMOUNT = "amount"
    PERIOD = "period"
    DATES = "dates"
    PLACE = "place"
    PURPOSE = "purpose"
    PRICE = "price"
    SUM = "sum"
    CONDITIONS = "conditions"
    BASIS = "basis"
    VALUATION = "valuation"
    CANCELLED = "cancelled"

    @property
    def field(self) -> str:
        """What it is called where it is asked for."""
        return "valuationSek" if self is Fact.VALUATION else self.value


Facts = dict[Fact, str]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    sv: str
    en: str

    def said(self, language: str) -> str:
        """Return it in a language."""
        return self.sv if language == "sv" else self.en


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds, under a term."""

    term: Text
    text: Text


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points under a heading."""

    heading: Text
    points: tuple[Point, ...]


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one kind of paper says; without a fact that it `needs` there is none, and some of them it `asks` for.

    What it calls the two sides, `lender` and `borrower`, addenda to it call them, too.
    """

    version: str
    needs: frozenset[Fact]
    title: Text
    intro: Text
    lender: Text = Text("", "")
    borrower: Text = Text("", "")
    asks: frozenset[Fact] = frozenset()
    sections: tuple[Section, ...] = ()

    def filled_in(self, facts: Facts, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return its sections with the facts in their places, without the points for which there are none.

        Raises
        ------
        BadInput
            Facts that it needs are missing: all of them at once.
        """
        refuse_if(
            InvalidParameter(each.field, None, "the paper has to say this: fill it in")
            for each in Fact
            if each in self.needs and not facts.get(each)
        )
        return [
            (
                section.heading.said(language),
                [
                    (point.term.said(language), point.text.said(language).format(**facts))
                    for point in section.points
                    if all(facts.get(Fact(name)) for name in _named(point.text.said(language)))
                ],
            )
            for section in self.sections
        ]


@cache
def templates() -> Mapping[str, Template]:
    """Return all templates, by the kind of booking; see `read`."""
    folder = files("api.papers").joinpath("data")
    return {name: read(name, folder.joinpath(f"{name}.toml").read_text(encoding="utf-8")) for name in NAMES}


class WrongTemplate(Exception):
    """A file is none of a template: all that is wrong with it, with its name and the places in it."""


def read(name: str, text: str) -> Template:
    """Return a template.

    Raises
    ------
    WrongTemplate
        Something is missing or unknown, or differs between the languages.
    """
    try:
        found = msgspec.convert(tomllib.loads(text), Template)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise WrongTemplate(f"{name}.toml: {error}") from error
    faults = list(_faults(found))
    if faults:
        raise WrongTemplate("; ".join(f"{name}.toml: {fault}" for fault in faults))
    return found


def _faults(template: Template) -> Iterator[str]:
    if not template.asks <= template.needs:
        yield f"what it asks for it has to need: {', '.join(sorted(template.asks - template.needs))}"
    for where, point in _points(template):
        try:
            sv, en = _named(point.text.sv), _named(point.text.en)
        except ValueError as error:
            yield f"{where}: {error}"
            continue
        for each in sorted((sv | en) - set(Fact)):
            yield f"{where}: there is no fact {each!r}, but {', '.join(Fact)}"
        if sv != en:
            yield f"{where}: only one language names {', '.join(sorted(sv ^ en))}"
        if not all(each.strip() for text in (point.term, point.text) for each in (text.sv, text.en)):
            yield f"{where}: a text is empty"


def _points(template: Template) -> Iterator[tuple[str, Point]]:
    for section in template.sections:
        for place, point in enumerate(section.points, 1):
            yield f"{section.heading.en}, point {place}", point


def _named(text: str) -> set[str]:
    return {name for _before, name, _spec, _conversion in Formatter().parse(text) if name is not None}
