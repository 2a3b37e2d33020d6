"""People of a network, lent for some hours: from what is asked to what is agreed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from competence.models import Skill, SkillRelation, StaffCapacity
from competence.queries import counting
from competence.rules import counted_with
from competence.taxonomies.closure import work_out_closure
from competence.taxonomies.releases import Relation
from core.database import db
from core.errors import BadInput, Conflict, NotAllowed
from core.time import clock
from core.time.interval import Interval, to_range
from core.time.timing import Fixed, Period, Timing, Weekly
from marketplace.bookings import bundles, service
from marketplace.bookings.models import Booking, BookingState, BundleState
from marketplace.loans.extending import ask_to_extend
from marketplace.loans.thanking import take_back, thank
from marketplace.networks.queries import by_unit, lent
from marketplace.networks.standing import standings
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode
from marketplace.offers.models import Visibility
from marketplace.planning import attempts
from marketplace.planning.rules import RunDraft
from marketplace.proposals import service as service_of_proposals
from marketplace.proposals.models import Proposal, ProposalLine
from marketplace.requests.rules import NeedDraft, RequestDraft
from resources.families.staff import StaffFacts, StaffRequirements
from resources.models import Claim
from tests import builders
from tests.marketplace.networks.by_the_hour import NETWORK, asked, card, hourly
from tests.marketplace.proposals.deals import Deal, accept, begin

HOURS = Fixed(builders.at(14, 9), builders.at(14, 12))


class TestWhatIsSaid:
    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"network": "law", "network_hours": 8}, "network"),
            ({"network": NETWORK}, "networkHours"),
            ({"network_hours": 8}, "network"),
            ({"network": NETWORK, "network_hours": 81}, "networkHours"),
        ],
    )
    def test_a_card_is_in_the_network_of_one_of_its_skills_for_some_hours(
        self, facts: dict[str, Any], field: str
    ) -> None:
        card = {"extent_percent": 20, "remote": True, "skills": {NETWORK: 4}}
        assert StaffFacts(**card, network=NETWORK, network_hours=8).network_places == {f"{NETWORK} experienced"}
        assert StaffFacts(**card | {"skills": {NETWORK: 2}}, network=NETWORK, network_hours=8).network_places == {
            f"{NETWORK} learning"
        }
        near = {"workshop_design": {NETWORK: 1}}
        learns = StaffFacts(**card | {"skills": {NETWORK: 2, "workshop_design": 5}}, network=NETWORK, network_hours=8)
        counted = counted_with(learns, near)
        assert counted.skills[NETWORK] == 4, "by a near skill, which makes nobody experienced in the network"
        assert counted.network_places == {f"{NETWORK} learning"}
        with pytest.raises(BadInput) as refused:
            StaffFacts(**card, **facts)
        assert [each.property for each in refused.value.parameters] == [field]

    @pytest.mark.parametrize(
        ("amount", "timing", "field"),
        [
            (50, HOURS, "amount"),
            (100, Fixed(builders.at(14, 9), builders.at(15, 12)), "timing"),
            (100, Fixed(builders.at(14, 6), builders.at(14, 19)), "timing"),
            (100, Period(clock.today() + timedelta(days=9), clock.today() + timedelta(days=12)), "timing"),
        ],
    )
    def test_a_network_lends_somebody_whole_for_hours_of_a_day(self, amount: int, timing: Timing, field: str) -> None:
        asks = StaffRequirements(network=NETWORK)
        NeedDraft(family="staff", amount=100, timing=HOURS, requirements=asks)
        with pytest.raises(BadInput) as refused:
            NeedDraft(family="staff", amount=amount, timing=timing, requirements=asks)
        assert [each.property for each in refused.value.parameters] == [field]

    @pytest.mark.parametrize(
        ("learners", "experienced", "together", "wrong"),
        [(0, 1, False, []), (1, 1, True, []), (1, 1, False, [0]), (1, 0, True, [0]), (2, 1, True, [1])],
    )
    def test_whoever_learns_is_asked_for_beside_one_with_experience(
        self, learners: int, experienced: int, together: bool, wrong: list[int]
    ) -> None:
        needs = tuple(
            NeedDraft(
                family="staff",
                amount=100,
                timing=HOURS,
                requirements=StaffRequirements(network=NETWORK, learner=learns),
            )
            for learns in [True] * learners + [False] * experienced
        )
        if not wrong:
            RequestDraft(title="Dialog", needs=needs, together=together)
            return
        with pytest.raises(BadInput) as refused:
            RequestDraft(title="Dialog", needs=needs, together=together)
        assert [each.property for each in refused.value.parameters] == [
            f"needs[{place}].requirements.learner" for place in wrong
        ]

    def test_a_week_has_the_same_person(self) -> None:
        asks = StaffRequirements(network=NETWORK)
        first = clock.today() + timedelta(days=9)
        week = (first, first + timedelta(days=20), (0, 1, 2, 3, 4), HOURS.start.time(), HOURS.end.time())
        NeedDraft(family="staff", amount=100, timing=Weekly(*week, same_resource=True), requirements=asks)
        with pytest.raises(BadInput):
            NeedDraft(family="staff", amount=100, timing=Weekly(*week, same_resource=False), requirements=asks)


class TestWhatIsAgreed:
    def test_hours_of_a_month_are_looked_at_again(self, session: Session) -> None:
        """Of four hours a month three are agreed: three more of the month are not, of another they are."""
        offer = card(session, network_hours=4)
        first, month = hourly(session, offer), builders.at(14).month
        for actor in (first.lister, first.requester):
            made = accept(session, actor, first.proposal)
        [booking] = made.bookings
        [claim] = session.exec(select(Claim).where(Claim.booking_id == booking.id)).all()
        assert (claim.amount, len(by_unit(lent(session))[claim.unit_id])) == (20, 1)
        same = next(day for day in (13, 15) if builders.at(day).month == month)
        with pytest.raises(Conflict) as refused:
            accept(session, first.lister, hourly(session, offer, day=same).proposal)
        assert refused.value.code == "hours_reached"
        accept(session, first.lister, hourly(session, offer, day=50).proposal)
        service.cancel(session, first.lister, booking.id, "no_longer_available")
        assert not any(each.proposal_id is None for each in lent(session))

    def test_what_is_only_proposed_keeps_nobody_from_the_last_hours(self, session: Session) -> None:
        """Of four hours a month three are proposed twice: whichever is approved first takes them."""
        offer = card(session, network_hours=4)
        month = builders.at(14).month
        same = next(day for day in (13, 15) if builders.at(day).month == month)
        first, second = (hourly(session, offer, day=day, approved=False) for day in (14, same))
        service_of_proposals.approve(session, second.coordinator, second.proposal.id)
        with pytest.raises(Conflict) as refused:
            service_of_proposals.approve(session, first.coordinator, first.proposal.id)
        assert refused.value.code == "hours_reached"
        for actor in (second.lister, second.requester):
            made = accept(session, actor, second.proposal)
        [booking] = made.bookings
        with pytest.raises(Conflict) as refused:
            ask_to_extend(session, second.requester, booking.id, clock.today() + timedelta(days=20))
        assert refused.value.code == "lent_by_hour", "a network is asked anew, as another may have been asked less"

    def test_who_has_left_the_network_is_not_lent_by_it(self, session: Session) -> None:
        offer = card(session)
        found = hourly(session, offer)
        left = session.get_one(StaffCapacity, offer.resource_id)
        left.network, left.network_hours = "", None
        session.flush()
        with pytest.raises(Conflict) as refused:
            accept(session, found.lister, found.proposal)
        assert refused.value.code == "left_network"

    def test_a_skill_by_another_name_has_the_same_network(self, session: Session) -> None:
        """It was replaced by a concept of another vocabulary, as a file of that says."""
        offer = card(session)
        found = hourly(session, offer)
        renamed = builders.skill(session, "facilitering")
        own = session.exec(select(Skill).where(Skill.code == NETWORK)).one()
        builders.added(session, SkillRelation(skill_id=own.id, kind=Relation.REPLACED_BY, uri=renamed.uri))
        work_out_closure(session)
        [asks] = found.needs
        asks.requirements = {"network": "facilitering", "learner": False}
        session.flush()
        near = counting(session, [NETWORK])
        facts = counted_with(StaffFacts(20, remote=True, skills={NETWORK: 4}, network=NETWORK, network_hours=8), near)
        assert facts.network_places == {f"{each} experienced" for each in (NETWORK, "facilitering")}
        accept(session, found.lister, found.proposal)

    @pytest.mark.parametrize("decided", ["kept", "silent", "replaced"])
    def test_whoever_learns_does_not_stay_alone(self, session: Session, decided: str) -> None:
        lead, learner = card(session), card(session, 2)
        found = hourly(session, lead, learner, learner=True)
        other = builders.actor(session, builders.home_of(session, learner))
        for actor in (found.lister, other, found.requester):
            made = accept(session, actor, found.proposal)
        bookings = {booking.offer_id: booking for booking in made.bookings}
        service.cancel(session, found.lister, bookings[lead.id].id, "staff_declined")
        if decided == "silent":
            bundles.end_due(session, clock.now() + timedelta(days=30))
        elif decided == "replaced":
            bundles.decide(session, found.requester, found.request.id, BundleState.REPLACED)
            bundles.end_due(session, builders.at(14, 8))
            assert bookings[learner.id].state is BookingState.AGREED, "somebody may be found until it begins"
            bundles.end_due(session, builders.at(14, 9))
        else:
            with pytest.raises(Conflict) as refused:
                bundles.decide(session, found.requester, found.request.id, BundleState.KEPT)
            assert refused.value.code == "learner_alone"
            bundles.decide(session, found.requester, found.request.id, BundleState.CANCELLED)
        session.expire_all()
        assert bookings[learner.id].state is BookingState.CANCELLED


class TestThanks:
    def lent(self, session: Session) -> tuple[Deal, Booking]:
        """A loan of three hours that has begun, of somebody who is a member."""
        offer = card(session)
        found = hourly(session, offer)
        for actor in (found.lister, found.requester):
            made = accept(session, actor, found.proposal)
        [booking] = made.bookings
        session.get_one(StaffCapacity, offer.resource_id).member_id = found.lister.member_id
        begin(session, booking)
        return found, booking

    def test_the_lender_and_who_was_lent_are_told_and_it_counts(self, session: Session) -> None:
        found, booking = self.lent(session)
        thank(session, found.requester, booking.id, " Tack för en fin dag! ")
        assert booking.thanks == "Tack för en fin dag!"
        told = session.exec(select(Notice).where(Notice.entity_id == booking.id)).all()
        assert {(each.code, each.member_id, each.facts.get("words")) for each in told} >= {
            (NoticeCode.THANKED, None, None),
            (NoticeCode.THANKED_YOU, found.lister.member_id, "Tack för en fin dag!"),
        }
        [standing] = standings(session, found.lister)
        assert (standing.skill, standing.own_hours, standing.own_thanks) == (NETWORK, 3, 1)
        assert (standing.experienced, standing.unevenness) == (None, None), "one is too few to be told of"
        [other] = standings(session, found.requester)
        assert (other.own_hours, other.own_thanks) == (0, 0)
        with pytest.raises(Conflict) as refused:
            thank(session, found.requester, booking.id, "Tack igen!")
        assert refused.value.code == "already_thanked"
        with pytest.raises(NotAllowed):
            take_back(session, found.lister, booking.id)
        take_back(session, found.requester, booking.id)
        assert booking.thanks is None
        assert NoticeCode.THANKED_YOU not in session.exec(select(Notice.code)).all(), "nobody reads the words any more"
        with pytest.raises(Conflict) as refused:
            take_back(session, found.requester, booking.id)
        assert refused.value.code == "not_thanked"

    @pytest.mark.parametrize("words", ["", "x" * 5000, "Tack 19121212-1212"])
    def test_not_by_words_that_may_stand_nowhere(self, session: Session, words: str) -> None:
        found, booking = self.lent(session)
        with pytest.raises(BadInput):
            thank(session, found.requester, booking.id, words)

    def test_only_by_who_borrows_and_once_it_has_begun(self, session: Session) -> None:
        found, booking = self.lent(session)
        with pytest.raises(NotAllowed):
            thank(session, found.lister, booking.id, "Tack!")
        booking.during = to_range(Interval(clock.now() + timedelta(hours=1), builders.at(30)))
        with pytest.raises(Conflict) as refused:
            thank(session, found.requester, booking.id, "Tack!")
        assert refused.value.code == "nothing_to_thank_for"


class TestStanding:
    def test_nobody_is_told_of_by_joining(self, session: Session) -> None:
        """Seven with experience of ten hours a month are told as five and 70, and so are eight of whom one is hidden.

        An eighth whom others may see, of nine hours, changes neither: 79 is told as 70.
        """
        reader = builders.actor(session)
        for _ in range(7):
            card(session)
        [before] = standings(session, reader)
        assert (before.experienced, before.learning, before.hours_a_month) == (5, None, 70)
        assert (before.lent_hours, before.unevenness) == (0, 0.0)
        hidden = card(session, network_hours=80)
        hidden.visibility = Visibility.ORGANISATION
        card(session, network_hours=9)
        session.flush()
        assert standings(session, reader) == [before]
        [own] = standings(session, builders.actor(session, builders.home_of(session, hidden)))
        assert own.hours_a_month == 150, "of one's own all are counted: 159"


def test_a_run_lends_those_asked_least_and_whoever_learns_beside_them(engine: Engine) -> None:
    assert engine
    with db.unit_of_work() as session:
        lead, learner, busy = card(session), card(session, 2), card(session)
        before = hourly(session, busy, day=20)
        for actor in (before.lister, before.requester):
            accept(session, actor, before.proposal)
        pair = builders.request(session, together=True)
        asked(session, request=pair)
        asked(session, request=pair, learner=True)
        ids = {lead.id: 20, learner.id: 20}
    attempts.run_now(RunDraft(time_limit_s=600))
    with db.unit_of_work() as session:
        lines = session.exec(select(ProposalLine).join(Proposal).where(Proposal.request_id == pair.id)).all()
        assert {line.offer_id: line.amount for line in lines} == ids
        [turn] = [line.reasons.terms["rotation"] for line in lines if line.offer_id == lead.id]
        assert turn == 0
