"""What is past its time is forgotten, what is not is kept, and decisions stand."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select
from structlog.testing import capture_logs
from typer.testing import CliRunner

from api.cli.main import app as command_line
from competence.approvals.models import Approver, CardApproval
from competence.approvals.queries import given
from competence.models import StaffCapacity
from core.database import db
from core.database.audit import chain, history
from core.errors import Conflict, NotFound
from core.time import clock
from core.time.interval import Interval
from hubs.coffee.models import CoffeeGuest, CoffeePair
from hubs.introductions.models import Introduction, IntroductionSaid, IntroductionState
from hubs.membership.models import HubMemberState
from hubs.places.models import Hub
from marketplace.calendars.models import CalendarFeed
from marketplace.damage.models import DamageReport
from marketplace.mail.models import Mail
from marketplace.mobility.models import MobilityInterest, MobilityWish
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode
from marketplace.offers.models import OfferState
from marketplace.organisations.models import AccessToken, Member, Organisation, WebSession
from marketplace.organisations.sessions import begin
from marketplace.planning.jobs import sweep_deadlines
from marketplace.proposals import service
from marketplace.proposals.models import Proposal
from marketplace.scenarios.models import Scenario
from marketplace.searches import service as searches
from marketplace.searches.rules import Query
from marketplace.uploads.models import Upload
from resources.models import Claim, ClaimSource, Resource
from retention import person, rules
from retention.erasing import forget_presence
from retention.jobs import sweep_retention
from tests import builders
from tests.hubs import rows
from tests.marketplace.proposals.deals import deal

DAY = timedelta(days=1)
KEPT_DAYS = {
    "access_token": 90,
    "calendar_feed": 90,
    "notice": 365,
    "damage_report": 365,
    "movement_photo": 365,
    "claim_note": 30,
    "upload": 30,
    "scenario": 90,
}
KEPT_DAYS |= {"mobility_wish": 90, "capacity_card": 365, "member": 730, "mail": 30, "question": 730}
KEPT_DAYS |= {"hub_member": 730, "hub_registration": 365, "hub_question": 730, "hub_introduction": 365}


def counts(session: Session, after: timedelta, *, dry_run: bool = True) -> dict[str, int]:
    return {each.rule.name: each.count for each in rules.apply(session, clock.now() + after, dry_run=dry_run)}


def _photographed(session: Session, borrower: Member) -> None:
    """Add photos of what moved: then and long after, of bookings that are over, and of one that is not."""
    now, need = clock.now(), builders.need(session, builders.request(session, borrower))
    for state, at in (("closed", now), ("closed", now + 3000 * DAY), ("disputed", now)):
        builders.movement(session, builders.booking(session, need, state=state), at=at)


@pytest.fixture
def market(session: Session) -> Session:
    """One of each kind that was over just now, and one that is not over."""
    now = clock.now()
    out = builders.member(session, active=False, kept_out_at=now, updated_at=now + 700 * DAY)  # renamed since
    there = builders.member(session)
    for number, ends in enumerate((now, now + 3000 * DAY)):
        builders.added(
            session,
            AccessToken(member_id=there.id, name="t", hash=f"h{number}", scopes=[], created_at=now, expires_at=ends),
        )
    for number, revoked in enumerate((now, None)):
        its = {"member_id": there.id, "name": "k", "scope": "own", "hash": f"c{number}"}
        builders.added(session, CalendarFeed(revoked_at=revoked, **its))
    told = {"organisation_id": out.organisation_id, "code": NoticeCode.EXPIRED, "entity": "proposal"}
    builders.added(session, Notice(at=now, entity_id=there.id, **told))
    builders.added(session, Notice(at=now + 3000 * DAY, entity_id=there.id, **told))
    thing = builders.furniture(session)
    for at in (now, now + 3000 * DAY):
        builders.added(session, DamageReport(resource_id=thing.id, at=at, words="Ett ben är av"))
    _photographed(session, there)
    builders.staff(session)
    builders.offer(session, builders.staff(session))
    unit = builders.unit_of(session, builders.space(session))
    for ends in (now, None):
        start = now - DAY if ends else now + DAY
        builders.claim(session, unit, Interval(start, ends), source=ClaimSource.OWNER, note="Sjuk")
    run_id = builders.matching_run(session).id
    for at in (now, now + 3000 * DAY):
        its = {"organisation_id": out.organisation_id, "member_id": there.id, "name": "Utan salen", "updated_at": at}
        builders.added(session, Mail(member_id=there.id, created_at=at, sent_at=at))
        builders.added(session, Scenario(run_id=run_id, **its))
        builders.answer(session, builders.question(session, there, state="answered", updated_at=at), there)
        builders.added(
            session, Upload(organisation_id=out.organisation_id, member_id=there.id, name="rum.csv", updated_at=at)
        )
    kept = {"skills": {"procurement": 3}, "extent_percent": 50, "months": 3, "earliest": now.date(), "expires_at": now}
    for state, at in (("ended", now), ("ended", now + 3000 * DAY), ("open", now)):
        builders.added(session, MobilityWish(member_id=there.id, state=state, updated_at=at, **kept))
    asked = MobilityWish(member_id=there.id, state="expired", updated_at=now, **kept)
    need = builders.need(session, builders.request(session))
    interest = MobilityInterest(wish_id=builders.added(session, asked).id, need_id=need.id, state="asked")
    builders.added(session, interest)  # something comes of it yet
    builders.question(session, there, updated_at=now)
    hub = rows.hub(session)
    agreed = rows.membership(session, [hub], there)
    states = ((HubMemberState.LEFT, now), (HubMemberState.ENDED, now + 3000 * DAY), (HubMemberState.ACTIVE, now))
    signed = rows.manifesto(session, hub)
    for member_state, at in states:
        seat = rows.hub_member(session, hub, there, agreed, state=member_state, updated_at=at)
        rows.signature(session, seat, signed)
    _talks(session, hub, there)
    _asked(session, hub, there)
    _introduced(session, hub, there)
    return session


def _introduced(session: Session, hub: Hub, there: Member) -> None:
    lapsed, made, now = IntroductionState.LAPSED, IntroductionState.MADE, clock.now()
    for state, at in ((lapsed, now), (lapsed, now + 3000 * DAY), (made, now)):
        row = rows.introduction(session, hub, there, builders.member(session), state=state, updated_at=at)
        builders.added(session, IntroductionSaid(introduction_id=row.id, member_id=there.id, answer="yes"))


def _asked(session: Session, hub: Hub, asker: Member) -> None:
    for at in (clock.now(), clock.now() + 3000 * DAY):
        question = rows.question(session, hub, asker, updated_at=at)
        rows.answer(session, question, asker)


def _talks(session: Session, hub: Hub, comes: Member) -> None:
    for ends in (clock.now(), clock.now() + 3000 * DAY):
        rows.registration(session, rows.activity(session, hub, starts=ends - DAY, ends=ends), comes)


@pytest.mark.parametrize(("kind", "days"), KEPT_DAYS.items())
def test_each_kind_is_forgotten_when_its_days_are_over_and_not_before(market: Session, kind: str, days: int):
    assert counts(market, days * DAY - timedelta(minutes=1))[kind] == 0
    assert counts(market, days * DAY + timedelta(minutes=1))[kind] == 1


def test_it_forgets_what_it_has_told_and_nothing_else_and_is_done_then(market: Session):
    told = counts(market, 800 * DAY)
    assert told == dict.fromkeys(KEPT_DAYS, 1)
    assert counts(market, 800 * DAY, dry_run=False) == told
    assert counts(market, 800 * DAY) == dict.fromkeys(KEPT_DAYS, 0)
    assert market.scalars(select(Claim.note).order_by(col(Claim.id))).all() == ["", "Sjuk"]
    assert len(market.exec(select(Notice)).all()) == len(market.exec(select(AccessToken)).all()) == 1
    names = market.exec(select(Member.name).where(~col(Member.active))).all()
    assert names == ["Tidigare medlem"]


def test_a_card_that_is_offered_or_lent_is_kept(session: Session):
    offered, lent = builders.staff(session), builders.staff(session)
    builders.offer(session, offered)
    closed = builders.offer(session, lent, state=OfferState.CLOSED)
    made = builders.booking(session, builders.need(session, builders.request(session), family="staff"))
    made.offer_id = closed.id
    session.flush()
    assert counts(session, 3000 * DAY)["capacity_card"] == 0
    with pytest.raises(Conflict, match="lent"):
        person.erase(session, str(lent.id))


def test_the_job_runs_by_a_clock_that_is_trusted_alone(engine: Engine):
    with db.unit_of_work() as session:
        out = builders.member(session, active=False).id
    for jump in (800 * DAY, timedelta(0)):
        with clock.frozen(clock.now() + jump):
            sweep_deadlines()
            sweep_retention()
    with db.unit_of_work() as session:
        assert session.get_one(Member, out).name != "Tidigare medlem"


def test_the_job_does_its_work_once_an_hour_however_often_it_is_sent(engine: Engine):
    """As often as the scheduler starts, or sweeps; put back by more than the last hour, the clock lets it go on."""
    sweep_retention()  # nobody has looked at the clock yet
    begun, did = clock.now(), []
    for minutes in (0, 1, 59, 61, 120, 122, 30):
        with clock.frozen(begun + timedelta(minutes=minutes)), capture_logs() as told:
            sweep_deadlines()
            sweep_retention()
        did += [minutes for line in told if line["event"] == "retention"]
    assert did == [0, 61, 122, 30]


def test_an_erased_member_is_nameless_everywhere_and_what_it_decided_stands(engine: Engine):
    with db.unit_of_work() as session:
        found = deal(session)
        service.accept(session, found.requester, found.proposal.id)
        begin(session, found.requester, "Firefox")
        saved = searches.save(session, found.requester, "Till Förstnamn", Query())
        builders.offer(session, builders.space(session))
        searches.tell_new(session, saved.id)
        card = builders.staff(session)
        own = builders.staff(session, session.get_one(Organisation, found.requester.organisation_id))
        session.get_one(StaffCapacity, own.id).member_id = found.requester.member_id
        [hr] = [each for each in given(session, card.id) if each.who is Approver.HR]
        hr.member_id, hr.noted_by, hr.evidence = found.requester.member_id, "Förstnamn", "e"
        row = session.get_one(Member, found.requester.member_id)
        row.name, row.email = "Förstnamn Efternamn", "personen@example.se"
    told = CliRunner().invoke(command_line, ["person", "export", "Personen@example.se"])
    assert told.exit_code == 0, told.output
    assert "Förstnamn Efternamn" in told.output
    assert "Till Förstnamn" in told.output
    assert '"secret"' not in told.output
    assert CliRunner().invoke(command_line, ["person", "erase", "personen@example.se", "--yes"]).exit_code == 0
    with db.unit_of_work() as session:
        assert session.exec(select(WebSession)).all() == []
        for table in session.scalars(text("select tablename from pg_tables where schemaname = 'public'")).all():
            everything = session.scalars(text(f'select row_to_json(t)::text from "{table}" t')).all()
            assert not [row for row in everything if "Förstnamn" in row or "personen@" in row], table
        assert session.get_one(Proposal, found.proposal.id).state.value == "approved"
        assert {e.actor_id for e in history(session, "proposal", found.proposal.id)} >= {found.requester.member_id}
        assert chain.verify(session).breaks == ()
        hr = session.get_one(CardApproval, hr.id)
        assert (hr.member_id, hr.noted_by, hr.evidence) == (found.requester.member_id, "Tidigare medlem", "e")
        kept = session.get_one(StaffCapacity, own.id)
        assert (kept.member_id, kept.approved_during) == (None, None), "nobody is lent who is not there any more"


def test_an_erased_card_has_no_name_no_skills_and_ends_what_was_proposed(session: Session):
    card = builders.staff(session)
    card.name, card.description = "Förstnamn", "Efternamn"
    said = session.get_one(StaffCapacity, card.id)
    said.people_meant, said.extent_changes, said.clearance_may_be_needed = 2, {"2027-01-01": 20}, True
    found = deal(session, builders.offer(session, card), amount=40)
    told = person.export(session, str(card.id))
    assert (told["card"]["name"], told["capacity"]["extent_percent"] > 0) == ("Förstnamn", True)
    person.erase(session, str(card.id))
    session.refresh(found.offers[0])
    assert found.offers[0].state is OfferState.CLOSED
    kept = session.get_one(Resource, card.id)
    assert (kept.name, kept.description) == (f"Raderat kort {card.id}", "")
    assert person.export(session, str(card.id))["skills"] == {}
    said = session.get_one(StaffCapacity, card.id)
    assert (said.approved_during, said.people_meant, said.extent_changes) == (None, None, {})
    assert not said.clearance_may_be_needed
    assert session.exec(select(CardApproval)).all() == []


@pytest.mark.parametrize("who", ["nobody@example.se", "01980000-0000-7000-8000-000000000001", "'; drop", ""])
def test_nobody_is_told_of(session: Session, who: str):
    for ask in (person.export, person.erase):
        with pytest.raises(NotFound):
            ask(session, who)


def test_whoever_is_in_two_organisations_is_named_by_the_id(session: Session):
    one, other = (builders.member(session, email="personen@example.se") for _ in range(2))
    with pytest.raises(Conflict, match=str(other.id)):
        person.export(session, "personen@example.se")
    person.erase(session, str(one.id))
    assert person.export(session, "personen@example.se")["member"]["id"] == str(other.id)


@pytest.mark.usefixtures("engine")
def test_the_commands_say_what_they_would_forget_and_what_the_register_has():
    told = CliRunner().invoke(command_line, ["retention", "apply", "--dry-run"])
    assert (told.exit_code, told.output.splitlines()[0]) == (0, "access_token, after 90 days: 0 would be deleted")
    assert "| `member` |" in CliRunner().invoke(command_line, ["retention", "register"]).output


def test_of_meeting_others_a_person_is_told_its_own_and_it_is_gone_with_the_person(session: Session):
    """Not who the other is, nor what it has answered: it may not have said yes."""
    hub, there, other = rows.hub(session), builders.member(session), builders.member(session)
    row = rows.introduction(session, hub, there, other, words="Mallar")
    for each, answer in ((there, "yes"), (other, "no")):
        builders.added(session, IntroductionSaid(introduction_id=row.id, member_id=each.id, answer=answer))
    rows.coffee(session, hub, there, other)
    kept = person.export(session, there.email)
    assert [each["answer"] for each in kept["hubIntroductionAnswers"]] == ["yes"]
    assert kept["hubIntroductions"] == [{"id": str(row.id), "state": "asked", "words": "Mallar"}]
    assert str(other.id) not in str({name: each for name, each in kept.items() if name.startswith("hub")})
    forget_presence(session, there.id)
    for table in (Introduction, IntroductionSaid, CoffeePair):
        assert session.exec(select(table)).all() == []
    assert [each.member_id for each in session.exec(select(CoffeeGuest))] == [other.id]


def test_a_person_is_told_what_it_has_initiated_and_registered_for_at_hubs(session: Session):
    hub, there, other = rows.hub(session), builders.member(session), builders.member(session)
    initiated, attended = rows.activity(session, hub, member_id=there.id), rows.activity(session, hub)
    registered = rows.registration(session, attended, there)
    rows.registration(session, initiated, other)
    kept = person.export(session, there.email)
    assert [each["id"] for each in kept["hubActivities"]] == [str(initiated.id)]
    assert [each["id"] for each in kept["hubRegistrations"]] == [str(registered.id)]
