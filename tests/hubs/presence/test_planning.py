"""All who ask are told their days together; nobody is moved twice; reasons name those alone who tell that they come."""

from datetime import date, time, timedelta

import pytest
from sqlmodel import Session, select, update

from core.actor import Actor
from core.errors import BadInput
from core.time.opening import local_instant, to_json
from core.time.opening_text import parsed
from hubs.activities.models import HubRegistration
from hubs.places.models import Hub
from hubs.presence import queries, service
from hubs.presence.meetings import Reason, Why
from hubs.presence.models import Audience, HubWeek
from hubs.presence.rules import WeekDraft
from hubs.profiles import queries as profiles
from hubs.profiles.models import HubProfile, ProfileAudience, ProfilePart
from hubs.profiles.rules import ProfileDraft
from hubs.profiles.service import note_contact, save
from hubs.waiting.line import Standing
from marketplace.notices.models import Notice
from marketplace.notices.rules import NoticeCode
from tests import builders
from tests.hubs import rows
from tests.hubs.presence.community import ALL, contact, joined
from tests.hubs.presence.test_week import next_monday


def asks(session: Session, hub: Hub, actor: Actor, *days: int, **values: Audience) -> HubWeek:
    """Let a member ask for one of some days of next week, counted from Monday."""
    could = frozenset(next_monday() + timedelta(days=each) for each in days)
    told_to = values.get("told_to", Audience.MEMBERS)
    return service.say(session, actor, hub.id, WeekDraft(monday=next_monday(), could=could, told_to=told_to, visits=1))


def planned(session: Session, hub: Hub) -> int:
    return service.plan(session, hub.id, next_monday())


def day(number: int) -> date:
    return next_monday() + timedelta(days=number)


def test_two_who_have_something_to_give_each_other_are_told_the_same_day(session: Session):
    hub = rows.hub(session)
    _, one = joined(session, hub, "Alva", can=["facilitering"])
    _, other = joined(session, hub, "Bo", learns=["Facilitering"])
    asked = asks(session, hub, one, 1, 2), asks(session, hub, other, 2, 3)
    assert planned(session, hub) == 2
    assert [each.advised for each in asked] == [[day(2)]] * 2  # the one day that both could
    (told,) = queries.advice(session, other, asked[1])
    assert [(each.person.first_name, each.reasons) for each in told.meetings] == [
        ("Alva", (Reason(Why.CAN, "facilitering"),))
    ]


def test_days_on_which_the_hub_is_closed_are_refused_by_name_and_not_shown(session: Session):
    site = builders.site(session, opening_hours=to_json(parsed("mån-fre 08:00-17:00")))
    hub = rows.hub(session, site)
    _, actor = joined(session, hub)
    with pytest.raises(BadInput) as refused:
        asks(session, hub, actor, 4, 5)
    assert [(each.property, each.value) for each in refused.value.parameters] == [("could", str(day(5)))]
    assert [each.day for each in queries.week(session, actor, hub.id, next_monday())] == [
        day(each) for each in range(5)
    ]
    assert asks(session, hub, actor, 4).could == [day(4)]


def test_no_particular_day_is_told_to_whom_nobody_gives_anything(session: Session):
    hub = rows.hub(session)
    member, actor = joined(session, hub)
    joined(session, hub)
    row = asks(session, hub, actor, 1, 2)
    assert planned(session, hub) == 1
    assert (row.advised, row.answered_at is not None, row.due) == ([], True, False)
    told = session.exec(select(Notice).where(Notice.member_id == member.id)).one()
    assert (told.code, told.facts["days"]) == (NoticeCode.HUB_DAYS, [])
    assert planned(session, hub) == 0  # who was told so is not told again


def test_who_has_registered_for_something_is_told_that_day_and_what_is_on(session: Session):
    hub = rows.hub(session)
    member, actor = joined(session, hub)
    starts, ends = (local_instant(day(3), time(hour)) for hour in (8, 9))
    breakfast = rows.activity(session, hub, title="Onsdagsfrukost", starts=starts, ends=ends)
    talk = rows.activity(session, hub, starts=starts - timedelta(days=1), ends=ends - timedelta(days=1))
    rows.registration(session, breakfast, member)
    rows.registration(session, talk, member, state=Standing.DECLINED, taken=0)
    row = asks(session, hub, actor, 1, 2, 3)
    assert planned(session, hub) == 1
    assert row.advised == [day(3)]
    assert [(each.day, each.activities) for each in queries.advice(session, actor, row)] == [
        (day(3), ("Onsdagsfrukost",))
    ]


def test_who_comes_anyway_is_met_and_told_nothing(session: Session):
    hub = rows.hub(session)
    there, _ = joined(session, hub, can=["juridik"])
    session.add(HubWeek(hub_id=hub.id, member_id=there.id, monday=next_monday(), plans=[day(4)]))
    _, actor = joined(session, hub, learns=["juridik"])
    row = asks(session, hub, actor, 0, 4)
    assert planned(session, hub) == 1
    assert row.advised == [day(4)]


@pytest.mark.parametrize(
    ("name_to", "told_to", "named"),
    [
        (ProfileAudience.MEMBERS, Audience.MEMBERS, True),
        (ProfileAudience.NOBODY, Audience.MEMBERS, False),
        (ProfileAudience.MEMBERS, Audience.NOBODY, False),
    ],
)
def test_reasons_name_nobody_without_its_consent(
    session: Session, name_to: ProfileAudience, told_to: Audience, named: bool
):
    hub = rows.hub(session)
    _, shy = joined(session, hub, "Alva", can=["juridik"], learns=["mallar"], told_to=ALL | {"name": name_to.value})
    _, actor = joined(session, hub, "Bo", can=["mallar"])
    asks(session, hub, shy, 1, told_to=told_to)
    row = asks(session, hub, actor, 1, 2)
    planned(session, hub)
    assert row.advised == [day(1)]  # Alva would learn of Bo, who tells all, whether she is named or not
    (told,) = queries.advice(session, actor, row)
    assert [each.person.first_name for each in told.meetings] == (["Alva"] if named else [])


def test_nothing_is_planned_by_what_is_not_told(session: Session):
    hub = rows.hub(session)
    _, one = joined(session, hub, can=["juridik"], told_to=ALL | {"can": "nobody"})
    _, other = joined(session, hub, learns=["juridik"])
    asked = asks(session, hub, one, 1), asks(session, hub, other, 1)
    planned(session, hub)
    assert [each.advised for each in asked] == [[], []]


def test_who_is_told_another_day_is_told_so_once(session: Session):
    hub = rows.hub(session)
    _, one = joined(session, hub, can=["juridik"])
    _, other = joined(session, hub, learns=["juridik"])
    mine = asks(session, hub, one, 1, 2, 3)
    asks(session, hub, other, 1)
    planned(session, hub)
    assert (mine.advised, mine.moved) == ([day(1)], False)
    asks(session, hub, other, 2)
    planned(session, hub)
    assert (mine.advised, mine.moved) == ([day(2)], True)
    asks(session, hub, other, 3)
    planned(session, hub)
    assert (mine.advised, mine.moved) == ([day(2)], True)  # moved once, it stays


def test_who_was_told_a_day_stays_when_little_is_gained(session: Session):
    hub = rows.hub(session)
    _, one = joined(session, hub, can=["juridik"])
    _, other = joined(session, hub, learns=["juridik"])
    asked = [asks(session, hub, each, 1, 2) for each in (one, other)]
    planned(session, hub)
    before = [each.advised for each in asked]
    _, third = joined(session, hub)
    asks(session, hub, third, 1, 2)
    assert planned(session, hub) == 1  # the third alone, who is told no day
    assert [each.advised for each in asked] == before


def test_a_wish_to_meet_counts_and_is_never_told(session: Session):
    hub = rows.hub(session)
    wanted, theirs = joined(session, hub, "Alva")
    member, actor = joined(session, hub, "Bo")
    contact(session, hub, member, wanted, wanted=True)
    row, other = asks(session, hub, actor, 1, 2), asks(session, hub, theirs, 2, 3)
    planned(session, hub)
    assert row.advised == other.advised == [day(2)]
    (told,) = queries.advice(session, actor, row)
    assert told.meetings[0].reasons == (Reason(Why.WANTED),)
    (told,) = queries.advice(session, theirs, other)
    assert told.meetings == ()


def test_the_place_is_never_too_full(session: Session):
    hub = rows.hub(session)
    room = builders.space(session)
    room.facts = room.facts | {"seats": 2}
    rows.zone(session, hub, room)
    actors = [joined(session, hub, can=["a", "b"], learns=["a", "b"])[1] for _ in range(3)]
    asked = [asks(session, hub, each, 1) for each in actors]
    planned(session, hub)
    assert sorted(len(each.advised) for each in asked) == [0, 1, 1]


def test_a_week_is_due_from_when_somebody_asks_until_it_is_planned(session: Session):
    assert queries.due(session) == []
    hub = rows.hub(session)
    _, actor = joined(session, hub)
    asks(session, hub, actor, 1)
    assert queries.due(session) == [(hub.id, next_monday())]
    _let_pass(session)
    planned(session, hub)
    assert queries.due(session) == []


@pytest.mark.parametrize("what", ["profile", "contact", "registration", "nothing"])
def test_the_plan_is_made_anew_when_what_it_was_made_of_changes(session: Session, what: str):
    hub = rows.hub(session)
    member, actor = joined(session, hub, learns=["bim"])
    other, theirs = joined(session, hub, "Bo", can=["juridik"])
    for each in (actor, theirs):
        asks(session, hub, each, 1, 2)
    starts = local_instant(day(2), time(8))
    activity = rows.activity(session, hub, starts=starts, ends=starts + timedelta(hours=1))
    _let_pass(session)
    planned(session, hub)
    _let_pass(session)
    assert queries.due(session) == []
    if what == "profile":
        save(
            session,
            theirs,
            hub.id,
            ProfileDraft(can=("bim",), told_to=dict.fromkeys(ProfilePart, ProfileAudience.MEMBERS)),
        )
    elif what == "contact":
        key = profiles.profiles(session, [other.id])[other.id].id
        note_contact(session, actor, hub.id, key, chosen=False, wanted=True)
    elif what == "registration":
        rows.registration(session, activity, member)
    session.flush()
    assert queries.due(session) == ([] if what == "nothing" else [(hub.id, next_monday())])


def _let_pass(session: Session) -> None:
    """Let all that was said be said, and planned, an hour earlier."""
    earlier = timedelta(hours=1)
    session.flush()
    for row in (HubProfile, HubRegistration):
        session.execute(update(row).values(updated_at=row.updated_at - earlier))
    session.execute(update(HubWeek).values(planned_at=HubWeek.planned_at - earlier))
    session.expire_all()
