"""Asking a requester whether a change would do: asked once, answered by whom it concerns, and what follows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from core.actor import Actor
from core.errors import BadInput, Conflict, NotAllowed, NotFound, StateChanged
from core.settings import settings
from core.time import clock
from core.time.timing import Fixed
from marketplace.inquiries.models import Inquiry, InquiryState
from marketplace.inquiries.rules import without_refused
from marketplace.inquiries.service import lapse_due
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode
from marketplace.planning import inquiring
from marketplace.requests.models import Need, NeedState, Request, RequestState
from marketplace.requests.reading import request_from_json, request_to_json
from marketplace.requests.service import update_request
from marketplace.runs.changes import AnyChange, Farther, Fewer, OtherKind, WithoutRequirement
from marketplace.runs.models import MatchingRun
from marketplace.runs.reasons import OutcomeReasons
from marketplace.views.request import request_view
from tests import builders

FARTHER = {"code": "distance", "fartherKm": 12, "distanceKm": 32}
KIND = {"code": "kind", "kind": "project_area"}


@dataclass
class Unserved:
    """A request of two needs that got nothing, who asked for it, and who coordinates."""

    session: Session
    asker: Actor
    coordinator: Actor
    request: Request
    needs: list[Need]

    def ask(self, *keys: str) -> list[Inquiry]:
        """Ask about the needs in order, each by a key."""
        return inquiring.ask(
            self.session, self.coordinator, {need.id: key for need, key in zip(self.needs, keys, strict=False)}
        )

    def told(self, code: NoticeCode) -> list[tuple[UUID, dict[str, Any]]]:
        """Who was told what."""
        self.session.flush()
        found = self.session.exec(select(Notice).where(Notice.code == code)).all()
        return [(each.organisation_id, each.facts) for each in found]

    def state(self, inquiry: Inquiry) -> InquiryState:
        self.session.refresh(inquiry)
        return inquiry.state


@pytest.fixture
def lost(session: Session) -> Unserved:
    asker = builders.member(session)
    request = builders.request(session, asker)
    needs = [builders.need(session, request, max_distance_km=20, kind="meeting_room") for _ in range(2)]
    for need in needs:
        need.requirements = {"people": 6, "equipmentMust": ["projector"]}
        builders.unserved(
            session, need, emptiedBy="place", changes=[FARTHER, KIND], onlyMissing=["equipment_must.projector"]
        )
    return Unserved(session, builders.actor_of(session, asker), builders.coordinator(session), request, needs)


def test_a_yes_changes_the_need_and_has_it_matched_at_once(lost: Unserved, session: Session) -> None:
    lost.needs[1].state, lost.request.state = NeedState.PROPOSED, RequestState.PROPOSED  # the other got something
    [asked] = lost.ask("distance")
    assert clock.now() + timedelta(days=settings().inquiry_answer_days) > asked.answer_by > clock.now()
    assert [home for home, _ in lost.told(NoticeCode.INQUIRED)] == [lost.asker.organisation_id]
    version = lost.request.version
    inquiring.accept(session, lost.asker, asked.id)
    session.refresh(lost.needs[0])
    assert (lost.needs[0].max_distance_km, lost.request.version) == (32, version + 1)
    assert lost.state(asked) is InquiryState.ACCEPTED
    [run] = session.exec(select(MatchingRun).where(MatchingRun.request_id == lost.request.id)).all()
    assert run.kind == "local"
    [(home, facts)] = lost.told(NoticeCode.INQUIRY_ENDED)
    assert (home, facts["to"]) == (lost.coordinator.organisation_id, "accepted")
    with pytest.raises(StateChanged):
        inquiring.accept(session, lost.asker, asked.id)


def test_a_no_tells_why_and_is_not_suggested_again(lost: Unserved, session: Session) -> None:
    first, second = lost.ask("distance", "requirement.equipment_must.projector")
    assert len(lost.told(NoticeCode.INQUIRED)) == 1, "of one request one notice tells"
    inquiring.refuse(session, lost.asker, first.id, "Vi har ingen bil.")
    assert lost.told(NoticeCode.INQUIRY_ENDED)[0][1]["words"] == "Vi har ingen bil."
    inquiring.accept(session, lost.asker, second.id)
    session.refresh(lost.needs[1])
    assert lost.needs[1].requirements["equipmentMust"] == []
    view = request_view(session, lost.coordinator, lost.request.id)
    outcome = view.needs[0].outcome
    assert outcome is not None
    assert [each.code for each in outcome.reasons.advised] == ["kind"]
    builders.unserved(session, lost.needs[0], changes=[FARTHER, KIND])
    with pytest.raises(BadInput):
        lost.ask("distance")
    [asked] = lost.ask("")
    assert asked.change == OtherKind(kind="project_area"), "the smallest that is left"


def test_nothing_is_asked_twice(lost: Unserved, session: Session) -> None:
    [first] = lost.ask("distance")
    assert [each.id for each in lost.ask("distance")] == [first.id]
    assert first.id in {each.id for each in lost.ask("", "kind")}
    assert len(session.exec(select(Inquiry)).all()) == 2
    with pytest.raises(Conflict) as refused:
        lost.ask("kind")
    assert refused.value.code == "inquiry_waits"


def test_what_cannot_be_asked(lost: Unserved, session: Session) -> None:
    with pytest.raises(NotAllowed):
        inquiring.ask(session, lost.asker, {lost.needs[0].id: ""})
    with pytest.raises(BadInput):
        lost.ask("weekday")
    with pytest.raises(BadInput):
        inquiring.ask(session, lost.coordinator, {})
    with pytest.raises(NotFound):
        inquiring.ask(session, lost.coordinator, {lost.request.id: ""})
    said = request_to_json(lost.request, lost.needs)
    update_request(session, lost.asker, lost.request.id, request_from_json(said | {"title": "Annat"}))
    with pytest.raises(Conflict) as refused:
        lost.ask("distance")
    assert refused.value.code == "need_changed"
    lost.needs[0].state = NeedState.PROPOSED
    with pytest.raises(StateChanged):
        lost.ask("distance")


def test_only_its_requester_answers(lost: Unserved, session: Session) -> None:
    [asked] = lost.ask("distance")
    colleague = builders.actor(session, builders.organisation(session), roles=["requester"])
    with pytest.raises(NotFound):
        inquiring.accept(session, colleague, asked.id)
    with pytest.raises(NotAllowed):
        inquiring.refuse(session, lost.coordinator, asked.id)
    with pytest.raises(BadInput):
        inquiring.refuse(session, lost.asker, asked.id, "a" * 3000)


def test_a_question_lapses_when_time_is_out_or_the_need_says_something_else(lost: Unserved, session: Session) -> None:
    late, changed = lost.ask("distance", "kind")
    lapse_due(session, clock.now())
    assert [lost.state(each) for each in (late, changed)] == [InquiryState.WAITING] * 2
    late.answer_by = clock.now()
    needs = [need.model_copy() for need in lost.needs]
    needs[1].max_distance_km = 50
    update_request(session, lost.asker, lost.request.id, request_from_json(request_to_json(lost.request, needs)))
    with pytest.raises(Conflict) as refused, session.begin_nested():
        inquiring.accept(session, lost.asker, changed.id)
    assert refused.value.code == "need_changed"
    lapse_due(session, clock.now())
    assert [lost.state(each) for each in (late, changed)] == [InquiryState.LAPSED] * 2
    assert [facts["to"] for _, facts in lost.told(NoticeCode.INQUIRY_ENDED)] == ["lapsed"] * 2


def test_it_is_answered_before_what_it_asks_about_begins(lost: Unserved) -> None:
    soon = Fixed(builders.at(2, 9), builders.at(2, 11))
    need = builders.need(lost.session, lost.request, soon, max_distance_km=20)
    builders.unserved(lost.session, need, changes=[FARTHER])
    [asked] = inquiring.ask(lost.session, lost.coordinator, {need.id: ""})
    assert asked.answer_by == builders.at(2, 9)


@pytest.mark.parametrize(
    ("refused", "left"),
    [
        (Farther(farther_km=12, distance_km=32), ["amount", "distance"]),
        (Farther(farther_km=2, distance_km=22), ["amount"]),
        (Fewer(fewer=4, amount=4), ["amount", "distance", "distance"]),
        (Fewer(fewer=2, amount=6), ["distance", "distance"]),
        (WithoutRequirement(subject="access_must.lift"), ["amount", "distance", "distance"]),
    ],
)
def test_more_of_what_was_refused_is_not_suggested_either(refused: AnyChange, left: list[str]) -> None:
    changes = (
        Fewer(fewer=3, amount=5),
        Farther(farther_km=5, distance_km=25, contested=True),
        Farther(farther_km=30, distance_km=50),
    )
    reasons = OutcomeReasons(changes=changes, only_missing=("access_must.lift",))
    told = without_refused(reasons, [refused])
    assert [each.code for each in told.advised] == left
    assert bool(told.only_missing) is not isinstance(refused, WithoutRequirement)
