"""What has happened in the sample region: people lent by a first alert, which is over, and a second one that goes on;
and an employee who would like to try another employer, and has told nobody.

Played by its members through the same use cases as anybody's, the first alert with the clock put back, so that its
loans, papers and reports are what they would be.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from core.actor import Actor
from core.database import db
from core.time import clock
from core.time.interval import from_range
from core.time.timing import Period
from marketplace.bookings import movements
from marketplace.bookings.ledger import MovementKind
from marketplace.bookings.models import Booking
from marketplace.cards.asking import say_whose
from marketplace.demo import asking
from marketplace.loans.queries import loans_of_proposal
from marketplace.loans.rules import asked_of
from marketplace.mobility import wishes
from marketplace.mobility.rules import WishDraft
from marketplace.organisations.models import Member
from marketplace.organisations.queries import actor_for
from marketplace.planning import attempts, surging
from marketplace.proposals import queries
from marketplace.proposals import service as proposals
from marketplace.proposals.models import Proposal, ProposalParty, ProposalState
from marketplace.requests.rules import NeedDraft
from marketplace.runs.queries import surge_run_to_come
from marketplace.surges import alerts, calls, rosters
from marketplace.surges.models import CallState, Occasion
from marketplace.surges.rules import AlertDraft, RoleDraft, RosterDraft
from resources.families.staff import StaffRequirements
from resources.models import Resource

COORDINATOR, BORROWER = "nationell.samordnare@example.se", "hr.migrationsverket@example.se"
HR = "hr.arbetsformedlingen@example.se", "hr.fk@example.se", "hr.uppsala@example.se"
LISTERS = (
    "lokalstrateg.arbetsformedlingen@example.se",
    "verksamhetsutvecklare.fk@example.se",
    "kompetenssamordnare.uppsala@example.se",
)
ROSTERS = {HR[0]: (range(4, 12), 24, 30), HR[1]: (range(12, 15), 0, 40), HR[2]: (range(15, 17), 72, 0)}
"""The cards of each, by the number in their names, its hours of notice, and what percent stays at ordinary work."""
EMPLOYEE = "handlaggare.arbetsformedlingen@example.se"
HERS = "Handläggare 4", "Utredare A"
WISHER = "utredare.statskontoret@example.se"
"""Who has a wish, and no card that is offered meanwhile, so that HR can be asked about what fits."""
FILE, AGO = "mottagning.csv", timedelta(days=120)
"""The sample file of those who are on rosters, which is read as of so long ago."""
PLACE = "0581"
"""Norrköping."""


def play() -> None:
    """Let it happen, in a market that has the samples and nothing else."""
    with clock.frozen(clock.now() - AGO):
        with db.unit_of_work() as session:
            for hr, (numbers, notice_hours, floor) in ROSTERS.items():
                _make_roster(session, hr, [f"Handläggare {n}" for n in numbers], notice_hours, floor)
        first = _alert("Många söker skydd i Norrköping", weeks=6, whole=5, half=1)
        _answer(first, dict.fromkeys(HR, (CallState.ACCEPTED, 99)))
        _agree(first, LISTERS)
    _lend(first)
    with db.unit_of_work() as session:
        surging.stand_down(session, _actor(session, COORDINATOR), first)
        for name in HERS:
            card = session.exec(select(Resource).where(Resource.name == name)).one()
            say_whose(session, _actor(session, HR[0]), card, EMPLOYEE)
    _wish()
    second = _alert("Fler söker skydd i Norrköping", weeks=12, whole=6, half=2)
    _answer(second, {HR[0]: (CallState.ACCEPTED, 3), HR[1]: (CallState.DECLINED, 1), HR[2]: (CallState.ACCEPTED, 1)})
    _agree(second, LISTERS[2:])
    with db.unit_of_work() as session:
        asking.play(session)


def _wish() -> None:
    """Let an employee wish to try what others ask for in vain, and have told nobody."""
    draft = WishDraft(
        skills={"information_security": 4},
        extent_percent=50,
        months=6,
        earliest=clock.today(),
        county_codes=("23",),
        words="Jag vill arbeta med informationssäkerhet ett tag, helst i Östersund där jag växte upp.",
    )
    with db.unit_of_work() as session:
        employee = _actor(session, WISHER)
        wishes.open_(session, employee, wishes.write(session, employee, draft).id)


def _make_roster(session: Session, hr: str, names: Collection[str], notice_hours: int, floor_percent: int) -> None:
    cards = session.exec(select(Resource.id).where(col(Resource.name).in_(names))).all()
    draft = RosterDraft(
        name="Mottagning",
        occasions=frozenset({Occasion.RECEPTION}),
        notice_hours=notice_hours,
        floor_percent=floor_percent,
        until=clock.today() + AGO + timedelta(days=365),
        card_ids=frozenset(cards),
    )
    rosters.make_roster(session, _actor(session, hr), draft)


def _alert(title: str, *, weeks: int, whole: int, half: int) -> UUID:
    """Ask for people from two weeks ahead on; return the alert, with those who fit called and planned with."""
    first = clock.today() + timedelta(days=14)
    period = Period(first, first + timedelta(weeks=weeks, days=-1))
    with db.unit_of_work() as session:
        draft = AlertDraft(
            organisation_id=_actor(session, BORROWER).organisation_id,
            occasion=Occasion.RECEPTION,
            title=title,
            what="Fler har kommit på en månad än på ett vanligt år. Mottagningen räcker inte till.",
            answer_by=clock.now() + timedelta(days=2),
            roles=(
                RoleDraft(number=whole, need=_need("Handläggare, heltid", 100, period)),
                RoleDraft(number=half, need=_need("Handläggare, halvtid", 50, period)),
            ),
        )
        surge_id = surging.raise_alert(session, _actor(session, COORDINATOR), draft).id
    _plan(surge_id)
    return surge_id


def _need(title: str, percent: int, period: Period) -> NeedDraft:
    return NeedDraft(
        family="staff",
        title=title,
        amount=percent,
        timing=period,
        requirements=StaffRequirements(skills_must={"case_handling": 3}),
        municipality_code=PLACE,
        max_distance_km=50.0,
    )


def _plan(surge_id: UUID) -> None:
    with db.unit_of_work() as session:
        run = surge_run_to_come(session, surge_id)
        run_id = run.id if run else None
    if run_id:
        attempts.execute(run_id)


def _answer(surge_id: UUID, said: dict[str, tuple[CallState, int]]) -> None:
    """Answer so many of the calls that each HR may, and plan with it."""
    with db.unit_of_work() as session:
        for hr, (to, most) in said.items():
            actor = _actor(session, hr)
            own = [each.call.id for each in calls.own_calls(session, actor, surge_id)][-most:]
            surging.answer_calls(session, actor, surge_id, own, to)
    _plan(surge_id)


def _agree(surge_id: UUID, listers: Collection[str]) -> None:
    """Approve what is proposed of some listers, and let both sides say yes with all that the rules ask for."""
    with db.unit_of_work() as session:
        coordinator, borrower = _actor(session, COORDINATOR), _actor(session, BORROWER)
        actors = [_actor(session, each) for each in listers]
        found = select(Proposal).where(
            col(Proposal.request_id).in_(alerts.requests_of(session, surge_id)),
            Proposal.state == ProposalState.PROPOSED,
        )
        for proposal in session.exec(found.order_by(col(Proposal.id))).all():
            parties = queries.parties(session, proposal.id)
            homes = {each.organisation_id for each in parties}
            lister = next((each for each in actors if each.organisation_id in homes), None)
            if lister is not None:
                proposals.approve(session, coordinator, proposal.id)
                for actor in (lister, borrower):
                    _accept(session, actor, proposal, parties)


def _accept(session: Session, actor: Actor, proposal: Proposal, parties: Collection[ProposalParty]) -> None:
    own = [each for each in parties if each.organisation_id == actor.organisation_id]
    confirmed = asked_of(loans_of_proposal(session, proposal), own)
    proposals.accept(session, actor, proposal.id, confirmed=confirmed)


def _lend(surge_id: UUID) -> None:
    """Let the loans of an alert begin and end, each on its day."""
    with db.unit_of_work() as session:
        asked = alerts.requests_of(session, surge_id)
        found = session.exec(select(Booking).where(col(Booking.request_id).in_(asked))).all()
        coordinator = _actor(session, COORDINATOR)
        for booking in found:
            during = from_range(booking.during)
            with clock.frozen(during.start):
                movements.note(session, coordinator, booking.id, MovementKind.OUT)
            with clock.frozen(during.limit):
                movements.note(session, coordinator, booking.id, MovementKind.BACK)


def _actor(session: Session, email: str) -> Actor:
    return actor_for(session, session.exec(select(Member.id).where(Member.email == email)).one())
