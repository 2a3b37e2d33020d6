"""Every question about loans of people: those of a proposal, what they go on from, and what has been confirmed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter, itemgetter
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from competence.loans.packs import packs
from core.database.tables import any_of
from core.time.clock import STOCKHOLM
from core.time.interval import from_range
from marketplace.bookings.models import Booking, BookingKind, BookingState
from marketplace.bookings.queries import BookingView
from marketplace.loans.models import LoanConfirmation, LoanExtension
from marketplace.loans.rules import PersonLoan, days_of, is_lent
from marketplace.offers.models import Offer
from marketplace.organisations.models import Member, Organisation
from marketplace.proposals.models import Proposal, Side
from marketplace.proposals.queries import LineView, ProposalView, lines, request_of, units_of_people
from marketplace.requests.models import Need, Request
from marketplace.requests.queries import LIVE


@dataclass(frozen=True)
class Confirmation:
    """What has been confirmed, and by whom."""

    row: LoanConfirmation
    member: str
    organisation: str


def loans_of_proposal(session: Session, proposal: Proposal) -> list[PersonLoan]:
    """Return the loans of people in a proposal: without any, one query tells so."""
    if not units_of_people(session, proposal.id):
        return []
    borrower = session.get_one(Organisation, request_of(session, proposal).organisation_id)
    return loans_in(session, borrower, lines(session, [proposal.id]))


def loans_in(session: Session, borrower: Organisation, views: Iterable[LineView]) -> list[PersonLoan]:
    """Return the loans of people among lines for one requester, in one query, or none where there are none."""
    groups: dict[tuple[UUID, UUID], list[LineView]] = {}
    for view in views:
        if is_lent(view, borrower.id):
            groups.setdefault((view.need.id, view.offered.offer.id), []).append(view)
    found = [PersonLoan(group, borrower) for group in groups.values()]
    lent = _lent(session, borrower.id, found)
    return [PersonLoan(each.lines, borrower, *_chain(each, found, lent[_person(each)])) for each in found]


def loan_of_booking(session: Session, view: BookingView) -> PersonLoan | None:
    """Return the loan of a person that a booking is of: with all dates that were agreed on with it."""
    found = loans_in(session, view.borrower, lines(session, [view.proposal_id]))
    return next((each for each in found if view.line.id in {line.line.id for line in each.lines}), None)


def confirmations(
    session: Session, proposal_ids: Collection[UUID]
) -> dict[tuple[UUID, UUID, UUID], list[Confirmation]]:
    """Return what has been confirmed of loans, by proposal, need and offer, in the order in which it was."""
    found = (
        select(LoanConfirmation, col(Member.name), col(Organisation.name))
        .join(Member, col(Member.id) == col(LoanConfirmation.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(any_of(col(LoanConfirmation.proposal_id), proposal_ids))
        .order_by(col(LoanConfirmation.confirmed_at), col(LoanConfirmation.id))
    )
    by_loan = defaultdict(list)
    for row, member, organisation in session.execute(found):
        by_loan[row.proposal_id, row.need_id, row.offer_id].append(Confirmation(row, member, organisation))
    return by_loan


def told_to(view: ProposalView, loan: PersonLoan, confirmed: Sequence[Confirmation]) -> list[Confirmation]:
    """Return what has been confirmed of a loan without what would tell the reader who lends, where that is not told."""
    knows = view.home(loan.lines[0]).organisation is not None
    return [each for each in confirmed if knows or each.row.side is not Side.LISTER]


def extensions(session: Session, booking_id: UUID) -> list[Request]:
    """Return the requests that ask for a loan to go on, the latest first."""
    found = (
        select(Request)
        .join(Need, col(Need.request_id) == col(Request.id))
        .join(LoanExtension, col(LoanExtension.need_id) == col(Need.id))
        .where(col(LoanExtension.booking_id) == booking_id)
        .order_by(col(Request.id).desc())
    )
    return list(session.scalars(found))


def waiting_extensions(session: Session, booking_id: UUID) -> list[Request]:
    """Return those of them that are not over or agreed yet."""
    return [each for each in extensions(session, booking_id) if each.state in LIVE]


@dataclass(frozen=True)
class _Lent:
    """That a person has been lent, from a first through a last day, and since when that is agreed."""

    line_id: UUID
    first: date
    last: date
    agreed_at: datetime


def _person(loan: PersonLoan) -> UUID:
    return loan.lines[0].offered.lent.resource.id


def _lent(session: Session, borrower_id: UUID, loans: Sequence[PersonLoan]) -> dict[UUID, list[_Lent]]:
    """Return when the same people have been lent to the borrower, also by these loans themselves."""
    found: dict[UUID, list[_Lent]] = defaultdict(list)
    if not loans:
        return found
    rows = session.execute(
        select(
            col(Offer.resource_id),
            col(Booking.line_id),
            col(Booking.during),
            col(Booking.returned_at),
            col(Booking.created_at),
        )
        .join(Offer, col(Offer.id) == col(Booking.offer_id))
        .where(
            any_of(col(Offer.resource_id), {_person(each) for each in loans}),
            col(Booking.borrower_id) == borrower_id,
            col(Booking.kind) == BookingKind.STAFF_LOAN,
            col(Booking.state) != BookingState.CANCELLED,
        )
    )
    for person, line_id, during, returned_at, agreed_at in rows:
        first, last = days_of(from_range(during))
        ended = last if returned_at is None else min(last, _day(returned_at))
        found[person].append(_Lent(line_id, first, ended, agreed_at))
    return found


def _chain(loan: PersonLoan, loans: Iterable[PersonLoan], lent: Sequence[_Lent]) -> tuple[date | None, date | None]:
    """Return the first day of the loans that one goes on from, one after the other, and the last of those after it.

    The others of its proposal count where they come before it: so of two that follow one another the second goes on.
    """
    own = {view.line.id for view in loan.lines}
    others = [each for each in lent if each.line_id not in own]
    agreed_at = min((each.agreed_at for each in lent if each.line_id in own), default=None)
    beside = [
        (each.loan.first, each.loan.last)
        for each in loans
        if each is not loan and _person(each) == _person(loan) and each.parts[0] == loan.parts[0]
    ]
    gap = timedelta(days=packs().goes_on_within_days)
    since = first = loan.loan.first
    for began, ended in sorted([*((each.first, each.last) for each in others), *beside], key=itemgetter(1))[::-1]:
        if began < since <= ended + gap:
            since = began
    until = last = loan.loan.last
    for each in sorted(others, key=attrgetter("first")):
        if (agreed_at is None or each.agreed_at < agreed_at) and each.first <= until + gap and each.last > until:
            until = each.last
    return since if since < first else None, until if until > last else None


def _day(moment: datetime) -> date:
    return moment.astimezone(STOCKHOLM).date()
