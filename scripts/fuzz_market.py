"""The market that `make fuzz` tries the API on: things in every state, and their keys, so that these are reached."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from competence.models import Skill
from core.actor import Actor, Role
from core.database import db
from core.time import clock
from core.time.timing import Period
from marketplace.bookings.models import Booking
from marketplace.calendars import service as calendars
from marketplace.calendars.models import CalendarFeed, FeedScope
from marketplace.inquiries.models import Inquiry
from marketplace.inquiries.service import Asked, ask
from marketplace.loans.queries import loans_of_proposal
from marketplace.loans.rules import asked_of
from marketplace.mobility import wishes
from marketplace.mobility.models import MobilityWish
from marketplace.mobility.rules import WishDraft
from marketplace.notices.models import Notice
from marketplace.offers.models import Offer, Visibility
from marketplace.organisations.models import Member, Organisation
from marketplace.planning.surging import answer_calls, raise_alert
from marketplace.proposals.models import Proposal, ProposalLine
from marketplace.proposals.queries import parties
from marketplace.proposals.service import accept, approve
from marketplace.questions import panels
from marketplace.questions import service as questions
from marketplace.questions.models import Adviser, Question
from marketplace.questions.rules import QuestionDraft
from marketplace.requests.models import Need, NeedState, Request
from marketplace.requests.rules import NeedDraft
from marketplace.runs.changes import Farther
from marketplace.runs.models import MatchingRun
from marketplace.scenarios import service as scenarios
from marketplace.scenarios.models import Scenario
from marketplace.searches import service as searches
from marketplace.searches.models import SavedSearch
from marketplace.searches.rules import Query
from marketplace.surges.models import CallState, Occasion, Roster, Surge, SurgeCall
from marketplace.surges.queries import cards_of
from marketplace.surges.rosters import make_roster
from marketplace.surges.rules import AlertDraft, RoleDraft, RosterDraft
from resources.families.staff import StaffRequirements
from resources.models import Resource, Site

MOST_KEYS = 40
LIKELY = 0.85
"""How often a known key is sent where one is asked for."""
ADDRESSES: dict[str, type[SQLModel]] = {
    "^/api/v1/requests/": Request,
    "^/api/v1/offers/": Offer,
    "^/api/v1/bookings/": Booking,
    "^/api/v1/proposals/": Proposal,
    "^/api/v1/matching-runs/": MatchingRun,
    "^/api/v1/notices/": Notice,
    "^/api/v1/sites/": Site,
    "^/api/v1/organisations/(?!.*/leaving)": Organisation,
    "^/api/v1/members/": Member,
    "^/api/v1/inquiries/": Inquiry,
    "^/api/v1/rosters/": Roster,
    "^/api/v1/surges/": Surge,
    "^/api/v1/scenarios/": Scenario,
    "^/api/v1/saved-searches/": SavedSearch,
    "^/api/v1/calendar-feeds/": CalendarFeed,
    "^/api/v1/mobility-wishes/": MobilityWish,
    "^/api/v1/advisers/": Adviser,
    "^/api/v1/questions/": Question,
}
"""What `key` names in addresses."""
LEAVING = "^/api/v1/organisations/.*/leaving"
"""Where it names organisations but one's own: whoever lets that leave is signed out, and tries nothing more."""
NAMED: dict[str, type[SQLModel]] = {
    "path.resource": Resource,
    "path.need": Need,
    "body.siteId": Site,
    "body.resourceId": Resource,
    "body.resource.siteId": Site,
    "body.lineId": ProposalLine,
    "query.siteId": Site,
    "query.organisationId": Organisation,
    "query.runId": MatchingRun,
    "query.requestId": Request,
}
CODES = {
    "path.code": ("2380", "0180", "procurement"),
    "body.municipalityCode": ("2380", "0180"),
    "query.skill": ("procurement",),
    "body.skillCode": ("procurement",),
}
VERSIONS = ('"1"', '"2"', "*")


def agree_on_some(session: Session, member: Member) -> None:
    """Let proposals be in every state: a third waits, a third is approved, and of a third there are bookings."""
    for place, key in enumerate(session.scalars(select(col(Proposal.id)).order_by(col(Proposal.id))).all()):
        if place % 3:
            approve(session, _anybody(member, member.organisation_id), key)
        if place % 3 == 2:
            loans = loans_of_proposal(session, session.get_one(Proposal, key))
            by_home = defaultdict(list)
            for party in parties(session, key):
                by_home[party.organisation_id].append(party)
            for home, own in by_home.items():
                accept(session, _anybody(member, home), key, confirmed=asked_of(loans, own))


def ask_for_help(session: Session, member: Member) -> None:
    """Let there be rosters, an alert with calls that are answered or not, and questions to requesters."""
    day, soon = clock.today() + timedelta(days=30), clock.now() + timedelta(hours=1)
    for key in session.scalars(select(col(Organisation.id)).order_by(col(Organisation.id))).all():
        if cards := frozenset(each.id for each in cards_of(session, key)):
            agreed: dict[str, Any] = {"name": "Jour", "occasions": frozenset(Occasion), "until": day}
            agreed |= {"notice_hours": 24, "floor_percent": 20, "card_ids": cards}
            make_roster(session, _anybody(member, key), RosterDraft(**agreed))
    wanted: dict[str, Any] = {"family": "staff", "title": "Handläggare", "amount": 50, "municipality_code": "2380"}
    wanted |= {"timing": Period(day, day), "requirements": StaffRequirements(), "max_distance_km": 1000.0}
    said: dict[str, Any] = {
        "occasion": Occasion.RECEPTION,
        "title": "Många kommer",
        "what": "Tusen.",
        "answer_by": soon,
    }
    said |= {"roles": (RoleDraft(number=2, need=NeedDraft(**wanted)),), "organisation_id": member.organisation_id}
    asker = _anybody(member, member.organisation_id)
    surge = raise_alert(session, asker, AlertDraft(**said))
    for call in session.scalars(select(SurgeCall).order_by(col(SurgeCall.id)).limit(2)).all():
        answer_calls(session, _anybody(member, call.organisation_id), surge.id, [call.id], CallState.ACCEPTED)
    unserved = session.scalars(select(Need).where(col(Need.state) == NeedState.OPEN).order_by(col(Need.id)).limit(5))
    asked = [Asked(each, Farther(farther_km=12, distance_km=32), soon) for each in unserved.all()]
    ask(session, asker, {each.need.request_id: session.get_one(Request, each.need.request_id) for each in asked}, asked)


def keep_some(session: Session, people: Collection[Member]) -> None:
    """Let each of those who ask have a saved search, a calendar, a wish and a question; who coordinates, a scenario."""
    skill, today = session.scalars(select(Skill).where(col(Skill.code) == "procurement")).one(), clock.today()
    wished: dict[str, Any] = {"skills": {skill.code: 3}, "extent_percent": 50, "months": 6, "remote": True}
    asked = QuestionDraft(skill_code=skill.code, title="Hur?", words="Hur gör ni?", until=today + timedelta(days=7))
    run_id = session.scalars(select(col(MatchingRun.id)).where(col(MatchingRun.finished_at).is_not(None))).first()
    for each in people:
        actor = Actor(each.id, each.name, each.organisation_id, "23", roles=frozenset(map(Role, each.roles)))
        searches.save(session, actor, "Rum", Query(family="space"))
        calendars.make(session, actor, "Kalender", FeedScope.OWN)
        wishes.write(session, actor, WishDraft(**wished, earliest=today))
        panels.advise(session, actor, skill, Visibility.ALL)
        questions.ask(session, actor, asked)
        if actor.coordinates and run_id:
            scenarios.create(session, actor, run_id, "Utan", [])


def known_keys(session: Session, people: Sequence[Member]) -> str:
    """Return the part of Schemathesis' configuration that names the keys there are, but for the members that ask."""
    but_for = [each.id for each in people]
    rows = {row: list(_keys(session, row, but_for)) for row in {*ADDRESSES.values(), *NAMED.values()}}
    dictionaries = {row.__name__: keys for row, keys in rows.items() if keys}
    others = _keys(session, Organisation, [each.organisation_id for each in people])
    dictionaries |= {"OtherOrganisation": list(others)}
    dictionaries |= {name: list(codes) for name, codes in CODES.items()} | {"version": list(VERSIONS)}
    named = {name: row.__name__ for name, row in NAMED.items()} | {name: name for name in CODES}
    named |= {"header.If-Match": "version"}
    lines = [f"[dictionaries.{json.dumps(name)}]\nvalues = {json.dumps(keys)}" for name, keys in dictionaries.items()]
    lines += ["[parameters]", *(_bound(name, of) for name, of in named.items() if of in dictionaries)]
    for address, name in [*((each, row.__name__) for each, row in ADDRESSES.items()), (LEAVING, "OtherOrganisation")]:
        if name in dictionaries:
            lines.append(f"[[operations]]\ninclude-path-regex = {json.dumps(address)}\n[operations.parameters]")
            lines.append(_bound("path.key", name))
    return "\n".join(lines) + "\n"


def _bound(name: str, dictionary: str) -> str:
    return f"{json.dumps(name)} = {{ dictionary = {json.dumps(dictionary)}, probability = {LIKELY} }}"


def _keys(session: Session, row: Any, but_for: Collection[UUID]) -> Iterator[str]:
    found = select(col(row.id)).where(col(row.id).not_in(but_for)).order_by(col(row.id)).limit(MOST_KEYS)
    return map(str, session.scalars(found))


def _anybody(member: Member, organisation_id: UUID) -> Actor:
    return Actor(member.id, member.name, organisation_id, "23", roles=frozenset(Role))


def made_up_organisation() -> str:
    """Return the name of the one that `platsverket demo` made, whose everything is."""
    with db.unit_of_work() as session:
        return session.scalars(select(col(Organisation.name)).where(col(Organisation.name).endswith(" 1-1"))).one()


def market_keys(emails: Collection[str]) -> str:
    """Make the market move, and return its keys for the configuration; those of the people who ask are left out."""
    with db.unit_of_work() as session:
        named = select(Member).where(col(Member.email).in_(emails)).order_by(col(Member.email))
        people = session.scalars(named).all()
        agree_on_some(session, people[0])
        ask_for_help(session, people[0])
        keep_some(session, people)
        session.flush()
        return known_keys(session, people)
