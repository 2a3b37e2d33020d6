"""Roles for one unit of an organisation: what belongs to it, and nothing else; and hosts, who see who comes."""

from dataclasses import dataclass

import pytest
from sqlmodel import Session

from api.language.notices import notice_text
from competence.approvals.models import Approver
from competence.approvals.queries import given, waiting_for_manager
from core.actor import Actor, Permission, Role
from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.time import clock
from marketplace.bookings import queries as bookings
from marketplace.bookings import service as lending
from marketplace.bookings.queries import BookingSearch, bookings_page, sites_hosted
from marketplace.cards.approving import give, withdraw
from marketplace.notices.queries import notices_page
from marketplace.offers import queries as offers
from marketplace.offers import service as offering
from marketplace.offers.models import OfferState, Visibility
from marketplace.offers.rules import OfferDraft
from marketplace.organisations import service as organisations
from marketplace.organisations.grants import GrantDraft
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import actor_for
from marketplace.proposals.models import Side
from marketplace.proposals.queries import waiting_for
from marketplace.proposals.service import accept, approve, refuse
from marketplace.proposals.undoing import reopen
from marketplace.requests import service as requests
from resources import service as resources
from resources.drafts import ResourceDraft
from resources.families.space import SpaceFacts
from tests import builders
from tests.marketplace.proposals.deals import deal

OURS, THEIRS = "Lokaler", "Ekonomi"


@dataclass
class House:
    """An organisation with two units."""

    session: Session
    home: Organisation

    def holder(self, *roles: str, units: tuple[str, ...] = (OURS,), **values: object) -> Actor:
        grants = {role: {"departments": list(units)} for role in roles}
        return builders.actor(self.session, self.home, roles=list(roles), grants=grants, **values)

    def draft(self, name: str) -> ResourceDraft:
        site = builders.site(self.session, self.home)
        return ResourceDraft("space", "meeting_room", name, SpaceFacts(seats=8), site_id=site.id)


@pytest.fixture
def house(session: Session) -> House:
    return House(session, builders.organisation(session))


def refused(code: str) -> pytest.RaisesExc[NotAllowed]:
    return pytest.raises(NotAllowed, check=lambda error: error.code == code)


TERMS = {"during": builders.days(0, 30)}


def test_a_lister_of_a_unit_lists_for_it_and_changes_nothing_else(session: Session, house: House) -> None:
    lister = house.holder("lister")
    made = offering.post_resource(session, lister, house.draft("Vårt"), OfferDraft(**TERMS))
    room = session.get_one(type(builders.space(session)), made.resource_id)
    assert room.department == OURS, "a lister of one unit need not say which"
    kept = offering.update_offer(session, lister, made.id, OfferDraft(**TERMS, conditions="Städa"))
    assert (kept.conditions, room.department) == ("Städa", OURS)
    for department in (THEIRS, None):
        of_others = builders.offer(
            session, builders.space(session, builders.site(session, house.home)), department=department
        )
        for act in (
            lambda key: offering.update_offer(session, lister, key, OfferDraft(**TERMS)),
            lambda key: offering.close_offer(session, lister, key),
            lambda _, thing=of_others.resource_id: resources.close_period(session, lister, thing, builders.days(3, 4)),
            lambda _, thing=of_others.resource_id: offering.create_offer(session, lister, thing, OfferDraft(**TERMS)),
        ):
            with refused("not_your_department"):
                act(of_others.id)
        assert not offers.offer_view(session, lister, of_others.id).managed
    with refused("not_your_department"):
        offering.update_offer(session, lister, made.id, OfferDraft(**TERMS, department=THEIRS))
    with refused("not_your_department"):
        resources.update_site(session, lister, room.site_id, None)  # type: ignore[arg-type]
    stranger = builders.offer(session, visibility=Visibility.ORGANISATION)
    with pytest.raises(NotFound):
        offering.close_offer(session, lister, stranger.id)


def test_a_lister_of_all_moves_a_hall_with_its_parts_to_a_unit_whose_draft_others_do_not_see(
    session: Session, house: House
) -> None:
    boss, lister = builders.actor(session, house.home, roles=["lister"]), house.holder("lister")
    hall = builders.hall(session, builders.site(session, house.home))
    offer = builders.offer(session, hall, state=OfferState.DRAFT)
    with pytest.raises(NotFound):
        offers.offer_view(session, lister, offer.id)
    offering.update_offer(session, boss, offer.id, OfferDraft(**TERMS, department=OURS))
    assert offers.offer_view(session, lister, offer.id).managed
    both = house.holder("lister", units=(OURS, THEIRS))
    draft = OfferDraft(**TERMS, department=THEIRS, visibility=Visibility.DEPARTMENT)
    offering.update_offer(session, both, offer.id, draft)
    assert {each.department for each in (hall, *resources.queries.parts_of(session, [hall.id])[hall.id].values())} == {
        THEIRS
    }
    with pytest.raises(NotFound):
        offers.offer_view(session, lister, offer.id)


def test_a_manager_says_yes_for_the_people_of_its_unit_after_the_employee(session: Session, house: House) -> None:
    manager, hr = house.holder("manager"), builders.actor(session, house.home, roles=["hr"])
    card, other = (builders.staff(session, house.home, consented=False, department=each) for each in (OURS, THEIRS))
    for resource in (card, other):
        builders.offer(session, resource)
    assert session.scalar(waiting_for_manager(manager)) == 0
    with pytest.raises(Conflict, match="employee"):
        give(session, manager, card, Approver.MANAGER, "")
    for resource in (card, other):
        give(session, hr, resource, Approver.EMPLOYEE, "Blankett")
    assert session.scalar(waiting_for_manager(manager)) == 1
    give(session, manager, card, Approver.MANAGER, "")
    assert [(each.who, each.noted_by) for each in given(session, card.id)][-1] == (Approver.MANAGER, manager.name)
    assert session.scalar(waiting_for_manager(manager)) == 0
    with refused("hr_only"):
        give(session, manager, card, Approver.HR, "Jag vet")
    with pytest.raises(NotAllowed):
        give(session, manager, other, Approver.MANAGER, "")
    with pytest.raises(BadInput):
        give(session, hr, other, Approver.MANAGER, "")
    withdraw(session, manager, card, Approver.MANAGER)
    assert [each.who for each in given(session, card.id)] == [Approver.EMPLOYEE]
    seen = {each.offer.resource_id for each in offers.search_offers(session, manager, offers.OfferSearch()).items}
    assert seen == {card.id}


def test_proposals_and_bookings_are_answered_for_all_units_that_are_in_them(session: Session, house: House) -> None:
    asker = builders.member(session)
    request = builders.request(session, asker, department=THEIRS)
    things = [
        (
            builders.need(session, request),
            builders.offer(session, builders.space(session, builders.site(session, house.home)), department=each),
        )
        for each in (OURS, THEIRS)
    ]
    one, both = house.holder("lister"), house.holder("approver", units=(OURS, THEIRS))
    proposal = builders.approved(session, *things)
    for act in (lambda: accept(session, one, proposal.id), lambda: refuse(session, one, proposal.id, "too_far")):
        with refused("not_your_department"):
            act()
    assert [len(session.scalars(waiting_for(each, [Side.LISTER])).all()) for each in (one, both)] == [0, 1]
    accept(session, both, proposal.id)
    theirs = builders.actor(
        session, session.get_one(Organisation, asker.organisation_id), roles=["requester"],
        grants={"requester": {"departments": [THEIRS]}},
    )  # fmt: skip
    others = builders.actor(
        session, session.get_one(Organisation, asker.organisation_id), roles=["requester"],
        grants={"requester": {"departments": [OURS]}},
    )  # fmt: skip
    assert [len(session.scalars(waiting_for(each, [Side.REQUESTER])).all()) for each in (others, theirs)] == [0, 1]
    made = accept(session, theirs, proposal.id).bookings
    moved = {}
    for each in made:
        with_units = bookings.departments(session, each)
        moved[with_units[lending.BookingRole.LENDER]] = each
    lending.cancel(session, one, moved[OURS].id, "no_longer_available")
    with refused("not_your_move"):
        lending.cancel(session, one, moved[THEIRS].id, "no_longer_available")
    lending.cancel(session, theirs, moved[THEIRS].id, "no_longer_needed")


def test_a_requester_of_a_unit_changes_what_that_unit_asked_for(session: Session, house: House) -> None:
    asker = house.holder("requester", department=THEIRS)
    ours = builders.request(session, builders.member(session, house.home), department=OURS)
    theirs = builders.request(session, builders.member(session, house.home), department=THEIRS)
    for each in (ours, theirs):
        builders.need(session, each)
    requests.withdraw_request(session, asker, ours.id)
    with refused("not_your_department"):
        requests.withdraw_request(session, asker, theirs.id)


@pytest.mark.parametrize(
    ("role", "limits", "wrong"),
    [
        (Role.LISTER, {"departments": (OURS, "Okänd")}, "departments"),
        (Role.ADMIN, {"departments": (OURS,)}, "departments"),
        (Role.LISTER, {"departments": (" ",)}, "departments"),
        (Role.HUB_HOST, {"departments": (OURS,)}, "departments"),
        (Role.LISTER, {"site_ids": ("own",)}, "siteIds"),
        (Role.HUB_HOST, {"site_ids": ("foreign",)}, "siteIds"),
    ],
)
def test_limits_that_cannot_be_granted(session: Session, house: House, role: Role, limits: dict, wrong: str) -> None:
    admin = builders.actor(session, house.home, roles=["admin"], department=OURS)
    sites = {"own": builders.site(session, house.home).id, "foreign": builders.site(session).id}
    named = {name: tuple(sites.get(each, each) for each in values) for name, values in limits.items()}
    with pytest.raises(BadInput) as told:
        organisations.grant_role(session, admin, admin.member_id, GrantDraft(role, "R", **named))
    assert {each.property for each in told.value.parameters} == {wrong}


def test_a_host_sees_who_comes_to_its_sites_and_no_more(session: Session, house: House) -> None:
    member = builders.member(session, house.home, roles=[], department=OURS)
    lender, borrower = builders.organisation(session), builders.member(session)
    hub, elsewhere = (builders.site(session, lender) for _ in range(2))
    for site in (hub, elsewhere):
        request = builders.request(session, borrower)
        things = (builders.need(session, request), builders.offer(session, builders.space(session, site)))
        proposal = builders.approved(session, things)
        for home in (lender, session.get_one(Organisation, borrower.organisation_id)):
            accept(session, builders.actor(session, home), proposal.id)
    boss = builders.coordinator(session)
    organisations.grant_role(session, boss, member.id, GrantDraft(Role.HUB_HOST, "Värd", site_ids=(hub.id,)))
    host = actor_for(session, member.id)
    assert host.may(Permission.HOST)
    assert [each.id for each in sites_hosted(session, host)] == [hub.id]
    found = bookings_page(session, host, BookingSearch()).items
    assert [each.offered.lent.resource.site_id for each in found] == [hub.id]
    assert bookings_page(session, host, BookingSearch(site_id=elsewhere.id)).total == 0
    with refused("not_your_move"):
        lending.cancel(session, host, found[0].booking.id, "no_longer_available")
    organisations.grant_role(
        session, boss, member.id, GrantDraft(Role.HUB_HOST, "Vikarie", site_ids=(hub.id,), until=clock.today())
    )
    row = session.get_one(type(member), member.id)
    row.grants = {"hub_host": row.grants["hub_host"] | {"until": "2020-01-01"}}
    session.flush()
    assert bookings_page(session, actor_for(session, member.id), BookingSearch()).total == 0


def test_the_managers_of_a_person_are_told_that_somebody_asks_for_the_person(session: Session, house: House) -> None:
    card = builders.staff(session, house.home, department=OURS)
    ours, theirs, whole = house.holder("manager"), house.holder("manager", units=(THEIRS,)), house.holder("manager")
    session.get_one(Member, whole.member_id).grants = {}
    wanted = deal(session, builders.offer(session, card), builders.offer(session), approved=False)

    def told(actor: Actor) -> list[bool]:
        found = notices_page(session, actor).items
        return [each.read_at is None for each in found if each.code == "person_asked_for"]

    approve(session, wanted.coordinator, wanted.proposal.id)
    assert [told(each) for each in (ours, theirs, whole, wanted.requester)] == [[True], [], [True], []]
    notice = next(each for each in notices_page(session, ours).items if each.code == "person_asked_for")
    assert "Någon i din enhet är efterfrågad till" in notice_text(notice)
    reopen(session, wanted.coordinator, wanted.proposal.id)
    assert told(ours) == [False], "nothing is asked any more"
    rooms = deal(session, approved=False)
    approve(session, rooms.coordinator, rooms.proposal.id)
    assert told(ours) == [False]
