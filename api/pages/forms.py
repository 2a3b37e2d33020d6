"""Reading a page's form: texts into values, with every wrong field told at once and the form shown again.

::

    @post("/offers/new/space", sync_to_thread=True)
    def create(self, visit: NamedDependency[Visit]) -> Redirect:
        form = visit.form
        with form.shown_again("offers/new_space.html", {"sites": sites}):
            seats = form.whole("seats", least=1)
            start = form.day("from")
            kind = form.choice("kind", SpaceKind)
            form.check()  # all that was wrong so far, at once
            offer = service.post_resource(visit.session, visit.actor, ...)
        return see_other(visit.request, f"/offers/{offer.id}", _("The offer is published."))

A button or small form on the page of something is handled inside `acting`, so that nothing of it is lost either.

A field that cannot be read returns a stand-in, so that reading goes on; `check` raises then, and `acting` at its end.
Whatever `BadInput` is raised inside ``shown_again`` rolls everything back, and the page comes again with status 422,
the values as they were typed (``form.value("seats")`` in the template), and the errors by field (``form.errors``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlmodel import Session

from api.language.faults import problem_text
from api.language.i18n import said
from api.pages.overtaken import OPENED_WITH, Overtaken, changes, opened_with
from api.pages.rendering import page
from core.errors import BadInput, Conflict, InvalidParameter, VersionChanged
from core.limits import is_storable
from core.numbers import read_degrees, read_number, read_whole
from core.swedish import composed
from core.time.opening import local_instant
from core.time.reading import read_clock, read_day

E = TypeVar("E", bound=StrEnum)
N = TypeVar("N", int, float)
V = TypeVar("V")
_OWN_WORDS = ("words", "evidence")


class FormRefused(Exception):
    """A form has to be shown again, with what is wrong in it."""

    def __init__(self, template: str, context: Mapping[str, Any], status: int = 422) -> None:
        self.response = page(template, context, status=status)
        super().__init__(template)


class Form:
    """What was sent with a form, or nothing yet."""

    def __init__(self, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        self.errors: list[InvalidParameter] = []
        self.refused = ""
        self._options: dict[str, dict[str, str]] = {}
        self.is_overtaken = False
        self.overtaken: list[Overtaken] = []
        self.fields = {
            name: [self._kept(name, composed(_tidy(text))) for text in texts] for name, texts in (fields or {}).items()
        }

    def _kept(self, name: str, text: str) -> str:
        """Return a text without the characters that cannot be kept, having noted that it had some."""
        if is_storable(text):
            return text
        self.errors.append(
            InvalidParameter(name, text, "it has an invisible character that cannot be kept: write it anew")
        )
        return "".join(letter for letter in text if is_storable(letter))

    @property
    def told(self) -> str:
        """What is said to be wrong, as a form carries it."""
        return msgspec.json.encode([(error.property, error.reason) for error in self.errors]).decode()

    @property
    def written(self) -> list[str]:
        """The texts in one's own words, to be shown where their form is not on the page any more."""
        return [text for name in _OWN_WORDS for text in self.many(name)]

    def offer(self, name: str, options: Iterable[tuple[object, str]]) -> str:
        """Note what may be chosen in a field, with the words for it; nothing is shown of it there."""
        self._options[name] = {str(value): text for value, text in options}
        return ""

    def in_words(self, name: str, texts: Sequence[str]) -> str:
        """Return what a field says as it is shown: what was chosen by its words."""
        return ", ".join(self._options.get(name, {}).get(text, text) for text in texts)

    def value(self, name: str, default: object = "") -> str:
        """Return a field as it was typed, or the default of a form that was not sent yet."""
        if not self.fields:
            return "" if default is None else str(default)
        return (self.fields.get(name) or [""])[0]

    def has(self, name: str, value: str, default: bool = False) -> bool:
        """Tell whether a box is ticked or an option chosen."""
        return value in self.fields.get(name, ()) if self.fields else default

    def error(self, name: str) -> str:
        """Return what is wrong with a field, if anything."""
        return next((error.reason for error in self.errors if error.property == name), "")

    def many(self, name: str) -> list[str]:
        """Return all values of boxes that share a name."""
        return [text for text in self.fields.get(name, []) if text]

    def ticked(self, name: str) -> bool:
        """Tell whether a box was ticked."""
        return bool(self.many(name))

    def unchanged(self, shown: "Form", *names: str) -> bool:
        """Tell whether fields say what they were shown with: then what is stored stays, also what no field can show."""
        return all(sorted(self.many(name)) == sorted(shown.many(name)) for name in names)

    def text(self, name: str, *, required: bool = False, most: int = 2000) -> str:
        """Return a text."""
        text = self.value(name)
        if required and not text:
            self.wrong(name, "fill this in")
        if len(text) > most:
            self.wrong(name, "this is too long")
        return text

    def whole(self, name: str, *, least: int | None = None, most: int | None = None) -> int:
        """Return a whole number that has to be there."""
        return self._filled_in(name, self.whole_or_none(name, least=least, most=most), least or 0)

    def whole_or_none(self, name: str, *, least: int | None = None, most: int | None = None) -> int | None:
        """Return a whole number, or nothing where the field is empty."""
        return self._within(name, self._read(name, read_whole), least, most)

    def decimal_or_none(self, name: str, *, least: float | None = None, most: float | None = None) -> float | None:
        """Return a number written with comma or point, or nothing where the field is empty."""
        return self._within(name, self._read(name, read_number), least, most)

    def degrees_or_none(self, name: str) -> float | None:
        """Return a latitude or longitude, or nothing where the field is empty."""
        return self._read(name, read_degrees)

    def _within(self, name: str, number: N | None, least: float | None, most: float | None) -> N | None:
        if number is not None and least is not None and number < least:
            self.wrong(name, "the number is too small")
            return None
        if number is not None and most is not None and number > most:
            self.wrong(name, "the number is too large")
            return None
        return number

    def day(self, name: str, default: date = date(2000, 1, 1)) -> date:
        """Return a date that has to be there."""
        return self._filled_in(name, self.day_or_none(name), default)

    def day_or_none(self, name: str) -> date | None:
        """Return a date, or nothing where the field is empty."""
        return self._read(name, read_day)

    def clock_time(self, name: str, *, end: bool = False) -> time:
        """Return a time of day that has to be there; an `end` may be 24:00, which is 00:00 here."""
        return self._filled_in(name, self._read(name, partial(read_clock, end=end)), time())

    def moment(self, date_name: str, time_name: str, *, end: bool = False) -> datetime:
        """Return the instant of a date and a time of day in Sweden, each in a field of its own.

        Of a time that the clock passes twice, an `end` is the second; it may be 24:00, the next midnight.
        """
        day, at = self.day(date_name), self.clock_time(time_name, end=end)
        if self.value(time_name).startswith("24"):
            day += timedelta(days=1)
        return local_instant(day, at, end=end)

    def _read(self, name: str, read: Callable[[str], V]) -> V | None:
        """Return what a field that is filled in says, by the reader that files have too."""
        text = self.value(name)
        try:
            return read(text) if text else None
        except BadInput as error:
            self.wrong(name, error.parameters[0].reason)
            return None

    def _filled_in(self, name: str, found: V | None, default: V) -> V:
        if found is None and not self.error(name):
            self.wrong(name, "fill this in")
        return default if found is None else found

    def choice(self, name: str, enum: type[E]) -> E:
        """Return one of the values of an enum."""
        text = self.value(name)
        if text in {member.value for member in enum}:
            return enum(text)
        self.wrong(name, "choose one")
        return next(iter(enum))

    def choices(self, name: str, enum: type[E]) -> tuple[E, ...]:
        """Return the ticked values of an enum."""
        known = {member.value for member in enum}
        return tuple(enum(text) for text in self.many(name) if text in known)

    def wrong(self, name: str, reason: str) -> None:
        """Note that a field is wrong. The reason is English and has its Swedish in the catalogue."""
        self.errors.append(InvalidParameter(name, self.value(name), reason))

    def check(self) -> None:
        """Raise `BadInput` with all that was wrong so far."""
        if self.errors:
            raise BadInput.of(self.errors)

    @contextmanager
    def _checked_last(self) -> Iterator[None]:
        try:
            yield
        except (BadInput, Conflict):
            self.check()  # what a rule says of a stand-in is for nobody
            raise
        self.check()

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Note what a rule finds wrong inside the block, beside what is so far; `check` comes after it."""
        try:
            yield
        except BadInput as error:
            self.errors += error.parameters

    @contextmanager
    def shown_again(
        self, template: str, context: Mapping[str, Any], names: Mapping[str, str] | None = None
    ) -> Iterator[None]:
        """Show the form again where something inside the block is wrong; ``names`` maps a rule's names to fields'."""
        try:
            yield
        except BadInput as error:
            found = [InvalidParameter(_field(p.property, names or {}), p.value, p.reason) for p in error.parameters]
            order = list(context.get("summary_labels", ()))  # as the form has its fields; what has none comes last
            found.sort(key=lambda p: order.index(p.property) if p.property in order else len(order))
            self.errors = found
            raise FormRefused(template, {**context, "form": self}) from error
        except VersionChanged as error:
            stored: Form | None = context.get("stored")
            if stored is None:
                raise
            labels = context.get("summary_labels") or context.get("labels", {})
            self.is_overtaken, self.overtaken = True, changes(self.fields, stored.fields, labels)
            opened = {"version": stored.fields["version"], OPENED_WITH: [opened_with(stored.fields)]}
            self.fields = {**self.fields, **opened}  # the next sending saves on purpose
            raise FormRefused(template, {**context, "form": self}, status=412) from error
        except Conflict as error:  # what was typed is not lost because it is too late for it, or clashes
            self.errors = [InvalidParameter("", None, problem_text(error.code, str(error)))]
            raise FormRefused(template, {**context, "form": self}, status=409) from error

    @contextmanager
    def acting(
        self,
        session: Session,
        template: str,
        context: Callable[[], Mapping[str, Any]],
        names: Mapping[str, str] | None = None,
    ) -> Iterator[None]:
        """Show the page of something where what a button or small form on it asks for cannot be done.

        The page is shown as it is by now, with why it was not done and with what was typed; ``names`` maps a rule's
        names to fields'. What cannot be read in the form is told last, and nothing is kept then: whoever may not do
        this, or see what it is about, is told that and not what was wrong with the form.
        """
        try:
            with self._checked_last():
                yield
        except BadInput as error:
            session.rollback()
            self.errors = [
                InvalidParameter(_field(p.property, names or {}), p.value, p.reason) for p in error.parameters
            ]
            elsewhere = [p for p in self.errors if p.property not in self.fields]  # as what is wrong with a draft
            self.refused = "; ".join(f"{p.property}: {said(p.reason)}" for p in elsewhere)
            raise FormRefused(template, {**context(), "form": self}) from error
        except Conflict as error:
            session.rollback()
            self.refused = problem_text(error.code, str(error))
            status = 412 if isinstance(error, VersionChanged) else 409
            raise FormRefused(template, {**context(), "form": self}, status) from error


def _tidy(text: str) -> str:
    """Return a text without blanks around it, its line ends as one character: browsers send two."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _field(name: str, names: Mapping[str, str]) -> str:
    return names.get(name, name)


def one_of(enum: type[E], text: str) -> E | None:
    """Return the value of an enum that a text is, if it is one: in an address, a wrong value narrows nothing."""
    return enum(text) if text in set(enum) else None


def uuid_of(text: str) -> UUID | None:
    """Return the id that a text is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None
