"""Who makes and changes a hub, what may be said of it, who sees it, and what it pays by size."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session

from core.actor import Actor
from core.errors import BadInput, Conflict, NotAllowed, NotFound, VersionChanged
from core.time import clock
from hubs.membership import manifesto
from hubs.places import queries, service
from hubs.places.models import HubPhase, HubRole, ZoneUse
from hubs.places.rules import FeeStep, HubDraft, OpenHouseDraft, RoleDraft, ZoneDraft, fee_of
from marketplace.organisations.models import Organisation
from resources.models import Site
from tests import builders
from tests.hubs import rows

LADDER = (FeeStep(1, 20_000), FeeStep(200, 60_000), FeeStep(1000, 200_000))


def host_of(session: Session, site: Site) -> Actor:
    home = session.get_one(Organisation, site.organisation_id)
    return builders.actor(session, home, roles=["hub_host"])


def test_a_host_makes_a_hub_of_its_site_with_all_that_is_said_of_it(session: Session):
    site = builders.site(session)
    host, room, quiet = host_of(session, site), builders.space(session, site), builders.space(session, site)
    manager = builders.member(session, session.get_one(Organisation, site.organisation_id))
    said = HubDraft(
        name="Hubben Öst",
        about="Här möts vi.",
        landlord="Fastighetsbolaget",
        house_rules="Diska efter dig.",
        phase=HubPhase.RUN,
        done=frozenset({"premises", "manifesto"}),
        opened_on=date(2026, 6, 1),
        seats=40,
        fees=LADDER,
        zones=(ZoneDraft(quiet.id, ZoneUse.QUIET), ZoneDraft(room.id, ZoneUse.WORKSHOP)),
        roles=(
            RoleDraft(HubRole.WORKING_GROUP, site.organisation_id, group_name="Festivalen"),
            RoleDraft(HubRole.COMMUNITY_MANAGER, site.organisation_id, manager.id),
        ),
        open_houses=(OpenHouseDraft(clock.today(), clock.today() + timedelta(days=4)),),
    )
    hub = service.create(session, host, site.id, said)
    view = queries.hub_view(session, None, hub.id)
    assert (view.site.id, view.host.id, view.fees) == (site.id, site.organisation_id, LADDER)
    assert [(zone.use, room_.id) for zone, room_ in queries.zones(session, hub.id)] == [
        (ZoneUse.QUIET, quiet.id),
        (ZoneUse.WORKSHOP, room.id),
    ]
    held = [(each.held.role, each.member and each.member.id) for each in queries.role_holders(session, hub.id)]
    assert held == [(HubRole.COMMUNITY_MANAGER, manager.id), (HubRole.WORKING_GROUP, None)]
    days = (-1, 0, 4, 5)
    may = [queries.is_open_house(session, hub.id, clock.today() + timedelta(days=each)) for each in days]
    assert may == [False, True, True, False]
    talk = rows.activity(session, hub, zone_id=room.id)
    service.change(session, host, hub.id, HubDraft(name="Hubben Öst", phase=HubPhase.RUN), if_version=hub.version)
    assert (queries.zones(session, hub.id), queries.role_holders(session, hub.id)) == ([], [])
    assert talk.zone_id == room.id, "what is on there stays in its room"


def test_only_a_host_of_the_site_makes_or_changes_a_hub(session: Session):
    site, other = builders.site(session), builders.site(session)
    hub, said = rows.hub(session, other), HubDraft(name="Hubben", phase=HubPhase.RUN)
    lister = builders.actor(session, session.get_one(Organisation, site.organisation_id), roles=["lister", "admin"])
    with pytest.raises(NotAllowed):
        service.create(session, lister, site.id, said)
    host = host_of(session, site)
    with pytest.raises(NotFound):
        service.create(session, host, builders.site(session).id, said)
    with pytest.raises(NotAllowed):
        service.change(session, host, hub.id, said)
    with pytest.raises(NotAllowed):
        manifesto.publish(session, host, hub.id, "Vi delar.")


def test_a_host_by_name_hosts_those_sites_alone(session: Session):
    site = builders.site(session)
    home = session.get_one(Organisation, site.organisation_id)
    second = builders.site(session, home)
    grants = {"hub_host": {"siteIds": [str(second.id)]}}
    host = builders.actor(session, home, roles=["hub_host"], grants=grants)
    assert [each.id for each in queries.sites_without_hub(session, host)] == [second.id]
    service.create(session, host, second.id, HubDraft(name="Hubben"))
    with pytest.raises(NotFound):
        service.create(session, host, site.id, HubDraft(name="Hubben 2"))


def test_a_site_is_one_hub_and_a_name_is_one_hubs(session: Session):
    site, second = builders.site(session), builders.site(session)
    service.create(session, host_of(session, site), site.id, HubDraft(name="Hubben"))
    for host, place, name in (
        (host_of(session, site), site, "En annan"),
        (host_of(session, second), second, " Hubben "),
    ):
        with pytest.raises(Conflict, match="hub already"):
            service.create(session, host, place.id, HubDraft(name=name))


def test_what_is_not_there_is_refused_all_at_once_and_nothing_is_written(session: Session):
    site, elsewhere = builders.site(session), builders.space(session)
    stranger, chair = builders.member(session), builders.furniture(session, site)
    said = HubDraft(
        name="Hubben",
        zones=(ZoneDraft(elsewhere.id, ZoneUse.QUIET), ZoneDraft(chair.id, ZoneUse.REST)),
        roles=(RoleDraft(HubRole.PRINCIPAL, uuid4()), RoleDraft(HubRole.PRINCIPAL, site.organisation_id, stranger.id)),
    )
    with pytest.raises(BadInput) as told:
        service.create(session, host_of(session, site), site.id, said)
    assert [each.property for each in told.value.parameters] == [
        "zones.0.resourceId",
        "zones.1.resourceId",
        "roles.0.organisationId",
        "roles.1.memberId",
    ]
    assert queries.hubs_page(session, host_of(session, site)).total == 0


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"name": " "}, "name"),
        ({"name": "a" * 201}, "name"),
        ({"about": "a" * 4001}, "about"),
        ({"house_rules": "ring 850505-1234\0"}, "houseRules"),
        ({"done": frozenset({"party"})}, "done"),
        ({"seats": 0}, "seats"),
        ({"seats": 100_001}, "seats"),
        ({"opened_on": date(1, 1, 1)}, "openedOn"),
        ({"fees": (FeeStep(2, 5),)}, "fees.0.employeesFrom"),
        ({"fees": (FeeStep(1, 5), FeeStep(1, 6))}, "fees.1.employeesFrom"),
        ({"fees": (FeeStep(1, -1),)}, "fees.0.feeSek"),
        ({"open_houses": (OpenHouseDraft(date(2027, 1, 2), date(2027, 1, 1)),)}, "openHouses.0.last"),
        ({"roles": (RoleDraft(HubRole.WORKING_GROUP, uuid4()),)}, "roles.0.groupName"),
        ({"zones": (ZoneDraft(site := uuid4(), ZoneUse.CALL), ZoneDraft(site, ZoneUse.REST))}, "zones.1.resourceId"),
    ],
)
def test_what_cannot_be_said_of_a_hub(values: dict[str, Any], wrong: str):
    with pytest.raises(BadInput) as told:
        HubDraft(**{"name": "Hubben", **values})
    assert [each.property for each in told.value.parameters] == [wrong]


def test_what_was_changed_since_it_was_read_is_not_overwritten(session: Session):
    site = builders.site(session)
    host = host_of(session, site)
    hub = service.create(session, host, site.id, HubDraft(name="Hubben"))
    read = hub.version
    service.change(session, host, hub.id, HubDraft(name="Hubben 2"), if_version=read)
    with pytest.raises(VersionChanged):
        service.change(session, host, hub.id, HubDraft(name="Hubben 3"), if_version=read)
    assert queries.hub_view(session, host, hub.id).hub.name == "Hubben 2"


def test_a_hub_in_preparation_is_seen_by_its_hosts_alone(session: Session):
    site = builders.site(session)
    hub = rows.hub(session, site, phase=HubPhase.PREPARE)
    assert queries.hub_view(session, host_of(session, site), hub.id).hub.id == hub.id
    for other in (
        None,
        builders.actor(session),
        builders.coordinator(session),
        host_of(session, builders.site(session)),
    ):
        assert queries.hubs_page(session, other).total == 0
        with pytest.raises(NotFound):
            queries.hub_view(session, other, hub.id)


def test_a_manifesto_has_versions_and_the_same_words_are_no_new_one(session: Session):
    site = builders.site(session)
    hub, host = rows.hub(session, site), host_of(session, site)
    for words in ("Vi delar.", "Vi delar. ", "Vi delar och lyssnar."):
        manifesto.publish(session, host, hub.id, words)
    found = [(each.number, each.words) for each in queries.manifestos(session, hub.id)]
    assert found == [(2, "Vi delar och lyssnar."), (1, "Vi delar.")]
    with pytest.raises(BadInput):
        manifesto.publish(session, host, hub.id, "  ")


@pytest.mark.parametrize(
    ("employees", "fee"), [(1, 20_000), (199, 20_000), (200, 60_000), (999, 60_000), (1000, 200_000), (50_000, 200_000)]
)
def test_an_organisation_pays_the_highest_step_that_it_reaches(employees: int, fee: int):
    assert fee_of(LADDER, employees) == fee
    assert fee_of((), employees) is None
