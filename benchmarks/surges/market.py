"""A made-up market of capacity cards on rosters, and an alert that asks for hundreds of people."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, SQLModel
from uuid_utils.compat import uuid7

from competence.models import Skill, StaffCapacity, StaffSkill
from competence.queries import skills_by_code
from core.time import clock
from core.time.interval import Interval, to_range
from core.time.timing import Period
from marketplace.offers.models import Offer, OfferState, Visibility
from marketplace.organisations.models import Member, Organisation, OrganisationKind
from marketplace.requests.rules import NeedDraft
from marketplace.surges.models import Occasion, Roster, RosterCard
from marketplace.surges.rules import AlertDraft, RoleDraft
from resources.families.staff import StaffRequirements
from resources.models import Resource, ResourceUnit, Unit

SKILLS = ("case_handling", "customer_service", "crisis_staff_work", "law", "procurement")
TOWNS = ("2281", "2280", "2284", "2380", "2180", "0180")
"""Sundsvall, Härnösand, Örnsköldsvik, Östersund, Gävle and Stockholm."""
FLOORS = (40, 60, 80)
FIRST_DAY = 14
ORDER: tuple[type[SQLModel], ...] = (
    Organisation,
    Member,
    Resource,
    StaffCapacity,
    StaffSkill,
    Unit,
    ResourceUnit,
    Offer,
    Roster,
    RosterCard,
)


def store(session: Session, cards: int, lenders: int, seed: int) -> tuple[UUID, UUID]:
    """Write state agencies with cards on a roster each; return a coordinator of all, and who is in need."""
    chance, rows = random.Random(seed), dict[type[SQLModel], list[dict[str, Any]]]()  # noqa: S311
    known = skills_by_code(session, SKILLS)
    for n in range(lenders):
        for table, values in _lender(chance, known, n, cards // lenders + (n < cards % lenders)):
            rows.setdefault(table, []).append(values)
    for table in ORDER:
        session.execute(insert(table), rows[table])
    office = Organisation(name="I nöd", kind=OrganisationKind.STATE_AGENCY, municipality_code="2281", county_code="22")
    session.add(office)
    session.flush()
    coordinator = Member(organisation_id=office.id, name="Samordnare", email="s@example.se", roles=["coordinator"])
    session.add(coordinator)
    session.flush()
    return coordinator.id, office.id


def _lender(
    chance: random.Random, known: dict[str, Skill], n: int, cards: int
) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
    home, keeper, roster, now = uuid7(), uuid7(), uuid7(), clock.now()
    times = {"created_at": now, "updated_at": now, "version": 1}
    town = chance.choice(TOWNS)
    named = {"name": f"Myndighet {n}", "kind": OrganisationKind.STATE_AGENCY, **times}
    yield Organisation, {"id": home, "municipality_code": town, "county_code": town[:2], **named}
    yield (
        Member,
        {
            "id": keeper,
            "organisation_id": home,
            "name": "HR",
            "email": f"hr{n}@example.se",
            "roles": ["hr", "lister"],
            **times,
        },
    )
    its = {"organisation_id": home, "member_id": keeper, "name": "Beredskap", "occasions": [Occasion.RECEPTION.value]}
    limits = {"notice_hours": chance.choice((0, 24, 72)), "floor_percent": chance.choice(FLOORS)}
    yield Roster, {"id": roster, "until": clock.today() + timedelta(days=365), **its, **limits, **times}
    for _ in range(cards):
        yield from _card(chance, known, home, roster, times)


def _card(
    chance: random.Random, known: dict[str, Skill], home: UUID, roster: UUID, times: dict[str, Any]
) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
    card, unit, percent = uuid7(), uuid7(), chance.choice((50, 80, 100, 100))
    its = {"organisation_id": home, "family": "staff", "kind": "staff", "name": f"Kort {card}"}
    yield Resource, {"id": card, "facts": {"extentPercent": percent}, **its, **times}
    approved = to_range(Interval(datetime(2020, 1, 1, tzinfo=UTC), None))
    places = {"remote": chance.random() < 0.5, "municipality_codes": chance.sample(TOWNS, 2)}
    yield StaffCapacity, {"resource_id": card, "extent_percent": percent, "approved_during": approved, **places}
    for code in chance.sample(SKILLS, 2):
        yield StaffSkill, {"resource_id": card, "skill_id": known[code].id, "level": chance.randint(2, 5)}
    yield RosterCard, {"resource_id": card, "roster_id": roster}
    yield Unit, {"id": unit, "resource_id": card, "name": f"Kort {card}", "capacity": percent}
    yield ResourceUnit, {"resource_id": card, "unit_id": unit, "amount": 1}
    during = to_range(Interval(clock.now(), clock.now() + timedelta(days=365)))
    shown = {"state": OfferState.OPEN, "visibility": Visibility.ALL, "during": during}
    yield Offer, {"id": uuid7(), "organisation_id": home, "resource_id": card, **shown, **times}


def alert(home: UUID, people: int, seed: int) -> AlertDraft:
    """Ten roles of as many people each, at places or remote, for some weeks."""
    chance = random.Random(seed)  # noqa: S311
    return AlertDraft(
        organisation_id=home,
        occasion=Occasion.RECEPTION,
        title="Många söker skydd",
        what="Så många har kommit att de egna inte räcker.",
        answer_by=clock.now() + timedelta(hours=12),
        roles=tuple(RoleDraft(number=max(people // 10, 1), need=_need(chance, n)) for n in range(10)),
    )


def _need(chance: random.Random, n: int) -> NeedDraft:
    first = clock.today() + timedelta(days=FIRST_DAY + chance.randint(0, 7))
    skill = SKILLS[n % len(SKILLS)]
    return NeedDraft(
        family="staff",
        title=f"Roll {n + 1}",
        amount=chance.choice((50, 80, 100)),
        municipality_code=chance.choice(TOWNS[:4]),
        max_distance_km=150.0,
        timing=Period(first, first + timedelta(days=chance.choice((13, 27, 55)))),
        requirements=StaffRequirements(skills_must={skill: chance.choice((2, 3))}, remote_ok=n % 2 == 0),
    )
