"""Small builders of rows for tests: each adds one thing with ordinary values, flushes, and returns its row.

They write plain rows and use no service, so that a test of one room does not stand on another's rules.
Dates are relative to the clock, so that they never rot and follow a frozen clock.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, select

from competence.approvals.models import ApprovalState, Approver, CardApproval, Channel
from competence.approvals.queries import given
from competence.approvals.rules import approved_during
from competence.approvals.service import withdraw
from competence.models import Skill, StaffCapacity, StaffSkill
from competence.taxonomies import own
from core import serialization
from core.actor import Actor
from core.time import clock, timing
from core.time.interval import Interval, to_range
from marketplace.bookings.models import Booking, BookingKind, Movement, MovementPhoto
from marketplace.damage.models import DamageReport
from marketplace.inquiries.models import Inquiry
from marketplace.inquiries.rules import said_by
from marketplace.offers.models import Offer, OfferState, Visibility
from marketplace.organisations.models import Member, Organisation, OrganisationKind, Partnership
from marketplace.organisations.queries import actor_for
from marketplace.papers.models import Paper, PaperFile
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalParty, ProposalState, Side
from marketplace.proposals.price import put_forward
from marketplace.questions.models import Adviser, Answer, Question
from marketplace.requests.models import Need, NeedState, Request, RequestState
from marketplace.runs.changes import Farther
from marketplace.runs.models import MatchingRun, NeedOutcome
from marketplace.runs.reasons import line_reasons, outcome_reasons
from marketplace.surges.models import Roster, RosterCard, Surge, SurgeCall, SurgeRole
from resources.families import FAMILIES
from resources.models import Claim, ClaimSource, Resource, ResourceUnit, Site, Unit
from resources.photos.models import Photo, PhotoImage
from resources.photos.rules import PhotoSize

Row = TypeVar("Row", bound=SQLModel)

_numbers = count(1)

OSTERSUND = {"municipality_code": "2380", "latitude": 63.1767, "longitude": 14.6361}
STOCKHOLM = {"municipality_code": "0180", "latitude": 59.3293, "longitude": 18.0686}
ALL_ROLES = ("lister", "requester")


def added(session: Session, row: Row) -> Row:
    """Add a row and write it at once, so that rows that point at it can follow in any order."""
    session.add(row)
    session.flush()
    return row


def at(days: int, hour: int = 0, minute: int = 0) -> datetime:
    """Return a local time so many days from today."""
    return datetime.combine(clock.today() + timedelta(days=days), time(hour, minute), clock.STOCKHOLM)


def days(first: int, until: int | None) -> Interval:
    """Return the time from midnight `first` days from today up to midnight `until` days from today."""
    return Interval(at(first), None if until is None else at(until))


def organisation(session: Session, **values: Any) -> Organisation:
    """Add a state agency in Östersund."""
    defaults = {
        "name": f"Myndigheten {next(_numbers)}",
        "kind": OrganisationKind.STATE_AGENCY,
        "municipality_code": "2380",
        "county_code": values.get("municipality_code", "2380")[:2],
    }
    return added(session, Organisation(**(defaults | values)))


def partners(session: Session, one: Organisation, other: Organisation) -> None:
    """Make two organisations partners."""
    added(session, Partnership(organisation_id=one.id, partner_id=other.id))
    added(session, Partnership(organisation_id=other.id, partner_id=one.id))


def member(session: Session, organisation_: Organisation | None = None, **values: Any) -> Member:
    """Add a member that may list and request, in a new organisation unless one is given."""
    number = next(_numbers)
    defaults = {"name": f"Medlem {number}", "email": f"medlem{number}@example.se", "roles": list(ALL_ROLES)}
    defaults["kept_out_at"] = None if values.get("active", True) else clock.now()
    home = organisation_ or organisation(session)
    return added(session, Member(organisation_id=home.id, **(defaults | values)))


def coordinator(session: Session, organisation_: Organisation | None = None) -> Actor:
    """Add a coordinator and return it as an actor."""
    return actor_of(session, member(session, organisation_, roles=["coordinator"]))


def actor_of(session: Session, member_: Member) -> Actor:
    """Return a member as an actor, as a signed-in user would be."""
    return actor_for(session, member_.id)


def actor(session: Session, organisation_: Organisation | None = None, **values: Any) -> Actor:
    """Add a member and return it as an actor."""
    return actor_of(session, member(session, organisation_, **values))


def site(session: Session, organisation_: Organisation | None = None, **values: Any) -> Site:
    """Add a site in Östersund that is always open."""
    home = organisation_ or organisation(session)
    defaults = {"name": f"Huset {next(_numbers)}", **OSTERSUND}
    return added(session, Site(organisation_id=home.id, **(defaults | values)))


def space(session: Session, site_: Site | None = None, capacity: int = 1, **values: Any) -> Resource:
    """Add a meeting room for 8 with its unit; `capacity` is more than 1 for a desk pool.

    `seats`, `area_m2`, `equipment`, `access` and `visitor_rules` describe the space, the rest the resource.
    """
    facts = _taken(values, "seats", "area_m2", "equipment", "access", "visitor_rules")
    resource = _resource(session, site_ or site(session), "space", "meeting_room", values, {"seats": 8} | facts)
    _unit(session, resource, capacity)
    return resource


def hall(session: Session, site_: Site | None = None, parts: Sequence[str] = ("A", "B"), **values: Any) -> Resource:
    """Add a hall that divides into parts; the parts are resources of their own."""
    place = site_ or site(session)
    whole = _resource(session, place, "space", "hall", values, {"seats": 40 * len(parts)})
    for name in parts:
        of_hall = {"name": f"{whole.name} {name}", "part_of_id": whole.id}
        part = _resource(session, place, "space", "hall", of_hall, {"seats": 40})
        unit = added(session, Unit(resource_id=whole.id, name=name, capacity=1))
        for holder in (whole, part):
            added(session, ResourceUnit(resource_id=holder.id, unit_id=unit.id, amount=1))
    return whole


def furniture(session: Session, site_: Site | None = None, capacity: int = 40, **values: Any) -> Resource:
    """Add a lot of so many chairs."""
    facts = _taken(values, "condition", "width_cm", "depth_cm", "height_cm", "pickup", "valuation_sek")
    facts = {"count": capacity, "condition": 4} | facts
    resource = _resource(session, site_ or site(session), "furniture", "chair", values, facts)
    _unit(session, resource, capacity)
    return resource


def vehicle(session: Session, site_: Site | None = None, **values: Any) -> Resource:
    """Add an electric car for five."""
    facts = _taken(values, "seats", "fuel", "range_km", "licence_class", "towing_kg")
    facts = {"seats": 5, "fuel": "electric", "range_km": 400} | facts
    resource = _resource(session, site_ or site(session), "vehicle", "car", values, facts)
    _unit(session, resource, 1)
    return resource


def skill(session: Session, code: str = "procurement") -> Skill:
    """Return the skill with a code, added if it is not there."""
    found = session.exec(select(Skill).where(Skill.code == code)).one_or_none()
    labels = {
        "label_sv": code,
        "label_en": code,
        "words": code,
        "scheme": own.SCHEME,  # or forms would not list it
        "scheme_version": own.VERSION,
    }
    return found or added(session, Skill(code=code, uri=f"https://example.se/skills/{code}", **labels))


def staff(
    session: Session,
    organisation_: Organisation | None = None,
    skills: Mapping[str, int] | None = None,
    consented: bool = True,
    **values: Any,
) -> Resource:
    """Add a capacity card of 100 percent in Östersund that five could be, all three agreed unless told otherwise."""
    facts = _taken(values, "extent_percent", "remote", "municipality_codes", "languages", "people_meant")
    facts |= _taken(values, "network", "network_hours")
    home = organisation_ or organisation(session)
    defaults = {"organisation_id": home.id, "family": "staff", "kind": "staff", "name": f"Kort {next(_numbers)}"}
    card = {"extent_percent": 100, "municipality_codes": ["2380"], "people_meant": 5} | facts
    time = {"facts": {"extentPercent": card["extent_percent"]}}
    resource = added(session, Resource(**(defaults | time | values)))
    row = added(session, StaffCapacity(resource_id=resource.id, **card))
    for who in Approver if consented else ():
        approval(session, row, who)
    for code, level in (skills or {"procurement": 4}).items():
        added(session, StaffSkill(resource_id=resource.id, skill_id=skill(session, code).id, level=level))
    _unit(session, resource, card["extent_percent"])
    return resource


def roster(session: Session, *cards: Resource, **values: Any) -> Roster:
    """Add a roster of cards of one organisation, called when many seek protection: 60 percent stays at home."""
    home = cards[0].organisation_id
    keeper = session.exec(select(Member).where(Member.organisation_id == home)).first()
    said = {"name": f"Lista {next(_numbers)}", "occasions": ["reception"], "notice_hours": 0, "floor_percent": 60}
    said |= {"organisation_id": home, "until": clock.today() + timedelta(days=365)}
    if "member_id" not in values:
        said["member_id"] = (keeper or member(session, session.get_one(Organisation, home))).id
    made = added(session, Roster(**(said | values)))
    for each in cards:
        added(session, RosterCard(resource_id=each.id, roster_id=made.id))
    return made


def surge(session: Session, home: Organisation, *cards: Resource, **values: Any) -> Surge:
    """Add an alert for an organisation with one role of one, by which cards on rosters are called."""
    raised_by = values.pop("member_id", None) or member(session, home, roles=["coordinator"]).id
    said = {"occasion": "reception", "title": f"Insats {next(_numbers)}", "what": "Många har kommit."}
    said |= {"organisation_id": home.id, "member_id": raised_by, "answer_by": clock.now() + timedelta(days=1)}
    said |= {"called_at": clock.now()}
    made = added(session, Surge(**(said | values)))
    role = added(session, SurgeRole(surge_id=made.id, position=1, title="Handläggare", number=1))
    for each in cards:
        roster_id = session.get_one(RosterCard, each.id).roster_id
        its = {"resource_id": each.id, "roster_id": roster_id, "organisation_id": each.organisation_id}
        added(session, SurgeCall(surge_id=made.id, role_ids=[role.id], begins=clock.today(), **its))
    return made


def adviser(session: Session, member_: Member, **values: Any) -> Adviser:
    """Let a member answer everybody's questions about procurement."""
    said: dict[str, Any] = {"member_id": member_.id, "skill_id": skill(session).id, "audience": Visibility.ALL}
    return added(session, Adviser(**(said | values)))


def question(session: Session, asker: Member, about: Offer | None = None, **values: Any) -> Question:
    """Add a question to the panel of procurement, or about a card to HR where the person works."""
    said: dict[str, Any] = {"organisation_id": asker.organisation_id, "member_id": asker.id, "words": "Hur gör ni?"}
    said |= {"skill_id": skill(session).id, "title": f"Fråga {next(_numbers)}", "refusal_words": ""}
    said |= {"until": clock.today() + timedelta(days=14)}
    if about is not None:
        said |= {"offer_id": about.id, "asked_id": about.organisation_id}
    return added(session, Question(**(said | values)))


def answer(session: Session, question_: Question, by: Member, **values: Any) -> Answer:
    """Add an answer to a question, which everybody may read if it is to a panel."""
    said: dict[str, Any] = {"question_id": question_.id, "organisation_id": by.organisation_id, "member_id": by.id}
    said |= {"words": "Vi frågar tre.", "audience": Visibility.ALL if question_.offer_id is None else None}
    return added(session, Answer(**(said | values)))


def photo(session: Session, resource: Resource, alt: str = "Ett rum") -> Photo:
    """Add a photo of a resource; what stands for its pictures is none."""
    made = added(session, Photo(resource_id=resource.id, alt=alt, width=1280, height=960))
    for size in PhotoSize:
        added(session, PhotoImage(photo_id=made.id, size=size, body=size.encode()))
    return made


def damage_report(session: Session, resource: Resource, words: str = "Ett ben är av") -> DamageReport:
    """Add a report of damage; what stands for its picture is none."""
    return added(session, DamageReport(resource_id=resource.id, at=clock.now(), words=words, picture=b"picture"))


def movement(session: Session, booking_: Booking, kind: str = "out", **values: Any) -> Movement:
    """Add a movement of one, with a photo."""
    row = added(session, Movement(**{"booking_id": booking_.id, "kind": kind, "amount": 1, "at": clock.now()} | values))
    added(session, MovementPhoto(movement_id=row.id, body=b"picture"))
    return row


def unit_of(session: Session, resource: Resource) -> Unit:
    """Return the only unit that a resource takes."""
    held = (
        select(Unit)
        .join(ResourceUnit, ResourceUnit.unit_id == Unit.id)
        .where(  # type: ignore[arg-type]
            ResourceUnit.resource_id == resource.id
        )
    )
    return session.exec(held).one()


def claim(session: Session, unit: Unit, during: Interval, amount: int = 1, **values: Any) -> Claim:
    """Add an owner's claim."""
    held = {"unit_id": unit.id, "unit_capacity": unit.capacity, "source": ClaimSource.OWNER}
    return added(session, Claim(**(held | values), amount=amount, during=to_range(during)))


def offer(session: Session, resource: Resource | None = None, during: Interval | None = None, **values: Any) -> Offer:
    """Add an open offer of a resource for a year from today, visible to all; a `department` is the resource's."""
    lent = resource or space(session)
    lent.department = values.pop("department", lent.department)
    defaults = {
        "organisation_id": lent.organisation_id,
        "resource_id": lent.id,
        "state": OfferState.OPEN,
        "during": to_range(during or days(0, 365)),
    }
    return added(session, Offer(**(defaults | values)))


def request(session: Session, member_: Member | None = None, **values: Any) -> Request:
    """Add an open request without needs; add those with `need`."""
    asker = member_ or member(session)
    defaults = {
        "organisation_id": asker.organisation_id,
        "member_id": asker.id,
        "title": f"Projekt {next(_numbers)}",
        "state": RequestState.OPEN,
        "opened_at": clock.now(),
    }
    return added(session, Request(**(defaults | values)))


def need(session: Session, request_: Request, when: timing.Timing | None = None, **values: Any) -> Need:
    """Add a need to a request: a meeting room in Östersund 9-11 two weeks from today, unless told otherwise."""
    number = next(_numbers)
    wanted = when or timing.Fixed(at(14, 9), at(14, 11))
    defaults = {
        "request_id": request_.id,
        "position": number,
        "title": f"Delbehov {number}",
        "family": "space",
        "amount": 1,
        "timing": timing.to_json(wanted),
        "ends_at": timing.end_of(wanted),
        **OSTERSUND,
    }
    return added(session, Need(**(defaults | values)))


def matching_run(session: Session, **values: Any) -> MatchingRun:
    """Add a queued run."""
    defaults: dict[str, Any] = {"policy": {"name": "balanced"}, "time_limit_s": 5, "queued_at": clock.now()}
    return added(session, MatchingRun(**(defaults | values)))


def inquiry(session: Session, need_: Need, asker: Member | None = None, **values: Any) -> Inquiry:
    """Add that a coordinator asks whether somewhat farther away would do for a need."""
    said = {**said_by(need_)}
    member_id = (asker or member(session, roles=["coordinator"])).id
    change = Farther(farther_km=12, distance_km=32)
    defaults = {"request_id": need_.request_id, "need_id": need_.id, "member_id": member_id, "said": said}
    defaults |= {"change": change, "answer_by": clock.now() + timedelta(days=7)}
    return added(session, Inquiry(**(defaults | values)))


def unserved(session: Session, need_: Need, code: str = "no_option", **reasons: Any) -> MatchingRun:
    """Add a finished run that did not serve a need, for reasons as they are stored."""
    figures = {"needs": 1, "served": 0, "objective": 0, "bound": 0, "options": 0, "runtime_s": 0.1, "status": "optimal"}
    run = matching_run(session, state="done", finished_at=clock.now(), **figures)
    told = outcome_reasons(reasons)
    added(session, NeedOutcome(run_id=run.id, need_id=need_.id, served=False, code=code, reasons=told))
    return run


def proposal(session: Session, request_: Request, **values: Any) -> Proposal:
    """Add a proposal for a request that waits for the coordinator; add its lines with `proposal_line`."""
    run_id = values.pop("run_id", None) or matching_run(session).id
    defaults = {"run_id": run_id, "request_id": request_.id, "answer_by": clock.now() + timedelta(days=10)}
    return added(session, Proposal(**(defaults | values)))


def proposal_line(
    session: Session, proposal_: Proposal, need_: Need, offer_: Offer | None = None, **values: Any
) -> ProposalLine:
    """Add to a proposal that an offer serves a need."""
    offered = offer_ or offer(session)
    defaults = {"amount": need_.amount, "option_key": f"{need_.id}@{offered.id}", "score": 0, **put_forward(offered)}
    keys = {"proposal_id": proposal_.id, "need_id": need_.id, "offer_id": offered.id}
    return added(session, ProposalLine(**(keys | defaults | values)))


def booking(session: Session, need_: Need, **values: Any) -> Booking:
    """Add an agreed booking of a room for a need, with the proposal that it came from but without claims."""
    asked = session.get_one(Request, need_.request_id)
    line = proposal_line(session, proposal(session, asked, state=ProposalState.AGREED), need_)
    lent = session.get_one(Offer, line.offer_id)
    defaults = {
        "line_id": line.id,
        "request_id": asked.id,
        "need_id": need_.id,
        "offer_id": lent.id,
        "lender_id": lent.organisation_id,
        "borrower_id": asked.organisation_id,
        "kind": BookingKind.ROOM_USE,
        "amount": need_.amount,
        "during": lent.during,
    }
    return added(session, Booking(**(defaults | values)))


def paper_content(**values: Any) -> dict[str, Any]:
    """Return what a paper says, in as few words as may be."""
    words = ("what", "says", "number", "addendum", "date", "template", "changes", "before", "now", "particulars")
    words += ("signatures", "place", "name", "page")
    return {
        "language": "sv",
        "title": "Avtal",
        "intro": "Gjort av Platsverket.",
        "facts": [["Period", "i morgon"]],
        "changes": [],
        "sections": [{"heading": "Vad som gäller", "points": [["Pris", "Utan avgift"], ["", "Städa efter er"]]}],
        "signers": ["Myndigheten A", "Regionen B"],
        "given": {"basis": "", "valuationSek": None},
        "words": {each: each.title() for each in words},
    } | values


def paper(session: Session, booking_: Booking, **values: Any) -> Paper:
    """Add an agreement on a booking; what stands for its file is none."""
    defaults = {"booking_id": booking_.id, "issuer_id": booking_.lender_id, "number": f"PV 2026-{next(_numbers)}"}
    defaults |= {"template": "room_use 1", "content": paper_content(), "state": "made", "size": 1, "sha256": "0" * 64}
    made = added(session, Paper(**(defaults | values)))
    if made.state == "made":
        added(session, PaperFile(paper_id=made.id, body=b"%"))
    return made


def _resource(
    session: Session, place: Site, family: str, kind: str, values: Mapping[str, Any], facts: Mapping[str, Any]
) -> Resource:
    said = serialization.from_json(
        FAMILIES[family].kept, {serialization.camel(name): value for name, value in facts.items()}
    )
    defaults = {
        "organisation_id": place.organisation_id,
        "site_id": place.id,
        "family": family,
        "kind": kind,
        "name": f"Resurs {next(_numbers)}",
        "facts": serialization.to_json(said),
    }
    return added(session, Resource(**(defaults | values)))


def _unit(session: Session, resource: Resource, capacity: int) -> Unit:
    unit = added(session, Unit(resource_id=resource.id, name=resource.name, capacity=capacity))
    amount = 1 if resource.family != "vehicle" else capacity
    added(session, ResourceUnit(resource_id=resource.id, unit_id=unit.id, amount=amount))
    return unit


def _taken(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """Take the named values out of `values`."""
    return {name: values.pop(name) for name in names if name in values}


def approval(session: Session, card: StaffCapacity, who: str, **values: Any) -> CardApproval:
    """Add that one of the three says yes to a capacity card, from long ago on and until it is taken back."""
    covers = to_range(Interval(datetime(2020, 1, 1, tzinfo=UTC), None))
    said = {"state": ApprovalState.GIVEN, "said": {}, "covers": covers, "at": clock.now(), "noted_by": "HR"}
    said |= {"channel": Channel.NOTED, "who": Approver(who)}
    made = added(session, CardApproval(resource_id=card.resource_id, **(said | values)))
    card.approved_during = approved_during(given(session, card.resource_id))
    session.flush()
    return made


def withdrawn(session: Session, card: Resource, who: str) -> None:
    """Let one of the three have taken back the yes to a capacity card, and nobody have done anything about it yet."""
    withdraw(session, None, card, session.get_one(StaffCapacity, card.id), Approver(who))


def suggestion(
    session: Session,
    *pairs: tuple[Need, Offer],
    when: Sequence[Interval] | None = None,
    amount: int = 1,
    reasons: Mapping[str, Any] | None = None,
    **values: Any,
) -> Proposal:
    """Add a proposal of a finished run: a line for each (need, offer), with claims and parties; an own pair if none.

    Each line claims `amount` times the units of its offer's resource at `when`, or at the fixed time of its need.
    """
    lines = pairs or ((need(session, request(session)), offer(session)),)
    run = matching_run(session, state="done")
    defaults = {"run_id": run.id, "request_id": lines[0][0].request_id, "answer_by": at(10)}
    made = added(session, Proposal(**(defaults | values)))
    asked = session.get_one(Request, made.request_id)
    for wanted, lent in lines:
        _line(session, made, wanted, lent, when or _fixed(wanted), amount, reasons or {})
        wanted.state = NeedState.PROPOSED
    asked.state = RequestState.PROPOSED
    added(session, ProposalParty(proposal_id=made.id, organisation_id=asked.organisation_id, side=Side.REQUESTER))
    for lister in {lent.organisation_id for _, lent in lines}:
        added(session, ProposalParty(proposal_id=made.id, organisation_id=lister, side=Side.LISTER))
    return made


def approved(session: Session, *pairs: tuple[Need, Offer], **values: Any) -> Proposal:
    """Add a proposal that waits for its parties' answers."""
    return suggestion(session, *pairs, state=ProposalState.APPROVED, approved_at=clock.now(), **values)


def _line(
    session: Session,
    made: Proposal,
    wanted: Need,
    lent: Offer,
    when: Sequence[Interval],
    amount: int,
    reasons: Mapping[str, Any],
) -> None:
    values = {"need_id": wanted.id, "offer_id": lent.id, "option_key": str(lent.id), "score": -100, **put_forward(lent)}
    line = added(session, ProposalLine(proposal_id=made.id, amount=amount, reasons=line_reasons(reasons), **values))
    held = session.exec(select(ResourceUnit).where(ResourceUnit.resource_id == lent.resource_id)).all()
    for unit in held:
        for during in when:
            taken = {"unit_id": unit.unit_id, "amount": unit.amount * amount, "during": to_range(during)}
            added(session, LineClaim(line_id=line.id, **taken))


def _fixed(wanted: Need) -> list[Interval]:
    return list(timing.candidates(timing.from_json(wanted.timing))[0].intervals)


def family_of(session: Session, lent: Offer) -> str:
    """Return what family an offer's resource is of."""
    return session.get_one(Resource, lent.resource_id).family


def home_of(session: Session, lent: Offer) -> Organisation:
    """Return the organisation that an offer is of."""
    return session.get_one(Organisation, lent.organisation_id)


def resource_of(session: Session, lent: Offer) -> Resource:
    """Return what an offer lends."""
    return session.get_one(Resource, lent.resource_id)
