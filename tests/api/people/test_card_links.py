"""The link by which a manager approves that a person is lent: three steps, once, for one person, to one card."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, col, select

from competence.approvals import service as approvals
from competence.approvals.models import ApprovalState, Approver, CardApproval, Channel
from competence.approvals.queries import given, live_approvals
from competence.models import StaffCapacity
from competence.service import describe_staff
from core.errors import Conflict
from core.settings import settings
from core.time import clock
from core.time.interval import to_range
from marketplace.cards import approving, asking, mine
from marketplace.notices.models import Notice
from marketplace.offers.models import Offer
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import actor_for
from marketplace.organisations.tokens import token_hash
from resources.families.staff import StaffFacts
from resources.models import Resource
from tests import builders
from tests.api.conftest import HTML, SignIn, post_form, text_of

IN_SWEDISH = {**HTML, "accept-language": "sv"}


@dataclass
class Asking:
    """A card to which the employee has said yes, and everybody whom it concerns at its home."""

    rows: Session
    home: Organisation
    card: Resource
    offer: Offer
    people: dict[str, Member]
    secret: str = ""

    def ask(self, manager: str = "manager", deputy: str = "") -> str:
        """Let HR ask, and return the link."""
        actor = actor_for(self.rows, self.people["hr"].id)
        address = {name: member.email for name, member in self.people.items()} | {"": ""}
        made = asking.ask_manager(self.rows, actor, self.card, address[manager], address[deputy])
        self.rows.commit()
        return f"/card-links/{made.secret}"


@pytest.fixture
def asked(rows: Session) -> Asking:
    home = builders.organisation(rows)
    roles = {"hr": ["hr"], "employee": [], "manager": [], "deputy": [], "other": ["manager"]}
    people = {name: builders.member(rows, home, roles=held, email=f"{name}@e.se") for name, held in roles.items()}
    card = builders.staff(rows, home, consented=False, name="Upphandlare A")
    offer = builders.offer(rows, card)
    hr = actor_for(rows, people["hr"].id)
    asking.say_whose(rows, hr, card, "employee@e.se")
    mine.agree(rows, actor_for(rows, people["employee"].id), card.id)
    rows.commit()
    return Asking(rows, home, card, offer, people)


def test_a_manager_approves_in_three_steps_and_hr_decides_after(
    client: TestClient[Litestar], asked: Asking, signed_in: SignIn
) -> None:
    link = asked.ask()
    start = client.get(link, headers=IN_SWEDISH)
    assert start.headers["location"] == f"/sign-in?next={link}", "one: open it, two: sign in"
    signed_in(client, asked.people["manager"])
    page = client.get(link, headers=IN_SWEDISH)
    assert "Upphandlare A" in text_of(page.text)
    assert "Östersund" in text_of(page.text)
    assert "Hur mycket 100 %" in text_of(page.text)
    assert "Det andra ser av arbetsgivaren Namnet och orterna" in text_of(page.text)
    assert "employee@e.se" not in page.text
    assert post_form(client, link, {"words": "Gärna"}).status_code == 422, "what is no answer is no no"
    assert post_form(client, link, {"answer": "yes", "words": "Gärna"}).status_code == 303, "three: approve"
    asked.rows.expire_all()
    employee, manager = given(asked.rows, asked.card.id)
    assert (manager.channel, manager.member_id, manager.evidence) == (
        Channel.LINK,
        asked.people["manager"].id,
        "Gärna",
    )
    assert manager.covers == asked.offer.during == employee.covers
    assert manager.said["extentPercent"] == 100
    hr = actor_for(asked.rows, asked.people["hr"].id)
    approving.give(asked.rows, hr, asked.card, Approver.HR, "Beslut dnr 1", until=clock.today() + timedelta(days=30))
    [decided] = [each for each in given(asked.rows, asked.card.id) if each.who is Approver.HR]
    assert decided.covers is not None
    assert (decided.channel, decided.covers.upper) < (Channel.SIGNED_IN, asked.offer.during.upper)


def _used(asked: Asking, client: TestClient[Litestar], link: str) -> None:
    assert post_form(client, link, {"answer": "no"}).status_code == 303


def _changed(asked: Asking, client: TestClient[Litestar], link: str) -> None:
    describe_staff(asked.rows, None, asked.card, StaffFacts(40, True, skills={"procurement": 4}))


def _other(asked: Asking, client: TestClient[Litestar], link: str) -> None:
    asked.ask("other")


def _withdrawn(asked: Asking, client: TestClient[Litestar], link: str) -> None:
    mine.decline(asked.rows, actor_for(asked.rows, asked.people["employee"].id), asked.card.id)


def _late(asked: Asking, client: TestClient[Litestar], link: str) -> None:
    live_approvals(asked.rows, [asked.card.id])[asked.card.id][1].answer_by = clock.now()


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (_used, "Du har redan svarat"),
        (_changed, "Kortet säger något annat"),
        (_other, "Någon annan är tillfrågad"),
        (_withdrawn, "tagits tillbaka"),
        (_late, "Tiden att svara har gått ut"),
    ],
)
def test_a_link_that_holds_no_longer_says_why_and_nothing_is_done(
    client: TestClient[Litestar],
    asked: Asking,
    signed_in: SignIn,
    before: Callable[[Asking, TestClient[Litestar], str], None],
    told: str,
) -> None:
    link = asked.ask()
    signed_in(client, asked.people["manager"])
    assert client.get(link, headers=IN_SWEDISH).status_code == 200
    before(asked, client, link)
    asked.rows.commit()
    yeses = [each.who for each in given(asked.rows, asked.card.id)]
    for answer in (client.get(link, headers=IN_SWEDISH), post_form(client, link, {"answer": "yes"})):
        assert answer.status_code == 409
    assert told in text_of(client.get(link, headers=IN_SWEDISH).text)
    asked.rows.expire_all()
    assert [each.who for each in given(asked.rows, asked.card.id)] == yeses


def test_a_link_is_worth_nothing_to_anybody_else(
    client: TestClient[Litestar], asked: Asking, signed_in: SignIn
) -> None:
    link = asked.ask()
    for each in ("other", "hr", "employee"):
        client.cookies.clear()
        signed_in(client, asked.people[each])
        answer = client.get(link, headers=IN_SWEDISH)
        assert answer.status_code == 403
        assert "Den här länken är till någon annan" in text_of(answer.text)
        assert "Upphandlare" not in answer.text
        assert post_form(client, link, {"answer": "yes"}).status_code == 403
    signed_in(client, asked.people["manager"])
    for tampered in (f"{link[:-1]}{'A' if link[-1] != 'A' else 'B'}", f"{link}x", "/card-links/plats_x"):
        assert client.get(tampered, headers=HTML).status_code == 404
    assert client.get(link, headers=HTML).status_code == 200


@pytest.mark.parametrize("to", ["yes", "no"])
def test_a_yes_that_ends_too_soon_is_asked_for_anew_and_stands_until_it_is_answered(
    client: TestClient[Litestar], asked: Asking, signed_in: SignIn, to: str
) -> None:
    asked.ask()
    soon = clock.today() + timedelta(days=9)
    hr = actor_for(asked.rows, asked.people["hr"].id)
    approving.give(asked.rows, hr, asked.card, Approver.MANAGER, "Muntligt", until=soon)
    approving.give(asked.rows, hr, asked.card, Approver.HR, "Beslut dnr 1")
    first = given(asked.rows, asked.card.id)[1]
    asked.rows.commit()
    signed_in(client, asked.people["hr"])
    assert "Låt det sägas på nytt" in client.get(f"/offers/{asked.offer.id}", headers=IN_SWEDISH).text
    link = asked.ask("other")
    assert given(asked.rows, asked.card.id)[1].id == first.id
    signed_in(client, asked.people["other"])
    assert post_form(client, link, {"answer": to}).status_code == 303
    asked.rows.expire_all()
    stands = given(asked.rows, asked.card.id)[1]
    assert stands.covers == (asked.offer.during if to == "yes" else first.covers)
    if to == "yes":
        with pytest.raises(Conflict, match="has said yes already"):
            asked.ask("manager")


def test_only_a_hash_of_the_link_is_kept(asked: Asking) -> None:
    secret = asked.ask().rpartition("/")[2]
    row = asked.rows.exec(select(CardApproval).where(CardApproval.who == Approver.MANAGER)).one()
    assert row.link_hash == token_hash(secret)
    assert secret not in str(row.model_dump()) + str([each.facts for each in asked.rows.exec(select(Notice)).all()])


def test_hr_sees_the_link_once(client: TestClient[Litestar], asked: Asking, signed_in: SignIn) -> None:
    signed_in(client, asked.people["hr"])
    address = f"/offers/{asked.offer.id}"
    wrong = post_form(client, f"{address}/approval-requests", {"manager": "nobody@e.se"})
    assert wrong.status_code == 422
    own = post_form(client, f"{address}/approval-requests", {"manager": "employee@e.se"})
    assert own.status_code == 422
    made = post_form(client, f"{address}/approval-requests", {"manager": "MANAGER@e.se", "deputy": "deputy@e.se"})
    link = re.search(r'value="\S+(/card-links/\S+)"', made.text)
    assert link, made.text
    page = client.get(address, headers=IN_SWEDISH)
    assert link[1] not in page.text
    assert "employee@e.se" in page.text
    client.cookies.clear()
    signed_in(client, asked.people["other"])
    assert "employee@e.se" not in client.get(address, headers=HTML).text, "a manager who is not asked"
    signed_in(client, asked.people["manager"])
    assert client.get(link[1], headers=HTML).status_code == 200


@pytest.mark.parametrize("form", ["person", "approval-requests"])
def test_what_a_form_of_hr_lacks_is_told_to_hr_alone(
    client: TestClient[Litestar], asked: Asking, signed_in: SignIn, form: str
) -> None:
    told = {}
    for name in ("hr", "other"):
        client.cookies.clear()
        signed_in(client, asked.people[name])
        told[name] = post_form(client, f"/offers/{asked.offer.id}/{form}").status_code
    assert told == {"hr": 422, "other": 403}


def test_a_deputy_is_asked_when_the_manager_has_not_answered_and_the_first_link_dies(
    client: TestClient[Litestar], asked: Asking, signed_in: SignIn
) -> None:
    link = asked.ask(deputy="deputy")
    days = timedelta(days=settings().card_answer_days)
    asking.pass_unanswered(asked.rows, clock.now() + days - timedelta(minutes=1))
    asked.rows.commit()
    signed_in(client, asked.people["manager"])
    assert client.get(link, headers=HTML).status_code == 200
    asking.pass_unanswered(asked.rows, clock.now() + days)
    asked.rows.commit()
    assert client.get(link, headers=HTML).status_code == 409
    client.cookies.clear()
    signed_in(client, asked.people["deputy"])
    notice = asked.rows.exec(select(Notice).where(Notice.member_id == asked.people["deputy"].id)).one()
    page = f"/card-approvals/{notice.entity_id}"
    assert client.get(page, headers=HTML).status_code == 200
    assert post_form(client, page, {"answer": "yes"}).status_code == 303
    asked.rows.expire_all()
    assert [(each.who, each.channel) for each in given(asked.rows, asked.card.id)][1] == (
        Approver.MANAGER,
        Channel.SIGNED_IN,
    )


def test_without_a_deputy_the_question_runs_out(asked: Asking) -> None:
    asked.ask()
    asking.pass_unanswered(asked.rows, clock.now() + timedelta(days=settings().card_answer_days))
    [question] = asked.rows.exec(select(CardApproval).where(CardApproval.who == Approver.MANAGER)).all()
    assert question.state is ApprovalState.EXPIRED
    told = asked.rows.exec(select(Notice).where(Notice.code == "card_answered").order_by(col(Notice.id))).all()
    assert [each.facts for each in told] == [
        {"who": "employee", "to": "given"},
        {"who": "manager", "to": "expired"},
    ]


def test_one_s_own_card_is_answered_taken_back_and_paused_on_a_page_of_its_own(
    client: TestClient[Litestar], asked: Asking, signed_in: SignIn
) -> None:
    signed_in(client, asked.people["other"])
    own = f"/my-card/{asked.card.id}"
    assert post_form(client, f"{own}/withdrawal").status_code == 404, "somebody else's"
    client.cookies.clear()
    signed_in(client, asked.people["employee"])
    assert "Upphandlare A" in client.get("/my-card", headers=IN_SWEDISH).text
    for move, state in (("pause", "paused"), ("resumption", "open")):
        assert post_form(client, f"{own}/{move}").status_code == 303
        asked.rows.refresh(asked.offer)
        assert asked.offer.state == state
    asked.offer.state = "paused"  # by whoever offers it
    asked.rows.commit()
    post_form(client, f"{own}/resumption")
    asked.rows.refresh(asked.offer)
    assert asked.offer.state == "paused"
    assert post_form(client, f"{own}/withdrawal").status_code == 303
    asked.rows.expire_all()
    assert given(asked.rows, asked.card.id) == ()
    assert post_form(client, f"{own}/agreement").status_code == 303
    asked.rows.expire_all()
    [yes] = given(asked.rows, asked.card.id)
    assert (yes.who, yes.channel, yes.member_id) == (
        Approver.EMPLOYEE,
        Channel.SIGNED_IN,
        asked.people["employee"].id,
    )


def test_a_card_that_says_something_else_is_asked_about_anew_once(asked: Asking) -> None:
    def questions() -> list[ApprovalState]:
        own = asked.rows.exec(select(CardApproval).where(CardApproval.who == Approver.EMPLOYEE)).all()
        return sorted(each.state for each in own)

    asking.ask_anew(asked.rows)
    assert questions() == [ApprovalState.GIVEN]
    describe_staff(asked.rows, None, asked.card, StaffFacts(40, True, skills={"procurement": 4}))
    for _ in range(2):
        asking.ask_anew(asked.rows)
        assert questions() == [ApprovalState.ASKED, ApprovalState.OVERTAKEN]
    mine.decline(asked.rows, actor_for(asked.rows, asked.people["employee"].id), asked.card.id)
    asking.ask_anew(asked.rows)
    assert questions() == [ApprovalState.DECLINED, ApprovalState.OVERTAKEN], "a no stays a no"
    told = asked.rows.exec(select(Notice).where(Notice.member_id == asked.people["employee"].id)).all()
    assert [each.code for each in told] == ["card_yours"] * 2


def test_a_yes_is_to_what_was_read(client: TestClient[Litestar], asked: Asking, signed_in: SignIn) -> None:
    """The offer is made longer, and then the card changed, while its page stands open."""

    def seen(page: str) -> str:
        return re.findall(r'name="seen" value="(\w+)"', client.get(page, headers=IN_SWEDISH).text)[0]

    link, own = asked.ask(), f"/my-card/{asked.card.id}/agreement"
    signed_in(client, asked.people["manager"])
    read = seen(link)
    asked.offer.during = to_range(builders.days(0, 900))
    asked.rows.commit()
    late = post_form(client, link, {"answer": "yes", "seen": read})
    assert late.status_code == 409
    assert "ändrades medan du läste" in client.get("/my-card", headers=IN_SWEDISH).text + text_of(late.text)
    assert post_form(client, link, {"answer": "yes", "seen": seen(link)}).status_code == 303
    describe_staff(asked.rows, None, asked.card, StaffFacts(40, True, skills={"procurement": 4}))
    asking.ask_anew(asked.rows)
    asked.rows.commit()
    client.cookies.clear()
    signed_in(client, asked.people["employee"])
    read = seen("/my-card")
    describe_staff(asked.rows, None, asked.card, StaffFacts(100, True, skills={"procurement": 4}))
    asking.ask_anew(asked.rows)
    asked.rows.commit()
    assert post_form(client, own, {"seen": read}).status_code == 409
    asked.rows.expire_all()
    assert given(asked.rows, asked.card.id) == ()
    assert post_form(client, own, {"seen": seen("/my-card")}).status_code == 303


@pytest.mark.parametrize("roles", [["manager"], ["hr"]])
def test_nobody_approves_or_decides_about_a_card_of_their_own(asked: Asking, roles: list[str]) -> None:
    person = asked.people["employee"]
    person.roles = roles
    asked.rows.flush()
    actor = actor_for(asked.rows, person.id)
    with pytest.raises(Conflict) as refused:
        approving.give(asked.rows, actor, asked.card, Approver.MANAGER, "Muntligen")
    assert refused.value.code == "own_card"


@pytest.mark.parametrize("reason", ["run out", "own"])
def test_a_deputy_is_not_asked_where_that_leads_nowhere(asked: Asking, reason: str) -> None:
    """The employee's yes has run out with the offer, or the card is said to be the deputy's."""
    asked.ask(deputy="deputy")
    yes, question = live_approvals(asked.rows, [asked.card.id])[asked.card.id]
    late = clock.now() + timedelta(days=settings().card_answer_days)
    if reason == "run out":
        yes.covers = to_range(builders.days(-3, 1))
        asked.rows.flush()
        approvals.expire(asked.rows, late)
    else:
        asked.rows.get_one(StaffCapacity, asked.card.id).member_id = asked.people["deputy"].id
    asking.pass_unanswered(asked.rows, late)
    asked.rows.refresh(question)
    assert question.state is ApprovalState.EXPIRED
    assert not asked.rows.exec(select(Notice).where(Notice.member_id == asked.people["deputy"].id)).all()


def test_whose_card_it_is_is_told_to_that_one_also_where_its_yes_was_noted(rows: Session) -> None:
    """What the same member has said as HR falls: nobody decides about a card of their own."""
    home = builders.organisation(rows)
    card = builders.staff(rows, home)
    hr = builders.actor(rows, home, roles=["hr"])
    person = builders.member(rows, home, roles=["hr"], email="own@e.se")
    for by, left in ((None, 3), (person.id, 0)):
        [decided] = [each for each in given(rows, card.id) if each.who is Approver.HR]
        decided.member_id = by
        rows.flush()
        asking.say_whose(rows, hr, card, "own@e.se")
        assert len(given(rows, card.id)) == left
    told = rows.exec(select(Notice).where(Notice.member_id == person.id)).all()
    assert [each.code for each in told] == ["card_yours"] * 2
