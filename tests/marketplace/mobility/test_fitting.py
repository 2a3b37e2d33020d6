"""Which needs fit a wish, who learns of it, and what comes of asking HR: a card for that need alone, and a loan."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from competence.approvals.models import Approver
from core.actor import Actor, Role
from core.database import db
from core.errors import Conflict, NotFound
from core.time import clock
from marketplace.cards import approving, asking, mine
from marketplace.cards.answering import answer, asked_by_link
from marketplace.mobility import queries, wishes
from marketplace.mobility.models import InterestState, WishState
from marketplace.notices import queries as notices
from marketplace.notices.rules import NoticeCode
from marketplace.offers import queries as offers
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.search import OfferSearch
from marketplace.organisations import service as organisations
from marketplace.organisations.models import OrganisationKind
from marketplace.planning import attempts, service, wishing
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.snapshot.load import load
from marketplace.proposals import service as deciding
from marketplace.proposals.models import Proposal
from marketplace.requests.models import Need, NeedState, Request, RequestState
from marketplace.runs.models import MatchingRun
from resources.models import Resource
from tests import builders
from tests.counting import counted
from tests.marketplace.mobility.wishing import Home, home, need, period
from tests.marketplace.proposals.deals import accept

_I = InterestState


@pytest.fixture
def at_home(session: Session) -> Home:
    return home(session)


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The runs that were sent to a worker, instead of sending them; with time enough for a machine that is busy."""
    monkeypatch.setattr(service, "LOCAL_LIMIT_S", 600.0)
    found: list[UUID] = []
    monkeypatch.setattr(service, "enqueue", lambda _session, _job, run_id: found.append(UUID(run_id)))
    return found


def fitting(session: Session, at_home: Home) -> dict[UUID, bool]:
    """Return the needs that fit, and whether as a loan."""
    return {each.need.need_id: each.as_loan for each in wishing.fits(session, at_home.employee, at_home.wish)}


def state(session: Session, at_home: Home, asked: Need) -> InterestState:
    return queries.states_by_need(session, at_home.wish.id)[asked.id]


def card(session: Session, asked: Need) -> tuple[Offer, Resource]:
    """The card that was made for a need."""
    offer = session.scalars(select(Offer).where(Offer.for_need_id == asked.id)).one()
    return offer, session.get_one(Resource, offer.resource_id)


def approve(session: Session, at_home: Home, asked: Need) -> None:
    """Let the manager answer by the link, and HR decide."""
    _, resource = card(session, asked)
    link = asking.ask_manager(session, at_home.hr, resource, _email(session, at_home.manager))
    question = asked_by_link(session, at_home.manager, link.secret)
    answer(session, at_home.manager, question, yes=True, words="", channel=mine.Channel.LINK)
    approving.give(session, at_home.hr, resource, Approver.HR, "Beslut 7")


def _email(session: Session, actor: Actor) -> str:
    return organisations.queries.member(session, actor.member_id).email


@pytest.mark.parametrize(
    ("said", "fits"),
    [
        ({}, True),
        ({"amount": 50}, True),
        ({"amount": 51}, False),  # of 50 percent
        ({"requirements": {"skillsMust": {"procurement": 5}}}, False),  # level 4 is wished with
        ({"requirements": {"languages": ["fi"]}}, False),
        ({"requirements": {"openToMobility": False}}, False),
        ({"when": period(-20, 60)}, True),  # what is left of it
        ({"when": period(30, 100)}, False),  # three months are 92 days at most
        ({**builders.STOCKHOLM}, False),
        ({**builders.STOCKHOLM, "requirements": {"remoteOk": True}}, False),  # on site is wished for
        ({"municipality_code": "2361", "latitude": 62.0, "longitude": 14.4}, True),  # Härjedalen, in the county too
        ({"state": NeedState.AGREED}, False),
    ],
)
def test_a_need_fits_by_the_filters_of_runs_and_what_the_wish_says(
    session: Session, at_home: Home, said: dict[str, Any], fits: bool
):
    asked = need(session, **said)
    assert fitting(session, at_home) == ({asked.id: True} if fits else {})


def test_from_when_and_at_a_distance_as_the_wish_says(session: Session):
    later = home(session, earliest=clock.today() + timedelta(days=31), county_codes=(), remote=True)
    anywhere = builders.STOCKHOLM | {"requirements": {"remoteOk": True}}
    before, after = (need(session, when=period(first), **anywhere) for first in (30, 31))
    need(session, when=period(31))
    assert before.id != after.id
    assert fitting(session, later) == {after.id: True}


def test_ones_own_employer_is_no_other_and_who_left_asks_for_nobody(session: Session, at_home: Home):
    need(session, at_home.organisation)
    assert fitting(session, at_home) == {}


def test_where_no_loan_may_last_so_long_it_is_shown_that_leave_may_be_the_way(session: Session):
    # Seven months of full time between state agencies, of which six may be lent.
    long = home(session, extent_percent=100, months=12)
    asked = need(session, amount=100, when=period(30, 215))
    to_company = need(
        session,
        builders.organisation(session, kind=OrganisationKind.PUBLIC_COMPANY),
        amount=100,
        when=period(30, 215),
    )
    assert fitting(session, long) == {asked.id: False, to_company.id: True}
    with pytest.raises(Conflict, match="leave"):
        wishing.ask(session, long.employee, long.wish.id, asked.id)


def test_what_newly_fits_is_told_once_and_to_the_owner_alone(session: Session, at_home: Home):
    everybody = builders.actor(session, at_home.organisation, roles=[role.value for role in Role])
    need(session)
    for _ in range(2):
        wishing.tell_new(session, at_home.wish.id)
    need(session)
    wishing.tell_new(session, at_home.wish.id)
    told = notices.notices_page(session, at_home.employee).items
    assert [(each.code, each.facts) for each in told] == [(NoticeCode.WISH_FITS, {"needs": 1})] * 2
    assert notices.notices_page(session, everybody).items == []
    wishes.pause(session, at_home.employee, at_home.wish.id)
    need(session)
    wishing.tell_new(session, at_home.wish.id)
    assert wishing.take_due(session) == []
    assert len(notices.notices_page(session, at_home.employee).items) == 2


def test_a_sweep_looks_at_a_wish_once_in_a_while(session: Session, at_home: Home):
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert wishing.take_due(session) == [at_home.wish.id]
        assert wishing.take_due(session) == []


def test_what_is_dismissed_is_shown_no_more_until_it_is_wanted_again(session: Session, at_home: Home):
    asked = need(session)
    wishing.dismiss(session, at_home.employee, at_home.wish.id, asked.id)
    assert fitting(session, at_home) == {}
    wishing.show_again(session, at_home.employee, at_home.wish.id, asked.id)
    assert fitting(session, at_home) == {asked.id: True}
    with pytest.raises(Conflict, match="waits for nobody"):
        wishing.dismiss(session, at_home.employee, at_home.wish.id, need(session, amount=60).id)


def test_asking_makes_a_card_that_hr_alone_is_told_of_and_asked_twice_it_is_one(session: Session, at_home: Home):
    asked = need(session)
    first, second = (wishing.ask(session, at_home.employee, at_home.wish.id, asked.id) for _ in range(2))
    assert first.id == second.id
    offer, _ = card(session, asked)
    [mine_] = mine.my_cards(session, at_home.employee)
    facts = mine_.held.card.facts
    assert (facts.extent_percent, facts.municipality_codes, facts.remote) == (40, ("2380",), False)
    assert not mine_.asked
    assert [each.code for each in notices.notices_page(session, at_home.hr).items] == [NoticeCode.WISH_ASKED]
    for other in (at_home.manager, builders.actor(session, at_home.organisation), builders.coordinator(session)):
        assert notices.notices_page(session, other).items == []
    colleague = builders.actor(session, at_home.organisation, roles=["requester"])
    for reader in (colleague, _asker(session, asked), builders.coordinator(session)):
        with pytest.raises(NotFound):
            offers.offer_view(session, reader, offer.id)


def test_what_all_three_say_yes_to_is_an_option_for_that_need_and_found_by_nobody(
    session: Session, at_home: Home, sent: list[UUID]
):
    asked, other = need(session), need(session)
    wishing.ask(session, at_home.employee, at_home.wish.id, asked.id)
    wishing.follow(session)
    assert (state(session, at_home, asked), sent) == (_I.ASKED, [])
    approve(session, at_home, asked)
    offer, _ = card(session, asked)
    market = load(session, None)
    found = {
        each.need_id: [got.offer_id for got in CandidateFilter(market).apply(each).offers] for each in market.needs
    }
    assert found == {asked.id: [offer.id], other.id: []}
    asker = _asker(session, asked)
    colleague = builders.actor(session, at_home.organisation, roles=["requester"])
    for reader in (asker, colleague):
        assert offers.search_offers(session, reader, OfferSearch(family="staff")).total == 0
        with pytest.raises(NotFound):
            offers.offer_view(session, reader, offer.id)
    for _ in range(2):  # looked for once
        wishing.follow(session)
    assert state(session, at_home, asked) is _I.OFFERED
    assert [session.get_one(MatchingRun, key).request_id for key in sent] == [asked.request_id]


def _asker(session: Session, asked: Need) -> Actor:
    request = session.get_one(Request, asked.request_id)
    return builders.actor_of(session, organisations.queries.member(session, request.member_id))


Act = Callable[[Session, Home, Need], object]


def _decline(session: Session, at_home: Home, asked: Need) -> None:
    link = asking.ask_manager(session, at_home.hr, card(session, asked)[1], _email(session, at_home.manager))
    question = asked_by_link(session, at_home.manager, link.secret)
    answer(session, at_home.manager, question, yes=False, words="", channel=mine.Channel.LINK)


def _gone(session: Session, _at_home: Home, asked: Need) -> None:
    session.get_one(Request, asked.request_id).state = RequestState.WITHDRAWN
    session.flush()


def _closed(session: Session, _at_home: Home, asked: Need) -> None:
    card(session, asked)[0].state = OfferState.CLOSED
    session.flush()


def _taken_back(session: Session, at_home: Home, asked: Need) -> None:
    mine.decline(session, at_home.employee, card(session, asked)[1].id)


def _of_another(session: Session, at_home: Home, asked: Need) -> None:
    asking.say_whose(session, at_home.hr, card(session, asked)[1], _email(session, at_home.manager))


@pytest.mark.parametrize(
    ("act", "to"),
    [
        (_decline, _I.DECLINED),
        (_closed, _I.DECLINED),
        (_gone, _I.LAPSED),
        (_taken_back, _I.WITHDRAWN),
        (_of_another, _I.WITHDRAWN),
    ],
)
@pytest.mark.parametrize("approved", [False, True])
def test_who_says_no_or_withdraws_ends_it_and_the_owner_is_told(
    session: Session, at_home: Home, act: Act, to: InterestState, approved: bool
):
    asked = need(session)
    wishing.ask(session, at_home.employee, at_home.wish.id, asked.id)
    if approved and act is not _decline:
        approve(session, at_home, asked)
        wishing.follow(session)
    act(session, at_home, asked)
    wishing.follow(session)
    assert state(session, at_home, asked) is to
    assert card(session, asked)[0].state is OfferState.CLOSED
    assert mine.my_cards(session, at_home.employee) == []
    told = notices.notices_page(session, at_home.employee).items[0]
    assert (told.code, told.facts) == (NoticeCode.WISH_ENDED, {"to": to.value, "need": asked.title})
    wish = queries.wish(session, at_home.employee, at_home.wish.id)
    assert wish.state is WishState.OPEN
    assert (asked.id in fitting(session, at_home)) == (to is _I.WITHDRAWN)


def test_paused_while_hr_is_asked_it_is_no_option_until_it_goes_on(session: Session, at_home: Home):
    asked = need(session)
    wishing.ask(session, at_home.employee, at_home.wish.id, asked.id)
    wishes.pause(session, at_home.employee, at_home.wish.id)
    approve(session, at_home, asked)
    wishing.follow(session)
    assert (state(session, at_home, asked), card(session, asked)[0].state) == (_I.ASKED, OfferState.PAUSED)
    wishes.open_(session, at_home.employee, at_home.wish.id)
    wishing.follow(session)
    assert (state(session, at_home, asked), card(session, asked)[0].state) == (_I.OFFERED, OfferState.OPEN)


def test_what_nothing_has_come_of_is_asked_about_at_once(session: Session):
    sent = []
    for _ in range(2):
        at_home = home(session)
        wishing.ask(session, at_home.employee, at_home.wish.id, need(session).id)
        with counted(session) as found:
            wishing.follow(session)
        sent.append(len(found))
    assert sent[0] == sent[1], "as many statements for two as for one"


@pytest.mark.parametrize("end", [True, False])
def test_ending_the_wish_or_leaving_takes_all_of_it_back(session: Session, at_home: Home, end: bool):
    asked = need(session)
    wishing.ask(session, at_home.employee, at_home.wish.id, asked.id)
    approve(session, at_home, asked)
    if end:
        wishes.end(session, at_home.employee, at_home.wish.id)
    else:
        organisations.deactivate_member(session, None, at_home.employee.member_id)
        wishes.pass_time(session, clock.now())
    offer, resource = card(session, asked)
    assert (state(session, at_home, asked), offer.state) == (_I.WITHDRAWN, OfferState.CLOSED)
    assert not approving.held_card(session, resource.id).card.may_be_shown


def test_asked_is_refused_where_it_could_come_to_nothing(session: Session, at_home: Home):
    asked, employee, key = need(session), at_home.employee, at_home.wish.id
    theirs = builders.staff(session, at_home.organisation)
    approving.held_card(session, theirs.id).row.member_id = employee.member_id
    offered = builders.offer(session, theirs)
    for refused, act in (
        ("card_offered", lambda: None),
        ("nobody_in_hr", lambda: setattr(offered, "state", OfferState.CLOSED) or _without_hr(session, at_home)),
        ("wish_not_open", lambda: wishes.pause(session, employee, key)),
    ):
        act()
        session.flush()
        with pytest.raises(Conflict) as conflict:
            wishing.ask(session, employee, key, asked.id)
        assert conflict.value.code == refused
    assert queries.states_by_need(session, key) == {}


def _without_hr(session: Session, at_home: Home) -> None:
    """Leave nobody but the employee, who is HR for others and answers nothing about a card of its own."""
    organisations.deactivate_member(session, None, at_home.hr.member_id)
    organisations.queries.member(session, at_home.employee.member_id).roles = ["hr"]


def test_a_need_that_got_somebody_meanwhile_can_be_asked_about_no_more(session: Session, at_home: Home):
    asked = need(session)
    _gone(session, at_home, asked)
    with pytest.raises(Conflict, match="waits for nobody"):
        wishing.ask(session, at_home.employee, at_home.wish.id, asked.id)


def test_a_run_proposes_it_and_what_is_agreed_takes_the_wish(engine: Engine, sent: list[UUID]):
    with db.unit_of_work() as session:
        at_home = home(session)
        asked = need(session)
        wishing.ask(session, at_home.employee, at_home.wish.id, asked.id)
        approve(session, at_home, asked)
        wishing.follow(session)
        coordinator = builders.coordinator(session)
        requester = _asker(session, asked)
        lister = builders.actor(session, at_home.organisation, roles=["lister"])
        key = at_home.wish.id
        asked_id, request_id = asked.id, asked.request_id
    for run_id in sent:
        attempts.execute(run_id)
    with db.unit_of_work() as session:
        proposal = session.scalars(select(Proposal).where(Proposal.request_id == request_id)).one()
        deciding.approve(session, coordinator, proposal.id)
        for actor in (requester, lister):
            accept(session, actor, proposal)
    with db.unit_of_work() as session:
        wishing.follow(session)
        wish = queries.wish(session, at_home.employee, key)
        assert (wish.state, queries.states_by_need(session, key)) == (WishState.TAKEN, {asked_id: _I.AGREED})
        told = notices.notices_page(session, at_home.employee).items
        assert [each.facts["to"] for each in told if each.code == NoticeCode.WISH_ENDED] == ["agreed"]
