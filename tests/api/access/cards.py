"""A capacity card in each state, each with an employer of its own, and all who may look: for tests of what is hidden.

Each text that is hidden has a mark that tells which field of which card it is. `swap` gives all of them other texts,
which sort the other way round, and other places in the same county: whoever may not read them reads the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session

from competence.approvals.models import ApprovalState, Approver, Channel
from competence.approvals.queries import given
from competence.models import StaffCapacity
from core.actor import Role
from core.time import clock
from core.time.interval import Interval, to_range
from core.time.timing import Period
from marketplace.bookings.models import BookingState
from marketplace.cards import lapsing, withdrawing
from marketplace.cards.approving import withdraw
from marketplace.cards.asking import tell_hr
from marketplace.cards.models import WithdrawalState
from marketplace.loans.thanking import thank
from marketplace.mobility import interests
from marketplace.mobility.models import MobilityInterest, MobilityWish
from marketplace.offers.models import Offer, Visibility
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import actor_for
from marketplace.planning import surging
from marketplace.planning.execution import calling
from marketplace.proposals.models import Proposal
from marketplace.questions import service as questions
from marketplace.questions.models import QuestionState
from marketplace.questions.rules import QuestionDraft
from marketplace.runs.models import NeedOutcome
from resources.models import Claim, Resource
from tests import builders
from tests.marketplace.proposals.deals import accept
from tests.marketplace.surges import alerts


class State(StrEnum):
    """How far it has come with a card; the states before `AGREED` open nothing."""

    ASKED = "asked"
    """The employee has said yes, and nobody else."""
    OPEN = "open"
    PROPOSED = "proposed"
    """Approved, and the lender has said yes; the borrower has not."""
    WITHDRAWN = "withdrawn"
    """It was proposed, and the employee took the yes back."""
    CALLED = "called"
    """By an alert for the borrower, under a roster."""
    AGREED = "agreed"
    OVER = "over"
    """The loan is, and the days in which the borrower may know of whom."""


BEFORE = frozenset(State) - {State.AGREED, State.OVER}
TEXTS = ("name", "words", "person", "approver", "noted", "evidence", "unit", "away", "roster", "contact")
"""The fields that are known by a mark; so are an employer's name and its key."""
WISH = "wish"
"""Of the person's wish to try another employer, which nobody else reads; after `swap` it is there no more."""
PLACES = dict(zip(State, ("2303", "2305", "2309", "2313", "2321", "2361", "2380"), strict=True))
"""In which municipality of Jämtland each works; after `swap`, the next one's."""
READERS = {
    "stranger": ("foreign", [role for role in Role if role is not Role.COORDINATOR]),
    "borrower": ("borrower", [Role.REQUESTER]),
    "borrower's colleague": ("borrower", [Role.LISTER, Role.HR, Role.AUDITOR]),
    "borrower's coordinator": ("office", [Role.COORDINATOR]),
    "coordinator": ("office", [Role.COORDINATOR]),
    "lister": (State.AGREED, [Role.LISTER]),
    "hr": (State.AGREED, [Role.HR]),
    "manager": (State.AGREED, [Role.MANAGER]),
    "colleague": (State.AGREED, [Role.REQUESTER, Role.APPROVER, Role.AUDITOR]),
}
"""Of which organisation each is, the employers by the state of their card."""


@dataclass
class Card:
    """A card with all that is hidden of it, and what it is called in addresses."""

    state: State
    home: Organisation
    resource: Resource
    offer: Offer
    people: dict[str, Member]
    away: Claim
    roster: Any = None
    things: dict[str, UUID] = field(default_factory=dict)


@dataclass
class Cards:
    """All of them, and everybody who reads."""

    session: Session
    homes: dict[str, Organisation] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    cards: dict[State, Card] = field(default_factory=dict)
    things: dict[str, UUID] = field(default_factory=dict)
    taken: UUID | None = None
    """A proposal of the same time as is agreed, to the stranger: nothing can come of it."""

    @property
    def lender(self) -> Card:
        """The card of the employer of which there are readers."""
        return self.cards[State.AGREED]

    def all_things(self) -> Iterator[dict[str, UUID]]:
        """Yield what addresses name, for each card."""
        for card in self.cards.values():
            yield self.things | card.things


def mark(name: str, state: State, order: str = r"\w") -> str:
    """Return the text of a field that is hidden; as it is looked for, whatever `order` it sorts in."""
    return f"{name.title()}-{order}-{state}"


def cards(session: Session) -> Cards:
    """Build them."""
    made = Cards(session)
    made.homes = {name: builders.organisation(session, name=name) for name in ("borrower", "office", "foreign")}
    for place, state in enumerate(State):
        card = _card(session, state, "abcdefg"[place])
        made.cards[state], made.homes[state] = card, card.home
    for label, (home, roles) in READERS.items():
        areas = {"coordinator": {"organisationIds": [str(made.homes["borrower"].id)]}} if "'s coord" in label else {}
        values = {"roles": [role.value for role in roles], "grants": areas}
        made.members[label] = builders.member(session, made.homes[home], **values)
    for state in (State.PROPOSED, State.WITHDRAWN, State.AGREED, State.OVER):
        _propose(made, made.cards[state])
    _call(made, made.cards[State.CALLED], made.lender)
    for card in made.cards.values():
        _ask(made, card)
    _alert(made)
    _tell(made)
    _stock(made)
    return made


def _card(session: Session, state: State, order: str) -> Card:
    home = builders.organisation(
        session, name=mark("employer", state, order), short_name=mark("employer", state, order)
    )
    text = {name: mark(name, state, order) for name in TEXTS}
    people = {
        name: builders.member(session, home, name=text[name], email=f"{text[name]}@e.se".lower(), roles=roles)
        for name, roles in (("person", []), ("approver", ["manager"]), ("contact", ["lister"]))
    }
    said: dict[str, Any] = {"name": text["name"], "description": text["words"], "department": text["unit"]}
    said |= {"consented": state is not State.ASKED, "people_meant": 4, "municipality_codes": [PLACES[state]]}
    resource = builders.staff(session, home, **said)
    row = session.get_one(StaffCapacity, resource.id)
    row.member_id = people["person"].id
    if state is State.ASKED:
        builders.approval(session, row, "employee", member_id=people["person"].id)
    for each in given(session, resource.id):
        each.evidence, each.noted_by, each.member_id = text["evidence"], text["noted"], people["approver"].id
    _wish(session, people["person"], mark(WISH, state, order))
    offer = builders.offer(session, resource, member_id=people["contact"].id)
    away = builders.claim(session, builders.unit_of(session, resource), builders.days(40, 41), note=text["away"])
    return Card(state, home, resource, offer, people, away, things={"card": resource.id})


def _wish(session: Session, owner: Member, words: str) -> MobilityWish:
    said = {"skills": {"procurement": 4}, "extent_percent": 50, "months": 3, "earliest": clock.today(), "remote": True}
    said |= {"state": "open", "expires_at": clock.now() + timedelta(days=30), "words": words}
    return builders.added(session, MobilityWish(member_id=owner.id, **said))


def _propose(made: Cards, card: Card) -> None:
    session, borrower = made.session, made.members["borrower"]
    asked = builders.request(session, borrower)
    need = builders.need(session, asked, family="staff", amount=100)
    proposal = builders.approved(session, (need, card.offer), amount=100)
    lister = actor_for(session, card.people["contact"].id)
    if card.state is State.AGREED:
        other = builders.need(session, builders.request(session, made.members["stranger"]), family="staff", amount=100)
        taken = builders.approved(session, (other, card.offer), amount=100)
        accept(session, lister, taken)
        made.taken = taken.id
    accept(session, lister, proposal)
    card.things |= {"request": asked.id, "need": need.id, "proposal": proposal.id}
    if card.state is State.WITHDRAWN:
        withdraw(session, lister, card.resource, Approver.EMPLOYEE)
    if card.state in {State.AGREED, State.OVER}:
        [booking] = accept(session, actor_for(session, borrower.id), proposal).bookings
        card.things |= {"booking": booking.id, "papers": booking.id, "loan": booking.id}
        if card.state is State.OVER:
            ended = clock.now() - timedelta(days=400)
            booking.during = to_range(Interval(clock.now() - timedelta(days=430), ended))
            thank(session, actor_for(session, borrower.id), booking.id, "Tack!")
            booking.state, booking.returned_at = BookingState.CLOSED, ended


def _call(made: Cards, *called: Card) -> None:
    for card in called:
        name = mark("roster", card.state, "abcdefg"[list(State).index(card.state)])
        card.roster = builders.roster(made.session, card.resource, name=name, member_id=card.people["approver"].id)
        card.things["roster"] = card.roster.id
    surge = builders.surge(made.session, made.homes["borrower"], *(card.resource for card in called))
    made.things["surge"] = surge.id


def _ask(made: Cards, card: Card) -> None:
    """The borrower asks about the card through HR; the one whose it is answers, with a name where it is lent."""
    person = card.people["person"]
    passed = {"state": QuestionState.PASSED, "passed_to_id": person.id}
    question = builders.question(made.session, made.members["borrower"], card.offer, **passed)
    builders.answer(made.session, question, person, named=card.state is State.AGREED)
    card.things["question"] = question.id


def _tell(made: Cards) -> None:
    """Let HR be told of answers and of a yes that runs out, and a question be asked, passed on and answered."""
    session, lender = made.session, made.lender
    hr = actor_for(session, made.members["hr"].id)
    tell_hr(session, lender.resource, Approver.EMPLOYEE, ApprovalState.GIVEN)
    given(session, lender.resource.id)[0].covers = to_range(builders.days(0, 15))
    lapsing.warn(session, clock.now())
    asked = {"skill_code": "procurement", "title": "Hur gör ni?", "words": "Så?", "until": clock.today()}
    stranger, person = (actor_for(session, each.id) for each in (made.members["stranger"], lender.people["person"]))
    question = questions.ask(session, stranger, QuestionDraft(**asked, offer_id=lender.offer.id))
    questions.pass_on(session, hr, question.id)
    questions.answer(session, person, question.id, "Så här.")
    withdrawing.begin(session, None, lender.resource.id, Approver.MANAGER)
    withdrawing.decide(session, hr, lender.things["booking"], WithdrawalState.KEPT)
    withdrawing.begin(session, None, lender.resource.id, Approver.MANAGER)
    owner = lender.people["approver"]
    wish = _wish(session, owner, mark(WISH, lender.state, "d"))
    chance = interests.Chance(lender.things["need"], "Upphandlare", 50, builders.days(100, 130), ("2380",), remote=True)
    interests.ask(session, actor_for(session, owner.id), wish, chance)


def _alert(made: Cards) -> None:
    """Call those on rosters, by the first step of a run; one can come, and the alert ends."""
    session, home, person = made.session, made.homes["borrower"], made.lender.people["person"]
    coordinator = actor_for(session, made.members["coordinator"].id)
    when = Period(clock.today() + timedelta(days=100), clock.today() + timedelta(days=120))
    wanted = alerts.role(1, 40, timing=when, municipality_code=PLACES[State.AGREED])
    key = surging.raise_alert(session, coordinator, alerts.draft(home.id, wanted)).id
    calling.snapshot_for(session, key, lambda *_: None)
    called = alerts.calls(session, key)[made.lender.resource.id]
    surging.answer_own_call(session, actor_for(session, person.id), called.resource_id, called.id, comes=True)
    surging.stand_down(session, coordinator, key)


def _stock(made: Cards) -> None:
    """Let there be one thing of all other kinds: a closed room, and a run with its figures."""
    session, lender = made.session, made.lender
    room = builders.space(session, builders.site(session, lender.home))
    own: dict[str, Any] = {"member_id": lender.people["contact"].id, "visibility": Visibility.ORGANISATION}
    offer = builders.offer(session, room, **own)
    figures = {"needs": 1, "served": 1, "objective": 987654321, "bound": 987654321, "options": 1, "runtime_s": 1}
    done = {"state": "done", "status": "optimal", "finished_at": clock.now()}
    run = builders.matching_run(session, **done, **figures)
    for card in made.cards.values():
        if "need" in card.things:
            builders.added(session, NeedOutcome(run_id=run.id, need_id=card.things["need"], served=True, code="served"))
            session.get_one(Proposal, card.things["proposal"]).run_id = run.id
        card.things |= {"offer": card.offer.id, "card_offer": card.offer.id, "member": card.people["contact"].id}
    closed = builders.claim(session, builders.unit_of(session, room), builders.days(40, 41), note="Rummet renoveras")
    rows = {"site": room, "resource": room, "offer": offer, "run": run, "period": closed, "roster": lender.roster}
    made.things |= {name: row.id for name, row in rows.items()} | {"photo": builders.photo(session, room).id}
    made.things["report"] = builders.damage_report(session, room).id
    made.things |= {"site": room.site_id} | lender.things
    made.things |= dict.fromkeys(
        (
            "notice",
            "draft",
            "token",
            "session",
            "upload",
            "saved_search",
            "busy_calendar",
            "webhook",
            "calendar",
            "paper",
            "movement",
            "stocktake",
            "invitation",
            "scenario",
            "inquiry",
            "passkey",
            "wish",
            "mail",
            "adviser",
            "hub",
            "activity",
            "own_activity",
            "registered_activity",
            "hub_member",
            "hub_membership",
            "own_hub_member",
            "community",
            "hub_question",
            "introduction",
            "hub_letter",
            "person",
            "initiative",
            "hub_group",
        ),
        run.id,
    )


def swap(made: Cards) -> None:
    """Give what is hidden from everybody outside, in the state that each card is in, other texts and places."""
    session = made.session
    session.execute(delete(MobilityInterest))
    session.execute(delete(MobilityWish))
    for place, (state, card) in enumerate(made.cards.items()):
        text = {name: mark(name, state, "tsrqpon"[place]) for name in TEXTS}
        card.resource.department = text["unit"]
        card.away.note = text["away"]
        row = session.get_one(StaffCapacity, card.resource.id)
        row.people_meant = None
        card.resource.version += 7  # said and taken back more often
        for each in given(session, card.resource.id):
            each.evidence, each.noted_by, each.member_id = text["evidence"], text["noted"], None
            each.channel, each.at = Channel.SIGNED_IN, clock.now() - timedelta(days=40)
        if card.roster is not None:
            card.roster.name = text["roster"]
        for name in {State.AGREED: ("approver",), State.OVER: ("approver", "person")}.get(state, tuple(card.people)):
            card.people[name].name, card.people[name].email = text[name], f"{text[name]}@e.se".lower()
        if state is not State.AGREED:
            card.resource.name, card.resource.description = text["name"], text["words"]
        if state in BEFORE:
            row.member_id = None
            card.home.name = card.home.short_name = mark("employer", state, "tsrqpon"[place])
            card.home.municipality_code = row.municipality_codes[0]
            row.municipality_codes = [list(PLACES.values())[place - 1]]
    session.flush()
