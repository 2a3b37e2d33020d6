"""Listing sites and resources with their units, changing them, and closing them for a while."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from core.actor import Actor
from core.database.audit import AuditEntry
from core.errors import BadInput, CapacityExceeded, Conflict, NotAllowed, NotFound, VersionChanged
from core.time.clock import STOCKHOLM
from core.time.interval import Interval
from core.time.opening import ALWAYS_OPEN
from core.time.opening_text import from_text
from resources import claims, queries, service
from resources.availability import Piece
from resources.claims import Wanted
from resources.drafts import PartDraft, ResourceDraft, SiteDraft
from resources.families.furniture import FurnitureFacts
from resources.families.space import Fitting, SpaceFacts
from resources.families.staff import StaffTime
from resources.families.vehicle import Fuel, VehicleFacts
from resources.models import ClaimSource, Resource, Site
from resources.queries import ResourceSearch
from resources.vocabulary import Access
from tests import builders
from tests.builders import days
from tests.counting import counted

HOUSE = SiteDraft("Huset", "Prästgatan 1", "2380", 63.18, 14.64, frozenset({Access.LIFT}), from_text("må-fr 8-17"))
ROOM = SpaceFacts(8, 20.0, frozenset({Fitting.SCREEN}), frozenset({Access.HEARING_LOOP}))
HALL = SpaceFacts(80, 160.0, frozenset({Fitting.SOUND_SYSTEM}))
PARTS = (PartDraft("Norra", 50, 100.0), PartDraft("Södra", 30))


@pytest.fixture
def lister(session: Session) -> Actor:
    return builders.actor(session, roles=["lister"])


@pytest.fixture
def site(session: Session, lister: Actor) -> Site:
    return service.create_site(session, lister, HOUSE)


def draft(site: Site | None, **values: object) -> ResourceDraft:
    ordinary = {"family": "space", "kind": "meeting_room", "name": "Storsjön", "facts": ROOM}
    return ResourceDraft(**(ordinary | {"site_id": site and site.id} | values))  # type: ignore[arg-type]


def chairs(site: Site, count: int = 40) -> ResourceDraft:
    facts = FurnitureFacts(count, 4)
    return draft(site, family="furniture", kind="chair", name="Stolar", facts=facts)


def units(session: Session, resource: Resource) -> list[tuple[str, int, int]]:
    return [
        (unit.name, unit.capacity, amount) for unit, amount in queries.units_of(session, [resource.id])[resource.id]
    ]


def test_a_site_is_listed_and_changed(session: Session, lister: Actor, site: Site) -> None:
    assert (site.organisation_id, site.access, site.version) == (lister.organisation_id, ["lift"], 1)
    assert queries.site(session, lister, site.id) is site
    service.update_site(session, lister, site.id, replace(HOUSE, name="Nya huset"), if_version=1)
    assert (site.name, site.version) == ("Nya huset", 2)
    with pytest.raises(VersionChanged):
        service.update_site(session, lister, site.id, HOUSE, if_version=1)
    assert len(session.exec(select(AuditEntry).where(AuditEntry.entity_id == site.id)).all()) == 2


def test_two_of_one_name_are_refused_each_in_its_own_organisation(session: Session, lister: Actor, site: Site) -> None:
    service.create_site(session, builders.actor(session), HOUSE)
    service.create_resource(session, lister, draft(site))
    for create in (
        lambda: service.create_site(session, lister, HOUSE),
        lambda: service.create_resource(session, lister, draft(site)),
    ):
        with pytest.raises(Conflict), session.begin_nested():
            create()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, [("meeting_room", 1, 1)]),
        ({"kind": "desk_pool", "facts": SpaceFacts(12)}, [("desk_pool", 12, 1)]),
        ({"kind": "hall", "facts": HALL}, [("hall", 1, 1)]),
        ({"family": "furniture", "kind": "chair", "facts": FurnitureFacts(40, 4)}, [("chair", 40, 1)]),
        ({"family": "vehicle", "kind": "car", "facts": VehicleFacts(5, Fuel.ELECTRIC)}, [("car", 1, 1)]),
        ({"family": "staff", "kind": "staff", "facts": StaffTime(40)}, [("staff", 40, 1)]),
    ],
)
def test_each_family_gets_its_facts_and_units(
    session: Session, lister: Actor, site: Site, values: dict[str, object], expected: list[tuple[str, int, int]]
) -> None:
    resource = service.create_resource(session, lister, draft(site, **values))
    assert units(session, resource) == expected
    stated = queries.described(session, lister, resource.id).stated
    assert stated == values.get("facts", ROOM)


def test_a_hall_that_divides_takes_all_its_parts(session: Session, lister: Actor, site: Site) -> None:
    hall = service.create_resource(session, lister, draft(site, kind="hall", facts=HALL, parts=PARTS))
    assert units(session, hall) == [("Norra", 1, 1), ("Södra", 1, 1)]
    parts = queries.parts_of(session, [hall.id])[hall.id]
    north = parts["Norra"]
    assert (north.name, north.part_of_id, units(session, north)) == ("Storsjön, Norra", hall.id, [("Norra", 1, 1)])
    assert queries.described(session, lister, north.id).stated == replace(HALL, seats=50, area_m2=100.0)


def test_a_space_has_the_access_and_hours_of_its_site(session: Session, lister: Actor, site: Site) -> None:
    resource = service.create_resource(session, lister, draft(site))
    found = queries.described(session, lister, resource.id)
    assert isinstance(found.facts, SpaceFacts)
    assert found.facts.access == {Access.LIFT, Access.HEARING_LOOP}
    assert found.opening == HOUSE.opening_hours
    own = from_text("lö 10-14")
    service.update_resource(session, lister, resource.id, draft(site, opening_hours=own))
    assert queries.described(session, lister, resource.id).opening == own
    staff = builders.staff(session)
    assert queries.described(session, None, staff.id).opening == ALWAYS_OPEN


def test_new_facts_are_a_new_version_and_the_same_facts_are_not(session: Session, lister: Actor, site: Site) -> None:
    resource = service.create_resource(session, lister, draft(site))
    service.update_resource(session, lister, resource.id, draft(site))
    assert resource.version == 1
    service.update_resource(session, lister, resource.id, draft(site, facts=replace(ROOM, seats=10)), if_version=1)
    assert resource.version == 2
    assert queries.described(session, lister, resource.id).stated == replace(ROOM, seats=10)
    with pytest.raises(VersionChanged):
        service.update_resource(session, lister, resource.id, draft(site), if_version=1)


def test_capacity_follows_the_facts_when_they_change(session: Session, lister: Actor, site: Site) -> None:
    resource = service.create_resource(session, lister, chairs(site))
    [(unit, _)] = queries.units_of(session, [resource.id])[resource.id]
    service.change_capacity(session, lister, resource.id, 35)  # five are being mended
    service.update_resource(session, lister, resource.id, replace(chairs(site), description="Blå"))
    assert units(session, resource) == [("chair", 35, 1)]
    service.update_resource(session, lister, resource.id, chairs(site, 60))
    assert units(session, resource) == [("chair", 60, 1)]
    claims.take(session, [Wanted(unit.id, 50, days(1, 2))], ClaimSource.BOOKING)
    with pytest.raises(CapacityExceeded):
        service.update_resource(session, lister, resource.id, chairs(site, 49))


def test_the_percent_of_staff_changes(session: Session, lister: Actor) -> None:
    card = draft(None, family="staff", kind="staff", facts=StaffTime(40))
    resource = service.create_resource(session, lister, card)
    service.update_resource(session, lister, resource.id, replace(card, facts=StaffTime(60)))
    assert units(session, resource) == [("staff", 60, 1)]
    assert resource.version == 2


def test_what_there_is_one_of_stays_one(session: Session, lister: Actor, site: Site) -> None:
    hall = service.create_resource(session, lister, draft(site, kind="hall", facts=HALL, parts=PARTS))
    for one in (hall, builders.space(session, site), builders.vehicle(session, site), builders.staff(session)):
        with pytest.raises(BadInput):
            service.change_capacity(session, None, one.id, 2)
    with pytest.raises(BadInput):
        service.change_capacity(session, None, builders.furniture(session, site).id, 0)


def test_the_parts_of_a_hall_change_their_size_but_stay_the_same(session: Session, lister: Actor, site: Site) -> None:
    hall_draft = draft(site, kind="hall", facts=HALL, parts=PARTS)
    hall = service.create_resource(session, lister, hall_draft)
    larger = (replace(PARTS[0], seats=25), PARTS[1])
    service.update_resource(session, lister, hall.id, replace(hall_draft, parts=larger))
    part = queries.parts_of(session, [hall.id])[hall.id]["Norra"]
    assert (part.facts["seats"], part.version) == (25, 2)
    service.update_resource(session, lister, hall.id, replace(hall_draft, parts=()))  # says nothing of its parts
    for other in (
        replace(hall_draft, parts=(PARTS[0], PartDraft("Västra", 30))),
        replace(draft(site), facts=HALL),  # no hall any more
    ):
        with pytest.raises(Conflict, match="parts"):
            service.update_resource(session, lister, hall.id, other)
    room = service.create_resource(session, lister, draft(site, kind="hall", name="Odelad", facts=HALL))
    with pytest.raises(Conflict, match="parts"):
        service.update_resource(session, lister, room.id, replace(hall_draft, name="Odelad"))


def test_a_room_does_not_become_a_car(session: Session, lister: Actor, site: Site) -> None:
    resource = service.create_resource(session, lister, draft(site))
    car = draft(site, family="vehicle", kind="car", facts=VehicleFacts(5, Fuel.HVO))
    with pytest.raises(Conflict, match="space"):
        service.update_resource(session, lister, resource.id, car)


def test_a_closed_period_takes_all_of_it_until_it_is_opened_again(session: Session, lister: Actor, site: Site) -> None:
    hall = service.create_resource(session, lister, draft(site, kind="hall", facts=HALL, parts=PARTS))
    closed = service.close_period(session, lister, hall.id, days(10, 17), "Golvet slipas")
    assert [(claim.source, claim.amount, claim.note) for claim in closed] == [("owner", 1, "Golvet slipas")] * 2
    north = queries.parts_of(session, [hall.id])[hall.id]["Norra"]
    with pytest.raises(CapacityExceeded):
        service.close_period(session, lister, north.id, days(16, 18))
    for claim in closed:
        service.reopen_period(session, lister, hall.id, claim.id)
    service.close_period(session, lister, north.id, days(16, 18))
    held = queries.active_claims(
        session, [unit.id for unit, _ in queries.units_of(session, [hall.id])[hall.id]], days(1, 30)
    )
    assert [claim.during for claim in held] == [builders.to_range(days(16, 18))]


def test_a_hall_is_free_where_all_of_it_is(session: Session, lister: Actor, site: Site) -> None:
    hall = service.create_resource(session, lister, draft(site, kind="hall", facts=HALL, parts=PARTS))
    parts = queries.parts_of(session, [hall.id])[hall.id]
    monday = date(2032, 6, 1)
    for name, hour in (("Norra", 8), ("Södra", 9)):
        start = datetime(2032, 6, 1, hour, tzinfo=STOCKHOLM)
        service.close_period(session, lister, parts[name].id, Interval(start, start + timedelta(hours=3)))
    [free] = queries.free_pieces(session, lister, hall.id, monday, monday)
    open_until = datetime(2032, 6, 1, 17, tzinfo=STOCKHOLM)
    assert free == Piece(Interval(datetime(2032, 6, 1, 12, tzinfo=STOCKHOLM), open_until), 1)
    for last in (monday - timedelta(days=1), monday + timedelta(days=400)):
        with pytest.raises(BadInput):
            queries.free_pieces(session, lister, hall.id, monday, last)


def test_what_is_booked_is_not_closed_nor_opened_by_the_owner(session: Session, lister: Actor, site: Site) -> None:
    resource = service.create_resource(session, lister, chairs(site))
    [(unit, _)] = queries.units_of(session, [resource.id])[resource.id]
    [booked] = claims.take(session, [Wanted(unit.id, 1, days(3, 4))], ClaimSource.BOOKING)
    with pytest.raises(CapacityExceeded) as caught:
        service.close_period(session, lister, resource.id, days(1, 8))
    assert [claim["source"] for claim in caught.value.details["clashes"][0]["claims"]] == ["booking"]  # type: ignore[index]
    with pytest.raises(NotFound):
        service.reopen_period(session, lister, resource.id, booked.id)


def test_others_see_nothing_and_colleagues_change_nothing(session: Session, lister: Actor, site: Site) -> None:
    resource = service.create_resource(session, lister, draft(site))
    [closed] = service.close_period(session, lister, resource.id, days(1, 2))
    home = session.get_one(builders.Organisation, lister.organisation_id)
    stranger, colleague = builders.actor(session), builders.actor(session, home, roles=["requester"])
    coordinator = builders.coordinator(session)
    actions = [
        lambda who: service.update_site(session, who, site.id, HOUSE),
        lambda who: service.update_resource(session, who, resource.id, draft(site)),
        lambda who: service.change_capacity(session, who, resource.id, 1),
        lambda who: service.close_period(session, who, resource.id, days(5, 6)),
        lambda who: service.reopen_period(session, who, resource.id, closed.id),
    ]
    for action in actions:
        with pytest.raises(NotFound):
            action(stranger)
        for somebody in (colleague, coordinator):
            with pytest.raises(NotAllowed):
                action(somebody)
    assert queries.resource(session, coordinator, resource.id) is resource


@pytest.mark.parametrize("roles", [[], ["requester"], ["coordinator"]])
def test_a_persons_time_is_seen_by_those_who_list_it_only(session: Session, lister: Actor, roles: list[str]) -> None:
    home = session.get_one(builders.Organisation, lister.organisation_id)
    card = builders.staff(session, home)  # all three have consented: then it is among the offers, without a name
    staff = ResourceSearch(family="staff")
    for one in (None, lister, builders.actor(session, home, roles=["admin"])):
        assert queries.resource(session, one, card.id) is card
        assert queries.resources_page(session, one, staff).total == 1
    for other in (builders.actor(session, home, roles=roles), builders.actor(session, roles=["lister", *roles])):
        assert queries.resources_page(session, other, staff).total == 0
        for ask in (queries.resource, queries.described):
            with pytest.raises(NotFound):
                ask(session, other, card.id)
        with pytest.raises(NotFound):
            queries.free_pieces(session, other, card.id, date(2027, 3, 1), date(2027, 3, 2))


def test_a_resource_stands_at_a_site_of_its_own_organisation(session: Session, lister: Actor) -> None:
    with pytest.raises(NotFound):
        service.create_resource(session, lister, draft(builders.site(session)))


def test_the_system_lists_for_an_organisation_that_it_names(session: Session, lister: Actor) -> None:
    with pytest.raises(BadInput):
        service.create_site(session, None, HOUSE)
    site = service.create_site(session, None, HOUSE, lister.organisation_id)
    resource = service.create_resource(session, None, draft(site), lister.organisation_id)
    assert resource.organisation_id == lister.organisation_id
    with pytest.raises(NotAllowed):
        service.create_site(session, lister, HOUSE, builders.organisation(session).id)


def test_lists_show_ones_own_in_as_many_queries_as_one(session: Session, lister: Actor, site: Site) -> None:
    for name in ("A", "B", "C"):
        service.create_resource(session, lister, draft(site, name=name))
    service.create_resource(session, lister, chairs(site))
    builders.space(session)
    with counted(session) as sent:
        found = queries.resources_page(session, lister, ResourceSearch("space", "meeting_room", site.id))
    assert [each.resource.name for each in found.items] == ["A", "B", "C"]
    assert len(sent) == 1
    assert queries.resources_page(session, lister, ResourceSearch()).total == 4
    assert [each.name for each, _hours in queries.sites_page(session, lister).items] == ["Huset"]
