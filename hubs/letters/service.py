"""Use cases of letters: plan and draft them, write, schedule, take back, cancel, send, and want them or not."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.actor import Actor, Permission, refusal
from core.database import changes
from core.database.audit import record
from core.errors import Conflict, NotFound
from core.settings import settings
from core.time import clock
from hubs.letters import queries
from hubs.letters.models import HubLetter, HubLetterPlan, HubLetterWish, LetterKind, LetterState
from hubs.letters.rules import LETTER, MOST_OPEN, LetterDraft, PlanDraft, on_the_wall
from hubs.places.models import Hub
from hubs.places.queries import HubView, hosted_hub
from marketplace.mail.models import Mail
from marketplace.mail.rules import MailKind
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered, notify

ENTITY = LETTER.entity
_S = LetterState


def plan(session: Session, actor: Actor, hub_id: UUID, draft: PlanDraft) -> None:
    """Say when letters of a kind are drafted from now on; for a host.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see the hub, or is not host there.
    """
    hosted_hub(session, actor, hub_id)
    keys = {"hub_id": hub_id, "kind": draft.kind}
    said = {"next_on": draft.next_on, "at": draft.at, "weeks": draft.weeks, "language": draft.language}
    made = insert(HubLetterPlan).values(keys | said)
    session.execute(made.on_conflict_do_update(index_elements=list(keys), set_=said))
    record(session, actor, "hub", hub_id, reason_code="letters_planned", details={"kind": draft.kind.value})


def plan_none(session: Session, actor: Actor, hub_id: UUID, kind: LetterKind) -> None:
    """Have no more letters of a kind drafted; for a host. Raises as `plan`."""
    hosted_hub(session, actor, hub_id)
    its = (col(HubLetterPlan.hub_id) == hub_id, col(HubLetterPlan.kind) == kind)
    session.execute(delete(HubLetterPlan).where(*its))
    record(session, actor, "hub", hub_id, reason_code="letters_not_planned", details={"kind": kind.value})


def begin(session: Session, actor: Actor | None, hub: Hub, made: HubLetter) -> HubLetter:
    """Keep a new draft: a host's, or one that was made for the hosts, who are told.

    Raises
    ------
    NotAllowed
        The actor is not host there.
    Conflict
        ``too_many_letters``: the hub has as many that wait as there may be.
    """
    if actor is not None:
        hosted_hub(session, actor, hub.id)
    session.refresh(hub, with_for_update=True)  # others wait to be counted
    if queries.open_count(session, hub.id) >= MOST_OPEN:
        raise Conflict("too_many_letters", f"There are {MOST_OPEN} letters that wait, the most: send or cancel some.")
    LETTER.begin(session, actor, made, _S.DRAFT)
    session.add(made)
    session.flush()
    if actor is None:
        notify(
            session,
            [hub.organisation_id],
            NoticeCode.HUB_LETTER_DRAFTED,
            ENTITY,
            made.id,
            permission=Permission.HOST,
            hub=hub.name,
            sendAt=made.send_at.isoformat(),
        )
    return made


def since(session: Session, hub_id: UUID, kind: LetterKind, weeks: int) -> datetime:
    """Return from when on the next letter tells: since the last one that went, or for as many weeks."""
    return queries.last_sent(session, hub_id, kind) or clock.now() - timedelta(weeks=weeks)


def go_on(row: HubLetterPlan) -> datetime:
    """Return when the letter goes that a plan is due for, and let the plan be about the next that is not over."""
    send_at = on_the_wall(row.next_on, row.at)
    row.next_on += timedelta(weeks=row.weeks)
    while row.next_on <= clock.today():  # nobody looked for long: no draft for each week that is over
        send_at = on_the_wall(row.next_on, row.at)
        row.next_on += timedelta(weeks=row.weeks)
    return send_at


def change(
    session: Session, actor: Actor, letter_id: UUID, draft: LetterDraft, *, if_version: int | None = None
) -> HubLetter:
    """Replace what a draft says and when it is to go; for a host. What is scheduled is taken back first.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see the letter, or is not host there.
    VersionChanged
        Somebody else has changed it meanwhile.
    Conflict
        ``not_a_draft``: it is scheduled, sent or cancelled.
    """
    letter = _of_host(session, actor, letter_id)
    session.refresh(letter, with_for_update=True)
    if letter.state is not _S.DRAFT:
        raise Conflict("not_a_draft", "Only a draft is changed. Take a scheduled letter back first.")
    said = {"subject": draft.subject.strip(), "words": draft.words.strip(), "send_at": draft.send_at}
    changes.change(session, actor, ENTITY, letter, said, if_version=if_version)
    return letter


def schedule(session: Session, actor: Actor, letter_id: UUID, *, if_version: int | None = None) -> None:
    """Let a draft go at its time, as it is in a version; for a host.

    Raises
    ------
    NotFound, NotAllowed, VersionChanged, StateChanged
        As `change`; it is no draft.
    Conflict
        ``time_over``: its time is over.
    """
    letter = _of_host(session, actor, letter_id)
    changes.change(session, actor, ENTITY, letter, {}, if_version=if_version)
    if letter.send_at < clock.now():
        raise Conflict("time_over", "The time at which it is to go is over. Choose a later one.")
    LETTER.move(session, actor, letter_id, _S.SCHEDULED)
    _nobody_is_asked(session, letter)


def take_back(session: Session, actor: Actor, letter_id: UUID) -> None:
    """Let a scheduled letter be a draft again; for a host.

    Raises
    ------
    NotFound, NotAllowed, StateChanged
        The actor does not see it or is not host there; it has gone, or is none that is scheduled.
    """
    _of_host(session, actor, letter_id)
    LETTER.move(session, actor, letter_id, _S.DRAFT)


def cancel(session: Session, actor: Actor, letter_id: UUID) -> None:
    """Let a letter not go; for a host. Raises as `take_back`."""
    letter = _of_host(session, actor, letter_id)
    LETTER.move(session, actor, letter_id, _S.CANCELLED)
    _nobody_is_asked(session, letter)


def send(session: Session, letter: HubLetter) -> int:
    """Put a letter whose time has come into the outbox, once for each who gets it; return how many those are.

    That it was sent and its mails stand in one transaction: who is killed has sent nothing, and nobody sends it again.
    """
    now = clock.now()
    weekly = letter.kind is LetterKind.WEEKLY
    readers = queries.weekly_readers(letter.hub_id) if weekly else queries.subscribers(letter.hub_id)
    keys = session.scalars(readers).all() if settings().makes_mail else []
    LETTER.move(session, None, letter.id, _S.SENT, sent_at=now, readers=len(keys))
    if keys and weekly:
        _note_wishes(session, letter.hub_id, keys)
    if keys:
        its: dict[str, Any] = {"letter_id": letter.id, "created_at": now, "due_at": now}
        whose = "member_id" if weekly else "of_id"
        its |= {} if weekly else {"kind": MailKind.NEWSLETTER}
        session.execute(insert(Mail), [Mail(**(its | {whose: key})).model_dump() for key in keys])
    return len(keys)


def choose(session: Session, actor: Actor, hub_id: UUID, *, wanted: bool) -> None:
    """Note whether the actor wants a hub's weekly letter.

    Raises
    ------
    NotFound
        Its organisation is no member there.
    """
    if queries.wish(session, hub_id, actor.member_id) is None:
        raise NotFound("hub of yours", hub_id)
    row = HubLetterWish(hub_id=hub_id, member_id=actor.member_id, wanted=wanted)
    made = insert(HubLetterWish).values(row.model_dump())
    session.execute(made.on_conflict_do_update(index_elements=["hub_id", "member_id"], set_={"wanted": wanted}))


def stop(session: Session, wish_id: UUID) -> None:
    """Let somebody get no weekly letter of a hub any more; a second time, or after it is gone, changes nothing."""
    session.execute(update(HubLetterWish).where(col(HubLetterWish.id) == wish_id).values(wanted=False))


def _note_wishes(session: Session, hub_id: UUID, member_ids: Sequence[UUID]) -> None:
    """Let everybody who gets a letter have something to say no to; who gets it as a member has not asked for it."""
    made = [HubLetterWish(hub_id=hub_id, member_id=each, wanted=None).model_dump() for each in member_ids]
    session.execute(insert(HubLetterWish).on_conflict_do_nothing(), made)


def _nobody_is_asked(session: Session, letter: HubLetter) -> None:
    """Let no host's notice ask any more that a draft is looked at."""
    home = session.get_one(Hub, letter.hub_id).organisation_id
    mark_answered(session, {home}, NoticeCode.HUB_LETTER_DRAFTED, ENTITY, letter.id)


def _of_host(session: Session, actor: Actor, letter_id: UUID) -> HubLetter:
    letter, hub = queries.hosted(session, actor, letter_id)
    _check_hosts(actor, hub)
    return letter


def _check_hosts(actor: Actor, hub: HubView) -> None:
    if not hub.hosted_by(actor):
        raise refusal(actor, Permission.HOST)
