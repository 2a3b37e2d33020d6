"""A quarter's figures are what its log says, the same whenever they are made, and are made once."""

from datetime import date, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from core.errors import BadInput, Conflict, NotAllowed, NotFound
from core.time import clock
from hubs.activities.models import ActivityForm, ActivityState
from hubs.feedback.models import HubAnswer, HubSurvey, SurveyKind
from hubs.feedback.rules import OPEN_FOR, quarter_after, quarter_of
from hubs.figures import queries, service
from hubs.figures.counting import ActivityNote, Cell, Figure, FigureName, QuarterLog, figures_of
from hubs.figures.models import HubQuarter, InitiativeState
from hubs.figures.rules import InitiativeDraft, quarters_to_close
from hubs.membership.models import HubMemberState
from hubs.places.models import Hub, HubRole, HubRoleHolder
from hubs.visits.models import HubVisitors
from marketplace.organisations.models import Member, Organisation, OrganisationKind
from tests import builders
from tests.hubs import rows
from tests.hubs.presence.community import joined

N = FigureName
QUARTER = quarter_of(quarter_of(clock.today()) - timedelta(days=1))
"""The last that is over."""


def log(**values: Any) -> QuarterLog:
    empty: dict[str, Any] = {"members": (), "visits": (), "activities": (), "answers": (), "initiatives": 0}
    return QuarterLog(**empty | values)


def figures(made: QuarterLog) -> dict[FigureName, Figure]:
    return {each.name: each for each in figures_of(made)}


def ids(number: int) -> list[UUID]:
    return [UUID(int=each) for each in range(1, number + 1)]


def test_members_came_again_once_or_not():
    """Of 18 members 6 came on two days or more, 5 on one, 7 not: and somebody who is no member counts for nothing."""
    people, home = ids(18), uuid4()
    visits = [(each, QUARTER + timedelta(days=day)) for each in people[:6] for day in (1, 2)]
    visits += [(each, QUARTER) for each in (*people[6:11], uuid4())]
    told = figures(log(members=tuple((each, home) for each in people), visits=tuple(visits)))[N.MEMBERS]
    assert (told.cells, told.total) == ({Cell.AGAIN: 6, Cell.ONCE: 5, Cell.UNSEEN: 7}, 18)


def test_the_largest_group_is_told_beside_the_others():
    """Of 17 members 9 are of one organisation, and 4 each of two others: 9 and 8."""
    one, two, three = (uuid4() for _ in range(3))
    homes = [one] * 9 + [two] * 4 + [three] * 4
    told = figures(log(members=tuple(zip(ids(17), homes, strict=True))))[N.LARGEST]
    assert (told.cells, told.total) == ({Cell.OF_LARGEST: 9, Cell.OF_OTHERS: 8}, 17)


def test_visits_are_told_where_five_came_on_one_day():
    """2 + 5 = 7 visits; 4 + 4 may be of four people."""
    told = figures(log(visitors=((QUARTER, 2), (QUARTER + timedelta(days=1), 5))))[N.VISITORS]
    assert told.cells == {Cell.COUNTED: 7}
    few = figures(log(visitors=((QUARTER, 4), (QUARTER + timedelta(days=1), 4))))[N.VISITORS]
    assert few.cells == {Cell.COUNTED: None}


def test_a_quarter_without_visitors_is_proved_by_what_proved_it_before_they_were_counted():
    noted = b'{"members":[],"visits":[],"activities":[],"answers":[],"initiatives":0}'
    assert log().digest() == sha256(noted).hexdigest()
    assert log(visitors=((QUARTER, 1),)).digest() != log().digest()


def test_satisfaction_and_recommendation_are_means_of_what_five_people_or_more_said():
    """(5 + 4 + 4 + 3 + 1) / 5 = 3.4, and (5 + 5 + 5 + 4 + 2) / 5 = 4.2."""
    pairs = ((5, 5), (4, 5), (4, 5), (3, 4), (1, 2))
    answers = tuple((SurveyKind.VISIT, *each) for each in pairs)
    told = figures(log(answers=answers, answerers=5))
    assert told[N.SATISFACTION].cells == {Cell.COUNTED: 5, Cell.MEAN: 3.4}
    assert told[N.RECOMMENDATION].cells == {Cell.COUNTED: 5, Cell.MEAN: 4.2}
    few = figures(log(answers=answers, answerers=4))  # one of whom was asked twice
    assert few[N.SATISFACTION].cells == {Cell.COUNTED: None, Cell.MEAN: None}


def test_activities_are_counted_by_form_and_initiator_and_how_many_organisations_met():
    """Two with 4 and 2 organisations registered meet 3 on average; the one nobody registers for is not among them."""

    def note(form: ActivityForm, kind: OrganisationKind, people: int, organisations: int) -> ActivityNote:
        return ActivityNote(uuid4(), form, kind, people, organisations)

    told = figures(
        log(
            activities=(
                note(ActivityForm.BREAKFAST, OrganisationKind.STATE_AGENCY, 0, 0),
                note(ActivityForm.DEEP_DIVE, OrganisationKind.REGION, 9, 4),
                note(ActivityForm.DEEP_DIVE, OrganisationKind.STATE_AGENCY, 3, 2),
            )
        )
    )
    assert list(told[N.FORMS].cells.items()) == [("deep_dive", 2), ("breakfast", 1)]
    assert told[N.INITIATORS].cells == {"state_agency": 2, "region": 1}
    assert told[N.TOGETHER].cells == {Cell.COUNTED: 2, Cell.MEAN: 3.0}
    few = (note(ActivityForm.DEEP_DIVE, OrganisationKind.REGION, 4, 1),) * 2  # perhaps the same four
    assert figures(log(activities=few))[N.TOGETHER].cells == {Cell.COUNTED: None, Cell.MEAN: None}


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=40),
    st.lists(st.sampled_from([(1, 1), (2, 3), (3, 2)])),
)
def test_no_figure_of_people_is_below_five(people: list[tuple[int, int]], worth: list[tuple[int, int]]):
    """Members by the number of their days and of their organisation, and what is answered about the worth."""
    members = tuple((UUID(int=number + 1), UUID(int=home + 1000)) for number, (_, home) in enumerate(people))
    visits = tuple(
        (UUID(int=number + 1), QUARTER + timedelta(days=day))
        for number, (days, _) in enumerate(people)
        for day in range(days)
    )
    answers = tuple((SurveyKind.WORTH, *each) for each in worth)
    told = figures(log(members=members, visits=visits, answers=answers))
    for name in (N.MEMBERS, N.LARGEST, N.WOULD_PAY, N.HOW_MUCH):
        numbers = [each for each in (*told[name].cells.values(), told[name].total) if each is not None]
        assert all(each >= 5 for each in numbers)


def came(session: Session, hub: Hub, days: int, **values: Any) -> None:
    """Let a member, who joined before the quarter, have come on so many days of it."""
    member = builders.member(session)
    agreed = rows.membership(session, [hub], member)
    joined_at = clock.now() - timedelta(days=400)
    rows.hub_member(session, hub, member, agreed, joined_at=joined_at, **values)
    its = {"hub_id": hub.id, "member_id": member.id, "kind": SurveyKind.VISIT, "asked": False}
    for day in range(days):
        builders.added(session, HubSurvey(day=QUARTER + timedelta(days=day), **its))


def answered(session: Session, hub: Hub, first: int, words: str = "", by: Member | None = None) -> None:
    """Let somebody, who was there on a day of the quarter, say how it was."""
    who, its = by or builders.member(session), {"hub_id": hub.id, "kind": SurveyKind.VISIT}
    day = QUARTER + timedelta(days=20 + 7 * first)
    builders.added(session, HubSurvey(member_id=who.id, day=day, asked=True, answered=True, **its))
    builders.added(session, HubAnswer(first=first, second=5, quarter=QUARTER, words=words, **its))


def full(session: Session) -> Hub:
    """Let six members have come twice, five once, and six visitors; six answers be given, and a talk be held then."""
    hub = rows.hub(session, created_at=clock.now() - timedelta(days=150))
    builders.added(session, HubVisitors(hub_id=hub.id, day=quarter_after(QUARTER) - timedelta(days=1), visitors=6))
    for days in (2,) * 6 + (1,) * 5:
        came(session, hub, days)
    for first in (5, 5, 4, 4, 3, 3):
        answered(session, hub, first, "Mer kaffe" if first == 3 else "")
    starts = builders.at((QUARTER - clock.today()).days + 20, 12)
    rows.activity(session, hub, state=ActivityState.HELD, starts=starts, ends=starts + timedelta(hours=1))
    return hub


def test_figures_made_again_later_are_the_same_and_others_quarters_change_nothing(session: Session):
    hub = full(session)
    before = queries.log_of(session, hub.id, QUARTER)
    later = {"hub_id": hub.id, "kind": SurveyKind.VISIT, "quarter": quarter_after(QUARTER)}
    builders.added(session, HubAnswer(first=1, second=5, **later))
    builders.added(session, HubVisitors(hub_id=hub.id, day=quarter_after(QUARTER), visitors=9))
    left = rows.hub_member(
        session, hub, (new := builders.member(session)), rows.membership(session, [hub], new), joined_at=clock.now()
    )
    left.state = HubMemberState.LEFT  # who came and left after the quarter
    session.flush()
    after = queries.log_of(session, hub.id, QUARTER)
    assert (after, after.digest()) == (before, before.digest())
    told = figures(after)
    assert told[N.MEMBERS].total == 11
    assert told[N.MEMBERS].cells == {Cell.AGAIN: 6, Cell.ONCE: None, Cell.UNSEEN: None}  # 5 and 0, which is too few
    assert told[N.VISITORS].cells == {Cell.COUNTED: 6}
    assert told[N.SATISFACTION].cells == {Cell.COUNTED: 6, Cell.MEAN: 4.0}  # (5 + 5 + 4 + 4 + 3 + 3) / 6


def test_a_quarter_is_closed_once_and_stands_though_what_it_was_made_of_is_forgotten(session: Session):
    hub = full(session)
    digest = queries.log_of(session, hub.id, QUARTER).digest()
    due = quarter_after(QUARTER) + OPEN_FOR
    service.close_due(session, due - timedelta(days=1))
    assert row_of(session, hub) is None
    service.close_due(session, due)
    row = row_of(session, hub)
    assert row is not None
    assert row.digest == digest
    of_hub = select(HubSurvey).where(HubSurvey.hub_id == hub.id)
    assert session.exec(of_hub).all() == [], "who came when is kept by nobody then"
    figures_then = row.figures
    builders.added(session, HubVisitors(hub_id=hub.id, day=QUARTER, visitors=9))  # noted too late
    service.close_due(session, due)
    service.close(session, hub.id, QUARTER)
    session.expire_all()
    again = row_of(session, hub)
    assert again is not None
    assert (again.id, again.figures) == (row.id, figures_then)


def row_of(session: Session, hub: Hub) -> HubQuarter | None:
    return session.exec(
        select(HubQuarter).where(HubQuarter.hub_id == hub.id, HubQuarter.begins == QUARTER)
    ).one_or_none()


def test_words_are_for_the_host_where_five_people_answered_until_the_next_quarter_is_closed(session: Session):
    hub = full(session)
    _, reader = joined(session, hub)
    host = builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    service.close(session, hub.id, QUARTER)
    row = row_of(session, hub)
    assert row is not None
    assert queries.words(session, host, row) == ["Mer kaffe", "Mer kaffe"]
    assert queries.words(session, reader, row) == ()
    service.close(session, hub.id, quarter_after(QUARTER))
    assert queries.words(session, host, row) == []


def test_five_answers_of_one_person_are_kept_back(session: Session):
    hub, regular = rows.hub(session), builders.member(session)
    for first in (1, 2, 3, 4, 5):
        answered(session, hub, first, "Mer kaffe", by=regular)
    service.close(session, hub.id, QUARTER)
    row = row_of(session, hub)
    assert row is not None
    assert not row.tells_of(N.SATISFACTION)
    host = builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    assert queries.words(session, host, row) == ()


@pytest.mark.parametrize("reader", ["member", "host", "owner", "stranger"])
def test_members_hosts_and_who_answers_for_the_hub_read_figures(session: Session, reader: str):
    hub = rows.hub(session)
    service.close(session, hub.id, QUARTER)
    if reader == "member":
        _, actor = joined(session, hub)
    elif reader == "host":
        actor = builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    else:
        actor = builders.actor(session)
    if reader == "owner":
        its = {"hub_id": hub.id, "organisation_id": actor.organisation_id}
        builders.added(session, HubRoleHolder(role=HubRole.OWNER_GROUP, **its))
    if reader == "stranger":
        with pytest.raises(NotFound):
            queries.quarters_page(session, actor, hub.id)
    else:
        assert [each.begins for each in queries.quarters_page(session, actor, hub.id).items] == [QUARTER]


def test_quarters_follow_until_nothing_is_answered_any_more():
    """Visits of 31 March may be told of through 14 April: the quarter is closed on the 15th."""
    first = date(2026, 1, 1)
    assert [*quarters_to_close(date(2025, 11, 5), date(2026, 4, 14))] == [date(2025, 10, 1)]
    assert [*quarters_to_close(date(2025, 11, 5), date(2026, 4, 15))] == [date(2025, 10, 1), first]


def test_an_initiative_is_noted_by_a_member_and_changed_by_that_one_or_the_host(session: Session):
    hub = rows.hub(session)
    _, member = joined(session, hub)
    _, other = joined(session, hub)
    host = builders.actor(session, session.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    draft = InitiativeDraft(title="Gemensam introduktion", born_on=clock.today())
    row = service.note_initiative(session, member, hub.id, draft)
    with pytest.raises(Conflict, match="noted already"):
        service.note_initiative(session, host, hub.id, draft)
    tried = InitiativeDraft(title=draft.title, born_on=draft.born_on, state=InitiativeState.TRIED)
    with pytest.raises(NotAllowed):
        service.change_initiative(session, other, hub.id, row.id, tried)
    service.change_initiative(session, host, hub.id, row.id, tried)
    assert row.state is InitiativeState.TRIED
    with pytest.raises(NotFound):
        service.change_initiative(session, host, rows.hub(session).id, row.id, tried)
    with pytest.raises(NotFound):
        service.note_initiative(session, builders.actor(session), hub.id, draft)


def test_an_initiative_is_not_born_tomorrow():
    with pytest.raises(BadInput) as caught:
        InitiativeDraft(title=" ", born_on=clock.today() + timedelta(days=1))
    assert [each.property for each in caught.value.parameters] == ["title", "bornOn"]
