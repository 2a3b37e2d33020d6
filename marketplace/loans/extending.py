"""Asking for a loan of a person to go on: a request and a proposal of their own, never the same loan made longer.

A coordinator looks at it, and both sides agree anew, with what the rules require then: that it has been assessed anew.
"""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor, Permission
from core.database import audit
from core.errors import BadInput, Conflict, NotAllowed
from core.settings import settings
from core.time import clock
from core.time.interval import from_range, to_range
from core.time.timing import Period, Timing, Weekly, candidates, from_json, to_json
from marketplace.bookings import queries
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import BookingView
from marketplace.bookings.rules import BOOKING, BookingRole, parts_of
from marketplace.loans.ending import check_may_change
from marketplace.loans.models import LoanExtension
from marketplace.loans.queries import loans_of_proposal, waiting_extensions
from marketplace.loans.rules import check_allowed, days_of
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.organisations.queries import coordinating
from marketplace.proposals import waiting
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalParty, Side
from marketplace.proposals.price import put_forward
from marketplace.proposals.rules import PROPOSAL, answer_by
from marketplace.requests.models import Need, Request
from marketplace.requests.queries import needs_of
from marketplace.requests.reading import need_from_json, need_to_json
from marketplace.requests.rules import RequestDraft
from marketplace.requests.service import file_request, needs_proposed
from resources import clashes
from resources.clashes import Wanted
from resources.queries import unit_amounts


def ask_to_extend(session: Session, actor: Actor, booking_id: UUID, last: date) -> Request:
    """Ask, as the borrower, for the same person through a later day: from the day after the loan ends, as before.

    The proposal is locked, so that no run replaces it, and waits for a coordinator. Where it comes to nothing, what is
    asked for waits as any other need.

    Raises
    ------
    NotFound, NotAllowed
        The actor may not see it, or is no requester of the borrower.
    BadInput
        The day is not after its last, or none that a need can end on.
    Conflict
        ``not_a_loan``, ``not_going_on``; ``lent_by_hour``: it is of a network, which shares its load.
        ``already_asked``: it waits for an answer. ``loan_forbidden``: it would be too long. ``no_longer_offered``,
        ``taken``: the person is not offered, or not free, then.
    """
    view = queries.booking_view(session, actor, booking_id)
    booking = queries.locked(session, actor, booking_id)
    departments = queries.departments(session, booking)
    if BookingRole.BORROWER not in parts_of(actor, booking, departments):
        raise NotAllowed("not_the_borrower", "Only the borrower asks for a loan to go on.")
    check_may_change(actor, booking, departments)
    if is_by_the_hour(view.need):
        raise Conflict("lent_by_hour", "A network lends people for hours: ask it anew, so that the load is shared.")
    if waiting_extensions(session, booking_id):
        raise Conflict("already_asked", "It is asked already whether the loan may go on.")
    first = first_day_after(booking)
    if last < first:
        raise BadInput("through", last.isoformat(), f"choose {first} or a later day")
    try:
        request = _file(session, actor, view, first, last)
    except BadInput as error:  # all else was right when the loan was asked for
        raise BadInput("through", last.isoformat(), error.parameters[0].reason) from error
    [need] = needs_of(session, [request.id])[request.id]
    proposal = _propose(session, view, need, request)
    check_allowed(loans_of_proposal(session, proposal))
    if waiting.not_offered(session, proposal.id):
        raise Conflict("no_longer_offered", "The person is not offered for all of that time. Ask the lender first.")
    needs_proposed(session, {need.id}, proposal.run_id, actor)
    session.add(LoanExtension(need_id=need.id, booking_id=booking_id))
    asked = {"request": str(request.id), "lastDay": last.isoformat()}
    audit.record(session, actor, BOOKING.entity, booking_id, reason_code="extension_asked", details=asked)
    homes = coordinating(session, {booking.borrower_id})
    notify(
        session,
        homes,
        NoticeCode.EXTENSION_ASKED,
        PROPOSAL.entity,
        proposal.id,
        permission=Permission.DECIDE,
        request=request.title,
    )
    return request


def is_by_the_hour(need: Need) -> bool:
    """Tell whether a network was asked for somebody: for more it is asked anew, as another may have been asked less."""
    return bool(need.requirements.get("network"))


def first_day_after(booking: Booking) -> date:
    """Return the day after a loan ends; of one that should be over already, tomorrow."""
    _first, last = days_of(from_range(booking.during))
    return max(last, clock.today()) + timedelta(days=1)


def _file(session: Session, actor: Actor, view: BookingView, first: date, last: date) -> Request:
    """File the same need for the time after."""
    asked = need_from_json({**need_to_json(view.need), "timing": to_json(_after(view.need, first, last)), "id": None})
    need = replace(asked, amount=view.booking.amount, alternative_group=None)
    draft = RequestDraft(title=view.request.title, purpose=view.request.purpose, needs=(need,))
    return file_request(session, actor, replace(draft, priority=view.request.priority))


def _after(need: Need, first: date, last: date) -> Timing:
    """Return the same days of the week as before, or else whole days."""
    before = from_json(need.timing)
    return replace(before, first=first, last=last) if isinstance(before, Weekly) else Period(first, last)


def _propose(session: Session, view: BookingView, need: Need, request: Request) -> Proposal:
    """Write that the same person may serve it; as what a run proposes, in that of the loan itself."""
    offer = view.offered.offer
    [candidate] = candidates(from_json(need.timing))
    units = unit_amounts(session, [offer.resource_id])[offer.resource_id]
    wanted = [
        Wanted(unit, amount * need.amount, interval) for interval in candidate.intervals for unit, amount in units
    ]
    if clashes.among(session, wanted):
        raise Conflict("taken", "The person is not free for all of that time: choose an earlier day.")
    proposal = Proposal(
        run_id=session.get_one(Proposal, view.proposal_id).run_id,
        request_id=request.id,
        locked_at=clock.now(),
        answer_by=answer_by(clock.now(), settings().proposal_answer_days, wanted),
    )
    session.add(proposal)
    session.flush()
    line = ProposalLine(
        proposal_id=proposal.id,
        need_id=need.id,
        offer_id=offer.id,
        amount=need.amount,
        option_key=str(offer.id),
        score=0,
        **put_forward(offer),
    )
    session.add(line)
    session.flush()
    session.add_all(
        LineClaim(line_id=line.id, unit_id=each.unit_id, amount=each.amount, during=to_range(each.during))
        for each in wanted
    )
    for home, side in ((request.organisation_id, Side.REQUESTER), (offer.organisation_id, Side.LISTER)):
        session.add(ProposalParty(proposal_id=proposal.id, organisation_id=home, side=side))
    session.flush()
    return proposal
