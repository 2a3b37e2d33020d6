"""Use cases of proposals: the coordinator decides what is worth asking, and each party answers.

Every use case locks the proposal's row first and the request's and units' rows after it, so that of two that answer
at once the second sees what the first has written, and none wait for each other in a ring.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.database import audit, db
from core.errors import CapacityExceeded, Conflict, VersionChanged
from core.settings import settings
from core.time import clock
from marketplace.bookings.models import Booking
from marketplace.bookings.rules import read_reason
from marketplace.bookings.service import agree
from marketplace.loans.queries import loans_of_proposal
from marketplace.loans.rules import Confirmed, PersonLoan, check_allowed
from marketplace.loans.service import confirm
from marketplace.networks.hours import check_hours
from marketplace.notices.rules import NoticeCode
from marketplace.proposals import fitting, queries, swapping, waiting
from marketplace.proposals.models import Answer, Proposal, ProposalParty, ProposalState, Side
from marketplace.proposals.rules import (
    PROPOSAL,
    RefusalCode,
    all_accepted,
    answer_by,
    check_ahead,
    check_decides,
    check_may_accept,
    check_state,
    check_still_wanted,
    refuses_for,
    speaks_for,
)
from marketplace.proposals.telling import tell, tell_managers
from marketplace.requests.service import needs_agreed, needs_open_again
from marketplace.surges.floors import Away, check_floors
from resources.clashes import Wanted


@dataclass(frozen=True)
class Acceptance:
    """What a yes led to: bookings if it was the last one, or why nothing could be booked any more.

    `taken` is a `Conflict` that the entrance shows instead of raising it: what it tells of has been written.
    """

    bookings: tuple[Booking, ...] = ()
    taken: Conflict | None = None


def approve(session: Session, actor: Actor, proposal_id: UUID, if_version: int | None = None) -> Proposal:
    """Let the parties see a proposal and ask them for an answer: within the set time, and before it would begin.

    Raises
    ------
    NotAllowed, StateChanged, VersionChanged
        The actor is no coordinator, or the proposal is past approving or was changed since it was read.
    Conflict
        ``taken``: a claim no longer fits beside what is claimed, or beside what is approved or locked.
        ``no_longer_wanted``: the request was withdrawn. ``no_longer_offered``: an offer was closed or cut short.
        ``passed``: a time in it has begun, unless that is of whole days, or is over. ``loan_forbidden``: the rules for
        loans of people forbid it by now. ``floor_reached``, ``not_called``: of an alert, see `surges.floors`.
    """
    proposal = _to_decide(session, actor, proposal_id, if_version)
    check_state(proposal, ProposalState.PROPOSED, "approved")
    _check_can_be(session, proposal, lambda units: waiting.kept_times(session, units, but_for=proposal_id))
    wanted = _check_fits(session, actor, proposal)
    PROPOSAL.move(
        session,
        actor,
        proposal_id,
        ProposalState.APPROVED,
        run_id=proposal.run_id,
        approved_at=clock.now(),
        answer_by=answer_by(clock.now(), settings().proposal_answer_days, wanted),
    )
    tell(session, proposal, NoticeCode.APPROVED, answerBy=proposal.answer_by.isoformat())
    tell_managers(session, proposal)
    return proposal


def lock(session: Session, actor: Actor, proposal_id: UUID, if_version: int | None = None) -> Proposal:
    """Keep a proposal through later runs, with what it would claim; once locked, it stays so without a word.

    Raises
    ------
    Conflict
        ``taken``, ``passed`` or ``loan_forbidden``, as in `approve`.
    """
    proposal = _to_decide(session, actor, proposal_id, if_version)
    check_state(proposal, ProposalState.PROPOSED, "locked")
    if proposal.locked_at is None:
        check_ahead(_check_fits(session, actor, proposal), clock.now())
        check_allowed(loans_of_proposal(session, proposal))
        proposal.locked_at = clock.now()
        _note(session, actor, proposal, "locked")
    return proposal


def unlock(session: Session, actor: Actor, proposal_id: UUID, if_version: int | None = None) -> Proposal:
    """Let the next run replace a proposal again; without a word if it was not locked."""
    proposal = _to_decide(session, actor, proposal_id, if_version)
    check_state(proposal, ProposalState.PROPOSED, "unlocked")
    if proposal.locked_at is not None:
        proposal.locked_at = None
        _note(session, actor, proposal, "unlocked")
    return proposal


def swap(
    session: Session,
    actor: Actor,
    proposal_id: UUID,
    line_id: UUID,
    option_key: str,
    *,
    if_version: int | None = None,
) -> Proposal:
    """Let a line be served by one of the alternatives that its run listed; the two change places.

    Raises
    ------
    NotFound
        The proposal has no such line.
    BadInput
        The run listed no such alternative for the line.
    Conflict
        ``taken``: the alternative no longer fits, as in `approve`. ``passed``: its time has begun.
        ``no_longer_offered``: its offer is not open to the requester. ``already_refused``: for this need.
        ``loan_forbidden``: the rules for loans of people forbid it.
    """
    proposal = _to_decide(session, actor, proposal_id, if_version)
    check_state(proposal, ProposalState.PROPOSED, "swapped")
    swapping.swap_line(session, actor, proposal, line_id, option_key)
    check_allowed(loans_of_proposal(session, proposal))
    _note(session, actor, proposal, "swapped", line=str(line_id), option=option_key)
    return proposal


def refuse(
    session: Session,
    actor: Actor,
    proposal_id: UUID,
    code: str,
    words: str = "",
    *,
    if_version: int | None = None,
) -> Proposal:
    """Say no, as a coordinator or as a party that was asked; the needs are open again.

    A party may still say no after its own yes, until everybody has said yes: nobody is bound before.
    """
    reason = read_reason(RefusalCode, code, words)
    proposal = _read(session, actor, proposal_id, if_version)
    refusing = refuses_for(actor, queries.parties(session, proposal_id), queries.departments(session, proposal_id))
    PROPOSAL.move(
        session,
        actor,
        proposal_id,
        ProposalState.REFUSED,
        reason_code=reason,
        words=words or None,
        run_id=proposal.run_id,
        refused_by_id=actor.organisation_id,
        refusal_code=reason,
        refusal_words=words or None,
    )
    for party in refusing:
        _answer(party, actor, Answer.REFUSED)
    _free(session, actor, proposal, "refused")
    tell(session, proposal, NoticeCode.REFUSED, reason=reason)
    return proposal


def accept(
    session: Session,
    actor: Actor,
    proposal_id: UUID,
    side: Side | None = None,
    if_version: int | None = None,
    *,
    confirmed: Confirmed = MappingProxyType({}),
) -> Acceptance:
    """Say yes for the actor's organisation: on one side, or on all that the actor speaks for.

    Who lends a person, and who borrows, confirms what the rules for it require of that side, by loan (`confirmed`).

    The last yes agrees: bookings and claims are written in this same transaction, so that a process that dies in the
    middle leaves nothing. When a claim no longer fits, all of that is rolled back to the yes itself, and the proposal
    is given back (see `give_back`) still in this transaction; there is no moment at which one is written and the
    other is not. That is why it is returned, and not raised: an error would undo it.

    Raises
    ------
    NotFound, NotAllowed
        The actor may not see it, is not of a party, or has not the role.
    StateChanged
        It was refused, superseded or has expired, or is not approved yet.
    Conflict
        ``already_answered``: the same yes again. Else as in `approve`, but for ``taken``.
    BadInput
        Something that is required is not confirmed.
    """
    proposal = _read(session, actor, proposal_id, if_version)
    parties = queries.parties(session, proposal_id)
    own = speaks_for(actor, parties, queries.departments(session, proposal_id), side)
    check_may_accept(proposal, own, clock.now())
    loans = _check_can_be(session, proposal)
    confirm(session, actor, loans, [party for party in own if party.answer is not Answer.ACCEPTED], confirmed)
    for party in own:
        _answer(party, actor, Answer.ACCEPTED)
    _note(session, actor, proposal, "accepted", sides=[party.side for party in own])
    if all_accepted(parties):
        return _agree(session, actor, proposal)
    tell(session, proposal, NoticeCode.ACCEPTED, but_for=actor.organisation_id, by=[party.side for party in own])
    return Acceptance()


def give_back(session: Session, proposal: Proposal, taken: Conflict) -> None:
    """End an approved proposal that everybody wanted but that no longer fits: its needs are open again.

    Both sides are told what took it, so `taken` may say only what everybody may know.
    """
    PROPOSAL.move(
        session,
        None,
        proposal.id,
        ProposalState.REFUSED,
        reason_code=taken.code,
        words=str(taken),
        run_id=proposal.run_id,
        refusal_code=RefusalCode.NO_LONGER_AVAILABLE,
    )
    _free(session, None, proposal, taken.code)
    tell(session, proposal, NoticeCode.TAKEN, clashes=taken.details.get("clashes", []))


def _agree(session: Session, actor: Actor, proposal: Proposal) -> Acceptance:
    if waiting.hold_cards(session, proposal.id):  # whoever takes a yes back was first, or finds the bookings
        _check_offered(session, proposal)
    request = queries.request_of(session, proposal)
    try:
        with db.translated(), session.begin_nested():
            bookings = agree(session, actor, proposal, request)
            needs_agreed(session, {booking.need_id for booking in bookings}, actor)
            PROPOSAL.move(session, actor, proposal.id, ProposalState.AGREED, run_id=proposal.run_id)
    except CapacityExceeded:
        wanted = fitting.wanted_of(queries.claims_of(session, proposal.id))
        give_back(session, proposal, fitting.why_taken(session, None, wanted))
        return Acceptance(taken=fitting.why_taken(session, actor, wanted))
    tell(session, proposal, NoticeCode.AGREED, bookings=len(bookings))
    return Acceptance(tuple(bookings))


def _read(session: Session, actor: Actor, proposal_id: UUID, if_version: int | None) -> Proposal:
    proposal = queries.locked(session, actor, proposal_id)
    if if_version not in {None, proposal.version}:
        raise VersionChanged(PROPOSAL.entity, proposal_id)
    return proposal


def _to_decide(session: Session, actor: Actor, proposal_id: UUID, if_version: int | None) -> Proposal:
    proposal = _read(session, actor, proposal_id, if_version)
    check_decides(actor, queries.parties(session, proposal_id))
    return proposal


def _check_can_be(
    session: Session, proposal: Proposal, held: Callable[[Collection[UUID]], Iterable[Away]] = lambda _units: ()
) -> list[PersonLoan]:
    """What is proposed has to be still waited for, ahead and offered; the next sweeps end a proposal that is not.

    Its loans of people have to be allowed, by the rules of today; they are returned. `held`: see `check_floors`.
    """
    check_still_wanted(
        proposal, queries.needs_of(session, proposal.id), takes_part=waiting.has_requester(session, proposal.id)
    )
    check_ahead(fitting.wanted_of(queries.claims_of(session, proposal.id)), clock.now())
    _check_offered(session, proposal)
    loans = loans_of_proposal(session, proposal)
    check_allowed(loans)
    role_id = queries.request_of(session, proposal).surge_role_id
    if role_id is not None:
        check_floors(session, role_id, queries.takings_of(session, proposal.id), held)
    check_hours(session, proposal.id)
    return loans


def _check_offered(session: Session, proposal: Proposal) -> None:
    if gone := waiting.not_offered(session, proposal.id):
        raise Conflict("no_longer_offered", "An offer in it is no longer made.", {"offers": list(map(str, gone))})


def _check_fits(session: Session, actor: Actor, proposal: Proposal) -> list[Wanted]:
    wanted = fitting.wanted_of(queries.claims_of(session, proposal.id))
    fitting.check_fits(session, actor, proposal.id, wanted)
    return wanted


def _answer(party: ProposalParty, actor: Actor, answer: Answer) -> None:
    party.answer, party.member_id, party.answered_at = answer, actor.member_id, clock.now()


def _note(session: Session, actor: Actor, proposal: Proposal, what: str, **details: object) -> None:
    """Write down a change that is no move: a new version, and who did it."""
    proposal.version += 1
    session.flush()
    audit.record(
        session, actor, PROPOSAL.entity, proposal.id, reason_code=what, run_id=proposal.run_id, details=details
    )


def _free(session: Session, actor: Actor | None, proposal: Proposal, reason: str) -> None:
    needs = queries.needs_of(session, proposal.id)
    needs_open_again(session, [need.id for need in needs], actor, reason)
