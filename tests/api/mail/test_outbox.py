"""The outbox: each notice once for each who reads it and wants it, at the time that was chosen."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from core.actor import Actor, Permission
from core.settings import settings
from core.time import clock
from marketplace.mail import queries, service
from marketplace.mail.models import Mail, MailItem
from marketplace.mail.rules import CHOICES, PAUSE, MailFrequency, NoticeGroup, asks, due_at, group_of, next_digest
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_read, notify
from marketplace.organisations.models import MachineClient, Member, Organisation
from tests import builders
from tests.counting import counted

SECOND = timedelta(seconds=1)


@pytest.fixture
def reader(session: Session) -> Actor:
    return builders.actor(session)


def tell(session: Session, organisation_id: UUID, code: NoticeCode = NoticeCode.CARD_YOURS, **values: Any) -> UUID:
    """Tell an organisation of something and put it into the outbox."""
    notify(session, [organisation_id], code, "proposal", organisation_id, **values)
    session.flush()
    service.queue(session, organisation_id)
    return session.scalars(select(col(Notice.id)).order_by(col(Notice.sequence).desc())).first()


def items(session: Session, member_id: UUID) -> list[MailItem]:
    found = select(MailItem).where(MailItem.member_id == member_id)
    return list(session.exec(found.order_by(col(MailItem.due_at), col(MailItem.notice_id))))


def mails(session: Session) -> list[Mail]:
    return list(session.exec(select(Mail).order_by(col(Mail.created_at), col(Mail.id))))


def taken(session: Session, reader: Actor) -> Mail:
    """Tell a reader of something, and take the mail of it to be sent."""
    tell(session, reader.organisation_id)
    service.collect(session)
    mail = service.take(session)
    assert mail is not None
    return mail


def test_a_notice_is_queued_once_for_each_who_finds_it_in_the_list(session: Session, reader: Actor) -> None:
    home = session.get_one(Organisation, reader.organisation_id)
    colleague, admin = builders.actor(session, home), builders.actor(session, home, roles=["admin"])
    program = builders.member(session, home)
    builders.added(session, MachineClient(member_id=program.id, issuer="i", client_id="c", created_at=clock.now()))
    gone, stranger = builders.member(session, home, active=False), builders.actor(session)
    to_all = tell(session, home.id)
    to_one = tell(session, home.id, NoticeCode.PASSKEYS_REMOVED, permission=Permission.ADMINISTER,
                  member_id=reader.member_id, member="Någon")  # fmt: skip
    assert {each.notice_id for each in items(session, reader.member_id)} == {to_all, to_one}
    assert {each.notice_id for each in items(session, admin.member_id)} == {to_all, to_one}
    assert [each.notice_id for each in items(session, colleague.member_id)] == [to_all]
    for nobody in (program.id, gone.id, stranger.member_id):
        assert items(session, nobody) == []
    with counted(session) as few:
        tell(session, home.id)
    for _ in range(3):
        builders.member(session, home)
    with counted(session) as more:
        tell(session, home.id)
    assert len(more) == len(few), "one question for all of its members"
    assert service.queue(session, home.id) == 0
    assert queries.unqueued_organisations(session, 10) == []


def test_where_no_mail_is_made_nothing_waits_for_the_day_when_it_is(
    session: Session, reader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"SECRET_KEY": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "PUBLIC_URL": "https://x.se"}.items():
        monkeypatch.setenv(f"PLATSVERKET_{name}", value)
    monkeypatch.setenv("PLATSVERKET_ENVIRONMENT", "production")
    settings.cache_clear()
    tell(session, reader.organisation_id)
    monkeypatch.undo()
    settings.cache_clear()
    service.queue(session, reader.organisation_id)
    assert items(session, reader.member_id) == []


QUESTIONS_THAT_WAIT = {
    NoticeCode.QUESTION_ASKED,
    NoticeCode.QUESTION_PASSED,
    NoticeCode.QUESTION_RETURNED,
    NoticeCode.QUESTION_REPORTED,
    NoticeCode.HUB_MEMBERSHIP_ASKED,
    NoticeCode.HUB_APPLIED,
    NoticeCode.HUB_LETTER_DRAFTED,
    NoticeCode.ACTIVITY_PROPOSED,
}
MONDAY_NOON = datetime(2027, 3, 1, 12, tzinfo=clock.STOCKHOLM)


def test_the_day_s_mail_is_due_at_seven_by_the_clock_on_the_wall() -> None:
    assert next_digest(MONDAY_NOON) == datetime(2027, 3, 2, 7, tzinfo=clock.STOCKHOLM)
    assert next_digest(MONDAY_NOON.replace(hour=6)) == MONDAY_NOON.replace(hour=7)
    before_summer_time = datetime(2027, 3, 27, 12, tzinfo=clock.STOCKHOLM)
    assert next_digest(before_summer_time).isoformat() == "2027-03-28T07:00:00+02:00"


@pytest.mark.parametrize(
    ("code", "facts", "chosen", "after_h"),
    [
        (NoticeCode.AGREED, {}, {}, 19),  # what is usual: tomorrow at seven
        (NoticeCode.AGREED, {}, {"outcomes": "at_once"}, 0),
        (NoticeCode.AGREED, {}, {"outcomes": "never"}, None),
        (NoticeCode.APPROVED, {"answerBy": "2027-03-09T00:00:00+01:00"}, {}, 0),
        (NoticeCode.APPROVED, {"answerBy": "2027-03-09T00:00:00+01:00"}, {"answers": "daily"}, 19),
        (NoticeCode.APPROVED, {"answerBy": "2027-03-03T00:00:00+01:00"}, {"answers": "daily"}, 0),  # 17 h after it
        (NoticeCode.APPROVED, {"answerBy": "2027-03-09T00:00:00+01:00"}, {"answers": "never"}, 0),  # may not be chosen
        (NoticeCode.PASSKEYS_REMOVED, {}, {"urgent": "never"}, 0),
        (NoticeCode.PERSON_ANSWERED, {}, {"outcomes": "never"}, 0),  # in a crisis HR answers the call after it
        *((code, {}, {"outcomes": "never"}, 0) for code in NoticeCode if code in QUESTIONS_THAT_WAIT),
        (NoticeCode.QUESTION_ANSWERED, {}, {"outcomes": "never"}, None),
        (NoticeCode.SEARCH_FOUND, {}, {"searches": "nonsense"}, 19),
        (NoticeCode.HUB_DAYS, {}, {}, 0),  # the day after it would be too late
        (NoticeCode.SEATS_OFFERED, {"answerBy": "2027-03-03T00:00:00+01:00"}, {"hubs": "never"}, 0),
        (NoticeCode.WISH_FITS, {"needs": 1}, {}, None),  # a mail at work is read by more than its owner
        (NoticeCode.WISH_FITS, {"needs": 1}, {"wishes": "at_once"}, 0),
    ],
)
def test_when_a_notice_is_due(code: NoticeCode, facts: dict[str, Any], chosen: dict[str, str], after_h: int) -> None:
    told = Notice(code=code, facts=facts, at=MONDAY_NOON)
    due = None if after_h is None else MONDAY_NOON + timedelta(hours=after_h)
    assert due_at(told, chosen, MONDAY_NOON, asks=True) == due


def test_what_others_answer_comes_with_the_day_s_mail_and_what_is_over_never(session: Session, reader: Actor) -> None:
    auditor = builders.actor(session, session.get_one(Organisation, reader.organisation_id), roles=["auditor"])
    told = Notice(code=NoticeCode.APPROVED, facts={"answerBy": "2027-03-02T12:00:00+01:00"}, at=MONDAY_NOON)
    assert (asks(told, reader), asks(told, auditor)) == (True, False)
    assert due_at(told, {}, MONDAY_NOON, asks=True) == MONDAY_NOON
    assert due_at(told, {}, MONDAY_NOON, asks=False) == next_digest(MONDAY_NOON)
    assert due_at(told, {"outcomes": "never"}, MONDAY_NOON, asks=False) is None
    assert due_at(told, {}, MONDAY_NOON + timedelta(days=1), asks=True) is None, "the time to answer is over"
    to_auditors = Notice(code=NoticeCode.CARD_YOURS, facts={}, at=MONDAY_NOON, member_id=auditor.member_id)
    assert asks(to_auditors, auditor)


def test_every_code_has_a_group_and_what_cannot_be_missed_cannot_be_turned_off() -> None:
    for code in NoticeCode:
        assert group_of(Notice(code=code, facts={}, at=MONDAY_NOON)) in CHOICES
    never = {group for group, choice in CHOICES.items() if MailFrequency.NEVER in choice.allowed}
    assert never == {
        NoticeGroup.OUTCOMES,
        NoticeGroup.SEARCHES,
        NoticeGroup.WISHES,
        NoticeGroup.HUBS,
        NoticeGroup.OPERATIONS,
        NoticeGroup.INVITATIONS,
    }


def test_what_is_due_for_a_member_goes_in_one_mail_and_what_comes_next_waits_for_that(
    session: Session, reader: Actor
) -> None:
    for _ in range(3):
        tell(session, reader.organisation_id)
    assert (service.collect(session), service.collect(session)) == (1, 0)
    (first,) = mails(session)
    assert {each.mail_id for each in items(session, reader.member_id)} == {first.id}
    tell(session, reader.organisation_id)
    with clock.frozen(clock.now() + PAUSE + SECOND):
        assert service.collect(session) == 0  # the first is not away
        service.sent(session, first)
        assert service.collect(session) == 1
        tell(session, reader.organisation_id)
        assert service.collect(session) == 0  # one has just been made


def test_a_deadline_reminds_whom_nothing_has_been_read_of(session: Session, reader: Actor) -> None:
    noon = builders.at(0, 12)
    with clock.frozen(noon):
        in_ten_days = (noon + timedelta(days=10)).isoformat()
        keys = [
            tell(session, reader.organisation_id, NoticeCode.INQUIRED, answerBy=in_ten_days, request=name)
            for name in ("Läst", "Oläst")
        ]
        read, unread = keys
        service.collect(session)
        service.sent(session, *mails(session))
        mark_read(session, reader, read)
    with clock.frozen(noon + timedelta(days=7) - SECOND):
        assert service.collect(session) == 0
    with clock.frozen(noon + timedelta(days=7) + SECOND):
        assert service.collect(session) == 1
        letter = queries.letter(session, mails(session)[-1])
    assert letter is not None
    assert ([each.id for each in letter.notices], letter.reminding) == ([unread], {unread})


def test_a_mail_tells_nothing_that_its_member_does_not_find_in_the_list_by_then(
    session: Session, reader: Actor
) -> None:
    member = session.get_one(Member, reader.member_id)
    member.roles = ["admin"]
    session.flush()
    kept = tell(session, reader.organisation_id)
    tell(session, reader.organisation_id, NoticeCode.PASSKEYS_REMOVED, permission=Permission.ADMINISTER, member="Någon")
    service.collect(session)
    (mail,) = mails(session)
    member.roles = ["requester"]
    session.flush()
    letter = queries.letter(session, mail)
    assert letter is not None
    assert [each.id for each in letter.notices] == [kept]
    member.active = False
    session.flush()
    assert queries.letter(session, mail) is None


def test_a_worker_that_was_taken_for_dead_leaves_another_s_attempt_alone(session: Session, reader: Actor) -> None:
    late = taken(session, reader)
    session.expunge(late)
    with clock.frozen(clock.now() + timedelta(seconds=settings().mail_lease_s + 1)):
        again = service.take(session)
        assert again is not None
        service.postponed(session, late, "451 Busy", refused=True)
        service.failed(session, late, "554 No")
        session.refresh(again)
        assert (again.attempts, again.fault, again.failed_at) == (2, "", None)
        assert again.taken_until is not None, "it is still being sent, by one alone"
        service.failed(session, again, "554 No")
        service.sent(session, late)
        session.refresh(again)
        assert (again.sent_at is None, again.failed_at) == (False, None), "the server had taken it after all"


def test_a_worker_that_dies_while_the_text_goes_leaves_a_mail_of_which_nobody_knows(
    session: Session, reader: Actor
) -> None:
    mail = taken(session, reader)
    assert service.begin(session, mail)
    with clock.frozen(clock.now() + timedelta(seconds=settings().mail_lease_s + 1)):
        assert service.take(session) is None
        session.refresh(mail)
        assert (mail.sent_at, mail.failed_at, mail.attempts) == (None, clock.now(), 1)
        assert not service.begin(session, mail), "whoever was taken for dead sends it no more"
        service.uncertain(session, mail, "away")
        service.sent(session, mail)
        session.refresh(mail)
        assert (mail.sent_at, mail.failed_at, mail.data_at) == (clock.now(), None, None), "the server had taken it"


def test_whoever_was_taken_for_dead_before_the_text_goes_leaves_it_to_the_other(
    session: Session, reader: Actor
) -> None:
    late = taken(session, reader)
    session.expunge(late)
    with clock.frozen(clock.now() + timedelta(seconds=settings().mail_lease_s + 1)):
        again = service.take(session)
        assert again is not None
        assert not service.begin(session, late)
        assert service.begin(session, again)


def test_what_waits_for_as_long_as_mails_are_kept_has_failed_and_is_not_gone_without_a_word(
    session: Session, reader: Actor
) -> None:
    waiting = taken(session, reader)
    for days, has_failed in ((29, False), (30, True)):
        waiting.created_at = clock.now() - timedelta(days=days)
        session.flush()
        service.postponed(session, waiting, "OSError: away", refused=False)
        session.refresh(waiting)
        assert (waiting.failed_at is not None) is has_failed


def test_one_with_thousands_of_notices_gets_one_mail_and_holds_nobody_up(session: Session, reader: Actor) -> None:
    other = builders.actor(session)
    for _ in range(service.AT_A_TIME + 1):
        notify(session, [reader.organisation_id], NoticeCode.CARD_YOURS, "proposal", reader.member_id)
    session.flush()
    tell(session, other.organisation_id)
    assert service.queue(session, reader.organisation_id) == service.AT_A_TIME
    assert service.queue(session, reader.organisation_id) == 1
    assert service.collect(session) == 2
    letters = {each.member_id: queries.letter(session, each) for each in mails(session)}
    assert letters[reader.member_id].count == service.AT_A_TIME + 1  # type: ignore[union-attr]
    assert len(letters[reader.member_id].notices) == 50  # type: ignore[union-attr]
    assert letters[other.member_id].count == 1  # type: ignore[union-attr]
