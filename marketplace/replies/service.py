"""Use cases of answers by mail: ask, and take a reply.

A reply does nothing before it is confirmed by a second one, to a mail that went to the member alone: whoever was
forwarded the first, or has forged a sender, never has the address that the second is answered to.
"""

from datetime import datetime
from uuid import UUID

import structlog
from sqlmodel import Session, col

from core.actor import Actor
from core.database import audit
from core.errors import PlatsverketError
from core.time import clock
from marketplace.loans.queries import loans_of_proposal
from marketplace.mail.models import Mail, MailQuestion
from marketplace.mail.queries import Letter, question_locked
from marketplace.mail.rules import Reply, ReplyOutcome
from marketplace.notices import queries as notices
from marketplace.notices.models import Notice
from marketplace.organisations import queries as organisations
from marketplace.proposals import queries as proposals
from marketplace.proposals import service
from marketplace.proposals.models import Proposal
from marketplace.proposals.rules import Action, RefusalCode, possible_actions
from marketplace.replies.rules import ASKING, ASKS_AGAIN, MOST_ROUNDS, asked_until, outcome_of, understood

log = structlog.get_logger()
ENTITY = "mail_question"


def ask(session: Session, letter: Letter) -> MailQuestion | None:
    """Return what a reply to a mail may answer, noted when the mail is first written; None where that is nothing.

    A mail that asks for several things can be answered by none: nobody could tell what a yes is to.
    """
    noted = session.get(MailQuestion, letter.mail.id)
    asking = {each.entity_id: each for each in letter.notices if each.code in ASKING}
    if noted or len(asking) != 1 or letter.count > len(letter.notices):
        return noted
    (notice,) = asking.values()
    proposal = _answerable(session, letter.reader, notice)
    if proposal is None:
        return None
    made = MailQuestion(
        mail_id=letter.mail.id, notice_id=notice.id, version=proposal.version, expires_at=proposal.answer_by
    )
    session.add(made)
    session.flush()
    return made


def answer(session: Session, mail_id: UUID, reply: Reply, sender: str, why: str) -> None:
    """Take a reply to a mail, once, and answer it by a mail to the member; a second one does nothing.

    `why` is told as the reason of a refusal, for which a reply has no words.

    Raises
    ------
    NotFound
        The mail asks nothing, or is kept no longer.
    Unavailable, StorageFull
        Not now: the same reply may come again.
    """
    question = question_locked(session, mail_id)
    mail = session.get_one(Mail, mail_id)
    assert mail.member_id is not None  # a calendar is asked nothing so
    actor = organisations.actors_for(session, [mail.member_id]).get(mail.member_id)
    if question.answered_at is not None or question.expires_at is None or actor is None:
        log.info("mail_reply_dropped", mail=str(mail_id), again=question.answered_at is not None)
        return
    question.answered_at = clock.now()
    address = organisations.member(session, mail.member_id).email
    outcome, to_confirm = _outcome(session, actor, question, reply, why, is_own=sender.casefold() == address.casefold())
    _answer_back(session, actor, question, outcome, to_confirm)
    details = {"reply": reply.value, "to_confirm": to_confirm}
    audit.record(session, actor, ENTITY, mail_id, reason_code=outcome.value, details=details)


def _outcome(
    session: Session, actor: Actor, question: MailQuestion, reply: Reply, why: str, *, is_own: bool
) -> tuple[ReplyOutcome, Reply | None]:
    """Do what a reply asks for, where it may; return what became of it, and the answer that it is about."""
    to_confirm = question.to_confirm
    if not is_own:
        return ReplyOutcome.OTHER_SENDER, to_confirm
    if question.expires_at is None or question.expires_at <= clock.now():
        return ReplyOutcome.OVER, to_confirm
    if not understood(reply, to_confirm):
        return ReplyOutcome.UNCLEAR, to_confirm
    if to_confirm is None:
        return ReplyOutcome.TO_CONFIRM, reply
    proposal_id = _notice(session, actor, question).entity_id
    try:
        with session.begin_nested():
            return _confirmed(session, actor, proposal_id, question, why), to_confirm
    except PlatsverketError as error:
        found = outcome_of(error)
        if found is None:
            raise
        return found, to_confirm


def _confirmed(session: Session, actor: Actor, proposal_id: UUID, question: MailQuestion, why: str) -> ReplyOutcome:
    if question.to_confirm is Reply.NO:
        service.refuse(session, actor, proposal_id, RefusalCode.OTHER, why, if_version=question.version)
        return ReplyOutcome.DONE
    taken = service.accept(session, actor, proposal_id, if_version=question.version).taken
    return ReplyOutcome.TAKEN if taken else ReplyOutcome.DONE


def _answer_back(
    session: Session, actor: Actor, question: MailQuestion, outcome: ReplyOutcome, to_confirm: Reply | None
) -> None:
    """Make the mail that answers a reply, and asks again where that is of use: as things stand now."""
    now = clock.now()
    mail = Mail(member_id=actor.member_id, created_at=now, due_at=now)
    session.add(mail)
    session.flush()
    made = MailQuestion(
        mail_id=mail.id,
        notice_id=question.notice_id,
        version=question.version,
        expires_at=None,
        to_confirm=to_confirm,
        outcome=outcome,
        round=question.round + 1,
    )
    if outcome in ASKS_AGAIN:
        _ask_again(session, actor, made, now)
    session.add(made)
    session.flush()


def _ask_again(session: Session, actor: Actor, made: MailQuestion, now: datetime) -> None:
    proposal = _answerable(session, actor, _notice(session, actor, made))
    if proposal is None:
        made.outcome = ReplyOutcome.OVER
    elif made.round >= MOST_ROUNDS:
        made.outcome = ReplyOutcome.ON_PAGE
    else:
        made.version = proposal.version
        made.expires_at = asked_until(proposal.answer_by, now, to_confirm=made.to_confirm is not None)


def _notice(session: Session, actor: Actor, question: MailQuestion) -> Notice:
    return notices.notice(session, actor, question.notice_id)


def _answerable(session: Session, actor: Actor, notice: Notice) -> Proposal | None:
    """Return the proposal that a notice asks for an answer to, where the actor may give one by a word alone.

    Of a loan of a person more has to be read, and confirmed point by point: that is done on its page.
    """
    found = proposals.visible_to(actor).where(col(Proposal.id) == notice.entity_id)
    proposal = session.scalars(found).one_or_none()
    if proposal is None:
        return None
    parties = proposals.parties(session, proposal.id)
    departments = proposals.departments(session, proposal.id)
    may = possible_actions(actor, proposal, parties, departments, clock.now())
    return proposal if Action.ACCEPT in may and not loans_of_proposal(session, proposal) else None
