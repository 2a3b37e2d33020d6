"""Pages of loans of people: to end one early, to ask for it to go on, to thank, and the papers of both sides."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.language.i18n import gettext as _
from api.pages.bookings.loan_actions import is_party
from api.pages.bookings.pages import acting
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from api.papers.drawing import add_to_paper
from api.papers.person_loans import papers_of
from core.errors import NotFound
from marketplace.bookings import queries
from marketplace.bookings.rules import CancellationCode
from marketplace.loans.ending import end_early
from marketplace.loans.extending import ask_to_extend
from marketplace.loans.queries import confirmations, loan_of_booking
from marketplace.loans.thanking import take_back, thank
from marketplace.views import reads


class LoanPages(Controller):
    """End early, go on, print."""

    path = "/bookings"

    @post("/{key:uuid}/early-end", sync_to_thread=True)
    def end_early(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let a loan end after an earlier day, with a reason."""
        form, names = visit.form, {"code": "ending", "words": "endingWords"}
        with acting(visit.session, visit.actor, key, form, names=names):
            last_day, code = form.day("lastDay"), form.choice("ending", CancellationCode)
            words = form.text("endingWords")
            end_early(visit.session, visit.actor, key, last_day, code=code, words=words)
        add_to_paper(visit.session, visit.actor, key)
        return see_other(
            visit.request,
            f"/bookings/{key}",
            _("The loan ends earlier. The time after is free, and both sides are told."),
        )

    @post("/{key:uuid}/extension", sync_to_thread=True)
    def extend(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Ask for a loan to go on."""
        form = visit.form
        with acting(visit.session, visit.actor, key, form):
            through = form.day("through")
            request = ask_to_extend(visit.session, visit.actor, key, through)
        told = _("It is asked for. A coordinator looks at it first, and then both sides agree anew.")
        return see_other(visit.request, f"/requests/{request.id}", told)

    @post("/{key:uuid}/thanks", sync_to_thread=True)
    def thank(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Thank for a loan."""
        with acting(visit.session, visit.actor, key, visit.form, names={"words": "thanks"}):
            thank(visit.session, visit.actor, key, visit.form.value("thanks"))
        return see_other(visit.request, f"/bookings/{key}", _("Your thanks have been told."))

    @post("/{key:uuid}/thanks/removal", sync_to_thread=True)
    def take_back(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Take one's thanks back."""
        with acting(visit.session, visit.actor, key, visit.form):
            take_back(visit.session, visit.actor, key)
        return see_other(visit.request, f"/bookings/{key}", _("Your thanks are taken back. You may say them anew."))

    @get("/{key:uuid}/papers", sync_to_thread=True)
    def papers(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the papers of a loan of a person, for the two sides alone."""
        view = queries.booking_view(visit.session, visit.actor, key)
        loan = loan_of_booking(visit.session, view) if is_party(visit.actor, view) else None
        if loan is None:
            raise NotFound("booking", key)
        reads.bookings_read(visit.session, visit.actor, [view])
        confirmed = confirmations(visit.session, [view.proposal_id]).get(loan.parts, [])
        return page("bookings/papers.html", {"view": view, "papers": papers_of(view, loan, confirmed)})
