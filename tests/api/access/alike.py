"""An organisation with everything of its own, each of its texts with a mark that says whose and which field it is."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlmodel import Session, SQLModel, col, select

from competence.approvals.queries import given
from competence.models import StaffCapacity
from core.actor import Role
from core.database.audit import record
from core.database.kept_forms import Content, KeptForm
from core.time import clock
from core.time.interval import Interval, to_range
from hubs.activities.models import ActivityState
from hubs.figures.models import HubInitiative
from hubs.groups.models import HubGroup, HubGroupMember
from hubs.letters.models import LetterState
from hubs.places.models import Hub, HubPhase, HubRole, HubRoleHolder
from hubs.presence.models import Audience, HubWeek
from hubs.profiles.models import HubProfile
from marketplace.bookings.models import Booking, MovementCheck
from marketplace.busy.models import BusyCalendar
from marketplace.calendars.models import CalendarFeed
from marketplace.checklists.models import Checklist
from marketplace.mail.models import Mail
from marketplace.mobility.models import MobilityWish
from marketplace.notices.models import Notice
from marketplace.offers.models import Offer, Visibility
from marketplace.organisations.models import AccessToken, Member, ProvisionedGroup, WebSession
from marketplace.proposals.models import ProposalLine
from marketplace.runs.models import NeedOutcome
from marketplace.scenarios.models import Scenario
from marketplace.searches.models import SavedSearch
from marketplace.searches.rules import Query
from marketplace.stocktakes.models import Stocktake
from marketplace.uploads.models import Upload
from marketplace.webhooks.models import WebhookEndpoint
from resources.models import Resource, Site
from tests import builders
from tests.hubs import rows as hubs
from tests.hubs.presence.community import ALL

WORD = "Fjäll"
ROLES: dict[str, list[str]] = {
    "all but coordinator": [role.value for role in Role if role is not Role.COORDINATOR],
    "coordinator": [Role.COORDINATOR.value],
}


class Alike:
    """An organisation whose texts are those of any other that is made so, but for the mark.

    What it offers to all has marks of its own: ``<mark>_open``.
    """

    def __init__(self, session: Session, mark: str) -> None:
        self.session, self.mark = session, mark
        self.home = builders.organisation(session, name=self.word("organisation.name"), short_name=self.word("short"))
        self.members: dict[str, Member] = {}
        self.things: dict[str, UUID] = {}
        self.hidden: list[UUID] = []

    def word(self, field: str) -> str:
        """Return the text of a field."""
        return f"{WORD} {self.mark}.{field}"

    def offer_to_all(self) -> Offer:
        """Describe a room and a person's time at a place of its own, and let everybody know of them."""
        site = builders.site(self.session, self.home, **self._words("site", "name", "address"))
        shown = f"{WORD} {self.mark}_open"
        room = builders.space(self.session, site, name=f"{shown}.name", description=f"{shown}.description")
        card = builders.staff(self.session, self.home, **self._words("card", "name", "description"))
        lister = self._member("offering", ["lister"])
        terms: dict[str, Any] = {"member_id": lister.id, "department": self.word("offer.department")}
        self.hidden += [lister.id]
        builders.offer(self.session, card, conditions=f"{shown}.conditions", **terms)
        return builders.offer(self.session, room, conditions=f"{shown}.conditions", **terms)

    def stock(self) -> None:
        """Give it one thing of each kind that is its own alone."""
        for label, roles in ROLES.items():
            self.members[label] = self._member(label, roles)
        site = builders.site(self.session, self.home, **self._words("own_site", "name", "address"))
        facts = {"visitor_rules": self.word("resource.visitor_rules")}
        room = builders.space(self.session, site, **self._words("resource", "name", "description"), **facts)
        card = builders.staff(self.session, self.home, **self._words("own_card", "name", "description"))
        its_card = self.session.get_one(StaffCapacity, card.id)
        its_card.member_id = self._lister.id
        for each in given(self.session, card.id):
            each.evidence, each.noted_by = self.word("approval.evidence"), self.word("approval.noted_by")
        terms: dict[str, Any] = {"member_id": self._lister.id, "visibility": Visibility.ORGANISATION}
        terms |= self._words("own_offer", "department", "conditions")
        offer, card_offer = (builders.offer(self.session, each, **terms) for each in (room, card))
        request = builders.request(self.session, self._lister, **self._words("request", "title", "purpose"))
        need, unserved = (builders.need(self.session, request, title=self.word("need.title")) for _ in range(2))
        proposal = builders.approved(self.session, (need, offer), refusal_words=self.word("refusal_words"))
        its = {"request_id": request.id, "member_id": self._lister.id, "finished_at": clock.now()}
        figures = {"needs": 1, "served": 0, "objective": 0, "bound": 0, "options": 0, "runtime_s": 0.1}
        run = builders.matching_run(self.session, state="done", kind="local", status="optimal", **its, **figures)
        self._added(NeedOutcome(run_id=run.id, need_id=unserved.id, served=False, code="no_option"))
        away = builders.days(40, 41)
        period = builders.claim(self.session, builders.unit_of(self.session, room), away, note=self.word("claim.note"))
        builders.claim(self.session, builders.unit_of(self.session, card), away, note=self.word("card.note"))
        made: dict[str, Any] = {"card_approval": given(self.session, card.id)[0], "own_card": card}
        made |= {"site": site, "resource": room, "offer": offer, "card": card, "card_offer": card_offer}
        made |= {"request": request, "need": unserved, "proposal": proposal, "run": run, "period": period}
        made["photo"] = builders.photo(self.session, room, self.word("photo.alt"))
        made["report"] = builders.damage_report(self.session, room, self.word("damage_report.words"))
        asked = {"answered_at": clock.now(), "state": "refused", "words": self.word("inquiry.words")}
        made |= {"inquiry": builders.inquiry(self.session, unserved, self._lister, **asked)}
        its = {"member_id": self._lister.id, "run_id": run.id, "name": self.word("scenario.name")}
        made["scenario"] = self._added(Scenario(organisation_id=self.home.id, **its))
        its = {"member_id": self._lister.id, "name": self.word("roster.name")}
        made["roster"] = builders.roster(self.session, card, **its)
        its = {"member_id": self._lister.id, "title": self.word("surge.title"), "what": self.word("surge.what")}
        made["surge"] = builders.surge(self.session, self.home, card, **its)
        made |= self._asked() | self._hub(site)
        made |= self._calendars(room) | self._community()
        query = Query(text=self.word("search.text"))
        its = {"member_id": self._lister.id, "name": self.word("search.name"), "told": [offer.id]}
        made["saved_search"] = self._added(SavedSearch(query=query, told_at=clock.now(), **its))
        said = {"skills": {"procurement": 4}, "extent_percent": 50, "months": 3, "earliest": clock.today()}
        its = {"member_id": self._lister.id, "state": "open", "words": self.word("wish.words"), "remote": True}
        made["wish"] = self._added(MobilityWish(expires_at=clock.now() + timedelta(days=9), **said, **its))
        its = {"member_id": self._lister.id, "failed_at": clock.now(), "fault": self.word("mail.fault")}
        made["mail"] = self._added(Mail(**its))
        made |= self._lent(offer)
        made |= {"member": self._lister, **self._kept(proposal.id)}
        self.things = {name: row.id for name, row in made.items()}
        self.hidden += [*self.things.values(), *(each.id for each in self.members.values())]
        for kind in ("offer", "request", "proposal", "booking"):
            record(self.session, None, kind, self.things[kind], to_state="open", words=self.word(f"{kind}.words"))

    def _community(self) -> dict[str, Any]:
        """Make a hub of whose people nobody but its members learns anything."""
        site = builders.site(self.session, self.home, **self._words("community_site", "name", "address"))
        hub = hubs.hub(self.session, site, phase=HubPhase.PREPARE, name=self.word("community.name"))
        said = {"first_name": self.word("community.first_name")}
        hubs.hub_member(self.session, hub, self._lister, hubs.membership(self.session, [hub], self._lister), **said)
        its = {"hub_id": hub.id, "member_id": self._lister.id}
        said = {"can": [self.word("profile.can")], "learns": [self.word("profile.learns")]}
        told = {"wonders": self.word("profile.wonders"), "told_to": ALL}
        person = self._added(HubProfile(member_id=self._lister.id, **said, **told))
        comes = {"monday": clock.today() - timedelta(days=clock.today().weekday()), "plans": [clock.today()]}
        self._added(HubWeek(**its, **comes, told_to=Audience.MEMBERS))
        question = hubs.question(
            self.session, hub, self._lister, named=True, **self._words("hub_question", "title", "words")
        )
        hubs.answer(self.session, question, self._lister, words=self.word("hub_answer.words"))
        its["organisation_id"] = self.home.id
        said = {"born_on": clock.today(), "state": "idea", **self._words("initiative", "title", "about")}
        initiative = self._added(HubInitiative(**its, **said))
        other = self._member("introduced", [])
        words = self.word("introduction.words")
        asked = hubs.introduction(self.session, hub, self._lister, other, words=words)
        self.hidden.append(other.id)
        made = {"community": hub, "person": person, "hub_question": question, "initiative": initiative}
        return made | {"introduction": asked, "hub_letter": self._letter(hub), "hub_group": self._group(hub)}

    def _letter(self, hub: Hub) -> Any:
        sent = {"state": LetterState.SENT, "sent_at": clock.now()}
        return hubs.letter(self.session, hub, **sent, **self._words("letter", "subject", "words"))

    def _group(self, hub: Hub) -> Any:
        began = {"hub_id": hub.id, "member_id": self._lister.id, "kind": "network"}
        group = self._added(HubGroup(**began, **self._words("hub_group", "name", "about")))
        self._added(HubGroupMember(group_id=group.id, member_id=self._lister.id, named=True))
        return group

    def _calendars(self, room: Resource) -> dict[str, Any]:
        its = {"member_id": self._lister.id, "name": self.word("calendar.name"), "hash": self.mark}
        busy = {"resource_id": room.id, "kind": "feed", "sealed_access": b""}
        told = {"organisation_id": self.home.id, "sealed_access": b"", "codes": ["agreed"]}
        return {
            "webhook": self._added(WebhookEndpoint(host=self.word("webhook.host"), **told)),
            "calendar": self._added(CalendarFeed(scope="own", **its)),
            "busy_calendar": self._added(BusyCalendar(host=self.word("busy_calendar.host"), **busy)),
        }

    def _hub(self, site: Site) -> dict[str, Any]:
        """Make a hub that is being prepared: what is open is everybody's to read."""
        said = self._words("hub", "name", "about", "landlord", "house_rules")
        hub = hubs.hub(self.session, site, phase=HubPhase.PREPARE, **said)
        agreed = hubs.membership(self.session, [hub], self._lister, signatory=self.word("hub_membership.signatory"))
        said = self._words("hub_member", "aims", "contribution", "first_name")
        seat = hubs.hub_member(self.session, hub, self._lister, agreed, **said)
        hubs.signature(self.session, seat, hubs.manifesto(self.session, hub, words=self.word("manifesto.words")))
        holder = {"organisation_id": self.home.id, "member_id": self._lister.id}
        group = {"role": HubRole.WORKING_GROUP, "group_name": self.word("hub_role.group_name")}
        self._added(HubRoleHolder(hub_id=hub.id, **group, **holder))
        said = self._words("activity", "title", "about")
        draft = hubs.activity(
            self.session, hub, state=ActivityState.DRAFT, set_at=None, member_id=self._lister.id, **said
        )
        made = {"hub": hub, "hub_membership": agreed, "hub_member": seat, "own_hub_member": seat}
        return made | dict.fromkeys(("activity", "own_activity", "registered_activity"), draft)

    def _asked(self) -> dict[str, Any]:
        question = builders.question(self.session, self._lister, **self._words("question", "title", "words"))
        answered = {"audience": Visibility.ORGANISATION, **self._words("answer", "words")}
        builders.answer(self.session, question, self._lister, **answered)
        adviser = builders.adviser(self.session, self._lister, audience=Visibility.ORGANISATION)
        return dict.fromkeys(("question", "own_question", "card_question"), question) | {"adviser": adviser}

    def _booking(self, offer: Offer) -> Booking:
        asked = builders.request(self.session, self._lister, **self._words("lent_request", "title", "purpose"))
        need = builders.need(self.session, asked, title=self.word("lent_need.title"))
        agreed = builders.suggestion(self.session, (need, offer), state="agreed", approved_at=clock.now())
        line = self.session.exec(select(ProposalLine).where(col(ProposalLine.proposal_id) == agreed.id)).one()
        keys = {"line_id": line.id, "request_id": asked.id, "need_id": need.id, "offer_id": offer.id}
        during = Interval(clock.now() - timedelta(hours=1), builders.at(10))
        sides = {"lender_id": self.home.id, "borrower_id": self.home.id, "kind": "room_use", "amount": 1}
        return self._added(Booking(**keys, **sides, during=to_range(during)))

    def _lent(self, offer: Offer) -> dict[str, Any]:
        booking = self._booking(offer)
        its = {"content": builders.paper_content(title=self.word("paper.title")), "number": self.word("paper.number")}
        moved = builders.movement(self.session, booking, condition=self.word("movement.condition"))
        self._added(
            MovementCheck(movement_id=moved.id, position=0, ticked=False, **self._words("check", "item", "remark"))
        )
        its_list = {"organisation_id": self.home.id, "family": "space", "step": "hand_over"}
        self._added(Checklist(items=[self.word("checklist.items")], **its_list))
        paper = builders.paper(self.session, booking, **its)
        counted = self._added(Stocktake(organisation_id=self.home.id, department=self.word("stocktake.department")))
        return {"booking": booking, "papers": booking, "paper": paper, "movement": moved, "stocktake": counted}

    def _kept(self, proposal_id: UUID) -> dict[str, Any]:
        now, later = clock.now(), clock.now() + timedelta(hours=1)
        its = {"member_id": self._lister.id}
        about = {"code": "approved", "entity": "proposal", "entity_id": proposal_id, "at": now}
        facts = {"request": self.word("notice.request"), "answerBy": later.isoformat()}
        content = msgspec.json.encode(Content({"name": [self.word("draft.name")]}, "draft"))
        secrets = {"secret": self.mark * 10, "browser": self.word("session.browser")}
        times = {"began_at": now, "seen_at": now, "rotated_at": now, "ends_at": later}
        token = {"name": self.word("token.name"), "hash": self.mark * 10, "expires_at": later, "created_at": now}
        group = ProvisionedGroup(organisation_id=self.home.id, display_name=self.word("group.name"))
        return {
            "provisioned_group": self._added(group),
            "notice": self._added(Notice(organisation_id=self.home.id, facts=facts, **about)),
            "draft": self._added(
                KeptForm(organisation_id=self.home.id, page="/offers/new/space", content=content, **its)
            ),
            "token": self._added(AccessToken(**token, **its)),
            "upload": self._added(Upload(organisation_id=self.home.id, name=self.word("upload.name"), **its)),
            "session": self._added(WebSession(**secrets, **times, **its)),
        }

    def _member(self, label: str, roles: list[str]) -> Member:
        grants = {role: {"reason": self.word("grant.reason")} for role in roles}
        if Role.COORDINATOR in roles:
            grants[Role.COORDINATOR]["organisationIds"] = [str(self.home.id)]  # type: ignore[assignment]
        said = {"email": f"{label.replace(' ', '-')}@{self.mark}.member.email.se", "department": self.word("unit")}
        return builders.member(
            self.session, self.home, name=f"{self.word('member.name')} {label}", roles=roles, grants=grants, **said
        )

    @property
    def _lister(self) -> Member:
        return self.members["all but coordinator"]

    def _words(self, thing: str, *fields: str) -> dict[str, str]:
        return {field: self.word(f"{thing}.{field}") for field in fields}

    def _added(self, row: SQLModel) -> Any:
        return builders.added(self.session, row)
