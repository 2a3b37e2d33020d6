"""What of a booking went out and came back, told in words, and what may be noted now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form
from api.pages.stock.ticking import Items, shown
from api.presenters.lent import move_labels
from core.database.page import Page
from marketplace.bookings.ledger import Ledger, MovementKind
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.queries import BookingView, MovementView
from marketplace.bookings.rules import CARRIED
from resources.photos.rules import MOST_PHOTOS


@dataclass(frozen=True)
class Noting:
    """A kind of movement that may be noted: what the button says, what it leads to, and how many there are at most.

    `counts`: it is said how many, and in what condition. `items`: what is gone through.
    """

    kind: MovementKind
    text: str
    leads_to: str
    most: int
    counts: bool
    refused: bool
    items: Sequence[str] = ()

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
    """What has moved, the newest first, what it comes to, what may be noted now, and how many photos each may have.

    That is none where the reader may add none.
    """

    moved: Page[MovementView]
    comes_to: Sequence[tuple[str, str]]
    may_note: Sequence[Noting]
    nothing_out: str
    most_photos: int


def movements(
    view: BookingView, moved: Page[MovementView], ledger: Ledger, may_note: Sequence[Noting], *, adds: bool
) -> Movements:
    """Return the ledger of a booking in words."""
    checked = any(each.checks for each in moved.items)
    told = moved if view.booking.kind in CARRIED or checked else Page([], 1, moved.limit, 0)
    return Movements(
        told, _comes_to(ledger) if told.total else (), may_note, nothing_out(view, ledger), MOST_PHOTOS if adds else 0
    )


def notings(booking: Booking, possible: Mapping[MovementKind, int], form: Form, items: Items) -> list[Noting]:
    """Return what may be noted, in words, with what is gone through."""
    carried, kind = booking.kind in CARRIED, form.value("kind")
    moves = move_labels(booking)
    return [
        Noting(
            *(each, label(each, moves), label(each, "leads_to"), most, carried),
            refused=bool(form.errors) and kind == each,
            items=shown(form, each, items),
        )
        for each, most in possible.items()
    ]


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
