"""Every question about the outbox."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlmodel import Session, col

from core.actor import Actor, Permission, check_may
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of, run_out
from core.errors import NotFound
from core.settings import settings
from marketplace.mail.models import Invitation, Mail, MailItem, MailQuestion
from marketplace.mail.rules import MOST_LISTED, PAUSE
from marketplace.notices.models import Notice
from marketplace.notices.queries import visible_to
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import MachineClient, Member

SENDERS = 3
"""Workers that send mail at a time: a slow server leaves the others to other jobs."""


@dataclass(frozen=True)
class Letter:
    """What goes into a mail: to whom, and of which notices; those that remind are named, and of many some.

    Of a mail that answers a reply, the notice that was answered.
    """

    mail: Mail
    member: Member
    reader: Actor
    organisation: str
    notices: Sequence[Notice]
    reminding: frozenset[UUID]
    count: int


def unqueued_organisations(session: Session, most: int) -> Sequence[UUID]:
    """Return organisations with notices that nobody has put into the outbox yet."""
    found = select(col(Notice.organisation_id)).where(col(Notice.mail_queued_at).is_(None)).distinct()
    return session.scalars(found.limit(most)).all()


def unqueued(session: Session, organisation_id: UUID, most: int) -> Sequence[Notice]:
    """Return the first of an organisation's such notices, locked: two workers never take the same."""
    found = select(Notice).where(col(Notice.organisation_id) == organisation_id, col(Notice.mail_queued_at).is_(None))
    return session.scalars(found.order_by(col(Notice.sequence)).limit(most).with_for_update(skip_locked=True)).all()


def readers(session: Session, organisation_id: UUID) -> list[tuple[Member, Actor]]:
    """Return the people of an organisation who may sign in, with what each may do; programs get no mail."""
    program = exists().where(col(MachineClient.member_id) == col(Member.id))
    found = session.scalars(
        select(Member)
        .where(col(Member.organisation_id) == organisation_id, col(Member.active), ~program)
        .order_by(col(Member.id))
    ).all()
    actors = organisations.actors_for(session, [each.id for each in found])
    return [(each, actors[each.id]) for each in found if each.id in actors]


def read_by(session: Session, actor: Actor, notice_ids: Collection[UUID]) -> set[UUID]:
    """Return those of some notices that an actor finds in its list."""
    found = visible_to(actor).where(any_of(col(Notice.id), notice_ids))
    return set(session.scalars(found.with_only_columns(col(Notice.id))))


def members_due(now: datetime, most: int) -> Select[UUID]:
    """Return the SELECT of members for whom something is due, but none whose last mail is not away, or just went."""
    under_way = exists().where(
        col(Mail.member_id) == col(MailItem.member_id),
        col(Mail.letter_id).is_(None),
        or_(_to_send(), col(Mail.created_at).between(now - PAUSE, now)),
    )
    return (
        select(col(MailItem.member_id))
        .where(col(MailItem.mail_id).is_(None), col(MailItem.due_at) <= now, ~under_way)
        .group_by(col(MailItem.member_id))
        .order_by(func.min(col(MailItem.due_at)))
        .limit(most)
    )


def next_to_send(session: Session, now: datetime) -> Mail | None:
    """Return the mail that has been due longest, locked, letters after all others; None where enough workers send."""
    lease = timedelta(seconds=settings().mail_lease_s)
    died = run_out(col(Mail.taken_until), lease)
    sending = select(func.count()).where(_to_send(), col(Mail.taken_until).is_not(None), ~died)
    if session.scalars(sending).one() >= SENDERS:
        return None
    free = or_(col(Mail.taken_until).is_(None), died)
    found = select(Mail).where(_to_send(), col(Mail.due_at) <= now, free)
    found = found.order_by(col(Mail.letter_id).is_not(None), col(Mail.due_at), col(Mail.id))
    return session.scalars(found.limit(1).with_for_update(skip_locked=True)).one_or_none()


def waiting_since(session: Session) -> datetime | None:
    """Return when the mail was made that has been tried in vain for longest, if one has."""
    return session.scalars(select(func.min(col(Mail.created_at))).where(_to_send(), col(Mail.fault) != "")).one()


def letter(session: Session, mail: Mail) -> Letter | None:
    """Return what goes into a mail, as far as its member still finds it in its list; None where that is nothing."""
    if mail.member_id is None or mail.letter_id is not None:
        return None
    member = organisations.member(session, mail.member_id)
    actor = organisations.actors_for(session, [mail.member_id]).get(mail.member_id)
    if actor is None:
        return None
    reminds = _inside(session, mail.id)
    seen = read_by(session, actor, reminds)
    if not seen:
        return None
    first = visible_to(actor).where(any_of(col(Notice.id), seen)).order_by(col(Notice.sequence)).limit(MOST_LISTED)
    return Letter(
        mail,
        member,
        actor,
        organisations.organisation(session, member.organisation_id).name,
        session.scalars(first).all(),
        frozenset(key for key in seen if reminds[key]),
        len(seen),
    )


def _inside(session: Session, mail_id: UUID) -> dict[UUID, bool]:
    """Return of which notices a mail is, and whether it only reminds of one."""
    inside = select(col(MailItem.notice_id), col(MailItem.reminds)).where(col(MailItem.mail_id) == mail_id)
    # A notice that is in it by itself too is no reminder: the last of its rows counts.
    found = dict(session.execute(inside.order_by(col(MailItem.reminds).desc())).all())
    if found:
        return found
    replied = select(col(MailQuestion.notice_id)).where(col(MailQuestion.mail_id) == mail_id)
    return dict.fromkeys(session.scalars(replied), False)


def question_locked(session: Session, mail_id: UUID) -> MailQuestion:
    """Return what a reply to a mail may answer, locked: of two replies at once the second finds the first.

    Raises
    ------
    NotFound
        The mail asks nothing, or is kept no longer.
    """
    found = session.get(MailQuestion, mail_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("mail", mail_id)
    return found


def undelivered_page(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[Mail]:
    """Return the mails to members and calendars of the actor's organisation that have failed, or were tried in vain.

    The last come first.

    Raises
    ------
    NotAllowed
        The actor administers nobody there.
    """
    check_may(actor, Permission.ADMINISTER, actor.organisation_id)
    home = select(col(Member.id)).where(col(Member.organisation_id) == actor.organisation_id)
    in_vain = and_(or_(col(Mail.fault) != "", col(Mail.failed_at).is_not(None)), col(Mail.sent_at).is_(None))
    calendars = select(col(Invitation.id)).where(col(Invitation.organisation_id) == actor.organisation_id)
    found = select(Mail).where(in_vain, or_(col(Mail.member_id).in_(home), col(Mail.invitation_id).in_(calendars)))
    return read_page(session, found.order_by(col(Mail.created_at).desc(), col(Mail.id)), page, limit)


def failed_mail(session: Session, actor: Actor, mail_id: UUID) -> Mail:
    """Return a mail to a member that the actor administers, or to a calendar of its organisation's.

    Raises
    ------
    NotFound, NotAllowed
        There is none to a member that the actor sees; who administers them is somebody else.
    """
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None or mail.of_id is not None:
        raise NotFound("mail", mail_id)
    home = actor.organisation_id
    if mail.invitation_id is not None:
        if session.get_one(Invitation, mail.invitation_id).organisation_id != home:
            raise NotFound("mail", mail_id)
    elif mail.member_id is not None:
        try:
            home = organisations.member_seen(session, actor, mail.member_id).organisation_id
        except NotFound:
            raise NotFound("mail", mail_id) from None
    check_may(actor, Permission.ADMINISTER, home)
    return mail


def sent_page(session: Session, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[Mail]:
    """Return everybody's mails that were sent, the last first: for who develops."""
    return read_page(
        session,
        select(Mail).where(col(Mail.sent_at).is_not(None)).order_by(col(Mail.sent_at).desc(), col(Mail.id)),
        page,
        limit,
    )


def members_of(session: Session, mails: Collection[Mail]) -> dict[UUID, Member]:
    """Return to whom mails are, by the mails' ids; those to calendars of things are to nobody."""
    invited = invitations_of(session, mails)
    whose = {each.id: each.member_id or getattr(invited.get(each.id), "member_id", None) for each in mails}
    found = session.scalars(select(Member).where(any_of(col(Member.id), {each for each in whose.values() if each})))
    members = {each.id: each for each in found}
    return {key: members[member_id] for key, member_id in whose.items() if member_id}


def invitations_of(session: Session, mails: Collection[Mail]) -> dict[UUID, Invitation]:
    """Return what mails invite to, by the mails' ids."""
    ids = {each.invitation_id for each in mails if each.invitation_id}
    found = session.scalars(select(Invitation).where(any_of(col(Invitation.id), ids))) if ids else ()
    invitations = {each.id: each for each in found}
    return {each.id: invitations[each.invitation_id] for each in mails if each.invitation_id}


def _to_send() -> ColumnElement[bool]:
    return and_(col(Mail.sent_at).is_(None), col(Mail.failed_at).is_(None))
