"""Alerts, from the call to the plan that follows each answer, within what rosters allow."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from competence.models import StaffCapacity
from core.actor import Actor
from core.database import db
from core.errors import BadInput, Conflict, NotAllowed, NotFound, StateChanged
from core.time import clock
from core.time.interval import from_range
from core.time.timing import Period
from marketplace.bookings.models import Booking, BookingState
from marketplace.loans.extending import ask_to_extend
from marketplace.loans.rules import days_of
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode
from marketplace.organisations.models import Member, Organisation
from marketplace.planning import attempts, service, surging
from marketplace.planning.rules import RunDraft
from marketplace.proposals import service as proposals
from marketplace.proposals.models import Proposal
from marketplace.requests.models import Request, RequestState
from marketplace.runs.models import NeedOutcome
from marketplace.runs.queries import surge_run_to_come
from marketplace.surges import floors
from marketplace.surges.alerts import requests_of
from marketplace.surges.fill import Fill, fill_of
from marketplace.surges.models import CallState, Roster, Surge, SurgeState
from tests import builders
from tests.marketplace.planning.execution.runs import while_solving
from tests.marketplace.proposals.deals import confirming
from tests.marketplace.surges import alerts

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def patient(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are done here, with time enough for a machine that is busy."""
    assert engine
    monkeypatch.setattr(service, "SURGE_LIMIT_S", 600.0)


def raised(*percents: int, people: int = 2, percent: int = 100, **roster: int) -> tuple[UUID, Actor, Actor, list[UUID]]:
    """Raise an alert for people while an organisation has cards of these extents on a roster, and plan it once."""
    with db.unit_of_work() as session:
        hr, cards = alerts.lender(session, *percents, **({"floor_percent": 0} | roster))
        home = builders.member(session)
        coordinator = builders.coordinator(session)
        ids = [card.id for card in cards]
        draft = alerts.draft(home.organisation_id, alerts.role(people, percent))
        surge_id = surging.raise_alert(session, coordinator, draft).id
    alerts.plan(surge_id)
    return surge_id, coordinator, hr, ids


def answer(surge_id: UUID, hr: Actor, card: UUID, to: CallState) -> None:
    with db.unit_of_work() as session:
        surging.answer_calls(session, hr, surge_id, [alerts.calls(session, surge_id)[card].id], to)


def fill(surge_id: UUID) -> Fill:
    with db.unit_of_work() as session:
        [found] = fill_of(session, surge_id)
        session.expunge_all()
        return found


def test_each_answer_counts_at_once_and_is_planned_with(session: Session) -> None:
    surge_id, _, hr, cards = raised(100, 100, 100)
    assert alerts.states(session, surge_id) == [CallState.ASKED] * 3
    first = set(alerts.proposed(session))
    assert len(first) == fill(surge_id).proposed == 2
    no, yes = min(first), (set(cards) - first).pop()
    answer(surge_id, hr, no, CallState.DECLINED)
    answer(surge_id, hr, yes, CallState.ACCEPTED)
    now = fill(surge_id)
    assert (now.accepted, now.percent, now.calls[CallState.DECLINED]) == (1, 50, 1)  # 1 of 2 has said yes
    alerts.plan(surge_id)  # both answers wait for one plan
    session.rollback()
    assert set(alerts.proposed(session)) == (first - {no}) | {yes}
    answer(surge_id, hr, yes, CallState.WITHDRAWN)
    assert fill(surge_id).accepted == 0
    alerts.plan(surge_id)
    session.rollback()
    assert set(alerts.proposed(session)) == first - {no}


def test_what_changes_while_a_run_searches_holds(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of six cards of 100 three may be away. While an alert looks for three, one says no, and two are lent otherwise.
    with db.unit_of_work() as rows:
        hr, cards = alerts.lender(rows, *[100] * 6, floor_percent=50)
        alert = alerts.draft(builders.organisation(rows).id, alerts.role(3))
        surge_id = surging.raise_alert(rows, builders.coordinator(rows), alert).id

    def meanwhile() -> None:
        answer(surge_id, hr, cards[0].id, CallState.DECLINED)
        with db.unit_of_work() as rows:
            for card in cards[4:]:
                builders.claim(rows, builders.unit_of(rows, card), builders.days(14, 28), 100)

    with db.unit_of_work() as rows:
        run = surge_run_to_come(rows, surge_id)
        assert run
        assert run.name == "Många söker skydd", "of several alerts' runs one is told from the other"
    while_solving(monkeypatch, meanwhile)
    attempts.execute(run.id)
    assert len(alerts.proposed(session)) <= 1
    assert cards[0].id not in alerts.proposed(session)


def test_whoever_has_said_yes_comes_first(session: Session) -> None:
    surge_id, _, hr, cards = raised(100, 100, 100, people=1)
    for card in cards:
        answer(surge_id, hr, card, CallState.ACCEPTED)
        alerts.plan(surge_id)
        session.rollback()
        assert set(alerts.proposed(session)) <= set(cards[: cards.index(card) + 1])


def test_a_late_yes_is_a_yes_and_a_second_answer_is_none(session: Session) -> None:
    surge_id, _, hr, cards = raised(100, 100)
    with db.unit_of_work() as rows:
        surging.expire_calls(rows, clock.now())
        assert alerts.states(rows, surge_id) == [CallState.ASKED] * 2  # not yet
        surging.expire_calls(rows, clock.now() + DAY)
    assert alerts.states(session, surge_id) == [CallState.EXPIRED] * 2
    alerts.plan(surge_id)
    assert alerts.proposed(session) == {}
    answer(surge_id, hr, cards[0], CallState.ACCEPTED)
    with pytest.raises(StateChanged):
        answer(surge_id, hr, cards[0], CallState.DECLINED)
    alerts.plan(surge_id)
    session.rollback()
    assert set(alerts.proposed(session)) == {cards[0]}


@pytest.mark.parametrize(("floor", "percent", "people"), [(50, 100, 2), (50, 60, 3), (0, 100, 4), (100, 10, 0)])
def test_the_floor_is_never_broken(session: Session, floor: int, percent: int, people: int) -> None:
    # Four cards of 100: 50 % leaves 200 to lend: two of 100, or three of 60 (180, the fourth would make 240).
    raised(100, 100, 100, 100, people=4, percent=percent, floor_percent=floor)
    assert len(alerts.proposed(session)) == people


def test_the_floor_holds_where_it_is_agreed_too(session: Session) -> None:
    surge_id, coordinator, hr, _ = raised(100, 100)
    [one, other] = [each.id for each in alerts.proposed(session).values()]
    with db.unit_of_work() as rows:
        proposals.approve(rows, coordinator, one)
        roster = rows.exec(builders.select(Roster)).one()
        roster.floor_percent = 50  # 100 of 200 may be away
        asker = rows.get_one(Surge, surge_id).organisation_id
        requester = builders.actor(rows, rows.get_one(Organisation, asker))
    with db.unit_of_work() as rows:
        for side in (hr, requester):
            proposals.accept(rows, side, one, confirmed=confirming(rows, side, rows.get_one(Proposal, one)))
    assert fill(surge_id).agreed == 1
    with pytest.raises(Conflict, match="stays at ordinary work"), db.unit_of_work() as rows:
        proposals.approve(rows, coordinator, other)
    role_id = fill(surge_id).role.id
    with pytest.raises(Conflict, match="not called by the alert"), db.unit_of_work() as rows:
        floors.check_floors(rows, role_id, [(UUID(int=1), 100, builders.days(14, 28))])


def test_other_runs_leave_an_alert_alone(session: Session) -> None:
    raised(100, 100, people=3)
    before = {card: each.id for card, each in alerts.proposed(session).items()}
    with db.unit_of_work() as rows:  # somebody on no roster, whom the third need could have
        builders.offer(rows, builders.staff(rows))
    attempts.run_now(RunDraft(time_limit_s=600))
    session.rollback()
    assert {card: each.id for card, each in alerts.proposed(session).items()} == before


def test_cards_are_called_once_also_late_and_not_after_the_time_or_standing_down(session: Session) -> None:
    surge_id, coordinator, *_ = raised(100)
    first = alerts.calls(session, surge_id)

    def swept() -> bool:
        """Do what the sweep has queued, if anything, and tell whether it had."""
        with db.unit_of_work() as rows:
            surging.call_late(rows, clock.now())
            waits = surge_run_to_come(rows, surge_id)
        if waits:
            alerts.plan(surge_id)
        session.rollback()
        return waits is not None

    assert not swept()
    with db.unit_of_work() as rows:  # on a roster for it, but of no use; and for something else
        alerts.lender(rows, 40)
        alerts.lender(rows, 100, occasions=["cyber"])
    assert swept()
    assert not swept()  # looked at once
    assert alerts.calls(session, surge_id).keys() == first.keys()
    with db.unit_of_work() as rows:
        of_late, [late] = alerts.lender(rows, 100, floor_percent=0)
        owner = builders.member(rows, rows.get_one(Organisation, of_late.organisation_id))
        rows.get_one(StaffCapacity, late.id).member_id = owner.id
    assert swept()
    assert alerts.calls(session, surge_id).keys() == {*first, late.id} == alerts.proposed(session).keys()
    with db.unit_of_work() as rows:
        rows.get_one(Surge, surge_id).answer_by = clock.now()
        alerts.lender(rows, 100)
        service.queue_surge_run(rows, surge_id)
    alerts.plan(surge_id)
    assert not swept()
    assert len(alerts.calls(session, surge_id)) == 2
    with db.unit_of_work() as rows:
        home_id = rows.get_one(Surge, surge_id).organisation_id
        late_id = surging.raise_alert(rows, coordinator, alerts.draft(home_id, alerts.role(1))).id
    with db.unit_of_work() as rows:
        surging.stand_down(rows, coordinator, late_id)
    alerts.plan(late_id)
    assert alerts.calls(session, late_id) == {}
    told = [(each.code, each.member_id) for each in session.exec(builders.select(Notice))]
    assert told.count((NoticeCode.CALLED, None)) == 2
    assert [each for each in told if each[0] == NoticeCode.YOU_ARE_CALLED] == [(NoticeCode.YOU_ARE_CALLED, owner.id)]


def test_only_a_coordinator_of_whom_is_in_need_raises_an_alert(session: Session) -> None:
    home = builders.organisation(session)
    area = {"coordinator": {"organisationIds": [str(builders.organisation(session).id)]}}
    elsewhere = builders.actor_of(session, builders.member(session, roles=["coordinator"], grants=area))
    everything_else = builders.actor(session, home, roles=["hr", "lister", "requester", "admin", "manager"])
    for actor in (elsewhere, everything_else):
        with pytest.raises(NotAllowed) as told:
            surging.raise_alert(session, actor, alerts.draft(home.id, alerts.role(1)))
        assert told.value.code == "alert_without_authority"
    with pytest.raises(BadInput) as wrong:
        alerts.draft(home.id, title="", what=" ", answer_by=clock.now())
    assert [each.property for each in wrong.value.parameters] == ["title", "what", "answerBy", "roles"]


def test_only_where_somebody_works_a_call_is_answered(session: Session) -> None:
    surge_id, coordinator, _, cards = raised(100)
    with db.unit_of_work() as rows:
        stranger = builders.actor(rows, roles=["hr"])
        other, _ = alerts.lender(rows, 100)
    with pytest.raises(NotFound):
        answer(surge_id, stranger, cards[0], CallState.ACCEPTED)
    with pytest.raises(NotAllowed):
        answer(surge_id, coordinator, cards[0], CallState.ACCEPTED)
    second, _, hr, own = raised(100)
    assert other.organisation_id != hr.organisation_id
    with pytest.raises(BadInput, match="no call of yours"), db.unit_of_work() as rows:
        surging.answer_calls(rows, hr, second, [alerts.calls(rows, surge_id)[cards[0]].id], CallState.ACCEPTED)
    assert own


def test_after_standing_down_nobody_is_called_and_what_is_agreed_stands(session: Session) -> None:
    surge_id, coordinator, hr, cards = raised(100, 100)
    answer(surge_id, hr, cards[0], CallState.ACCEPTED)
    with pytest.raises(NotAllowed), db.unit_of_work() as rows:
        surging.stand_down(rows, hr, surge_id)
    with db.unit_of_work() as rows:
        surging.stand_down(rows, coordinator, surge_id)
    session.rollback()
    assert alerts.states(session, surge_id) == [CallState.RELEASED] * 2
    assert session.get_one(Surge, surge_id).state is SurgeState.ENDED
    assert {each.state for each in session.exec(builders.select(Request))} == {RequestState.WITHDRAWN}
    with pytest.raises(StateChanged):
        answer(surge_id, hr, cards[1], CallState.ACCEPTED)
    assert session.get_one(Member, coordinator.member_id)


def test_from_the_day_that_was_answered_and_not_before(session: Session) -> None:
    surge_id, _, hr, [card] = raised(100, people=1)
    assert set(alerts.proposed(session)) == {card}
    late = clock.today() + 20 * DAY  # the role begins in two weeks, and lasts for as long
    with db.unit_of_work() as rows:
        call_id = alerts.calls(rows, surge_id)[card].id
        surging.answer_calls(rows, hr, surge_id, [call_id], CallState.ACCEPTED, begins=late)
    assert alerts.calls(session, surge_id)[card].begins == late
    alerts.plan(surge_id)
    session.rollback()
    assert alerts.proposed(session) == {}


def test_the_one_who_is_called_says_yes_to_hr_and_no_for_good(session: Session) -> None:
    surge_id, _, hr, cards = raised(100, 100)
    with db.unit_of_work() as rows:
        home = rows.get_one(Organisation, hr.organisation_id)
        willing, other = builders.actor(rows, home), builders.actor(rows, home)
        for card, person in zip(cards, (willing, other), strict=True):
            rows.get_one(StaffCapacity, card).member_id = person.member_id
        first, second = (alerts.calls(rows, surge_id)[card].id for card in cards)
    with pytest.raises(NotFound), db.unit_of_work() as rows:
        surging.answer_own_call(rows, other, cards[0], first, comes=False)
    with db.unit_of_work() as rows:
        surging.answer_own_call(rows, willing, cards[0], first, comes=True, begins=clock.today() + 3 * DAY)
        surging.answer_own_call(rows, other, cards[1], second, comes=False)
    calls = alerts.calls(session, surge_id)
    assert [(calls[card].state, calls[card].member_id) for card in cards] == [
        (CallState.ASKED, None),  # HR answers
        (CallState.DECLINED, None),  # and nothing tells whose card it is
    ]
    assert calls[cards[0]].begins == clock.today() + 3 * DAY
    assert calls[cards[0]].person_said_yes_at
    alerts.plan(surge_id)
    session.rollback()
    assert set(alerts.proposed(session)) == {cards[0]}
    with pytest.raises(StateChanged), db.unit_of_work() as rows:
        surging.answer_own_call(rows, other, cards[1], second, comes=True)
    told = [
        each.facts["comes"]
        for each in session.exec(builders.select(Notice).order_by(Notice.id))
        if each.code == "person_answered"
    ]
    assert told == [True, False]


def test_standing_down_ends_loans_with_their_notice_where_that_is_asked(session: Session) -> None:
    surge_id, coordinator, hr, _ = raised(100, 100, 100, people=1)
    month = clock.today() + timedelta(days=31)
    soon, late = (clock.today() + n * DAY for n in (14, 60))
    with db.unit_of_work() as rows:
        home = rows.get_one(Organisation, rows.get_one(Surge, surge_id).organisation_id)
        later = alerts.role(1, title="Senare", timing=Period(late, late + 10 * DAY))
        longer = alerts.role(1, title="Länge", timing=Period(soon, soon + 90 * DAY))
        second = surging.raise_alert(rows, coordinator, alerts.draft(home.id, longer, later)).id
        requester = builders.actor(rows, home)
        surging.stand_down(rows, coordinator, surge_id)
    alerts.plan(second)
    with db.unit_of_work() as rows:
        asked = requests_of(rows, second)
        waiting = [each for each in alerts.proposed(rows).values() if each.request_id in asked]
        assert len(waiting) == 2, [(each.code, each.reasons) for each in rows.exec(builders.select(NeedOutcome))]
        for proposal in waiting:
            proposals.approve(rows, coordinator, proposal.id)
            for side in (hr, requester):
                proposals.accept(rows, side, proposal.id, confirmed=confirming(rows, side, proposal))
        lasting = rows.exec(builders.select(Booking).order_by(Booking.during)).first()
        assert lasting
        asked_id = ask_to_extend(rows, requester, lasting.id, soon + 100 * DAY).id
    with db.unit_of_work() as rows:
        surging.stand_down(rows, coordinator, second, end_loans=True)
    states = {days_of(from_range(each.during)): each.state for each in session.exec(builders.select(Booking))}
    # Told today, a month's notice has run before the later one begins; the longer one ends with it.
    [(_, ended)] = [days for days, state in states.items() if state is BookingState.AGREED]
    assert clock.today() + 27 * DAY <= ended <= month
    assert BookingState.CANCELLED in states.values()
    assert session.get_one(Request, asked_id).state is RequestState.WITHDRAWN
    codes = [each.code for each in session.exec(builders.select(Notice))]
    assert {"ended_early", "cancelled", "stood_down"} <= set(codes)
