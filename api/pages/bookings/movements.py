"""What of a booking went out and came back, told in words, and what may be noted now."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form
from api.pages.offers.presenter import move_labels
from core.database.page import Page
from marketplace.bookings.ledger import Ledger, MovementKind
from marketplace.bookings.models import BookingState
from marketplace.bookings.queries import BookingView, MovementView
from marketplace.bookings.rules import CARRIED


@dataclass(frozen=True)
class Noting:
    """A kind of movement that may be noted: what the button says, what it leads to, and how many there are at most.

    `counts`: it is said how many, and in what condition.
    """

    kind: MovementKind
    text: str
    leads_to: str
    most: int
    counts: bool
    refused: bool

    @property
    def amount(self) -> str:
        """The name of the field that says how many."""
        return f"amount-{self.kind}"

    @property
    def condition(self) -> str:
        """The name of the field that says in what condition."""
        return f"condition-{self.kind}"

    @property
    def photo(self) -> str:
        """The name by which the photo is told of where it cannot be taken."""
        return f"photo-{self.kind}"


@dataclass(frozen=True)
class Movements:
    """What has moved, the newest first, what it comes to, and what may be noted now."""

    moved: Page[MovementView]
    comes_to: Sequence[tuple[str, str]]
    may_note: Sequence[Noting]
    nothing_out: str


def movements(
    view: BookingView, moved: Page[MovementView], ledger: Ledger, possible: dict[MovementKind, int], form: Form
) -> Movements:
    """Return the ledger of a booking in words."""
    booking = view.booking
    carried, kind = booking.kind in CARRIED, form.value("kind")
    moves = move_labels(booking)
    may_note = [
        Noting(each, label(each, moves), label(each, "leads_to"), most, carried, bool(form.errors) and kind == each)
        for each, most in possible.items()
    ]
    shown = moved if carried else Page([], 1, moved.limit, 0)
    return Movements(shown, _comes_to(ledger) if shown.total else (), may_note, nothing_out(view, ledger))


def nothing_out(view: BookingView, ledger: Ledger) -> str:
    """Return what to say instead of that it is returned, where nothing is out and some may still be handed over."""
    if view.booking.state is not BookingState.RETURNED or not ledger.left:
        return ""
    return _("Nothing is out, %(left)s can be handed over") % {"left": written.number(ledger.left)}


def _comes_to(ledger: Ledger) -> list[tuple[str, str]]:
    told = [
        (_("Not handed over yet"), ledger.left),
        (_("Out"), ledger.out if ledger.for_good else ledger.away),
        (_("Back"), ledger.back),
        (_("Lost"), ledger.lost),
        (_("Damaged"), ledger.damaged),
    ]
    return [(term, written.number(amount)) for term, amount in told if amount]
