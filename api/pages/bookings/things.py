"""The page that a thing's label leads to: who has it now, and handing it over or taking it back with one press."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.http.paging import Paging, address_of_page
from api.language.labels import label
from api.pages.bookings.movements import nothing_out
from api.pages.rendering import page, see_other
from api.pages.stock.counting import countings
from api.pages.stock.ticking import items_of
from api.pages.visit import Visit
from api.presenters.lent import amount_of, kind_of, move_labels, state_labels
from core.errors import NotFound
from marketplace.bookings import queries
from marketplace.bookings.ledger import Ledger, MovementKind
from marketplace.bookings.models import BookingState
from marketplace.bookings.queries import BookingView
from marketplace.bookings.rules import BookingRole, possible_movements
from marketplace.damage.queries import reports
from marketplace.offers.queries import is_offered
from resources.queries import described

ONE = "bookings/thing.html"
_PRESSED = (MovementKind.OUT, MovementKind.BACK)


class LabelledThingPages(Controller):
    """Hand over and take back."""

    path = "/things"

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(
        self, visit: NamedDependency[Visit], paging: NamedDependency[Paging], key: FromPath[UUID]
    ) -> Template | Redirect:
        """Show who has a thing or is to have it, and what may be noted of that at once; the borrower, the booking."""
        found = queries.at_hand(visit.session, visit.actor, key, paging.page)
        try:
            lent = described(visit.session, visit.actor, key)
        except NotFound:
            return see_other(visit.request, _of_borrower(found.items, key))
        if lent.family.anonymous:
            raise NotFound("resource", key)
        ledgers = queries.ledgers(visit.session, [each.booking for each in found.items])
        booked = [_booked(each, ledgers[each.booking.id]) for each in found.items]
        pressed = dict.fromkeys((kind for each in booked for kind, *_rest in each["presses"]), 1)
        context = {
            "countings": countings(visit.session, visit.actor, lent.resource),
            "items": items_of(visit.session, lent.resource, pressed),
            "lent": lent,
            "kind": kind_of(lent.resource),
            "found": found,
            "address": lambda number: address_of_page(visit.request, number),
            "bookings": booked,
            "is_offered": is_offered(visit.session, key),
            "reports": reports(visit.session, key),
        }
        return page(ONE, context)


def _of_borrower(going_on: Sequence[BookingView], key: UUID) -> str:
    """Return where the booking is of somebody who has a thing, or is to have it, and may not see it otherwise."""
    if not going_on or going_on[0].offered.lent.family.anonymous:
        raise NotFound("resource", key)
    out = (each for each in going_on if each.booking.state is BookingState.HANDED_OVER)
    return f"/bookings/{next(out, going_on[0]).booking.id}"


def _booked(view: BookingView, ledger: Ledger) -> dict[str, Any]:
    booking, resource = view.booking, view.offered.lent.resource
    departments = {BookingRole.LENDER: resource.department, BookingRole.BORROWER: view.request.department}
    possible = possible_movements(view.reader, booking, departments, ledger)
    moves = move_labels(booking)
    return {
        "view": view,
        "states": state_labels(booking),
        "nothing_out": nothing_out(view, ledger),
        "much": amount_of(resource, booking.amount),
        "presses": [
            (kind, label(kind, moves), possible[kind], amount_of(resource, possible[kind]))
            for kind in _PRESSED
            if kind in possible
        ],
    }
