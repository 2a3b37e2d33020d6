"""Whom notices and mails of hubs name: each is made by what happens at a hub, and says what the tables list alone.

The tables hold all that `hubs` tells, by its code: what is told and stands in none fails, and what is made by nothing
here, too. Notices and mails stay when they may be read no more, so they name no member; who is whose is on the pages.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from sqlmodel import Session, col, select

import hubs
from api.language.i18n import speaking
from api.language.notices import notice_text
from api.mail.letters import message as letters
from api.mail.letters.drafting import draft, usual_plan
from api.mail.message import message
from api.mail.visits import visit_message
from core.actor import Actor
from core.time import clock
from hubs.activities import registering
from hubs.activities import service as activities
from hubs.activities.models import ActivityAudience, ActivityForm
from hubs.activities.registering import SeatAnswer
from hubs.activities.rules import ActivityDraft
from hubs.coffee import service as coffee
from hubs.feedback import service as feedback
from hubs.introductions import service as introductions
from hubs.introductions.models import IntroductionAnswer
from hubs.letters import subscribing
from hubs.letters.models import LetterKind, NewsletterSubscriber
from hubs.letters.text import NEW_MEMBERS
from hubs.membership import agreements, manifesto, people
from hubs.membership.models import HubMember
from hubs.membership.rules import ApplicationDraft, MembershipDraft, Terms
from hubs.places.models import Hub, HubOpenHouse
from hubs.presence import service as presence
from hubs.presence.models import Audience, HubWeek
from hubs.presence.rules import WeekDraft, monday_of
from hubs.profiles.models import ProfileAudience
from hubs.profiles.queries import profiles
from hubs.questions import service as questions
from hubs.visits import service as visits
from hubs.visits.models import HubVisit
from hubs.visits.queries import visit_of
from hubs.visits.rules import VisitDraft
from marketplace.mail.models import Mail
from marketplace.mail.queries import Letter
from marketplace.mail.rules import MailKind
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.hubs import rows
from tests.hubs.presence.community import ALL, joined

_N = NoticeCode
_TALK, _SEATS = {"activity", "starts"}, {"activityId", "to", "seats", "taken", "offered", "answerBy"}
SAYS: dict[NoticeCode, set[str]] = {
    _N.HUB_MEMBERSHIP_ASKED: {"hub", "hubId", "organisation"},
    _N.HUB_MEMBERSHIP_ENDED: {"hub", "hubId", "organisation"},
    _N.HUB_MEMBERSHIP_MOVED: {"hub", "to"},
    _N.HUB_APPLIED: {"hub", "hubId"},
    _N.HUB_MEMBER_MOVED: {"hub", "to"},
    _N.HUB_MANIFESTO: {"hub", "hubId"},
    _N.HUB_LETTER_DRAFTED: {"hub", "sendAt"},
    _N.HUB_DAYS: {"hub", "days", "monday", "moved"},
    _N.HUB_FEEDBACK: {"hub", "day", "kind"},
    _N.INTRODUCTION_ASKED: {"hub", "answerBy"},
    _N.INTRODUCTION: {"hub", "to"},
    _N.COFFEE: {"hub", "to"},
    _N.QUESTION_ANSWERED: {"question"},
    _N.QUESTION_ENDED: {"question", "to"},
    _N.QUESTION_REPORTED: {"question", "words"},
    _N.ACTIVITY_PROPOSED: {"activity"},
    _N.ACTIVITY_TAKEN_OVER: {"activity"},
    _N.ACTIVITY_DECIDED: {"activity", "to", "words"},
    _N.ACTIVITY_CHANGED: _TALK | {"to", "words"},
    _N.ACTIVITY_DOCUMENTED: _TALK,
    _N.REGISTRATION: _TALK | _SEATS,
    _N.SEATS_OFFERED: _TALK | _SEATS,
}
"""What the notices of hubs may tell. An organisation's joining is the one thing that is told by somebody's name."""
TO_ROLES = {
    _N.HUB_MEMBERSHIP_ASKED, _N.HUB_MEMBERSHIP_ENDED, _N.HUB_MEMBERSHIP_MOVED, _N.HUB_APPLIED, _N.HUB_LETTER_DRAFTED,
    _N.ACTIVITY_PROPOSED, _N.ACTIVITY_TAKEN_OVER, _N.QUESTION_REPORTED,
}  # fmt: skip
"""Those to hosts and admins. All others are a person's alone."""
NAMES = {
    MailKind.VISIT: {"Ripa", "Ripaverket"},
    MailKind.VISIT_CALLED_OFF: set[str](),
    MailKind.NEWSLETTER: set[str](),
}
"""Whom mails to those without an account name: the first name and organisation of the member who invites them."""
PEOPLE = ("Ripa", "Sparv", "Lom")
SOON = clock.today() + timedelta(days=8)


def test_notices_of_hubs_name_no_member_and_are_told_to_whom_they_are_about(session: Session) -> None:
    told_by_hubs = {code for path in Path(*hubs.__path__).rglob("*.py") for code in codes(path.read_text())}
    assert set(SAYS) == told_by_hubs, "each is in the table"
    hub = rows.hub(session)
    host = host_of(session, hub)
    with clock.frozen(builders.at(0, 12)):
        _of_membership(session, hub, host)
        members = [somebody(session, hub, name) for name in PEOPLE]
        _of_meeting(session, hub, host, members[0], members[1])
        _of_questions(session, hub, host, *members[:2])
        _of_activities(session, hub, host, *members)
    told = session.exec(select(Notice)).all()
    assert {each.code for each in told} == set(SAYS), "each was made"
    wrong = [f"{each.code} says {said}" for each in told if (said := set(each.facts) - SAYS[_N(each.code)])]
    wrong += [f"{each.code} to others" for each in told if (each.member_id is None) is not (each.code in TO_ROLES)]
    for notice in told:
        names = {name for text in texts(session, notice) for name in named(text)} - {notice.facts.get("organisation")}
        wrong += [f"{notice.code} names {name}" for name in names]
    assert not wrong, "\n".join(wrong)


def test_mails_to_those_without_an_account_name_the_member_alone_who_invites_them(session: Session) -> None:
    assert set(NAMES) == set(MailKind), "each is in the table"
    hub = rows.hub(session)
    inviter, _ = [builders.actor_of(session, somebody(session, hub, name)) for name in PEOPLE[:2]]
    house = builders.added(session, HubOpenHouse(hub_id=hub.id, first=SOON, last=SOON))
    visits.invite(session, inviter, hub.id, VisitDraft(day=SOON, first_name="Kim", email="kim@x.se"), "sv")
    visits.announce(session, hub.id, VisitDraft(day=SOON, first_name="Alex", email="alex@x.se"), "sv")
    found = mailed(session)
    visits.answer(session, session.exec(select(HubVisit.id).where(HubVisit.first_name == "Alex")).one(), comes=True)
    session.delete(house)
    session.flush()
    visits.call_off(session, clock.today())
    subscribing.ask(session, hub.id, "nyheter@x.se", "sv")
    found += mailed(session)
    reader_id = subscribing.confirm(session, session.exec(select(NewsletterSubscriber.id)).one()).id
    letter = rows.letter(session, hub, kind=LetterKind.NEWSLETTER, words=f"Hej!\n\n{NEW_MEMBERS}\n")
    its = {"kind": MailKind.NEWSLETTER, "letter_id": letter.id, "of_id": reader_id}
    builders.added(session, Mail(**its))
    found += mailed(session)
    assert sorted(kind for kind, _ in found) == ["newsletter", "newsletter", "visit", "visit", "visit_called_off"]
    names = {kind: {name for of, text in found if of is kind for name in named(text)} for kind in MailKind}
    assert names == NAMES


def host_of(session: Session, hub: Hub) -> Actor:
    return builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host"])


def somebody(session: Session, hub: Hub, name: str) -> Member:
    """Let somebody be a member since yesterday by whose name everything of its is called."""
    told_to = dict.fromkeys(ALL, ProfileAudience.HOSTS.value)
    member, _ = joined(session, hub, name, can=[f"{name}s kunskap"], wonders=f"{name}s fråga", told_to=told_to)
    member.name, member.email = f"{name} Efternamn", f"{name}@example.se"
    session.get_one(Organisation, member.organisation_id).name = f"{name}verket"
    seat = session.exec(select(HubMember).where(HubMember.member_id == member.id)).one()
    seat.joined_at = clock.now() - timedelta(days=1)
    session.flush()
    return member


def named(text: str) -> set[str]:
    """Return which of the names are in a text."""
    return set(re.findall(rf"\b(?:{'|'.join((*PEOPLE, 'Fjäll'))})\w*", text))


def codes(source: str) -> set[NoticeCode]:
    """Return of which notices a source says something."""
    return {NoticeCode[name] for name in re.findall(r"\bNoticeCode\.(\w+)", source)}


def texts(session: Session, notice: Notice) -> Iterator[str]:
    """Yield what a notice says: its facts, its sentence in both languages, and the mail of it to whom it is for."""
    yield str(notice.facts)
    for language in ("sv", "en"):
        with speaking(language):
            yield notice_text(notice)
    if notice.member_id:
        reader = session.get_one(Member, notice.member_id)
        actor = builders.actor_of(session, reader)
        letter = Letter(Mail(member_id=reader.id), reader, actor, "Myndigheten", [notice], frozenset(), 1)
        yield written(message(letter))


def written(mail: EmailMessage) -> str:
    """Return a mail as its reader sees it: whence, about what, and both of its texts."""
    return "\n".join(
        [mail["From"], mail["Subject"], *(str(each.get_content()) for each in mail.walk() if not each.is_multipart())]
    )


def mailed(session: Session) -> list[tuple[MailKind, str]]:
    """Return the mails to those without an account that wait, with their words, and take them away."""
    found = []
    for mail in session.exec(select(Mail).where(col(Mail.kind).is_not(None))).all():
        assert mail.kind is not None
        if mail.kind is MailKind.NEWSLETTER:
            made = letters.outgoing(session, mail)
            text = written(letters.message(made)) if made else ""
        else:
            visit = visit_of(session, mail)
            text = written(visit_message(mail, visit)) if visit else ""
        assert text, mail.kind
        found.append((mail.kind, text))
        session.delete(mail)
    session.flush()
    return found


def _of_membership(session: Session, hub: Hub, host: Actor) -> None:
    home = builders.organisation(session, name="Fjällverket")
    boss = builders.actor(session, home, roles=["admin"], name="Fjällräv Efternamn", email="fjall@example.se")
    draft_ = MembershipDraft(hub_ids=(hub.id,), employees=300, starts=clock.today(), signatory="Fjällräv")
    asked = agreements.ask(session, boss, draft_)
    agreements.agree(session, host, asked.id, Terms(fee_sek=0))
    said = ApplicationDraft(aims="Fjällnära", contribution="Fjällvana", first_name="Fjällräv")
    people.admit(session, host, people.apply(session, boss, hub.id, said).id)
    manifesto.publish(session, host, hub.id, "Vi delar med oss.")
    draft(session, None, usual_plan(hub.id, LetterKind.WEEKLY))
    agreements.end(session, boss, asked.id)


def _of_meeting(session: Session, hub: Hub, host: Actor, one: Member, other: Member) -> None:
    """Let two be told a day, be asked how it was, have coffee, and be introduced until one withdraws."""
    both = [builders.actor_of(session, each) for each in (one, other)]
    monday = monday_of(clock.today()) + timedelta(weeks=1)
    for each in both:
        could = frozenset({monday + timedelta(days=1)})
        presence.say(session, each, hub.id, WeekDraft(monday=monday, could=could, told_to=Audience.MEMBERS, visits=1))
        coffee.take_part(session, each, hub.id, takes_part=True)
    presence.plan(session, hub.id, monday)
    its = {"hub_id": hub.id, "member_id": one.id, "monday": monday_of(clock.today())}
    builders.added(session, HubWeek(**its, plans=[clock.today()]))
    feedback.ask(session, builders.at(0, 18))
    coffee.make_round(session, host, hub.id)
    own = profiles(session, [one.id, other.id])
    row = introductions.propose(session, host, hub.id, (own[one.id].id, own[other.id].id))
    for each in both:
        introductions.answer(session, each, row.id, IntroductionAnswer.YES)
    introductions.withdraw(session, both[0], row.id)


def _of_questions(session: Session, hub: Hub, host: Actor, one: Member, other: Member) -> None:
    """Let a question be answered, by name, reported and taken away."""
    answers = builders.actor_of(session, other)
    row = rows.question(session, hub, one, named=True)
    questions.answer(session, answers, row.id, "Den som bjuder in.", named=True)
    questions.report(session, answers, row.id, "Hör inte hit")
    questions.remove(session, host, row.id)


def _of_activities(session: Session, hub: Hub, host: Actor, *members: Member) -> None:
    """Let a seat be given back and offered, an activity be documented, another be cancelled, and one be left behind."""
    one, other, leaves = (builders.actor_of(session, each) for each in members)
    times = {"starts": builders.at(8, 13), "ends": builders.at(8, 15)}
    its = {"form": ActivityForm.HOW_DO_YOU, "audience": ActivityAudience.MEMBERS, "title": "Hur gör ni?"}
    (talk,) = activities.initiate(session, one, hub.id, ActivityDraft(**its, **times, seats=1))
    activities.propose(session, one, talk.id)
    activities.set_(session, host, talk.id)
    for each in (one, other):
        registering.register(session, each, talk.id)
    registering.answer(session, one, talk.id, SeatAnswer.DECLINE)
    with clock.frozen(talk.ends):
        activities.document(session, host, talk.id, "https://hubben.example.se/anteckningar")
    off = rows.activity(session, hub, member_id=one.member_id, organisation_id=one.organisation_id)
    rows.registration(session, off, members[1])
    activities.cancel(session, host, off.id, "Sjukdom")
    rows.activity(session, hub, member_id=leaves.member_id, organisation_id=leaves.organisation_id)
    session.get_one(Organisation, leaves.organisation_id).left_at = clock.now()
    session.flush()
    activities.take_over_of_left(session)
