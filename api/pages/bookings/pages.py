"""Pages of bookings: my organisation's list, and one with its dates and the moves that the member may make."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.bookings.agreements.actions import paper_actions
from api.pages.bookings.changes.actions import later_end_actions, shortfall_actions
from api.pages.bookings.loan_actions import loan_actions
from api.pages.bookings.movements import Movements, movements, nothing_out, notings
from api.pages.forms import Form, one_of, uuid_of
from api.pages.offers.photos import FORM_FIELDS_BYTES, KEPT, provide_sent_photo
from api.pages.proposals.presenter import event_of
from api.pages.rendering import page, see_other
from api.pages.stock.ticking import items_of, ticked
from api.pages.visit import Visit
from api.papers.drawing import add_to_paper
from api.papers.person_loans import side_of
from api.presenters.lent import (
    facts_of,
    kind_of,
    lent_of,
    move_labels,
    name_of,
    place_of,
    price_of,
    state_labels,
    sum_of,
    unit_of,
)
from core.actor import Actor
from core.time.interval import Interval, from_range
from marketplace.bookings import queries, service
from marketplace.bookings.ledger import MovementKind
from marketplace.bookings.models import BookingKind, BookingState, BundleDecision, BundleState
from marketplace.bookings.movements import note
from marketplace.bookings.photos import add_photo
from marketplace.bookings.queries import BookingSearch, BookingView
from marketplace.bookings.rules import (
    GOING_ON,
    LIVE,
    BookingRole,
    CancellationCode,
    Departments,
    DisputeCode,
    may_add_photo,
    possible_movements,
    possible_moves,
)
from marketplace.cards import withdrawing
from marketplace.cards.models import WithdrawalState
from marketplace.invitations import queries as invitations
from marketplace.invitations.answering import may_decide
from marketplace.views import reads
from marketplace.views.history import happenings
from resources.models import Claim
from resources.photos.images import MEDIA_TYPE
from resources.photos.rules import LARGEST_BYTES

LIST, ONE = "bookings/list.html", "bookings/one.html"

_NEEDS_REASON = {
    BookingState.CANCELLED: ("cancellation", CancellationCode),
    BookingState.DISPUTED: ("dispute", DisputeCode),
}
_NEEDS_NOTHING = {BookingState.CLOSED: "closing"}


class BookingPages(Controller):
    """List, read, move on."""

    path = "/bookings"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the bookings that the member may see, narrowed by the query."""
        typed = Form({name: [text] for name, text in visit.request.query_params.items()})
        search = BookingSearch(
            state=one_of(BookingState, typed.value("state")),
            part=one_of(BookingRole, typed.value("part")),
            request_id=uuid_of(typed.value("request")),
            site_id=uuid_of(typed.value("site")),
        )
        found = queries.bookings_page(visit.session, visit.actor, search, paging.page, paging.limit)
        reads.lent_read(visit.session, visit.actor, found.items)
        context = {
            "form": typed,
            "found": found,
            "state_labels": state_labels,
            "name_of": name_of,
            "nothing_out": _nothing_out(visit.session, found.items),
            "address": lambda number: address_of_page(visit.request, number),
            "state_options": [(state, label(state)) for state in BookingState],
            "site_options": [(each.id, each.name) for each in queries.sites_hosted(visit.session, visit.actor)],
            "part_options": [(BookingRole.LENDER, _("We lend")), (BookingRole.BORROWER, _("We borrow"))],
        }
        return page(LIST, context)

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging], key: FromPath[UUID]) -> Template:
        """Show a booking with its dates, its history and the moves that the member may make."""
        form = visit.form
        return page(ONE, _context(visit.session, visit.actor, key, form, _written(form), number=paging.page))

    @post(
        "/{key:uuid}/movements",
        sync_to_thread=True,
        request_max_body_size=LARGEST_BYTES + FORM_FIELDS_BYTES,
        dependencies={"sent_photo": Provide(provide_sent_photo)},
    )
    def note_movement(
        self, visit: NamedDependency[Visit], sent_photo: NamedDependency[bytes], key: FromPath[UUID]
    ) -> Redirect:
        """Note that some of it, or all, went out, came back, was lost, damaged or mended."""
        form, kind = visit.form, visit.form.value("kind")
        amount, condition = f"amount-{kind}", f"condition-{kind}"
        names = {"amount": amount, "condition": condition, "photo": f"photo-{kind}"}
        with acting(visit.session, visit.actor, key, form, names=names):
            moved = form.choice("kind", MovementKind)
            many = form.whole(amount) if amount in form.fields else None  # where it is not asked, all that can
            said: dict[str, Any] = {"condition": form.text(condition), "photo": sent_photo}
            note(visit.session, visit.actor, key, moved, many, checks=ticked(form, kind), **said)
        told = _("It is noted. What came back is free.") if moved is MovementKind.BACK else _("It is noted.")
        return see_other(visit.request, f"/bookings/{key}", told)

    @post(
        "/{key:uuid}/movements/{movement:uuid}/photos",
        sync_to_thread=True,
        request_max_body_size=LARGEST_BYTES + FORM_FIELDS_BYTES,
        dependencies={"sent_photo": Provide(provide_sent_photo)},
    )
    def add_photo(
        self,
        visit: NamedDependency[Visit],
        sent_photo: NamedDependency[bytes],
        key: FromPath[UUID],
        movement: FromPath[UUID],
    ) -> Redirect:
        """Show on one photo more how something looked when it moved."""
        with acting(visit.session, visit.actor, key, visit.form, names={"photo": _("Photo")}):
            add_photo(visit.session, visit.actor, key, movement, sent_photo)
        return see_other(visit.request, f"/bookings/{key}", _("The photo is added."))

    @get("/{key:uuid}/movements/{movement:uuid}/photos/{number:int}", sync_to_thread=True)
    def photo(
        self, visit: NamedDependency[Visit], key: FromPath[UUID], movement: FromPath[UUID], number: FromPath[int]
    ) -> Response[bytes]:
        """Give a photo of what has moved, to the two sides."""
        content = queries.photo_of_movement(visit.session, visit.actor, key, movement, number)
        return Response(content, media_type=MEDIA_TYPE, headers=KEPT)

    @post("/{key:uuid}/closing", sync_to_thread=True)
    def close(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Note that nothing is left to do."""
        with acting(visit.session, visit.actor, key, visit.form):
            service.close(visit.session, visit.actor, key)
        return see_other(visit.request, f"/bookings/{key}", _("The booking is closed."))

    @post("/{key:uuid}/cancellation", sync_to_thread=True)
    def cancel(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Call it off, with a reason."""
        form = visit.form
        with acting(visit.session, visit.actor, key, form, BookingState.CANCELLED):
            code, words = form.choice("code", CancellationCode), form.text("words")
            service.cancel(visit.session, visit.actor, key, code, words)
        add_to_paper(visit.session, visit.actor, key)
        return see_other(
            visit.request, f"/bookings/{key}", _("The booking is cancelled. What was needed is open again.")
        )

    @post("/{key:uuid}/dispute", sync_to_thread=True)
    def dispute(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Say what is wrong."""
        form = visit.form
        with acting(visit.session, visit.actor, key, form, BookingState.DISPUTED):
            code, words = form.choice("code", DisputeCode), form.text("words")
            service.dispute(visit.session, visit.actor, key, code, words)
        return see_other(
            visit.request, f"/bookings/{key}", _("The problem is reported. A coordinator helps to settle it.")
        )


def acting(
    session: Session,
    actor: Actor,
    key: UUID,
    form: Form,
    to: BookingState | None = None,
    *,
    names: Mapping[str, str] | None = None,
) -> AbstractContextManager[None]:
    """Show a booking's page again where what a form on it asks for cannot be done."""
    return form.acting(session, ONE, lambda: _context(session, actor, key, form, to), names)


def _context(
    session: Session, actor: Actor, key: UUID, form: Form, refused: BookingState | None = None, *, number: int = 1
) -> dict[str, Any]:
    """Return what the page of one booking shows; `refused` is the move whose form is shown again.

    `number` is which page of its movements.
    """
    view = queries.booking_view(session, actor, key)
    reads.bookings_read(session, actor, [view])
    departments = queries.departments(session, view.booking)
    possible = possible_moves(actor, view.booking, departments)
    moves, states = move_labels(view.booking), state_labels(view.booking)
    is_party = actor.organisation_id in {view.lender.id, view.borrower.id} or actor.coordinates
    return {
        "view": view,
        "form": form,
        "facts_shown": _facts(view),
        "states": states,
        "name_of": name_of,
        "unit_of": unit_of,
        "much": lambda claim: _much(view, claim),
        "loan": loan_actions(session, actor, view, departments),
        "later_end": later_end_actions(session, actor, view, departments),
        "shortfall": shortfall_actions(session, actor, view, departments),
        "papers": paper_actions(session, actor, view, departments),
        "bundle": _waiting_bundle(session, view),
        "withdrawal": _withdrawal(session, actor, view),
        "movements": _movements(session, view, departments, form, number),
        "movements_address": lambda at: f"/bookings/{key}?page={at}#moved",
        "invitations": invitations.of_things(session, key) if is_party else [],
        "may_decide_time": may_decide(actor, view.booking, departments),
        "home": actor.organisation_id,
        "is_party": is_party,
        "simple": [
            (path, label(to, moves), label(to, "leads_to")) for to, path in _NEEDS_NOTHING.items() if to in possible
        ],
        "reasoned": [
            (path, label(to, moves), label(to, "leads_to"), [(code, label(code)) for code in codes], to is refused)
            for to, (path, codes) in _NEEDS_REASON.items()
            if to in possible
        ],
        "events": [event_of(each, states) for each in happenings(session, actor, {"booking": [key]})],
    }


def _nothing_out(session: Session, views: Sequence[BookingView]) -> dict[UUID, str]:
    """Return what is said of those that are returned for now alone; see `nothing_out`."""
    returned = [view for view in views if view.booking.state is BookingState.RETURNED]
    ledgers = queries.ledgers(session, [view.booking for view in returned]) if returned else {}
    return {view.booking.id: nothing_out(view, ledgers[view.booking.id]) for view in returned}


def _movements(session: Session, view: BookingView, departments: Departments, form: Form, number: int) -> Movements:
    booking = view.booking
    moved = queries.movements_page(session, view.reader, booking.id, number, newest_first=True)
    ledger = queries.ledger(session, booking)
    possible = possible_movements(view.reader, booking, departments, ledger)
    items = items_of(session, view.offered.lent.resource, possible)
    adds = may_add_photo(view.reader, booking, departments)
    return movements(view, moved, ledger, notings(booking, possible, form, items), adds=adds)


def _withdrawal(session: Session, actor: Actor, view: BookingView) -> dict[str, Any] | None:
    """Return what is waited for since a yes to a person's loan was taken back, and what may be chosen by whom."""
    if view.booking.kind is not BookingKind.STAFF_LOAN or view.booking.state not in GOING_ON:
        return None
    found = withdrawing.waiting(session, view.booking.id)
    if found is None:
        return None
    choices = [each for each in WithdrawalState if each is not WithdrawalState.WAITING]
    return {
        "decide_by": found.decide_by,
        "notice_ends": withdrawing.notice_ends(session, found, view.booking),
        "options": [(each, label(each)) for each in choices]
        if withdrawing.may_decide(session, actor, view.booking)
        else [],
    }


def _waiting_bundle(session: Session, view: BookingView) -> BundleDecision | None:
    """Return the decision that is waited for about the rest of what the booking belongs together with."""
    found = queries.latest_bundle(session, view.request.id)
    return found if found and found.state is BundleState.WAITING and view.booking.state in LIVE else None


def _written(form: Form) -> BookingState | None:
    """Return the move whose form was being filled in when it was kept."""
    code = form.value("code")
    return next((to for to, (_path, codes) in _NEEDS_REASON.items() if code in set(codes)), None)


def _times(view: BookingView) -> set[Interval]:
    """Return when it is taken; of what was cancelled, when it would have been."""
    held = {each.claim.during for each in view.claims if each.claim.released_at is None}
    return {from_range(each) for each in held or {each.claim.during for each in view.claims}}


def _much(view: BookingView, claim: Claim) -> str:
    resource, during = view.offered.lent.resource, from_range(claim.during)
    return lent_of(view.need, resource, claim.amount, [during]) or written.number(claim.amount)


def _facts(view: BookingView) -> list[tuple[str, str]]:
    offered, resource = view.offered, view.offered.lent.resource
    return [
        (_("What"), kind_of(resource)),
        (_("Amount"), lent_of(view.need, resource, view.booking.amount, _times(view))),
        (_("Lender"), side_of(view.lender.name, view.lending)),
        (_("Borrower"), side_of(view.borrower.name, view.borrowing)),
        (_("Place"), place_of(offered, offered.home, exact=True)),
        (_("Who it is"), f"{view.identity.name}, {view.identity.email}" if view.identity else ""),
        *facts_of(offered),
        (_("Price"), price_of(view.line)),
        (_("It comes to"), sum_of(view.cost_sek) if view.line.price_sek else ""),
        (_("Conditions"), view.line.conditions),
    ]
