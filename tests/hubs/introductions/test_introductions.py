"""Two are told who the other is once both have said yes, and nobody is ever told of a no."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from core.actor import Actor
from core.database import db
from core.database.audit import AuditEntry
from core.errors import BadInput, Conflict, NotAllowed, NotFound, StateChanged
from core.time import clock
from hubs.introductions import queries, service
from hubs.introductions.models import Introduction, IntroductionAnswer, IntroductionState
from hubs.membership.models import HubMember, HubMemberState
from hubs.places.models import Hub
from hubs.profiles.models import HubProfile, ProfileAudience
from hubs.profiles.queries import profiles
from marketplace.notices.models import Notice
from marketplace.organisations.models import Organisation
from tests import builders
from tests.hubs import rows
from tests.hubs.presence.community import ALL, joined

YES, NO = IntroductionAnswer.YES, IntroductionAnswer.NO
TO_HOSTS = dict.fromkeys(ALL, ProfileAudience.HOSTS.value)


class Two:
    """A hub with a host and two members who tell the hosts everything."""

    def __init__(self, session: Session, **told: dict[str, str]) -> None:
        self.session = session
        self.hub: Hub = rows.hub(session)
        home = session.get_one(Organisation, self.hub.organisation_id)
        self.host = builders.actor_of(session, builders.member(session, home, roles=["hub_host"]))
        self.one, self.alva = joined(session, self.hub, "Alva", told_to=told.get("alva", TO_HOSTS), can=["juridik"])
        self.other, self.bo = joined(session, self.hub, "Bo", told_to=told.get("bo", TO_HOSTS), learns=["Juridik"])

    def ids(self, *who: Actor) -> tuple[HubProfile, ...]:
        own = profiles(self.session, [each.member_id for each in who])
        return tuple(own[each.member_id].id for each in who)  # type: ignore[return-value]

    def proposed(self) -> Introduction:
        return service.propose(self.session, self.host, self.hub.id, self.ids(self.alva, self.bo), "Juridik")

    def leaves(self, actor: Actor) -> None:
        seat = self.session.exec(select(HubMember).where(HubMember.member_id == actor.member_id)).one()
        seat.state = HubMemberState.LEFT
        self.session.flush()

    def told(self, actor: Actor) -> list[tuple[str, str | None]]:
        found = self.session.exec(select(Notice).where(Notice.member_id == actor.member_id).order_by(Notice.id))
        return [(each.code, each.facts.get("to")) for each in found]


@pytest.fixture
def two(session: Session) -> Two:
    return Two(session)


def seen(two: Two, actor: Actor, row: Introduction) -> str | None:
    other = queries.introduction_view(two.session, actor, row.id).other
    return other.member.email if other else None


def test_each_is_told_who_the_other_is_once_both_have_said_yes(two: Two) -> None:
    row = two.proposed()
    service.answer(two.session, two.alva, row.id, YES)
    assert (seen(two, two.alva, row), seen(two, two.bo, row)) == (None, None)
    service.answer(two.session, two.bo, row.id, YES)
    assert row.state is IntroductionState.MADE
    assert (seen(two, two.alva, row), seen(two, two.bo, row)) == (two.other.email, two.one.email)
    assert two.told(two.alva) == two.told(two.bo) == [("introduction_asked", None), ("introduction", "made")]


def test_a_no_is_to_the_other_and_the_host_as_if_nothing_was_said(two: Two) -> None:
    row = two.proposed()
    before = two.told(two.bo)
    view = queries.introduction_view(two.session, two.bo, row.id)
    hosted = queries.hosted_page(two.session, two.hub.id).items
    service.answer(two.session, two.alva, row.id, NO)
    assert two.told(two.bo) == before
    assert queries.introduction_view(two.session, two.bo, row.id) == view
    assert queries.hosted_page(two.session, two.hub.id).items == hosted
    service.answer(two.session, two.bo, row.id, YES)
    assert row.state is IntroductionState.ASKED
    service.pass_time(two.session, row.answer_by)
    assert two.told(two.bo) == [*before, ("introduction", "lapsed")]
    assert two.told(two.alva) == two.told(two.bo)
    assert queries.answers(two.session, row.id) == {}
    entries = two.session.exec(select(AuditEntry).where(AuditEntry.entity_id == row.id)).all()
    assert {each.actor_id for each in entries} == {two.host.member_id, None}, "the audit names nobody who answered"


def test_who_has_said_no_may_say_yes_while_it_waits(two: Two) -> None:
    row = two.proposed()
    service.answer(two.session, two.bo, row.id, YES)
    service.answer(two.session, two.alva, row.id, NO)
    service.answer(two.session, two.alva, row.id, YES)
    assert row.state is IntroductionState.MADE


def test_after_its_time_nobody_answers_and_it_is_not_proposed_again_soon(two: Two) -> None:
    row = two.proposed()
    service.pass_time(two.session, row.answer_by - timedelta(seconds=1))
    assert row.state is IntroductionState.ASKED
    service.pass_time(two.session, row.answer_by)
    with pytest.raises(Conflict, match="wait"):
        service.answer(two.session, two.alva, row.id, YES)
    with pytest.raises(Conflict) as refused:
        two.proposed()
    assert refused.value.code == "introduced_before"
    row.updated_at = clock.now() - timedelta(days=181)
    two.session.flush()
    assert two.proposed().id != row.id


def test_a_pair_has_one_at_a_time_whoever_is_named_first(two: Two) -> None:
    two.proposed()
    with pytest.raises(Conflict) as refused:
        service.propose(two.session, two.host, two.hub.id, two.ids(two.bo, two.alva))
    assert refused.value.code == "introduced_before"


def test_after_withdrawing_neither_is_shown_and_both_are_told(two: Two) -> None:
    row = two.proposed()
    with pytest.raises(StateChanged):
        service.withdraw(two.session, two.alva, row.id)
    for each in (two.alva, two.bo):
        service.answer(two.session, each, row.id, YES)
    service.withdraw(two.session, two.bo, row.id)
    assert (seen(two, two.alva, row), seen(two, two.bo, row)) == (None, None)
    assert two.told(two.alva)[-1] == two.told(two.bo)[-1] == ("introduction", "ended")
    assert queries.hosted_page(two.session, two.hub.id).items == []
    sent = len(two.told(two.alva))
    service.pass_time(two.session, row.answer_by)
    assert len(two.told(two.alva)) == sent, "nothing more is sent"


@pytest.mark.parametrize(("made", "to"), [(False, "lapsed"), (True, "ended")])
def test_leaving_the_hub_ends_it_and_who_stays_is_told(two: Two, made: bool, to: str) -> None:
    row = two.proposed()
    for each in (two.alva, two.bo) if made else (two.bo,):
        service.answer(two.session, each, row.id, YES)
    two.leaves(two.alva)
    assert (seen(two, two.alva, row), seen(two, two.bo, row)) == (None, None), "at once"
    if not made:
        service.answer(two.session, two.alva, row.id, YES)
        assert row.state is IntroductionState.ASKED, "who has left is introduced to nobody"
    sent = len(two.told(two.alva))
    service.pass_time(two.session, clock.now())
    assert two.told(two.bo)[-1] == ("introduction", to)
    assert len(two.told(two.alva)) == sent


@pytest.mark.parametrize(("others", "told"), [(3, []), (4, ["Juridik"])])
def test_what_they_could_talk_about_is_told_by_audience_and_names_nobody(
    session: Session, others: int, told: list[str]
) -> None:
    """Of fewer than five who want to learn the same, Alva could look Bo up in the directory."""
    two = Two(session, alva=TO_HOSTS | {"can": ProfileAudience.NOBODY.value})
    for _ in range(others):
        joined(session, two.hub, learns=["juridik"])
    row = two.proposed()
    views = [queries.introduction_view(session, each, row.id) for each in (two.bo, two.alva)]
    of_bo, of_alva = (
        queries.reasons_to_meet(session, each, view) for each, view in zip((two.bo, two.alva), views, strict=True)
    )
    assert ([each.topic for each in of_bo], [each.topic for each in of_alva]) == ([], told)
    for each in (two.alva, two.bo):
        service.answer(session, each, row.id, YES)
    made = queries.introduction_view(session, two.alva, row.id)
    assert [each.topic for each in queries.reasons_to_meet(session, two.alva, made)] == ["Juridik"], "who it is is told"


def test_only_those_are_proposed_who_tell_the_hosts_their_names(session: Session) -> None:
    two = Two(session, bo=TO_HOSTS | {"name": ProfileAudience.MEMBERS.value})
    with pytest.raises(BadInput) as refused:
        two.proposed()
    assert [each.property for each in refused.value.parameters] == ["otherId"]


def test_only_hosts_propose_and_only_the_two_answer(two: Two) -> None:
    with pytest.raises(NotAllowed):
        service.propose(two.session, two.alva, two.hub.id, two.ids(two.alva, two.bo))
    row = two.proposed()
    _, third = joined(two.session, two.hub, "Cia", told_to=TO_HOSTS)
    for stranger in (third, two.host):
        with pytest.raises(NotFound):
            service.answer(two.session, stranger, row.id, YES)


def test_what_is_wrong_with_a_proposal_is_told(two: Two) -> None:
    with pytest.raises(Conflict, match="different"):
        service.propose(two.session, two.host, two.hub.id, two.ids(two.alva, two.alva))
    with pytest.raises(BadInput) as refused:
        service.propose(two.session, two.host, two.hub.id, two.ids(two.alva, two.bo), "Ring 070-123 45 67")
    assert [each.property for each in refused.value.parameters] == ["words"]


def test_a_second_yes_in_time_stands_though_it_is_swept_meanwhile(engine: Engine) -> None:
    with db.unit_of_work() as session:
        two = Two(session)
        row = two.proposed()
        service.answer(session, two.alva, row.id, YES)
        key, answer_by = row.id, row.answer_by

    def sweep() -> None:
        with db.unit_of_work() as session:
            service.pass_time(session, answer_by)

    with ThreadPoolExecutor(1) as other:
        with db.unit_of_work() as session:
            service.answer(session, two.bo, key, YES)
            swept = other.submit(sweep)
            while not (swept.done() or waits(engine)):
                time.sleep(0.01)
        swept.result()
    with db.unit_of_work() as session:
        assert session.get_one(Introduction, key).state is IntroductionState.MADE


def waits(engine: Engine) -> bool:
    """Tell whether somebody waits until a row is given free."""
    with engine.connect() as connection:
        return connection.scalar(text("select exists (select from pg_locks where not granted)"))
