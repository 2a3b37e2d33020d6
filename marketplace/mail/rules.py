"""Who gets which notice by mail, and when: the groups that one chooses by, and what cannot be chosen away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from core.actor import Actor, Permission
from core.time import clock
from marketplace.notices.models import Notice
from marketplace.notices.rules import OF_WISHES, NoticeCode

DIGEST_AT = time(7)
"""Of each day, in Sweden: before most begin to work."""
PAUSE = timedelta(minutes=2)
"""Between two mails to one member: what happens meanwhile goes into the second, be it thousands of notices."""
MOST_LISTED = 50
"""Notices that a mail has in words; more are counted."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
"""Until a mail is tried again; each time twice as long."""
TRIED_FOR = timedelta(days=1)
"""How long a mail is tried that the server answers to, but does not take."""


class MailFrequency(StrEnum):
    """When a notice comes by mail."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


class NoticeGroup(StrEnum):
    """What one chooses by."""

    URGENT = "urgent"  # passkeys, and calls in a crisis
    ANSWERS = "answers"  # somebody waits for one's answer, or decides without it
    OUTCOMES = "outcomes"  # what became of what one asked for, offered or agreed to
    SEARCHES = "searches"
    WISHES = "wishes"  # to try another employer: a mail at work is read by more than its owner
    HUBS = "hubs"  # which day to come, whom to meet, what has changed of what one has registered for, and how it was
    OPERATIONS = "operations"  # runs, and who takes part
    INVITATIONS = "invitations"  # no notices, but what one has asked for or lends, into one's calendar


class Reply(StrEnum):
    """What a reply says, as far as it can be understood."""

    YES = "yes"
    NO = "no"
    CONFIRM = "confirm"
    UNCLEAR = "unclear"


class ReplyOutcome(StrEnum):
    """What became of a reply, as the mail tells that answers it."""

    TO_CONFIRM = "to_confirm"  # understood; nothing is done before it is confirmed
    CHANGED = "changed"  # what was to be confirmed has changed since: the same again, as it is now
    UNCLEAR = "unclear"
    OTHER_SENDER = "other_sender"  # it did not come from the member's address
    DONE = "done"
    TAKEN = "taken"  # the last yes, but something no longer fits
    OVER = "over"  # nobody waits for it any more
    ON_PAGE = "on_page"  # it has to be answered there


class MailKind(StrEnum):
    """What a mail is about that goes to nobody who has an account, and invites no calendar."""

    VISIT = "visit"
    VISIT_CALLED_OFF = "visit_called_off"
    NEWSLETTER = "newsletter"


class CalendarAnswer(StrEnum):
    """What a calendar has answered to what it was told last."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    PROPOSED = "proposed"  # another time, on which a person decides


class IgnoredAnswer(StrEnum):
    """Why an answer to an invitation does nothing."""

    UNREADABLE = "unreadable"
    OTHER_SENDER = "other_sender"
    OUTDATED = "outdated"  # to what was told before, or not written after the last one
    OVER = "over"  # cancelled, or past


@dataclass(frozen=True)
class Choice:
    """What may be chosen for a group; the first is what is so until somebody chooses."""

    allowed: tuple[MailFrequency, ...]

    @property
    def usual(self) -> MailFrequency:
        """What holds for whoever has chosen nothing."""
        return self.allowed[0]


_F = MailFrequency
CHOICES: Mapping[NoticeGroup, Choice] = {
    NoticeGroup.URGENT: Choice((_F.AT_ONCE,)),
    NoticeGroup.ANSWERS: Choice((_F.AT_ONCE, _F.DAILY)),
    NoticeGroup.OUTCOMES: Choice((_F.DAILY, _F.AT_ONCE, _F.NEVER)),
    NoticeGroup.SEARCHES: Choice((_F.DAILY, _F.AT_ONCE, _F.NEVER)),
    NoticeGroup.WISHES: Choice((_F.NEVER, _F.DAILY, _F.AT_ONCE)),
    NoticeGroup.HUBS: Choice((_F.AT_ONCE, _F.DAILY, _F.NEVER)),
    NoticeGroup.OPERATIONS: Choice((_F.DAILY, _F.AT_ONCE, _F.NEVER)),
    NoticeGroup.INVITATIONS: Choice((_F.NEVER, _F.AT_ONCE)),
}
_GROUPS = {
    NoticeCode.PASSKEY_REGISTERED: NoticeGroup.URGENT,
    NoticeCode.PASSKEYS_REMOVED: NoticeGroup.URGENT,
    NoticeCode.CALLED: NoticeGroup.URGENT,
    NoticeCode.YOU_ARE_CALLED: NoticeGroup.URGENT,
    NoticeCode.PERSON_ANSWERED: NoticeGroup.URGENT,
    NoticeCode.STOOD_DOWN: NoticeGroup.URGENT,
    NoticeCode.CARD_YOURS: NoticeGroup.ANSWERS,
    NoticeCode.CARD_RUNS_OUT: NoticeGroup.ANSWERS,
    NoticeCode.CARD_YOURS_RUNS_OUT: NoticeGroup.ANSWERS,
    NoticeCode.OVERDUE: NoticeGroup.ANSWERS,
    NoticeCode.EXTENSION_ASKED: NoticeGroup.ANSWERS,
    NoticeCode.SEARCH_FOUND: NoticeGroup.SEARCHES,
    NoticeCode.WISH_ASKED: NoticeGroup.ANSWERS,
    NoticeCode.QUESTION_ASKED: NoticeGroup.ANSWERS,
    NoticeCode.QUESTION_PASSED: NoticeGroup.ANSWERS,
    NoticeCode.QUESTION_RETURNED: NoticeGroup.ANSWERS,
    NoticeCode.QUESTION_REPORTED: NoticeGroup.ANSWERS,
    NoticeCode.ROOM_DECLINED: NoticeGroup.ANSWERS,
    NoticeCode.LATER_END_ASKED: NoticeGroup.ANSWERS,
    NoticeCode.HUB_MEMBERSHIP_ASKED: NoticeGroup.ANSWERS,
    NoticeCode.HUB_APPLIED: NoticeGroup.ANSWERS,
    NoticeCode.HUB_LETTER_DRAFTED: NoticeGroup.ANSWERS,
    NoticeCode.ACTIVITY_PROPOSED: NoticeGroup.ANSWERS,
    NoticeCode.HUB_FEEDBACK: NoticeGroup.HUBS,
    **dict.fromkeys((NoticeCode.HUB_DAYS, NoticeCode.REGISTRATION, NoticeCode.ACTIVITY_CHANGED), NoticeGroup.HUBS),
    **dict.fromkeys((NoticeCode.INTRODUCTION, NoticeCode.COFFEE), NoticeGroup.HUBS),
    NoticeCode.INTRODUCTION_ASKED: NoticeGroup.ANSWERS,
    NoticeCode.SHORTFALL: NoticeGroup.ANSWERS,
    NoticeCode.ROOM_PROPOSED: NoticeGroup.ANSWERS,
    **dict.fromkeys(OF_WISHES, NoticeGroup.WISHES),
    NoticeCode.PUBLISHED: NoticeGroup.OPERATIONS,
    NoticeCode.RUN_FAILED: NoticeGroup.OPERATIONS,
    NoticeCode.SET_ASIDE: NoticeGroup.OPERATIONS,
    NoticeCode.ORGANISATION_LEFT: NoticeGroup.OPERATIONS,
    NoticeCode.ORGANISATION_RETURNED: NoticeGroup.OPERATIONS,
}
ANSWERING = (
    Permission.OFFER,
    Permission.REQUEST,
    Permission.ANSWER_AS_LENDER,
    Permission.ANSWER_AS_BORROWER,
)
_DEADLINES = ("answerBy", "decideBy")
_REMINDED_BY_A_NOTICE = (NoticeCode.APPROVED, NoticeCode.REMINDER)
"""Of proposals the sweep of deadlines reminds those who have not answered, with a notice of its own."""


def deadline_of(notice: Notice) -> datetime | None:
    """Return until when a notice asks for something, if it does."""
    told = next((notice.facts[name] for name in _DEADLINES if notice.facts.get(name)), None)
    return datetime.fromisoformat(told) if told else None


def group_of(notice: Notice) -> NoticeGroup:
    """Return the group of a notice: what has a deadline waits for an answer."""
    found = _GROUPS.get(NoticeCode(notice.code))
    return found or (NoticeGroup.ANSWERS if deadline_of(notice) else NoticeGroup.OUTCOMES)


def frequency(choices: Mapping[str, str], group: NoticeGroup) -> MailFrequency:
    """Return when a member wants a group: as it chose, where that may be chosen still."""
    choice = CHOICES[group]
    return next((each for each in choice.allowed if each == choices.get(group)), choice.usual)


def asks(notice: Notice, reader: Actor) -> bool:
    """Tell whether a notice asks something of a reader: what is told to all is for those who may answer there."""
    to_all = notice.permission is None and notice.member_id is None
    return group_of(notice) is NoticeGroup.ANSWERS and (not to_all or any(map(reader.may, ANSWERING)))


def due_at(notice: Notice, choices: Mapping[str, str], now: datetime, *, asks: bool) -> datetime | None:
    """Return when a notice is due by mail; None: never, as where its deadline has passed.

    To a reader of whom it `asks` nothing, what others have to answer is one of the outcomes. What has to be answered
    within a day of the digest does not wait for it.
    """
    deadline, digest, group = deadline_of(notice), next_digest(now), group_of(notice)
    if deadline is not None and deadline <= now:
        return None
    wanted = frequency(choices, group if asks or group is not NoticeGroup.ANSWERS else NoticeGroup.OUTCOMES)
    if wanted is not MailFrequency.DAILY:
        return now if wanted is MailFrequency.AT_ONCE else None
    return now if asks and deadline and deadline < digest + timedelta(days=1) else digest


def reminded_at(notice: Notice, before: timedelta) -> datetime | None:
    """Return when a mail reminds of a notice that nobody has read: some days before its deadline, or halfway there."""
    deadline = deadline_of(notice)
    if deadline is None or NoticeCode(notice.code) in _REMINDED_BY_A_NOTICE or deadline <= notice.at:
        return None
    return deadline - min(before, (deadline - notice.at) / 2)


def next_digest(now: datetime) -> datetime:
    """Return when the next daily mail is due."""
    here = now.astimezone(clock.STOCKHOLM)
    today = datetime.combine(here.date(), DIGEST_AT, clock.STOCKHOLM)
    return today if here < today else datetime.combine(here.date() + timedelta(days=1), DIGEST_AT, clock.STOCKHOLM)


def tried_again_at(attempts: int, now: datetime) -> datetime:
    """Return when a mail is tried again that so many attempts have not brought away."""
    return now + min(FIRST_PAUSE * (1 << min(attempts - 1, 10)), LONGEST_PAUSE)
