"""A manager approves or declines that a person is lent: by the link, or as the notice leads there, signed in."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from competence.approvals import queries as approvals_queries
from competence.approvals import service as approvals
from competence.approvals.models import ApprovalState, CardApproval, Channel
from competence.approvals.service import Yes
from competence.queries import HeldCard
from core.actor import Actor
from core.errors import Conflict, NotAllowed, NotFound
from core.time import clock
from core.time.interval import Interval
from marketplace.cards.approving import check_read, covered, held_card, offered_during, reading
from marketplace.cards.asking import tell_hr
from marketplace.organisations.tokens import token_hash
from resources.models import Resource


@dataclass(frozen=True)
class AskedCard:
    """What somebody is asked: the card, of whom, and when it is offered."""

    approval: CardApproval
    resource: Resource
    held: HeldCard
    during: Interval | None

    @property
    def reading(self) -> str:
        """What tells whether it is still what somebody has read; see `check_read`."""
        return reading(self.held, self.during)


def asked_by_link(session: Session, actor: Actor, secret: str) -> AskedCard:
    """Return what a link asks of the actor.

    Raises
    ------
    NotFound
        There is no such link.
    NotAllowed
        ``not_addressee``: it was sent to somebody else.
    Conflict
        It is no longer asked: ``link_used``, ``link_expired``, ``card_changed``, ``other_asked``, ``no_longer_asked``.
    """
    found = approvals_queries.by_link(session, token_hash(secret))
    if found is None:
        raise NotFound("link", "…")
    if found.asked_of_id != actor.member_id:
        raise NotAllowed(
            "not_addressee",
            "This link is for somebody else. Sign in as the one it was sent to, or ask HR for your own.",
        )
    return _asked(session, found)


def asked_of(session: Session, actor: Actor, approval_id: UUID) -> AskedCard:
    """Return what the actor is asked, signed in without a link; raises as `asked_by_link`, of others NotFound."""
    found = session.get(CardApproval, approval_id)
    if found is None or found.asked_of_id != actor.member_id:
        raise NotFound("question about a card", approval_id)
    return _asked(session, found)


def answer(
    session: Session,
    actor: Actor,
    asked: AskedCard,
    *,
    yes: bool,
    words: str,
    channel: Channel,
    seen: str | None = None,
) -> None:
    """Approve that a person is lent while the card is offered, as it was `seen`, or decline it; HR is told.

    Raises
    ------
    Conflict
        ``card_changed``: it says something else by now, or is offered for another time. ``own_card``: it is the
        actor's own.
    """
    approval, resource = asked.approval, asked.resource
    if yes:
        check_read(seen, asked.reading)
        said = Yes(approval.who, words, covered(session, resource.id), channel)
        approvals.say_yes(session, actor, resource, asked.held, said)
    else:
        approvals.decline(session, actor, resource, asked.held, Yes(approval.who, words, channel=channel))
    tell_hr(session, resource, approval.who, ApprovalState.GIVEN if yes else ApprovalState.DECLINED)


def _asked(session: Session, found: CardApproval) -> AskedCard:
    """Return what is asked, its card locked until the transaction ends, so that of two answers one is refused."""
    held = held_card(session, found.resource_id)
    session.refresh(found)
    state = ApprovalState.EXPIRED if found.is_late(clock.now()) else found.state
    if state is not ApprovalState.ASKED:
        raise _ended(state)
    resource = session.get_one(Resource, found.resource_id)
    return AskedCard(found, resource, held, offered_during(session, resource.id))


def _ended(state: ApprovalState) -> Conflict:
    """Return why something that was asked may be answered no more."""
    match state:
        case ApprovalState.OVERTAKEN:
            return Conflict(
                "card_changed",
                "The card says something else since you were asked. HR asks you again when the employee has agreed.",
            )
        case ApprovalState.REPLACED:
            return Conflict("other_asked", "Somebody else is asked now, or you have got another link since.")
        case ApprovalState.EXPIRED:
            return Conflict("link_expired", "The time to answer is over. HR can ask you again.")
        case ApprovalState.WITHDRAWN:
            return Conflict("no_longer_asked", "A yes to the card was taken back. Nothing is asked of you now.")
        case _:
            return Conflict("link_used", "You have answered this already. Nothing more is asked of you.")
