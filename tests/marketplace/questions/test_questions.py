"""Who is asked, who reads and answers what, what is told of whom, and what ends a question."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from competence.models import Skill, SkillClosure, StaffCapacity
from core.actor import Actor
from core.database.audit import history
from core.errors import BadInput, Conflict, NotAllowed, NotFound, StateChanged
from core.time import clock
from core.time.interval import to_range
from marketplace.notices.models import Notice
from marketplace.notices.queries import notices_page
from marketplace.offers.models import Offer, OfferState, Visibility
from marketplace.organisations.models import Member, Organisation
from marketplace.questions import panels, queries, service
from marketplace.questions.models import AnswerState, Question, QuestionState
from marketplace.questions.queries import QuestionSearch, Whose
from marketplace.questions.rules import LONGEST_DAYS, MOST_A_DAY, MOST_ANSWERS_EACH, MOST_OPEN, QuestionDraft
from retention import person
from tests import builders


def draft(**values: Any) -> QuestionDraft:
    said: dict[str, Any] = {"skill_code": "procurement", "title": "Hur frågar ni flera?", "words": "Vi vill veta."}
    return QuestionDraft(**(said | {"until": clock.today() + timedelta(days=7)} | values))


def hr(session: Session, home: Organisation) -> Actor:
    return builders.actor(session, home, roles=["hr"])


def carded(session: Session, **facts: Any) -> tuple[Offer, Member]:
    """Somebody's capacity card, offered to all, and whose it is."""
    home = builders.organisation(session)
    card = builders.staff(session, home, **facts)
    owner = builders.member(session, home)
    session.get_one(StaffCapacity, card.id).member_id = owner.id
    return builders.offer(session, card), owner


def told(session: Session, actor: Actor) -> list[str]:
    """The codes of what a member itself, and HR, was told."""
    found = select(Notice).where(Notice.organisation_id == actor.organisation_id).order_by(col(Notice.sequence))
    return [each.code for each in session.exec(found) if each.member_id in {None, actor.member_id}]


@pytest.fixture
def asker(session: Session) -> Actor:
    builders.skill(session)
    return builders.actor(session)


# Whom a panel is: who has named the skill, what is narrower or broader, and answers for the asker.


@pytest.mark.parametrize(
    ("audience", "asked"),
    [(Visibility.ALL, "ornf"), (Visibility.REGION, "orn"), (Visibility.PARTNERS, "on"), (Visibility.ORGANISATION, "o")],
)
def test_an_adviser_is_asked_by_its_audience(session: Session, audience: Visibility, asked: str) -> None:
    own = builders.organisation(session)
    far = {"municipality_code": "0180", "county_code": "01"}
    askers = {"o": own, "r": builders.organisation(session), "n": builders.organisation(session, **far)}
    askers["f"] = builders.organisation(session, **far)
    builders.partners(session, own, askers["n"])
    adviser = builders.member(session, own)
    builders.adviser(session, adviser, audience=audience)
    reader = builders.actor_of(session, adviser)
    found = ""
    for label, home in askers.items():
        row = service.ask(session, builders.actor(session, home), draft())
        for_me = queries.questions_page(session, reader, QuestionSearch(Whose.FOR_ME), limit=100).items
        found += label if row.id in {each.question.id for each in for_me} else ""
    assert found == asked
    assert told(session, reader).count("question_asked") == len(asked)


@pytest.mark.parametrize(("named", "is_asked"), [("narrower", True), ("broader", True), ("sibling", False)])
def test_who_has_named_what_is_narrower_or_broader_is_asked_too(
    session: Session, asker: Actor, named: str, is_asked: bool
) -> None:
    skills = {code: builders.skill(session, code) for code in ("procurement", named)}
    pair = {"narrower": (named, "procurement"), "broader": ("procurement", named)}.get(named)
    if pair:
        ids = [skills[each].id for each in pair]
        session.add(SkillClosure(skill_id=ids[0], as_id=ids[1], less=1))
    builders.adviser(session, builders.member(session), skill_id=skills[named].id)
    builders.adviser(session, builders.member(session), skill_id=skills[named].id, state="paused")
    assert panels.advisers_count(session, asker, skills["procurement"].id) == int(is_asked)


def test_nobody_asks_itself_and_who_has_left_is_not_asked(session: Session, asker: Actor) -> None:
    skill = builders.skill(session)
    gone = builders.organisation(session, left_at=clock.now())
    builders.adviser(session, builders.member(session, gone))
    builders.adviser(session, builders.member(session, active=False))
    panels.advise(session, asker, skill, Visibility.ALL)
    assert panels.advisers_count(session, asker, skill.id) == 0


# Questions to a panel.


def test_a_question_is_answered_marked_and_found_by_others_who_may_read_the_answer(
    session: Session, asker: Actor
) -> None:
    adviser = builders.member(session)
    builders.adviser(session, adviser, audience=Visibility.ALL)
    closer = builders.member(session)
    builders.adviser(session, closer, audience=Visibility.ORGANISATION)
    stranger = builders.actor(session)
    row = service.ask(session, asker, draft())
    with pytest.raises(NotFound):
        queries.question_view(session, stranger, row.id)
    with pytest.raises(NotFound):
        service.answer(session, builders.actor_of(session, closer), row.id, "Ja.")
    service.answer(session, builders.actor_of(session, adviser), row.id, "Vi frågar tre.", named=True)
    assert told(session, asker) == ["question_answered"]
    found = queries.questions_page(session, stranger, QuestionSearch(skill_code="procurement", text="FLERA"))
    [view] = found.items
    assert [(each.answer.words, each.member) for each in view.answers] == [("Vi frågar tre.", adviser)]
    assert (view.may_answer, view.asks) == (False, False)
    with pytest.raises(Conflict, match="answer questions about"):
        service.answer(session, stranger, row.id, "Jag med.")
    with pytest.raises(NotFound):
        service.end(session, stranger, row.id, QuestionState.ANSWERED)
    service.end(session, asker, row.id, QuestionState.ANSWERED)
    with pytest.raises(Conflict):
        service.answer(session, builders.actor_of(session, adviser), row.id, "En sak till.")
    moves = [entry.to_state for entry in history(session, "question", row.id)]
    assert moves == ["open", "answered"]


def test_there_is_a_most_of_questions_that_wait_and_of_questions_in_a_day(session: Session, asker: Actor) -> None:
    rows = [service.ask(session, asker, draft()) for _ in range(MOST_OPEN)]
    with pytest.raises(Conflict, match="wait for an answer"):
        service.ask(session, asker, draft())
    for each in rows:
        service.end(session, asker, each.id, QuestionState.WITHDRAWN)
    rest = [service.ask(session, asker, draft()) for _ in range(MOST_A_DAY - MOST_OPEN)]
    service.end(session, asker, rest[0].id, QuestionState.WITHDRAWN)
    with pytest.raises(Conflict, match="within a day"):  # 4 wait, and 10 were asked
        service.ask(session, asker, draft())


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, set()),
        ({"title": "", "words": " "}, {"title", "words"}),
        ({"title": "Ring 070-123 45 67"}, {"title"}),
        ({"words": "Han heter 19900101-0017"}, {"words"}),
        ({"until": clock.today() - timedelta(days=1)}, {"until"}),
        ({"until": clock.today() + timedelta(days=LONGEST_DAYS + 1), "county_code": "99"}, {"until", "countyCode"}),
    ],
)
def test_all_that_is_wrong_with_a_question_is_told_at_once(values: dict[str, Any], wrong: set[str]) -> None:
    if not wrong:
        assert draft(**values).title
        return
    with pytest.raises(BadInput) as caught:
        draft(**values)
    assert {each.property for each in caught.value.parameters} == wrong


def test_a_question_ends_after_its_last_day(session: Session, asker: Actor) -> None:
    row, other = (service.ask(session, asker, draft()) for _ in range(2))
    row.until = clock.today() - timedelta(days=1)
    other.until = clock.today()
    session.flush()
    service.expire_due(session, clock.now())
    session.expire_all()
    assert (row.state, other.state) == (QuestionState.EXPIRED, QuestionState.OPEN)
    assert told(session, asker) == ["question_ended"]


def test_a_question_ends_at_once_when_its_card_is_offered_no_more(session: Session, asker: Actor) -> None:
    closed, over, passed, there = (carded(session)[0] for _ in range(4))
    rows = [service.ask(session, asker, draft(offer_id=each.id)) for each in (closed, over, passed, there)]
    keeper = hr(session, builders.home_of(session, passed))
    service.pass_on(session, keeper, rows[2].id)
    closed.state = passed.state = OfferState.CLOSED
    over.during = to_range(builders.days(-9, 0))
    session.flush()
    service.expire_due(session, clock.now())
    session.expire_all()
    assert [each.state for each in rows] == ["closed"] * 3 + ["open"]
    assert told(session, asker) == ["question_ended"] * 3
    read = [each for each in session.exec(select(Notice)) if each.code == "question_passed"]
    assert all(each.read_at for each in read), "nobody is asked to answer it any more"


def test_a_member_answers_a_question_some_times_at_most(session: Session, asker: Actor) -> None:
    advisers = [builders.actor_of(session, builders.member(session)) for _ in range(2)]
    for each in advisers:
        builders.adviser(session, session.get_one(Member, each.member_id))
    row = service.ask(session, asker, draft())
    for _ in range(MOST_ANSWERS_EACH):
        service.answer(session, advisers[0], row.id, "Så här.")
    with pytest.raises(Conflict, match="You have answered it 5 times"):
        service.answer(session, advisers[0], row.id, "Så här.")
    assert service.answer(session, advisers[1], row.id, "Eller så här.")


def test_hr_of_another_unit_is_told_nothing_of_a_question(session: Session, asker: Actor) -> None:
    offer, _owner = carded(session, department="Enhet A")
    home = builders.home_of(session, offer)
    service.ask(session, asker, draft(offer_id=offer.id))
    seen = {}
    for unit in ("Enhet A", "Enhet B"):
        member = builders.member(session, home, roles=["hr"], grants={"hr": {"departments": [unit]}})
        found = notices_page(session, builders.actor_of(session, member)).items
        seen[unit] = [each.facts["question"] for each in found]
    assert seen == {"Enhet A": ["Hur frågar ni flera?"], "Enhet B": []}


def test_what_is_reported_is_taken_away_by_who_coordinates_whose_it_is(session: Session, asker: Actor) -> None:
    adviser, stranger = builders.member(session), builders.actor(session)
    builders.adviser(session, adviser)
    row = service.ask(session, asker, draft())
    answer = service.answer(session, builders.actor_of(session, adviser), row.id, "Olämpligt")
    coordinator = builders.coordinator(session)
    service.report(session, stranger, row.id, "Hör inte hemma här.")
    service.report(session, stranger, row.id, "En gång till.")
    assert told(session, coordinator) == ["question_reported"], "once, as it is unread"
    with pytest.raises(NotAllowed):
        service.remove(session, stranger, row.id, answer.id)
    service.remove(session, coordinator, row.id, answer.id)
    with pytest.raises(NotFound):
        queries.question_view(session, stranger, row.id)
    assert queries.question_view(session, asker, row.id).answers == []
    [kept] = queries.question_view(session, coordinator, row.id).answers
    assert kept.answer.state is AnswerState.REMOVED
    service.remove(session, coordinator, row.id)
    with pytest.raises(NotFound):
        queries.question_view(
            session, builders.actor(session, session.get(Organisation, asker.organisation_id)), row.id
        )
    assert queries.question_view(session, asker, row.id).state is QuestionState.REMOVED


# Questions about a card, through HR.


@pytest.mark.parametrize(("meant", "is_told"), [(4, False), (5, True)])
def test_where_the_person_works_is_told_as_the_card_tells_it(
    session: Session, asker: Actor, meant: int, is_told: bool
) -> None:
    offer, _owner = carded(session, people_meant=meant)
    row = service.ask(session, asker, draft(offer_id=offer.id))
    keeper = hr(session, builders.home_of(session, offer))
    service.answer(session, keeper, row.id, "Så här.", named=True)
    view = queries.question_view(session, asker, row.id)
    assert view.home is not None
    assert (view.home.organisation is not None) == is_told
    assert [(each.organisation is not None, each.member) for each in view.answers] == [(is_told, None)]


def test_only_the_person_says_who_it_is_and_only_to_who_asked(session: Session, asker: Actor) -> None:
    offer, owner = carded(session, people_meant=1)
    home = builders.home_of(session, offer)
    row, keeper = service.ask(session, asker, draft(offer_id=offer.id)), hr(session, home)
    its = builders.actor_of(session, owner)
    colleague = builders.actor(session, session.get(Organisation, asker.organisation_id))
    for nobody in (colleague, its, builders.actor(session, home), builders.actor(session)):
        with pytest.raises(NotFound):
            queries.question_view(session, nobody, row.id)
    with pytest.raises(NotAllowed):
        service.pass_on(session, asker, row.id)
    service.pass_on(session, keeper, row.id)
    assert queries.question_view(session, asker, row.id).state is QuestionState.OPEN, "that it was passed on is hidden"
    assert queries.question_view(session, its, row.id).passed
    service.answer(session, its, row.id, "Så här.")
    before = queries.question_view(session, asker, row.id)
    assert before.home is not None
    assert (before.home.organisation, before.answers[0].member, before.answers[0].organisation) == (None, None, None)
    service.answer(session, its, row.id, "Ring mig.", named=True)
    after = queries.question_view(session, asker, row.id)
    assert after.home is not None
    assert after.home.organisation is not None
    assert [each.member for each in after.answers] == [None, owner]
    seen = queries.question_view(session, builders.coordinator(session), row.id)
    assert [each.member for each in seen.answers] == [None, None]


def test_a_person_says_no_to_hr_alone_and_hr_to_who_asked(session: Session, asker: Actor) -> None:
    offer, owner = carded(session)
    keeper = hr(session, builders.home_of(session, offer))
    row = service.ask(session, asker, draft(offer_id=offer.id))
    service.pass_on(session, keeper, row.id)
    service.decline(session, builders.actor_of(session, owner), row.id)
    assert told(session, asker) == []
    assert "question_returned" in told(session, keeper)
    service.decline(session, keeper, row.id, "Vi hinner inte.")
    view = queries.question_view(session, asker, row.id)
    assert (view.state, view.refusal_words) == (QuestionState.DECLINED, "Vi hinner inte.")
    assert told(session, asker) == ["question_ended"]
    with pytest.raises(StateChanged):
        service.decline(session, keeper, row.id)


def test_what_was_passed_on_to_somebody_who_has_left_is_hr_s_again(session: Session, asker: Actor) -> None:
    gone, lost, there, done = (carded(session) for _ in range(4))
    rows = {}
    for offer, owner in (gone, lost, there, done):
        home = builders.home_of(session, offer)
        row = service.ask(session, builders.actor(session), draft(offer_id=offer.id))
        service.pass_on(session, hr(session, home), row.id)
        rows[owner.id] = row
    service.answer(session, builders.actor_of(session, done[1]), rows[done[1].id].id, "Så här.")
    gone[1].active = done[1].active = False
    session.get_one(StaffCapacity, lost[0].resource_id).member_id = None
    session.flush()
    service.expire_due(session, clock.now())
    session.expire_all()
    assert [rows[owner.id].state for _offer, owner in (gone, lost, there, done)] == ["open", "open", "passed", "passed"]
    keeper = hr(session, builders.home_of(session, gone[0]))
    assert "question_returned" in told(session, keeper)
    with pytest.raises(Conflict, match="has left"):
        service.pass_on(session, keeper, rows[gone[1].id].id)


def test_of_an_organisation_that_has_left_nothing_waits_for_others(session: Session, asker: Actor) -> None:
    adviser, (offer, _owner) = builders.member(session), carded(session)
    builders.adviser(session, adviser)
    keeper = hr(session, builders.home_of(session, offer))
    rows = [service.ask(session, asker, draft()), service.ask(session, asker, draft(offer_id=offer.id))]
    readers = builders.actor_of(session, adviser), keeper
    for left_at, seen in ((None, 1), (clock.now(), 0)):
        session.get_one(Organisation, asker.organisation_id).left_at = left_at
        session.flush()
        assert [session.scalars(queries.waiting_for(each)).one() for each in readers] == [seen, seen]
    coordinator = builders.coordinator(session)
    assert {queries.question_view(session, coordinator, each.id).question.id for each in rows} == {r.id for r in rows}


def test_a_card_whose_it_is_nobody_has_said_is_answered_for_by_hr(session: Session, asker: Actor) -> None:
    offer = builders.offer(session, builders.staff(session))
    row = service.ask(session, asker, draft(offer_id=offer.id))
    with pytest.raises(Conflict, match="has not been said"):
        service.pass_on(session, hr(session, builders.home_of(session, offer)), row.id)


def test_what_cannot_be_asked_about(session: Session, asker: Actor) -> None:
    offer, _owner = carded(session)
    service.ask(session, asker, draft(offer_id=offer.id))
    with pytest.raises(Conflict, match="waits for an answer about this card"):
        service.ask(session, asker, draft(offer_id=offer.id))
    with pytest.raises(Conflict, match="your own organisation"):
        service.ask(session, builders.actor(session, builders.home_of(session, offer)), draft(offer_id=offer.id))
    for hidden in (builders.offer(session), builders.offer(session, builders.staff(session), state=OfferState.PAUSED)):
        with pytest.raises(NotFound):
            service.ask(session, asker, draft(offer_id=hidden.id))
    with pytest.raises(BadInput, match="no such skill"):
        service.ask(session, asker, draft(skill_code="nothing"))


# What one answers questions about, and what is kept.


def test_advising_is_changed_paused_and_taken_away(session: Session, asker: Actor) -> None:
    skill = session.exec(select(Skill).where(Skill.code == "procurement")).one()
    row = panels.advise(session, asker, skill, Visibility.ALL)
    panels.pause(session, asker, row.id)
    assert panels.advise(session, asker, skill, Visibility.PARTNERS).id == row.id
    session.refresh(row)
    assert (row.state, row.audience) == ("active", Visibility.PARTNERS)
    with pytest.raises(NotFound):
        panels.remove(session, builders.actor(session), row.id)
    with pytest.raises(BadInput):
        panels.advise(session, asker, skill, Visibility.DEPARTMENT)
    panels.remove(session, asker, row.id)
    assert panels.own_advisers(session, asker) == []


def test_who_is_erased_is_named_in_no_answer_and_asked_no_more(session: Session, asker: Actor) -> None:
    adviser = builders.member(session)
    builders.adviser(session, adviser)
    row = service.ask(session, asker, draft())
    service.answer(session, builders.actor_of(session, adviser), row.id, "Vi frågar tre.", named=True)
    kept = person.export(session, str(adviser.id))
    assert (len(kept["advises"]), len(kept["questionAnswers"])) == (1, 1)
    person.erase(session, str(adviser.id))
    [answer] = queries.question_view(session, asker, row.id).answers
    assert answer.member is None
    assert panels.advisers_count(session, asker, row.skill_id) == 0


def test_of_a_card_that_is_erased_nothing_waits(session: Session, asker: Actor) -> None:
    offer, _owner = carded(session)
    row = service.ask(session, asker, draft(offer_id=offer.id))
    service.pass_on(session, hr(session, builders.home_of(session, offer)), row.id)
    person.erase(session, str(offer.resource_id))
    found = session.get_one(Question, row.id)
    assert (found.state, found.passed_to_id) == (QuestionState.DECLINED, None)
