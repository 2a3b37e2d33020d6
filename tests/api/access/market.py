"""A market with one thing of each kind, and somebody with each role in three organisations, for tests of access."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlmodel import Session

from competence.approvals.models import ApprovalState
from competence.models import StaffCapacity
from core.actor import Role
from core.database.kept_forms import Content, KeptForm
from core.roles import BY_DEPARTMENT
from core.time import clock
from hubs.feedback.models import HubSurvey, SurveyKind
from hubs.figures.counting import QuarterLog, figures_of
from hubs.figures.models import HubInitiative, HubQuarter
from hubs.groups.models import HubGroup, HubGroupMember
from hubs.letters.models import LetterKind, LetterState, NewsletterSubscriber
from hubs.membership.models import HubMemberState
from hubs.places.models import Hub, HubOpenHouse, HubPhase, HubRole, HubRoleHolder
from hubs.profiles.queries import profiles
from hubs.questions.models import QuestionAudience
from hubs.visits.models import HubVisit, VisitKind
from marketplace.bookings.models import Booking
from marketplace.busy.models import BusyCalendar
from marketplace.calendars.models import CalendarFeed
from marketplace.later_ends.models import LaterEnd
from marketplace.mail.models import Invitation, Mail
from marketplace.mobility.models import MobilityWish
from marketplace.notices.models import Notice
from marketplace.offers.models import Offer, Visibility
from marketplace.organisations.models import AccessToken, Member, Organisation, Passkey, ProvisionedGroup, WebSession
from marketplace.organisations.tokens import token_hash
from marketplace.proposals.models import LineClaim, Proposal
from marketplace.requests.models import Need, Request
from marketplace.runs.models import MatchingRun, NeedOutcome
from marketplace.scenarios.models import Scenario
from marketplace.searches.models import SavedSearch
from marketplace.searches.rules import Query
from marketplace.stocktakes.models import Stocktake
from marketplace.uploads.models import Upload
from marketplace.webhooks.models import WebhookDelivery, WebhookEndpoint
from resources.models import Resource, Site
from tests import builders
from tests.hubs import rows as hubs
from tests.hubs.presence.community import joined

HOMES = ("lender", "borrower", "foreign")
"""Whose the things are; a partner, who asks for them; and a stranger."""
NONE, ALL = "none", "all but coordinator"
OWN_UNIT, OTHER_UNIT = "for the unit of the things", "for another unit"
UNITS = {OWN_UNIT: "Lokaler", OTHER_UNIT: "Ekonomi"}
ROLES = {
    NONE: [],
    ALL: [role.value for role in Role if role is not Role.COORDINATOR],
    **{role.value: [role.value] for role in Role},
    **{label: sorted(BY_DEPARTMENT) for label in UNITS},
}


@dataclass
class Market:
    """The things by kind, and the members by organisation and role."""

    things: dict[str, UUID] = field(default_factory=dict)
    homes: dict[str, UUID] = field(default_factory=dict)
    members: dict[tuple[str, str], Member] = field(default_factory=dict)


def market(session: Session) -> Market:
    """Build it: the lender offers a room and a card, the borrower asks, and is proposed, and has borrowed, the room."""
    made = Market()
    later = clock.now() + timedelta(hours=1)
    homes = {name: builders.organisation(session) for name in HOMES}
    builders.partners(session, homes["lender"], homes["borrower"])
    made.homes = {name: home.id for name, home in homes.items()}
    for name, home in homes.items():
        for label, roles in ROLES.items():
            limits = {role: {"departments": [UNITS[label]]} for role in roles if label in UNITS}
            made.members[name, label] = builders.member(session, home, roles=roles, grants=limits)
    target = builders.member(session, homes["lender"], roles=["lister"])
    asker = builders.member(session, homes["borrower"])
    site = builders.site(session, homes["lender"])
    theirs = {"department": UNITS[OWN_UNIT]}
    room = builders.space(session, site, **theirs)
    offer = builders.offer(session, room, visibility=Visibility.PARTNERS)
    card = builders.staff(session, homes["lender"], consented=False, **theirs)
    card_offer = builders.offer(session, card)
    row = session.get_one(StaffCapacity, card.id)
    row.member_id = target.id
    builders.approval(session, row, "employee", member_id=target.id)
    asked = {"state": ApprovalState.ASKED, "at": None, "channel": None, "asked_of_id": target.id}
    question = builders.approval(session, row, "manager", answer_by=later, link_hash=token_hash("link"), **asked)
    request = builders.request(session, asker, **theirs)
    need = builders.need(session, request)
    waiting = builders.request(session, asker, **theirs)
    unserved = builders.need(session, waiting)
    proposal = builders.approved(session, (need, offer))
    run = _run(session, waiting, unserved)
    booking = _booking(session, builders.request(session, asker, **theirs), offer)
    loan = _loan(session, builders.request(session, asker, **theirs), homes["lender"], **theirs)
    group = builders.added(session, ProvisionedGroup(organisation_id=homes["lender"].id, display_name="Lokaler"))
    closed = builders.claim(session, builders.unit_of(session, room), builders.days(40, 41))
    its = {"member_id": target.id, "created_at": clock.now()}
    kept = {"member_id": target.id, "secret": "0" * 64, "began_at": clock.now(), "seen_at": clock.now()}
    secret = token_hash("link")
    calendar = CalendarFeed(member_id=target.id, name="Outlook", scope="organisation", hash=secret)
    rows = {
        "site": site,
        **_hub(session, site, room, target),
        "resource": room,
        "lent": room,
        "offer": offer,
        "card": card,
        "card_offer": card_offer,
        "own_card": card,
        "card_approval": question,
        "card_link": question,
        "request": request,
        "proposal": proposal,
        "run": run,
        "need": unserved,
        "booking": booking,
        "loan": loan,
        "papers": loan,
        "paper": builders.paper(session, loan),
        "movement": builders.movement(session, loan),
        "inquiry": builders.inquiry(session, unserved, target),
        "period": closed,
        "photo": builders.photo(session, room),
        "report": builders.damage_report(session, room),
        "stocktake": builders.added(session, Stocktake(organisation_id=homes["lender"].id, site_id=site.id)),
        "member": target,
        "provisioned_user": target,
        "provisioned_group": group,
        "token": builders.added(session, AccessToken(name="t", hash="0" * 64, expires_at=later, **its)),
        "notice": _notice(session, homes["lender"].id, proposal),
        "draft": _draft(session, target),
        "passkey": builders.added(session, Passkey(name="p", credential_id=b"c", public_key=b"k", sign_count=0, **its)),
        "upload": builders.added(session, Upload(organisation_id=homes["lender"].id, name="lokaler.csv", **its)),
        "invitation": _invitation(session, booking),
        "later_end": _later_end(session, booking),
        "mail": builders.added(session, Mail(member_id=target.id, failed_at=clock.now(), fault="550 No such user")),
        "calendar": builders.added(session, calendar),
        "member_calendar": calendar,
        "busy_calendar": builders.added(
            session, BusyCalendar(resource_id=room.id, kind="feed", host="kal.example.se", sealed_access=b"")
        ),
        **_webhook(session, homes["lender"].id, proposal),
        "saved_search": builders.added(session, SavedSearch(member_id=target.id, name="Rum", query=Query())),
        "scenario": builders.added(
            session,
            Scenario(
                organisation_id=homes["lender"].id,
                member_id=made.members["lender", "coordinator"].id,
                run_id=run.id,
                name="Utan",
            ),
        ),
        "roster": builders.roster(session, card),
        **_community(session, target),
        **_questions(session, target, asker, card_offer),
        "surge": builders.surge(session, homes["borrower"], card, member_id=target.id),
        "wish": _wish(session, target),
        "session": builders.added(session, WebSession(rotated_at=clock.now(), ends_at=later, **kept)),
    }
    made.things = {name: row.id for name, row in rows.items()}
    return made


def _visit(hub: Hub, inviter: Member) -> HubVisit:
    said = {"first_name": "Kim", "email": "kim@example.se", "language": "sv"}
    return HubVisit(hub_id=hub.id, day=clock.today(), kind=VisitKind.INVITED, member_id=inviter.id, **said)


def _hub(session: Session, site: Site, room: Resource, applicant: Member) -> dict[str, Any]:
    fees = [{"employees_from": 1, "fee_sek": 10_000}]
    hub = hubs.hub(session, site, about="Här möts vi.", house_rules="Diska.", seats=9, fees=fees)
    hubs.zone(session, hub, room)
    holder = {"organisation_id": site.organisation_id, "member_id": applicant.id}
    builders.added(session, HubRoleHolder(hub_id=hub.id, role=HubRole.COMMUNITY_MANAGER, **holder))
    builders.added(session, HubOpenHouse(hub_id=hub.id, first=clock.today(), last=clock.today()))
    asked = hubs.membership(session, [hub], applicant)
    seat = hubs.hub_member(session, hub, applicant, asked, state=HubMemberState.APPLIED)
    hubs.signature(session, seat, hubs.manifesto(session, hub))
    activity = hubs.activity(session, hub)
    made = {"hub": hub, "hub_membership": asked, "hub_member": seat, "own_hub_member": seat}
    question = hubs.question(session, hub, applicant, named=True, audience=QuestionAudience.EVERYBODY)
    hubs.answer(session, question, applicant, named=True)
    made["visit"] = builders.added(session, _visit(hub, applicant))
    sent = {"state": LetterState.SENT, "sent_at": clock.now()}
    letter = hubs.letter(session, hub, kind=LetterKind.NEWSLETTER, **sent)
    made |= {"hub_question": question, "hub_letter": letter}
    asking = NewsletterSubscriber(hub_id=hub.id, address="nyfiken@example.se", language="sv")
    made["subscriber"] = builders.added(session, asking)
    made["registration"] = hubs.registration(session, activity, applicant)
    asked = {"hub_id": hub.id, "member_id": applicant.id, "kind": SurveyKind.VISIT, "day": clock.today()}
    made["survey"] = builders.added(session, HubSurvey(asked=True, **asked))
    return made | dict.fromkeys(("activity", "own_activity", "registered_activity"), activity)


def _webhook(session: Session, home_id: UUID, proposal: Proposal) -> dict[str, Any]:
    endpoint = WebhookEndpoint(organisation_id=home_id, host="system.example.se", sealed_access=b"", codes=["agreed"])
    builders.added(session, endpoint)
    told = _notice(session, home_id, proposal)
    delivery = WebhookDelivery(endpoint_id=endpoint.id, notice_id=told.id)
    return {"webhook": endpoint, "delivery": builders.added(session, delivery)}


def _community(session: Session, member: Member) -> dict[str, Any]:
    """Make a hub whose members are a member and somebody who tells all members everything."""
    hub = hubs.hub(session, phase=HubPhase.PREPARE)
    hubs.hub_member(session, hub, member, hubs.membership(session, [hub], member))
    other, _ = joined(session, hub, can=["facilitering"], learns=["juridik"], wonders="Hur gör ni?")
    builders.added(session, closed_quarter(hub))
    its = {"hub_id": hub.id, "organisation_id": member.organisation_id, "member_id": member.id}
    said = {"title": "Gemensam introduktion", "about": "För nya.", "born_on": clock.today(), "state": "idea"}
    initiative = builders.added(session, HubInitiative(**its, **said))
    began = {"hub_id": hub.id, "member_id": member.id, "kind": "network", "name": "Facilitatorer"}
    group = builders.added(session, HubGroup(**began))
    for each, feed in ((member, None), (other, token_hash("link"))):
        builders.added(session, HubGroupMember(group_id=group.id, member_id=each.id, named=True, feed_hash=feed))
    person = profiles(session, [other.id])[other.id]
    introduced = hubs.introduction(session, hub, member, other)
    made = {"community": hub, "person": person, "initiative": initiative, "introduction": introduced}
    return made | {"member_hub": hub, "hub_group": group}


def closed_quarter(hub: Hub) -> HubQuarter:
    """Return a closed quarter, of which some figures are shown and others kept back."""
    told = [
        each.stored() for each in figures_of(QuarterLog((), (), (), ((SurveyKind.VISIT, 5, 4),) * 6, 1, answerers=6))
    ]
    return HubQuarter(hub_id=hub.id, begins=date(2026, 7, 1), closed_at=clock.now(), digest="0" * 64, figures=told)


def _questions(session: Session, target: Member, asker: Member, card_offer: Offer) -> dict[str, Any]:
    adviser = builders.adviser(session, target, audience=Visibility.PARTNERS)
    question = builders.question(session, asker)
    builders.answer(session, question, target, audience=Visibility.PARTNERS, named=True)
    about_card = builders.question(session, asker, card_offer)
    return {"adviser": adviser, "question": question, "own_question": question, "card_question": about_card}


def _run(session: Session, asked: Request, unserved: Need) -> MatchingRun:
    figures = {"needs": 1, "served": 0, "objective": 0, "bound": 0, "options": 0, "runtime_s": 0.1, "status": "optimal"}
    run = builders.matching_run(session, state="done", kind="local", request_id=asked.id, **figures)
    builders.added(session, NeedOutcome(run_id=run.id, need_id=unserved.id, served=False, code="no_option"))
    return run


def _loan(session: Session, asked: Request, lender: Organisation, **values: str) -> Booking:
    offer = builders.offer(session, builders.staff(session, lender, **values), builders.days(0, 90))
    made = _booking(session, asked, offer, "staff_loan")
    unit = builders.unit_of(session, builders.resource_of(session, offer))
    builders.added(session, LineClaim(line_id=made.line_id, unit_id=unit.id, amount=1, during=offer.during))
    return made


def _booking(session: Session, asked: Request, offer: Offer, kind: str = "room_use") -> Booking:
    need = builders.need(session, asked, family=builders.family_of(session, offer))
    line = builders.proposal_line(session, builders.proposal(session, asked, state="agreed"), need, offer)
    values = {"lender_id": offer.organisation_id, "borrower_id": asked.organisation_id, "kind": kind, "amount": 1}
    keys = {"line_id": line.id, "request_id": asked.id, "need_id": need.id, "offer_id": offer.id}
    return builders.added(session, Booking(**keys, **values, during=offer.during))


def _wish(session: Session, member: Member) -> MobilityWish:
    said = {"skills": {"procurement": 4}, "extent_percent": 50, "months": 3, "earliest": clock.today()}
    said |= {"county_codes": ["23"], "expires_at": clock.now() + timedelta(days=30)}
    return builders.added(session, MobilityWish(member_id=member.id, state="open", **said))


def _notice(session: Session, organisation_id: UUID, proposal: Proposal) -> Notice:
    facts = {"request": "Projekt", "answerBy": clock.now().isoformat()}
    about = {"code": "approved", "entity": "proposal", "entity_id": proposal.id}
    return builders.added(session, Notice(organisation_id=organisation_id, at=clock.now(), facts=facts, **about))


def _invitation(session: Session, booking: Booking) -> Invitation:
    start = builders.at(7, 9)
    its = {"booking_id": booking.id, "organisation_id": booking.lender_id, "address": "sal@example.se"}
    its |= {"start": start, "until": start + timedelta(hours=2), "answer": "proposed"}
    its |= {"proposed_start": start + timedelta(days=1), "proposed_until": start + timedelta(days=1, hours=2)}
    return builders.added(session, Invitation(**its))


def _later_end(session: Session, booking: Booking) -> LaterEnd:
    its = {"booking_id": booking.id, "ends_at": booking.during.upper, "until": builders.at(370)}
    return builders.added(session, LaterEnd(**its, answer_by=builders.at(7)))


def _draft(session: Session, member: Member) -> KeptForm:
    content = msgspec.json.encode(Content({"name": ["Rum"]}, "draft"))
    home = member.organisation_id
    return builders.added(
        session, KeptForm(member_id=member.id, organisation_id=home, page="/offers/new/space", content=content)
    )
