"""What may happen to a proposal: its moves, who speaks for a party, and when an answer is right."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from core.actor import Actor, Permission, check_may
from core.database.lifecycle import Lifecycle
from core.errors import Conflict, NotAllowed, StateChanged
from core.time.clock import STOCKHOLM
from core.time.interval import Interval
from marketplace.proposals.models import Answer, Proposal, ProposalParty, ProposalState, Side
from marketplace.requests.models import Need, NeedState
from resources.clashes import Wanted

_PROPOSED, _APPROVED = ProposalState.PROPOSED, ProposalState.APPROVED
_ENDS_WITHOUT_BOOKING = frozenset({ProposalState.REFUSED, ProposalState.EXPIRED, ProposalState.SUPERSEDED})

PROPOSAL = Lifecycle(
    "proposal",
    Proposal,
    {
        _PROPOSED: _ENDS_WITHOUT_BOOKING | {_APPROVED},
        _APPROVED: _ENDS_WITHOUT_BOOKING | {ProposalState.AGREED},
    },
    undoes={_APPROVED: frozenset({_PROPOSED}), ProposalState.REFUSED: frozenset({_PROPOSED})},
)

SPEAKS_FOR = {Side.LISTER: Permission.ANSWER_AS_LENDER, Side.REQUESTER: Permission.ANSWER_AS_BORROWER}
"""What a member has to be allowed to answer for a side."""
Departments = Mapping[tuple[UUID, Side], Collection[str | None]]
"""Of each party, the units that what it lends or asks for belongs to."""


class RefusalCode(StrEnum):
    """Why somebody says no to a proposal."""

    NOT_SUITABLE = "not_suitable"
    TOO_FAR = "too_far"
    OTHER_SOLUTION = "other_solution"
    TERMS = "terms"
    NO_LONGER_AVAILABLE = "no_longer_available"
    CAPACITY_NEEDED_OURSELVES = "capacity_needed_ourselves"
    BUDGET = "budget"
    STAFF_DECLINED = "staff_declined"
    OTHER = "other"


class Action(StrEnum):
    """What can be done with a proposal."""

    APPROVE = "approve"
    LOCK = "lock"
    UNLOCK = "unlock"
    SWAP = "swap"
    REFUSE = "refuse"
    ACCEPT = "accept"


def answer_by(now: datetime, answer_days: int, wanted: Sequence[Wanted]) -> datetime:
    """Return until when the parties may answer: so many days, but not past a start, or the end of what has begun."""
    turns = [each.during.start if each.during.start > now else each.during.limit for each in wanted]
    return min([now + timedelta(days=answer_days), *turns])


def check_ahead(wanted: Sequence[Wanted], now: datetime) -> None:
    """What has begun is too late to agree on, but for whole days: of those the rest is still of use."""
    passed = [
        each.during
        for each in wanted
        if each.during.limit <= now or (each.during.start <= now and not _is_whole_days(each.during))
    ]
    if passed:
        raise Conflict(
            "passed",
            "It is too late for this: a time in it has already begun.",
            {"start": min(each.start for each in passed).isoformat()},
        )


def _is_whole_days(during: Interval) -> bool:
    """Say whether it goes from one midnight to another, or on for good."""
    return all(
        moment.astimezone(STOCKHOLM).time() == time.min for moment in (during.start, during.end) if moment is not None
    )


def requester_of(parties: Sequence[ProposalParty]) -> UUID:
    """Return the organisation that asks."""
    return next(party.organisation_id for party in parties if party.side is Side.REQUESTER)


def decides(actor: Actor, parties: Sequence[ProposalParty]) -> bool:
    """Tell whether the actor coordinates the organisation that asks."""
    return actor.may(Permission.DECIDE, requester_of(parties))


def check_decides(actor: Actor, parties: Sequence[ProposalParty]) -> None:
    """Only a coordinator of the organisation that asks decides across organisations."""
    check_may(actor, Permission.DECIDE, requester_of(parties))


def check_state(proposal: Proposal, wanted: ProposalState, before: str) -> None:
    """Some things that are no moves are still right in one state only; `before` is what they would make of it."""
    if proposal.state is not wanted:
        raise StateChanged("proposal", proposal.id, proposal.state.value, before)


def may_answer(actor: Actor, party: ProposalParty, departments: Departments) -> bool:
    """Tell whether the actor may answer for a party: for all that it lends or asks for, whichever unit's it is."""
    theirs = departments.get((party.organisation_id, party.side), (None,))
    return all(actor.may(SPEAKS_FOR[party.side], party.organisation_id, each) for each in theirs)


def speaks_for(
    actor: Actor, parties: Sequence[ProposalParty], departments: Departments, side: Side | None = None
) -> list[ProposalParty]:
    """Return the parties that the actor may answer for: its organisation's, by its roles, on one side if told.

    An organisation that lists what it asks for itself is two parties; whoever holds both roles answers for both.
    """
    own = [party for party in parties if party.organisation_id == actor.organisation_id]
    own = [party for party in own if side in {None, party.side}]
    if not own:
        raise NotAllowed("not_a_party", "Your organisation is not a party to this proposal.")
    spoken_for = [party for party in own if may_answer(actor, party, departments)]
    for party in () if spoken_for else own:
        for each in departments.get((party.organisation_id, party.side), (None,)):
            check_may(actor, SPEAKS_FOR[party.side], party.organisation_id, each)
    return spoken_for


def refuses_for(actor: Actor, parties: Sequence[ProposalParty], departments: Departments) -> list[ProposalParty]:
    """Return the parties whose answer a refusal is: none where a coordinator refuses who speaks for no party."""
    try:
        return speaks_for(actor, parties, departments)
    except NotAllowed:
        if decides(actor, parties):
            return []
        raise


def check_may_accept(proposal: Proposal, own: Sequence[ProposalParty], now: datetime) -> None:
    """A yes is right once, while an approved proposal waits for it."""
    if proposal.state not in {_APPROVED, ProposalState.AGREED}:
        raise StateChanged("proposal", proposal.id, proposal.state.value, ProposalState.AGREED.value)
    if all(party.answer is Answer.ACCEPTED for party in own):
        raise Conflict(
            "already_answered",
            "Your organisation has already accepted this proposal.",
            {"proposal": str(proposal.id), "answeredAt": max(p.answered_at for p in own if p.answered_at).isoformat()},
        )
    if proposal.answer_by <= now:  # the sweep has only not come here yet
        raise StateChanged("proposal", proposal.id, ProposalState.EXPIRED.value, ProposalState.AGREED.value)


def possible_actions(
    actor: Actor, proposal: Proposal, parties: Sequence[ProposalParty], departments: Departments, now: datetime
) -> frozenset[Action]:
    """Return what the actor may do with a proposal now, for showing nothing else; each use case checks it anew."""
    if proposal.state not in {_PROPOSED, _APPROVED}:
        return frozenset()
    coordinates = decides(actor, parties)
    actions = {Action.REFUSE} if coordinates else set()
    if proposal.state is _PROPOSED:
        keeping = Action.UNLOCK if proposal.locked_at else Action.LOCK
        return frozenset(actions | {Action.APPROVE, Action.SWAP, keeping} if coordinates else actions)
    own = [party for party in parties if may_answer(actor, party, departments)]
    if own:
        actions.add(Action.REFUSE)
    if not all_accepted(own) and proposal.answer_by > now:
        actions.add(Action.ACCEPT)
    return frozenset(actions)


def all_accepted(parties: Sequence[ProposalParty]) -> bool:
    """Say whether nobody's yes is missing."""
    return all(party.answer is Answer.ACCEPTED for party in parties)


def check_still_wanted(proposal: Proposal, needs: Sequence[Need], *, takes_part: bool = True) -> None:
    """What is proposed has to be still waited for: by who takes part, and a need is dropped with its request."""
    if not takes_part or any(need.state is not NeedState.PROPOSED for need in needs):
        raise Conflict(
            "no_longer_wanted",
            "The requester no longer waits for this: the request was withdrawn or changed.",
            {"proposal": str(proposal.id), "needs": [str(n.id) for n in needs if n.state is not NeedState.PROPOSED]},
        )
