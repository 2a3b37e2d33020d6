"""Reading a page's form: texts into values, with every wrong field told at once and the form shown again.

::

    @post("/offers/new/space", sync_to_thread=True)
    def create(self, request, session, actor, form: NamedDependency[Form]) -> Redirect:
        with form.shown_again("offers/new_space.html", {"sites": sites}):
            seats = form.whole("seats", least=1)
            start = form.day("from")
            kind = form.choice("kind", SpaceKind)
            form.check()  # all that was wrong so far, at once
            offer = service.post_resource(session, actor, ...)
        return see_other(request, f"/offers/{offer.id}", _("The offer is published."))

A field that cannot be read returns a stand-in, so that reading goes on; `check` raises then. Whatever `BadInput` is
raised inside ``shown_again`` rolls everything back, and the page comes again with status 422, the values as they were
typed (``form.value("seats")`` in the template), and the errors by field (``form.errors``).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from core.errors import BadInput, InvalidParameter
from core.time.clock import STOCKHOLM

E = TypeVar("E", bound=StrEnum)


class FormRefused(Exception):
    """A form has to be shown again, with what is wrong in it."""

    def __init__(self, template: str, context: Mapping[str, Any]) -> None:
        self.template, self.context = template, dict(context)
        super().__init__(template)


class Form:
    """What was sent with a form, or nothing yet."""

    def __init__(self, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        self.fields = {name: [text.strip() for text in texts] for name, texts in (fields or {}).items()}
        self.errors: list[InvalidParameter] = []

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

    def text(self, name: str, *, required: bool = False, most: int = 2000) -> str:
        """Return a text; line ends as one character."""
        text = self.value(name).replace("\r\n", "\n")
        if required and not text:
            self.wrong(name, "fill this in")
        if len(text) > most:
            self.wrong(name, "this is too long")
        return text

    def whole(self, name: str, *, least: int | None = None, most: int | None = None) -> int:
        """Return a whole number that has to be there."""
        number = self.whole_or_none(name, least=least, most=most)
        if number is None and not self.error(name):
            self.wrong(name, "fill this in")
        return number if number is not None else least or 0

    def whole_or_none(self, name: str, *, least: int | None = None, most: int | None = None) -> int | None:
        """Return a whole number, or nothing where the field is empty."""
        number = self.decimal_or_none(name, least=least, most=most)
        if number is None or number != int(number):
            if number is not None:
                self.wrong(name, "write a whole number")
            return None
        return int(number)

    def decimal_or_none(self, name: str, *, least: float | None = None, most: float | None = None) -> float | None:
        """Return a number written with comma or point, or nothing where the field is empty."""
        text = self.value(name).replace("\u00a0", "").replace(" ", "").replace(",", ".")
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            self.wrong(name, "write a number")
            return None
        if not (-1e12 < number < 1e12) or (least is not None and number < least):
            self.wrong(name, "the number is too small")
            return None
        if most is not None and number > most:
            self.wrong(name, "the number is too large")
            return None
        return number

    def day(self, name: str, default: date = date(2000, 1, 1)) -> date:
        """Return a date that has to be there."""
        found = self.day_or_none(name)
        if found is None and not self.error(name):
            self.wrong(name, "fill this in")
        return found or default

    def day_or_none(self, name: str) -> date | None:
        """Return a date, or nothing where the field is empty."""
        text = self.value(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.wrong(name, "write the date as 2027-01-31")
            return None

    def clock_time(self, name: str) -> time:
        """Return a time of day that has to be there."""
        text = self.value(name)
        try:
            return time.fromisoformat(text)
        except ValueError:
            if text:
                self.wrong(name, "write the time as 08:30")
            else:
                self.wrong(name, "fill this in")
            return time()

    def moment(self, date_name: str, time_name: str) -> datetime:
        """Return the instant of a date and a time of day in Sweden, each in a field of its own."""
        return datetime.combine(self.day(date_name), self.clock_time(time_name), STOCKHOLM)

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
