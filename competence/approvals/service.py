"""Use cases of the yeses to capacity cards: ask, give, decline, take back, and let them be overtaken or run out."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from competence.approvals import queries, rules
from competence.approvals.models import ApprovalState, Approver, CardApproval, Channel
from competence.approvals.rules import APPROVAL
from competence.models import StaffCapacity
from competence.queries import HeldCard
from core.actor import Actor, Permission, check_may
from core.database import bulk
from core.errors import Conflict
from core.serialization import to_json
from core.time import clock
from core.time.interval import Interval, to_range


class Owned(Protocol):
    """A resource, of which this room knows whose it is; what is said of it is a new version of it."""

    id: UUID
    organisation_id: UUID
    department: str | None
    version: int


@dataclass(frozen=True)
class Yes:
    """What somebody says yes to a card with: whose it is, how it was said, and when the person may be lent by it.

    Without a time it is to any time from now on.
    """

    who: Approver
    evidence: str = ""
    covers: Range[datetime] | None = None
    channel: Channel = Channel.NOTED

    @property
    def span(self) -> Range[datetime]:
        """When the person may be lent by it."""
        return self.covers or to_range(Interval(clock.now(), None))


def note_approval(session: Session, actor: Actor | None, resource: Owned, held: HeldCard, yes: Yes) -> HeldCard:
    """Write down a yes to a card, whose row is locked or new, and return the card with it.

    HR does, with a word on how it is known; whoever offers the card does not. A manager of the unit says yes itself.

    Raises
    ------
    BadInput
        There is no word on how it is known.
    Conflict
        ``consent_order``: somebody has to be asked before. ``same_person``: the actor said or noted the other two.
        ``own_card``: it is the actor's, and the yes is not the employee's.
    NotAllowed
        The actor is neither HR there nor, for the manager's yes, a manager.
    """
    where = resource.organisation_id, resource.department
    if yes.who is Approver.MANAGER and actor is not None and actor.may(Permission.APPROVE_CARD, *where):
        return say_yes(session, actor, resource, held, replace(yes, channel=Channel.SIGNED_IN))
    check_may(actor, Permission.NOTE_APPROVAL, *where)
    rules.check_evidence(yes.evidence)
    channel = Channel.SIGNED_IN if yes.who is Approver.HR and actor is not None else Channel.NOTED
    return say_yes(session, actor, resource, held, replace(yes, channel=channel))


def say_yes(session: Session, actor: Actor | None, resource: Owned, held: HeldCard, yes: Yes) -> HeldCard:
    """Let a yes stand that is the actor's to say, or to note; raises as `note_approval`, but for who may.

    Said again for the same time it is one; for another time it takes the place of the one before.
    """
    rules.check_words(yes.evidence)
    rules.check_not_own(actor, yes.who, held.row.member_id)
    given = queries.given_of(held.live)
    same = next((each for each in given if each.who is yes.who), None)
    if same is not None and yes.covers in {None, same.covers}:
        return held
    rules.check_turn(yes.who, [each.who for each in given])
    rules.check_other_person(actor, yes.who, [each for each in given if each is not same])
    told = _told(actor, yes.who, held.row)
    if same is not None:
        APPROVAL.move(session, told, same.id, ApprovalState.OVERTAKEN)
    asked = next((each for each in held.live if each.who is yes.who and each is not same), None)
    said = asked or CardApproval(resource_id=resource.id, who=yes.who, said={})
    said.said, said.covers, said.at = to_json(held.card.facts), yes.span, clock.now()
    said.channel, said.evidence = yes.channel, yes.evidence.strip()
    said.member_id, said.noted_by = (actor.member_id, actor.name) if actor else (None, "system")
    session.add(said)
    if asked is not None:
        APPROVAL.move(session, told, asked.id, ApprovalState.GIVEN)
    else:
        APPROVAL.begin(session, told, said, ApprovalState.GIVEN)
    left = rules.in_order([*(each for each in held.live if each.who is not yes.who), said])
    _stand(session, resource, held.row, left)
    return replace(held, live=left)


def decline(session: Session, actor: Actor, resource: Owned, held: HeldCard, no: Yes) -> None:
    """Let a no stand to what was asked, in words if the one who says it wants to; what was said because of it falls.

    Raises
    ------
    StateChanged
        It is not asked any more.
    """
    rules.check_words(no.evidence)
    asked = max((each for each in held.live if each.who is no.who), key=lambda each: each.state is ApprovalState.ASKED)
    asked.at, asked.channel, asked.evidence = clock.now(), no.channel, no.evidence.strip()
    asked.member_id, asked.noted_by = actor.member_id, actor.name
    APPROVAL.move(session, _told(actor, no.who, held.row), asked.id, ApprovalState.DECLINED)
    _stand(session, resource, held.row, [each for each in held.live if each is not asked])


def ask(
    session: Session,
    actor: Actor | None,
    held: HeldCard,
    who: Approver,
    asked_of_id: UUID,
    *,
    anew: bool = False,
    **values: Any,
) -> CardApproval:
    """Ask somebody for a yes to a card, and whoever was asked before no more; with columns of what is asked.

    Where a yes stands it is asked for `anew` alone, and stands until that is answered with another.

    Raises
    ------
    Conflict
        ``consent_order``: somebody has to be asked before. ``already_given``: the yes stands.
    """
    given = [each.who for each in queries.given_of(held.live)]
    rules.check_turn(who, given)
    if who in given and not anew:
        raise Conflict("already_given", "That one has said yes already.")
    before = [each.id for each in held.live if each.who is who and each.state is ApprovalState.ASKED]
    APPROVAL.move_all(session, actor, before, ApprovalState.REPLACED)
    asked = CardApproval(
        resource_id=held.row.resource_id, who=who, said=to_json(held.card.facts), asked_of_id=asked_of_id, **values
    )
    session.add(asked)
    APPROVAL.begin(session, actor, asked, ApprovalState.ASKED)
    bulk.flush(session)
    return asked


def withdraw(session: Session, actor: Actor | None, resource: Owned, row: StaffCapacity, who: Approver) -> bool:
    """Take a yes back; what the later ones said because of it falls too, and nothing is shown. Tell if any stood.

    How it was known is forgotten: what is left is that it was said, and when.
    """
    live = queries.live_approvals(session, [resource.id]).get(resource.id, ())
    if not any(each.who is who and each.state is ApprovalState.GIVEN for each in live):
        return False
    fallen = [each for each in live if each.who in rules.falling(who)]
    keys = [each.id for each in fallen]
    APPROVAL.move_all(session, actor, keys, ApprovalState.WITHDRAWN, reason_code=who.value, evidence="")
    _stand(session, resource, row, [each for each in live if each not in fallen])
    return True


def overtake(session: Session, actor: Actor | None, row: StaffCapacity, live: Collection[CardApproval]) -> None:
    """Let whatever was asked or said of a card that says something else now hold no longer."""
    row.approved_during = None
    state = ApprovalState.OVERTAKEN
    for each in live:
        key = (APPROVAL.entity, state)
        bulk.soon(session, key, lambda ids: APPROVAL.move_all(session, actor, ids, state, evidence=""), each.id)


def expire(session: Session, now: datetime) -> list[tuple[UUID, Approver]]:
    """Let yeses run out whose time is over; return of which cards, and whose, by the card and in their order."""
    over = queries.run_out(session, now)
    APPROVAL.move_all(session, None, [each.id for each in over], ApprovalState.EXPIRED)
    order = list(Approver)
    return sorted({(each.resource_id, each.who) for each in over}, key=lambda each: (each[0], order.index(each[1])))


def _told(actor: Actor | None, who: Approver, row: StaffCapacity) -> Actor | None:
    """Return whom the audit names: nobody whose own card it is, or auditors would know whose."""
    own = actor is not None and who is Approver.EMPLOYEE and actor.member_id == row.member_id
    return None if own else actor


def _stand(session: Session, resource: Owned, row: StaffCapacity, left: Collection[CardApproval]) -> None:
    """Let the card be shown when the yeses that are left say so."""
    row.approved_during = rules.approved_during(queries.given_of(left))
    resource.version += 1
    bulk.flush(session)
