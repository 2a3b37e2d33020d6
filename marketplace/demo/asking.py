"""What has been asked in the sample region without a loan: of a panel, which has answered, and through HR."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from competence.queries import skill
from core.actor import Actor
from core.time import clock
from marketplace.offers.models import Offer, Visibility
from marketplace.organisations.models import Member
from marketplace.organisations.queries import actor_for
from marketplace.questions import panels, service
from marketplace.questions.models import QuestionState
from marketplace.questions.rules import QuestionDraft
from resources.models import Resource

ASKER, CURIOUS = "lokalstrateg.arbetsformedlingen@example.se", "utredare.statskontoret@example.se"
ADVISERS = {
    "verksamhetsutvecklare.fk@example.se": "Vi möts en halvtimme innan och enas om vem som leder vilken del.",
    CURIOUS: "Skicka frågorna i förväg, och låt ingen myndighet sitta samlad i rummet.",
}
FACILITATION, PROCUREMENT = "facilitation", "procurement"
CARD = "Upphandlare B"


def play(session: Session) -> None:
    """Let a panel of facilitation answer a question, and a question about procurement wait for HR."""
    for email in ADVISERS:
        panels.advise(session, _actor(session, email), skill(session, FACILITATION), Visibility.ALL)
    asker = _actor(session, ASKER)
    asked = service.ask(
        session,
        asker,
        _draft(
            FACILITATION, "Hur leder ni ett möte mellan myndigheter?", "Vi är sex myndigheter som ska enas om en plan."
        ),
    )
    for n, (email, words) in enumerate(ADVISERS.items()):
        service.answer(session, _actor(session, email), asked.id, words, named=n == 0)
    service.end(session, asker, asked.id, QuestionState.ANSWERED)
    card = select(Offer.id).join(Resource, col(Resource.id) == col(Offer.resource_id)).where(Resource.name == CARD)
    words = "Vi ska köpa workshopledning under gränsen och vill dokumentera priset rätt."
    draft = _draft(PROCUREMENT, "Hur frågar ni flera vid direktupphandling?", words, session.exec(card).one())
    service.ask(session, _actor(session, CURIOUS), draft)


def _draft(code: str, title: str, words: str, offer_id: UUID | None = None) -> QuestionDraft:
    until = clock.today() + timedelta(days=14)
    return QuestionDraft(skill_code=code, title=title, words=words, until=until, offer_id=offer_id)


def _actor(session: Session, email: str) -> Actor:
    return actor_for(session, session.exec(select(Member.id).where(Member.email == email)).one())
