"""A clock that is wrong for a while lets no deadline pass for good."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from core.database import db, steady_clock
from core.database.kept_forms import KeptForm
from core.time import clock
from marketplace.planning.jobs import sweep_deadlines
from marketplace.proposals.deadlines import expire_due
from marketplace.proposals.models import Proposal
from marketplace.requests.models import Request
from resources.models import Resource
from tests import builders
from tests.marketplace.proposals.deals import Deal, count, deal, moves, told

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def waiting(engine: Engine) -> Deal:
    """A proposal that waits for an answer until tomorrow, in a product that has been running for a while."""
    with db.unit_of_work() as session:
        found = deal(session, answer_by=clock.now() + DAY)
        session.add(
            KeptForm(
                member_id=found.lister.member_id, organisation_id=found.lister.organisation_id, page="/x", content=b"{}"
            )
        )
    for _ in range(2):
        sweep_deadlines()
    return found


def state(found: Deal) -> str:
    with db.unit_of_work() as session:
        return session.get_one(Proposal, found.proposal.id).state.value


def test_put_right_again_it_has_let_nothing_pass(waiting: Deal) -> None:
    real = clock.now()
    for minutes in (0, 1, 2, 59):  # as long as it is wrong, and however often it is looked at
        with clock.frozen(real + 400 * DAY + minutes * MINUTE):
            sweep_deadlines()
            with db.unit_of_work() as session:  # the other door: a run around one request
                expire_due(session, clock.now(), steady_clock.settled(session))
    for minutes in (0, 4, 8):
        with clock.frozen(real + minutes * MINUTE):
            sweep_deadlines()
    assert state(waiting) == "approved"
    with db.unit_of_work() as session:
        assert session.get_one(Request, waiting.request.id).state == waiting.request.state
        assert told(session, waiting.lister) == ["reminder"], "of tomorrow, which was due"
        assert count(session, KeptForm) == 1


def test_what_has_passed_while_all_was_stopped_ends_when_it_has_gone_on_for_an_hour(waiting: Deal) -> None:
    started = clock.now() + 2 * DAY
    for minutes in range(0, 60, 4):
        with clock.frozen(started + minutes * MINUTE):
            sweep_deadlines()
    assert state(waiting) == "approved"
    with clock.frozen(started + 60 * MINUTE):
        sweep_deadlines()
    assert state(waiting) == "expired"


def test_the_first_look_of_all_lets_nothing_pass(engine: Engine) -> None:
    with db.unit_of_work() as session:
        found = deal(session, answer_by=clock.now() + DAY)
        assert steady_clock.settled(session) < clock.now() - 1000 * DAY
    with clock.frozen(clock.now() + 2 * DAY):
        sweep_deadlines()
        assert state(found) == "approved"
        sweep_deadlines()
        assert state(found) == "expired"


def test_a_consent_taken_back_ends_what_waits_at_the_next_sweep_whatever_the_clock_says(engine: Engine) -> None:
    with db.unit_of_work() as session:
        found = deal(session, builders.offer(session, builders.staff(session)), amount=40)
        card = session.get_one(Resource, found.offers[0].resource_id)
        builders.withdrawn(session, card, "employee")
    sweep_deadlines()
    with db.unit_of_work() as session:
        assert moves(session, found.proposal) == [("approved", "superseded", "approval_ended")]
        assert told(session, found.requester) == ["withdrawn"]
