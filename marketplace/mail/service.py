"""Use cases of the outbox: from notices to items, from items to mails, and what became of each mail."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.actor import Actor
from core.database.tables import any_of
from core.errors import Unavailable
from core.settings import settings
from core.time import clock
from marketplace.mail import queries
from marketplace.mail.models import LONGEST_FAULT, Mail, MailItem
from marketplace.mail.rules import TRIED_FOR, MailKind, asks, due_at, reminded_at, tried_again_at
from marketplace.notices.models import Notice
from marketplace.notices.queries import is_visible_to
from marketplace.organisations.models import Member

AT_A_TIME = 500
"""Notices that go into the outbox in one transaction, and members for whom mails are made in one."""


def queue(session: Session, organisation_id: UUID) -> int:
    """Put notices of an organisation into the outbox of each who reads them; return how many that were.

    They are marked in the same transaction: none is forgotten, and none is queued twice. Where no mail is made they
    are only marked, so that whoever connects a mail server later gets no mail of long ago.
    """
    notices = queries.unqueued(session, organisation_id, AT_A_TIME)
    now, ids = clock.now(), [each.id for each in notices]
    readers = queries.readers(session, organisation_id) if ids and settings().makes_mail else []
    if items := [item for member, actor in readers for item in _items(member, actor, notices, now)]:
        session.execute(insert(MailItem).on_conflict_do_nothing(), items)
    session.execute(update(Notice).where(any_of(col(Notice.id), ids)).values(mail_queued_at=now))
    return len(ids)


def _items(member: Member, actor: Actor, notices: Sequence[Notice], now: datetime) -> Iterator[dict[str, object]]:
    for notice in notices:
        if not is_visible_to(actor, notice):
            continue
        asked = asks(notice, actor)
        due = due_at(notice, member.mail_choices, now, asks=asked)
        reminded = reminded_at(notice, timedelta(days=settings().proposal_reminder_days)) if asked else None
        for at, reminds in ((due, False), (reminded, True)):
            if at is not None and due is not None:
                yield {"notice_id": notice.id, "member_id": member.id, "reminds": reminds, "due_at": at}


def collect(session: Session) -> int:
    """Make a mail of all that is due for a member, for each who has none under way; return how many that were.

    Nobody is reminded of what has been read: to answer is to read.
    """
    now = clock.now()
    waiting = (col(MailItem.mail_id).is_(None), col(MailItem.due_at) <= now)
    read = exists().where(col(Notice.id) == col(MailItem.notice_id), col(Notice.read_at).is_not(None))
    session.execute(delete(MailItem).where(*waiting, col(MailItem.reminds), read))
    members = session.scalars(queries.members_due(now, AT_A_TIME)).all()
    # The member is locked: of two workers that collect at once, the second finds the first one's mail.
    locked = select(Member).where(any_of(col(Member.id), members)).order_by(col(Member.id))
    free = session.scalars(locked.with_for_update(skip_locked=True, key_share=True)).all()
    due = set(session.scalars(queries.members_due(now, AT_A_TIME)))
    made = [Mail(member_id=each.id, created_at=now, due_at=now) for each in free if each.id in due]
    session.add_all(made)
    session.flush()
    for mail in made:
        mine = (col(MailItem.member_id) == mail.member_id, *waiting)
        session.execute(update(MailItem).where(*mine).values(mail_id=mail.id))
    return len(made)


def post(session: Session, kind: MailKind, of_id: UUID) -> None:
    """Have somebody without an account written to, as soon as may be."""
    session.add(Mail(kind=kind, of_id=of_id))
    session.flush()


def take(session: Session) -> Mail | None:
    """Take the mail that has been due longest, for as long as sending it may take.

    One whose worker has died while its text went to the server has failed: it may have arrived, and is not sent twice.
    """
    now = clock.now()
    while (mail := queries.next_to_send(session, now)) is not None:
        if mail.data_at is None:
            mail.attempts += 1
            mail.taken_until = now + timedelta(seconds=settings().mail_lease_s)
            session.flush()
            break
        mail.failed_at, mail.taken_until = now, None
        session.flush()
    return mail


def begin(session: Session, mail: Mail) -> bool:
    """Note that a mail's text goes to the server from now on; tell whether it may: nobody else has it by now."""
    still = (col(Mail.id) == mail.id, col(Mail.sent_at).is_(None), _is_last(mail))
    begun = update(Mail).where(*still).values(data_at=clock.now()).returning(col(Mail.id))
    return session.scalars(begun).one_or_none() is not None


def sent(session: Session, mail: Mail) -> None:
    """Note that the server has taken a mail, be it that another worker has given it up meanwhile."""
    _note(session, mail, sent_at=clock.now(), failed_at=None, fault="")


def dropped(session: Session, mail: Mail) -> None:
    """Forget a mail to somebody who reads nothing of it any more."""
    session.execute(delete(Mail).where(col(Mail.id) == mail.id))


def postponed(session: Session, mail: Mail, fault: str, *, refused: bool) -> None:
    """Note that a mail is not away yet; where the server has refused it for now, it is given up in the end.

    A server that is away costs no mail: all wait for it, as long as mails are kept. Then they have failed, and an
    administrator sees them as long again.
    """
    now = clock.now()
    patience = TRIED_FOR if refused else timedelta(days=settings().keep_mail_days)
    if now - mail.created_at >= patience:
        failed(session, mail, fault)
    else:
        _note(session, mail, _is_last(mail), due_at=tried_again_at(mail.attempts, now), fault=fault)


def failed(session: Session, mail: Mail, fault: str) -> None:
    """Note that a mail cannot be sent, and why."""
    _note(session, mail, _is_last(mail), failed_at=clock.now(), fault=fault)


def uncertain(session: Session, mail: Mail, why: str) -> None:
    """Note that nobody knows what the server made of a mail's text: it has failed, and an administrator decides."""
    still = (col(Mail.id) == mail.id, col(Mail.sent_at).is_(None), _is_last(mail))
    values = {"failed_at": clock.now(), "taken_until": None, "fault": why[:LONGEST_FAULT]}
    session.execute(update(Mail).where(*still).values(**values))


def bounced(session: Session, mail_id: UUID, why: str) -> bool:
    """Note that a mail which the server had taken was not delivered in the end; return whether that is news.

    Raises
    ------
    Unavailable
        It is not noted yet that the server has taken it: the same may be told again.
    """
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None or mail.failed_at is not None:
        return False
    if mail.sent_at is None:
        raise Unavailable("The mail is being sent.")
    mail.sent_at, mail.failed_at, mail.fault = None, clock.now(), why[:LONGEST_FAULT]
    session.flush()
    return True


def send_again(session: Session, actor: Actor, mail_id: UUID) -> None:
    """Let a mail that has failed be tried anew, as when its address was put right; one that is under way goes on.

    Raises
    ------
    NotFound, NotAllowed
        There is none, or it is not for the actor to say.
    """
    mail = queries.failed_mail(session, actor, mail_id)
    if mail.failed_at is not None:
        mail.created_at = mail.due_at = clock.now()
        mail.failed_at, mail.data_at, mail.attempts = None, None, 0
        session.flush()


def _is_last(mail: Mail) -> ColumnElement[bool]:
    """Say that nobody has tried a mail since: a worker that was taken for dead leaves another's attempt alone."""
    return and_(col(Mail.attempts) == mail.attempts, col(Mail.failed_at).is_(None))


def _note(
    session: Session, mail: Mail, *conditions: ColumnElement[bool], fault: str, **values: datetime | None
) -> None:
    """Note what became of a mail, unless another has brought it away meanwhile."""
    still = (col(Mail.id) == mail.id, col(Mail.sent_at).is_(None), *conditions)
    session.execute(
        update(Mail).where(*still).values(taken_until=None, data_at=None, fault=fault[:LONGEST_FAULT], **values)
    )
