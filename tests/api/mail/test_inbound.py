"""Mail in, through the real door: replies, forged and automatic ones, and what comes back from a server further on."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_string, policy
from email.message import EmailMessage
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from api.mail.addresses import Purpose, address_for, meant_by
from api.mail.inbound import door
from api.mail.inbound.bounces import failure_in
from api.mail.inbound.reading import read, reply_in
from api.mail.jobs import sweep_mail
from core.actor import Actor
from core.database import db
from core.database.audit import history
from core.errors import Unavailable
from core.settings import settings
from core.time import clock
from marketplace.mail.models import Mail, MailQuestion
from marketplace.mail.rules import Reply
from marketplace.organisations.models import Member, Organisation
from marketplace.proposals import service
from marketplace.proposals.models import Answer, Proposal, ProposalState
from marketplace.proposals.queries import parties
from marketplace.replies.rules import CONFIRMED_WITHIN, MOST_ROUNDS
from tests import builders
from tests.api.mail.postman import Postman, at_the_door
from tests.marketplace.proposals.deals import deal

DOMAIN = "svar.example.se"
PLAIN = "Ja\n\nMvh\nN N\n\nDen tors 3 dec. 2026 kl 10:00 skrev Platsverket:\n> Skriv bara ja eller nej\n"


@dataclass
class Correspondence:
    """The member who was asked, what has come to it, and how it replies through the real door."""

    actor: Actor
    email: str
    proposal_id: UUID
    postman: Postman
    port: int

    def last(self) -> EmailMessage:
        """Send what is due, and return the last mail to the member."""
        sweep_mail()
        return self.postman.to(self.email)[-1]

    def say(self, text: str, to: str | None = None, sender: str | None = None, **headers: str) -> None:
        """Reply to the last mail, or to an address."""
        made = EmailMessage()
        made["From"], made["To"] = sender or self.email, to or self.last()["reply-to"]
        for name, value in headers.items():
            made[name.replace("_", "-")] = value
        made.set_content(text)
        self.bring(made, sender or self.email, made["to"])

    def bring(self, message: EmailMessage, sender: str, to: str) -> None:
        """Bring a mail to the door, as the agency's server does."""
        with smtplib.SMTP("127.0.0.1", self.port) as server:
            server.send_message(message, from_addr=sender, to_addrs=[to])

    def answer(self) -> Answer | None:
        """Return what the member's side has answered by now."""
        with db.unit_of_work() as session:
            found = parties(session, self.proposal_id)
            return next(each.answer for each in found if each.organisation_id == self.actor.organisation_id)

    def state(self) -> ProposalState:
        """Return what has become of the proposal."""
        with db.unit_of_work() as session:
            return session.get_one(Proposal, self.proposal_id).state


@pytest.fixture
def asked(engine: Engine, postman: Postman, monkeypatch: pytest.MonkeyPatch) -> Iterator[Correspondence]:
    """A lister who is asked about a room by mail."""
    monkeypatch.setenv("PLATSVERKET_MAIL_IN_DOMAIN", DOMAIN)
    settings.cache_clear()
    door.SENDERS.forget()
    with db.unit_of_work() as session:
        made = deal(session, approved=False)
        session.get_one(Member, made.lister.member_id).email = "Lister@example.se"
        service.approve(session, made.coordinator, made.proposal.id)
    with at_the_door() as port:
        yield Correspondence(made.lister, "Lister@example.se", made.proposal.id, postman, port)


def test_a_yes_that_is_confirmed_counts_once_and_the_first_mail_alone_does_nothing(asked: Correspondence) -> None:
    first = asked.last()
    assert "Skriv bara ja eller nej" in first.get_body(("plain",)).get_content()
    asked.say(PLAIN, sender="lister@EXAMPLE.se")
    assert asked.answer() is None, "whoever was forwarded the mail could have written that"
    second = asked.last()
    text, html = (second.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for each in (text, html):
        assert "Bekräfta att du säger ja" in each
        assert "bara ordet bekräfta" in each
        assert "Sammanträdesrum" in each or "Sal" in each or "·" in each
    assert second["auto-submitted"] == "auto-replied"
    asked.say("Bekräfta!")
    assert asked.answer() is Answer.ACCEPTED
    assert "Du har sagt ja" in asked.last()["subject"]
    assert asked.last()["reply-to"] is None
    told = len(asked.postman.letters)
    for mail in (first, second):
        asked.say("Nej", to=mail["reply-to"])
        asked.say("Bekräfta", to=mail["reply-to"])
    sweep_mail()
    assert (asked.answer(), len(asked.postman.letters)) == (Answer.ACCEPTED, told), "a replay does nothing"
    with db.unit_of_work() as session:
        key = meant_by(second["reply-to"])
        assert key is not None
        (entry,) = history(session, "mail_question", key[1])
        assert (entry.actor_id, entry.reason_code, entry.details["reply"]) == (asked.actor.member_id, "done", "confirm")


def test_a_no_is_confirmed_too_and_what_it_was_refused_for_is_said(asked: Correspondence) -> None:
    asked.say("nej")
    assert asked.state() is ProposalState.APPROVED
    asked.say("ja")  # to what? only the word for it confirms
    assert "förstod inte" in asked.last()["subject"]
    asked.say("bekräftar")
    with db.unit_of_work() as session:
        refused = session.get_one(Proposal, asked.proposal_id)
        assert (refused.state, refused.refusal_words) == (ProposalState.REFUSED, "Svarade via e-post, utan skäl.")


def test_what_is_forged_automatic_or_unclear_does_nothing_and_each_is_told(asked: Correspondence) -> None:
    mark = asked.last()["reply-to"]
    for headers in ({"Auto-Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X-Autoreply": "yes"}):
        asked.say("Ja", **headers)
    assert asked.last()["reply-to"] == mark, "nobody has answered yet"
    asked.say("Ja", sender="annan@example.se")
    assert "från en annan adress" in asked.last()["subject"]
    asked.say("Ja, men bara på fredag")
    assert "förstod inte" in asked.last()["subject"]
    asked.say("ja")
    assert "Bekräfta att du säger ja" in asked.last()["subject"]
    asked.say("Bekräfta", sender="annan@example.se")
    assert asked.answer() is None
    asked.say("vad?")
    assert MOST_ROUNDS == 5
    assert "på dess sida" in asked.last()["subject"]
    assert asked.last()["reply-to"] is None


def test_what_has_changed_is_asked_anew_and_what_is_over_or_late_no_more(asked: Correspondence) -> None:
    asked.say("ja")
    with db.unit_of_work() as session:
        session.get_one(Proposal, asked.proposal_id).version += 1
    asked.say("bekräfta")
    assert "har ändrats" in asked.last()["subject"]
    assert asked.answer() is None
    again = asked.last()["reply-to"]
    with db.unit_of_work() as session:
        question = session.exec(select(MailQuestion).order_by(col(MailQuestion.round).desc())).first()
        assert question is not None
        assert question.expires_at is not None
        assert timedelta(0) < question.expires_at - clock.now() <= CONFIRMED_WITHIN
        question.expires_at = clock.now()
    asked.say("bekräfta", to=again)
    assert "väntar inte längre" in asked.last()["subject"]
    assert asked.answer() is None


def test_of_two_proposals_or_of_a_person_s_loan_nothing_can_be_answered_by_mail(asked: Correspondence) -> None:
    with db.unit_of_work() as session:
        home = session.get_one(Organisation, asked.actor.organisation_id)
        other = deal(
            session, builders.offer(session, builders.space(session, builders.site(session, home))), approved=False
        )
        service.approve(session, other.coordinator, other.proposal.id)
        loan = deal(session, builders.offer(session, builders.staff(session)), approved=False)
        session.get_one(Member, loan.lister.member_id).email = "hr@example.se"
        service.approve(session, loan.coordinator, loan.proposal.id)
    both = asked.last()
    assert both["subject"] == "2 aviseringar"
    (of_loan,) = asked.postman.to("hr@example.se")
    assert (both["reply-to"], of_loan["reply-to"]) == (None, None)
    for each in (both, of_loan):
        assert "Ingen läser svar" in each.get_body(("plain",)).get_content()


def test_nobody_else_s_address_is_taken_nor_what_is_too_large_too_often_or_too_early(
    asked: Correspondence, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, local = asked.last()["reply-to"], asked.last()["reply-to"].partition("@")[0]
    assert len(local) <= 64
    changed = local[:-2] + ("b" if local[-2] == "a" else "a") + local[-1]
    for wrong in (f"{changed}@{DOMAIN}", f"svar+@{DOMAIN}", f"{local}@example.se", f"retur{local[4:]}@{DOMAIN}", "x"):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            asked.say("Ja", to=wrong)
    gone = address_for(Purpose.REPLY, uuid4())
    with pytest.raises(smtplib.SMTPDataError, match="550"):
        asked.say("Ja", to=gone)
    with pytest.raises((smtplib.SMTPSenderRefused, smtplib.SMTPDataError), match="552"):
        asked.say("Ja\n" + "x" * 70 * 15_000)
    with monkeypatch.context() as away:
        away.setattr(db, "unit_of_work", _away)
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            asked.say("Ja", to=mark)
    monkeypatch.setenv("PLATSVERKET_MAIL_IN_PER_MINUTE", "1")
    settings.cache_clear()
    door.SENDERS.forget()
    asked.say("Ja", to=mark)
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="450"):
        asked.say("Ja", to=mark)
    assert "Bekräfta" in asked.last()["subject"]


def _away() -> None:
    raise Unavailable("away")


DSN = """Content-Type: multipart/report; report-type=delivery-status; boundary=b
From: MAILER-DAEMON@example.se

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.se

Final-Recipient: rfc822; lister@example.se
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User
 unknown
--b--
"""


def test_what_bounces_later_has_failed_once_and_is_sent_again_when_somebody_says_so(asked: Correspondence) -> None:
    asked.last()
    back = asked.postman.senders[-1]
    assert meant_by(back) is not None
    for action, failed in (("delayed", False), ("delivered", False), ("failed", True), ("failed", True)):
        asked.bring(message_from_string(DSN.format(action=action), policy=policy.default), "", back)
        with db.unit_of_work() as session:
            mail = session.exec(select(Mail).where(col(Mail.member_id) == asked.actor.member_id)).one()
            assert (mail.failed_at is not None, mail.sent_at is None) == (failed, failed)
    assert mail.fault == "5.1.1 550 5.1.1 User unknown"
    with db.unit_of_work() as session:
        session.get_one(Mail, mail.id).failed_at = None
    with pytest.raises(smtplib.SMTPDataError, match="451"):  # the server was quicker than we
        asked.bring(message_from_string(DSN.format(action="failed"), policy=policy.default), "", back)
    holiday = EmailMessage()
    holiday.set_content("Jag är på semester")
    assert failure_in(holiday) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ja", Reply.YES),
        ("  JA!  \n\nSkickat från min iPhone\n\n> 3 dec. skrev N:\n> nej", Reply.YES),
        ("Ja tack\n\nN N\nHandläggare", Reply.YES),
        ("Nej.\n\n________________________________\nFrån: P\nSkickat: i dag\nTill: N\nÄmne: x\n\nja", Reply.NO),
        ("Yes\n\nOn Thu, Dec 3, 2026 at 10:00 P wrote:\n> but not this", Reply.YES),
        ("Bekräfta", Reply.CONFIRM),
        ("Ja men bara på fredag", Reply.UNCLEAR),
        ("Ja\nom ni städar", Reply.UNCLEAR),
        ("Hej!\nJa", Reply.UNCLEAR),
        ("Jag återkommer", Reply.UNCLEAR),
        ("> Skriv bara ja eller nej\nja", Reply.YES),  # below what is quoted; it is confirmed before it counts
        ("Från: P\nTill: N\nÄmne: x\n\nja", Reply.UNCLEAR),  # forwarded, with nothing written
        ("", Reply.UNCLEAR),
        ("From: \n" * 30_000, Reply.UNCLEAR),  # seconds, if all of it were looked through
    ],
)
def test_only_a_first_line_that_is_a_word_for_it_is_an_answer(text: str, said: Reply) -> None:
    plain, html = EmailMessage(), EmailMessage()
    plain.set_content(text)
    html.set_content("<p>" + text.replace(">", "&gt;").replace("\n", "<br>") + "</p>", subtype="html")
    assert reply_in(plain) is said
    assert reply_in(html) is said


def test_of_what_cannot_be_read_or_takes_too_long_to_nothing_is_believed() -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(900))
    twice = b"From: a@b.se\nFrom: c@d.se"
    for head in (b"From: " + b"a@b.se,\n " * 90_000, twice, b"From: a@b.se\n" + nested, b"\x00\xff", b""):
        found = read(head + b"\n\nJa")  # half a minute, were all of it looked through
        assert found.sender == ""
