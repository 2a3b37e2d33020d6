"""What members of the sample region's hubs ask each other, and what they answer."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from hubs.groups.models import HubGroup
from hubs.questions import service
from hubs.questions.models import QuestionAudience
from hubs.questions.rules import HubQuestionDraft

ASKED = (
    (
        "Hur gör ni med besökare från andra organisationer?",
        "Vi vill veta vem som tar emot dem, och om de får egna passerkort.",
        QuestionAudience.EVERYBODY,
        ("Den som bjuder in möter i dörren. Passerkort får bara de som ska vara här mer än en vecka.",),
    ),
    (
        "Hur gör ni när ni provar ett nytt arbetssätt i liten skala?",
        "Vi har svårt att sluta prova och bestämma oss.",
        QuestionAudience.HUBS,
        (
            "Vi bestämmer slutdatum och vad som ska ha hänt redan när vi börjar.",
            "Vi låter de som inte var med läsa resultatet och säga om det räcker.",
        ),
    ),
    (
        "Hur gör ni med anteckningar från workshoppar?",
        "Allt hamnar på väggen och sedan i papperskorgen.",
        QuestionAudience.MEMBERS,
        (),
    ),
)


ASKED_IN_GROUP = (
    "Hur gör ni när någon pratar hela tiden i en workshop?",
    "Jag vill inte avbryta, men de andra slutar säga något.",
    "Jag ber alla att först skriva för sig själva, och låter var och en läsa upp sitt.",
)


def play(session: Session, hub_id: UUID, members: Sequence[Actor]) -> None:
    """Let members ask, and those who come after them answer."""
    for number, (title, words, audience, answers) in enumerate(ASKED):
        draft = HubQuestionDraft(title=title, words=words, audience=audience, named=number == 0)
        question = service.ask(session, members[number % len(members)], hub_id, draft)
        for later, answer in enumerate(answers, 1):
            answerer = members[(number + later) % len(members)]
            service.answer(session, answerer, question.id, answer, named=number == 0)


def play_in_group(session: Session, group: HubGroup, one: Actor, other: Actor) -> None:
    """Let somebody who is in a group ask the others, and one of them answer."""
    title, words, answer = ASKED_IN_GROUP
    draft = HubQuestionDraft(title=title, words=words, audience=QuestionAudience.GROUP, group_id=group.id)
    question = service.ask(session, one, group.hub_id, draft)
    service.answer(session, other, question.id, answer)
