"""Of many taps at once one counts, and however often it is looked who was there, each is asked once."""

import pytest
from sqlmodel import select

from core.database import db
from core.errors import Conflict
from core.time import clock
from hubs.feedback import service
from hubs.feedback.models import HubAnswer, HubSurvey, SurveyKind
from hubs.feedback.rules import AnswerDraft
from hubs.presence.models import HubWeek
from hubs.presence.rules import monday_of
from marketplace.notices.models import Notice
from tests import builders
from tests.hubs import rows
from tests.hubs.presence.community import joined
from tests.racing import WRITERS, at_once, connections

__all__ = ["connections"]


@pytest.mark.long
def test_32_writers_ask_and_answer_at_once(connections: None) -> None:
    with db.unit_of_work() as session:
        hub = rows.hub(session)
        member, _ = joined(session, hub)
        day = clock.today()
        its = {"hub_id": hub.id, "member_id": member.id, "monday": monday_of(day), "plans": [day]}
        builders.added(session, HubWeek(**its))

    def ask() -> None:
        with db.unit_of_work() as session:
            service.ask(session, builders.at(0, 18))

    at_once([ask] * WRITERS)
    with db.unit_of_work() as session:
        (survey,) = session.exec(select(HubSurvey)).all()
        assert len(session.exec(select(Notice).where(Notice.code == "hub_feedback")).all()) == 1
    refused: list[str] = []

    def answer() -> None:
        try:
            with db.unit_of_work() as session:
                service.answer(session, survey.id, AnswerDraft(SurveyKind.VISIT, 4, 4))
        except Conflict as error:
            if error.code != "answered":
                raise
            refused.append(error.code)

    at_once([answer] * WRITERS)
    assert len(refused) == WRITERS - 1
    with db.unit_of_work() as session:
        assert len(session.exec(select(HubAnswer)).all()) == 1
