"""The sample region, matched: what its README promises is what the optimiser finds."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, select

from api.cli.files import load_samples_once
from competence.loans.packs import forbids, pack_for
from competence.service import add_skills
from core.actor import Actor
from core.database import db
from core.time import clock
from hubs.activities.models import ActivityForm, ActivityState, HubActivity, HubRegistration
from marketplace.bookings.models import Booking, BookingState
from marketplace.cards.mine import my_cards
from marketplace.demo import story
from marketplace.exchange.days import days_exchanged
from marketplace.exchange.unmet import unmet_demand
from marketplace.importing.header import kinds
from marketplace.importing.service import import_csv
from marketplace.loans.queries import loans_of_proposal
from marketplace.mobility.models import InterestState
from marketplace.mobility.queries import wishes_page
from marketplace.offers.models import Offer
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import actor_for, has_admin
from marketplace.planning.attempts import run_now
from marketplace.planning.rules import RunDraft
from marketplace.planning.wishing import ask, fits
from marketplace.proposals.models import Proposal, ProposalLine
from marketplace.questions.queries import QuestionSearch, questions_page
from marketplace.requests.models import Need, Request
from marketplace.runs.models import NeedOutcome, RunState
from marketplace.runs.queries import run as run_of
from marketplace.surges.alerts import surges_page
from marketplace.surges.calls import called_counts
from marketplace.surges.models import CallState, SurgeState
from resources.models import Resource

SAMPLES = Path(__file__).parents[2] / "samples"
FEBRUARY = datetime(2027, 2, 1, 9, tzinfo=UTC)  # a Monday; the weekly needs meet Easter


def load() -> None:
    with db.unit_of_work() as session:
        add_skills(session)
        for kind in kinds():
            file = SAMPLES / f"{kind.files[0]}.csv"
            assert not import_csv(session, None, file.name, file.read_bytes()).errors


def test_the_story_of_the_samples_comes_true(engine: Engine) -> None:
    with clock.frozen(FEBRUARY):
        load()
        run_id = run_now(RunDraft(time_limit_s=20))
    with Session(engine) as session:
        assert run_of(session, run_id).state is RunState.DONE
        assert all(has_admin(session, each) for each in session.exec(select(Organisation.id)))
        outcomes = session.exec(
            select(Request.title, Need.title, NeedOutcome)
            .where(NeedOutcome.need_id == Need.id, Need.request_id == Request.id)
            .where(NeedOutcome.run_id == run_id)
        ).all()
        lines = session.exec(
            select(Request.title, Need.title, Resource.name, ProposalLine.amount).where(
                ProposalLine.need_id == Need.id,
                Need.request_id == Request.id,
                ProposalLine.offer_id == Offer.id,
                Offer.resource_id == Resource.id,
            )
        ).all()
        proposed = session.scalars(select(Proposal)).all()
        loans = [each for proposal in proposed for each in loans_of_proposal(session, proposal)]
        packs = {each.lines[0].need.title: each.pack.code for each in loans}
        assert not any(forbids(each.pack, each.loan) for each in loans)

    assert packs["Upphandlare på halvtid"] == "mixed"  # the region's, to the county administrative board
    assert set(packs.values()) == {"state", "local", "mixed"}
    unserved = {request: outcome for request, _, outcome in outcomes if not outcome.served}
    assert {request: (each.code, each.reasons.emptied) for request, each in unserved.items()} == {
        "Verkstad i Kiruna": ("no_option", "place"),
        "Skrivbord i Kalmar": ("no_option", "place"),
        "Konferens för trehundra": ("no_option", "size"),
        "Kommunikatör till flyttkampanjen": ("no_option", "requirements"),
        "Minibuss till studiebesöket": ("lost_to_others", None),  # the police's exercise is a statutory duty
        "Handläggare vid anstormning": ("lost_to_others", None),  # three of four
        "Informationssäkerhet inför granskningen": ("no_option", "requirements"),
        "Styrgruppsmöte": ("alternative_served", None),
    }
    chairs = {name: amount for request, need, name, amount in lines if request.startswith("Nittio stolar")}
    # three lots stand in the municipality, of 60, 40 and 18, and from up to three they may come
    lots = {"Besöksstolar": 18, "Konferensstolar blå": 60, "Konferensstolar grå": 40}
    assert all(amount <= lots[name] for name, amount in chairs.items())
    assert sum(chairs.values()) == 90
    halls = {name for _, need, name, _ in lines if need.startswith("Sal för")}
    assert halls == {"Torget, Norra", "Torget, Södra"}
    bundle = {
        need for request, need, each in outcomes if request == "Digital ansökan om landsbygdsstöd" and each.served
    }
    assert bundle == {"Projektrum för åtta", "Upphandlare på halvtid"}
    dialogue = {need: name for request, need, name, _ in lines if request == "Dialog om landsbygden"}
    assert dialogue.pop("Leder dialogen") in {"Processledare M", "Processledare V"}  # who work in Östersund
    assert dialogue == {"Leder tillsammans och lär sig": "Processledare R"}
    [series] = [each for request, _, each in outcomes if request == "Nätverksträff varje torsdag"]
    assert series.code == "partly_served"  # Ascension Day is a Thursday


def _assert_hubs_have_a_term(session: Session) -> None:
    """Each has ten breakfasts to come and two of last quarter, and a talk of six seats, for which more registered."""
    breakfasts = [each.hub_id for each in session.exec(select(HubActivity)) if each.form is ActivityForm.BREAKFAST]
    assert sorted(Counter(breakfasts).values()) == [10 + 2] * 2
    to_come = (HubActivity.form == ActivityForm.HOW_DO_YOU, HubActivity.state == ActivityState.SET)
    talks = session.exec(select(HubActivity).where(*to_come)).all()
    assert [(each.seats, len(each.claim_ids)) for each in talks] == [(6, 1)] * 2
    waits = select(HubRegistration.activity_id).where(HubRegistration.taken < HubRegistration.seats)
    assert set(session.exec(waits)) == {each.id for each in talks}


def test_what_has_happened_in_the_sample_region_shows(engine: Engine) -> None:
    with db.unit_of_work() as session:
        add_skills(session)
    assert load_samples_once()
    with db.unit_of_work() as session:
        coordinator = _actor(session, story.COORDINATOR)
        second, first = surges_page(session, coordinator).items  # those that are open come first
        assert (first.surge.state, second.surge.state) == (SurgeState.ENDED, SurgeState.OPEN)
        assert called_counts(session, second.surge.id)[CallState.ACCEPTED] == 4
        assert {each.state for each in session.exec(select(Booking))} == {BookingState.RETURNED, BookingState.AGREED}
        [agreed, *_] = session.exec(select(Booking).where(Booking.state == BookingState.AGREED))
        lender, borrower = (session.get_one(Organisation, key) for key in (agreed.lender_id, agreed.borrower_id))
        assert pack_for(lender.kind, borrower.kind).code == "mixed"
        given = {each.organisation: (each.lent, each.borrowed) for each in days_exchanged(session, coordinator)}
        assert given["Arbetsförmedlingen"] == (165, None)  # five for six weeks of five days, one half of them
        assert given["Migrationsverket"] == (None, 165)
        [unmet] = unmet_demand(session)
        assert (unmet.skill, unmet.needs) == ("information_security", 5)
        _assert_hubs_have_a_term(session)
        found = questions_page(session, coordinator, QuestionSearch()).items
        assert [(each.skill.code, len(each.answers)) for each in found] == [("procurement", 0), ("facilitation", 2)]
        cards = my_cards(session, _actor(session, story.EMPLOYEE))
        assert [(each.resource.name, each.asked) for each in cards] == [("Handläggare 4", False), ("Utredare A", True)]
        employee = _actor(session, story.WISHER)
        [wish] = wishes_page(session, employee).items
        # 30 and 40 percent at the region, 30 in Östersund: each for less than the half of six months.
        fitting = fits(session, employee, wish)
        assert sorted(each.need.title for each in fitting) == [f"Informationssäkerhet {n}" for n in (1, 1, 2)]
        assert ask(session, employee, wish.id, fitting[0].need.need_id).state is InterestState.ASKED


def _actor(session: Session, email: str) -> Actor:
    return actor_for(session, session.exec(select(Member.id).where(Member.email == email)).one())
