"""The market that `make fuzz` tries the API on: things in every state, and their keys, so that these are reached."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from core.actor import Actor, Role
from core.database import db
from marketplace.bookings.models import Booking
from marketplace.loans.queries import loans_of_proposal
from marketplace.loans.rules import asked_of
from marketplace.notices.models import Notice
from marketplace.offers.models import Offer
from marketplace.organisations.models import Member, Organisation
from marketplace.proposals.models import Proposal, ProposalLine
from marketplace.proposals.queries import parties
from marketplace.proposals.service import accept, approve
from marketplace.requests.models import Need, Request
from marketplace.runs.models import MatchingRun
from resources.models import Resource, Site

MOST_KEYS = 40
LIKELY = 0.85
"""How often a known key is sent where one is asked for."""
ADDRESSES = {
    "^/api/v1/requests/": Request,
    "^/api/v1/offers/": Offer,
    "^/api/v1/bookings/": Booking,
    "^/api/v1/proposals/": Proposal,
    "^/api/v1/matching-runs/": MatchingRun,
    "^/api/v1/notices/": Notice,
    "^/api/v1/sites/": Site,
    "^/api/v1/organisations/(?!.*/leaving)": Organisation,
    "^/api/v1/members/": Member,
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
        people = session.scalars(select(Member).where(col(Member.email).in_(emails))).all()
        agree_on_some(session, people[0])
        session.flush()
        return known_keys(session, people)
