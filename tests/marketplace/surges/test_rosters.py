"""Rosters: who may agree to them, of which cards, and what they may say."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from core.actor import Actor
from core.errors import BadInput, Conflict, NotAllowed, NotFound, StateChanged, VersionChanged
from core.time import clock
from marketplace.surges import queries, rosters
from marketplace.surges.models import Occasion, RosterState
from marketplace.surges.rules import RosterDraft
from resources.models import Resource
from tests import builders


def draft(*cards: Resource, **values: Any) -> RosterDraft:
    said = {"name": "Beredskap", "occasions": frozenset({Occasion.RECEPTION}), "notice_hours": 24, "floor_percent": 60}
    said |= {"until": clock.today(), "card_ids": frozenset(each.id for each in cards)}
    return RosterDraft(**(said | values))


def hr_of(session: Session, card: Resource, **values: Any) -> Actor:
    home = builders.organisation(session) if card is None else card.organisation_id
    member = builders.member(session, session.get_one(type(builders.organisation(session)), home), roles=["hr"])
    member.grants = values
    session.flush()
    return builders.actor_of(session, member)


def test_hr_agrees_changes_and_ends_and_the_cards_are_free_then(session: Session) -> None:
    card = builders.staff(session, extent_percent=80)
    other = builders.staff(session, session.get_one(type(builders.organisation(session)), card.organisation_id))
    actor = hr_of(session, card)
    made = rosters.make_roster(session, actor, draft(card))
    view = queries.roster_view(session, actor, made.id)
    assert (view.cards, view.percent, view.roster.state) == (1, 80, RosterState.IN_FORCE)
    rosters.change_roster(session, actor, made.id, draft(card, other, floor_percent=50), if_version=1)
    view = queries.roster_view(session, actor, made.id)
    assert (view.cards, view.percent, view.roster.floor_percent) == (2, 180, 50)  # 80 + 100
    with pytest.raises(VersionChanged):
        rosters.change_roster(session, actor, made.id, draft(card), if_version=1)
    with pytest.raises(Conflict, match="another"):
        rosters.make_roster(session, actor, draft(card))
    rosters.end_roster(session, actor, made.id)
    with pytest.raises(StateChanged):
        rosters.change_roster(session, actor, made.id, draft(card))
    rosters.make_roster(session, actor, draft(card))


def test_nobody_else_agrees_and_only_coordinators_see_it_elsewhere(session: Session) -> None:
    card = builders.staff(session)
    stranger = builders.actor(session, roles=["hr"])
    of_a_unit = hr_of(session, card, hr={"departments": ["Lokaler"]})
    for actor in (builders.coordinator(session), builders.actor(session, roles=["lister"]), of_a_unit):
        with pytest.raises(NotAllowed):
            rosters.make_roster(session, actor, draft(card))
    with pytest.raises(BadInput, match="no capacity card of your organisation"):
        rosters.make_roster(session, stranger, draft(card))
    made = builders.roster(session, card)
    with pytest.raises(NotFound):
        queries.roster_view(session, stranger, made.id)
    with pytest.raises(NotAllowed):
        rosters.end_roster(session, builders.coordinator(session), made.id)


def test_all_that_is_wrong_is_told_at_once() -> None:
    yesterday = clock.today() - timedelta(days=1)
    with pytest.raises(BadInput) as told:
        draft(name=" ", occasions=frozenset(), notice_hours=-1, floor_percent=101, until=yesterday)
    names = ["name", "occasions", "noticeHours", "floorPercent", "until", "cardIds"]
    assert [each.property for each in told.value.parameters] == names
