"""Saved searches: each tells its member, and nobody else, once of every offer that newly fits and may be seen."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from core.actor import Actor
from core.errors import BadInput, Conflict, NotFound
from core.time import clock
from marketplace.notices import queries as notices
from marketplace.notices.models import Notice
from marketplace.offers.models import OfferState, Visibility
from marketplace.organisations.models import Organisation
from marketplace.searches import queries, service
from marketplace.searches.rules import LOOKED_AT_EVERY, MOST_SEARCHES, Query
from tests import builders


@pytest.fixture
def reader(session: Session) -> Actor:
    return builders.actor(session)


def told(session: Session, reader: Actor) -> list[Any]:
    """How many offers each of the reader's notices tells of, the last first."""
    return [each.facts["offers"] for each in notices.notices_page(session, reader).items]


def saved(session: Session, reader: Actor, **wanted: Any) -> UUID:
    return service.save(session, reader, "Rum", Query(**wanted)).id


def test_it_tells_once_of_what_newly_fits_and_not_of_what_fitted_before(session: Session, reader: Actor) -> None:
    builders.offer(session, builders.space(session))
    key = saved(session, reader, family="space")
    service.tell_new(session, key)
    assert told(session, reader) == []
    first, second = (builders.offer(session, builders.space(session)).id for _ in range(2))
    builders.offer(session, builders.vehicle(session))
    for _ in range(2):
        service.tell_new(session, key)
    assert told(session, reader) == [2]
    found = queries.saved_search(session, reader, key)
    assert set(found.told) == {first, second}
    assert set(queries.told_offers(session, reader, [found])) == {first, second}


def test_it_tells_of_what_comes_within_reach_later_and_never_of_what_may_not_be_seen(
    session: Session, reader: Actor
) -> None:
    key = saved(session, reader)
    hidden = builders.offer(session, builders.space(session), visibility=Visibility.ORGANISATION)
    card = builders.offer(session, builders.staff(session, consented=False))
    paused = builders.offer(session, builders.space(session), state=OfferState.PAUSED)
    service.tell_new(session, key)
    assert told(session, reader) == []
    tomorrow = clock.today() + timedelta(days=1)
    hidden.widens = [[tomorrow.isoformat(), "all"]]
    paused.state = OfferState.OPEN
    session.flush()
    service.tell_new(session, key)
    assert told(session, reader) == [1]  # the paused one, that is open now
    with clock.frozen(builders.at(1, 12)):
        service.tell_new(session, key)
    assert told(session, reader) == [1, 1]  # and the one that everybody sees from tomorrow on
    assert card.id not in queries.saved_search(session, reader, key).known


def test_it_tells_of_what_others_offer_and_of_the_own_only_where_nothing_else_is_looked_for(
    session: Session, reader: Actor
) -> None:
    anything, own = saved(session, reader), saved(session, reader, own=True)
    home = session.get_one(Organisation, reader.organisation_id)
    builders.offer(session, builders.space(session, builders.site(session, home)))
    service.tell_new(session, anything)
    assert told(session, reader) == []
    service.tell_new(session, own)
    assert told(session, reader) == [1]
    builders.offer(session, builders.space(session))
    for key in (anything, own):
        service.tell_new(session, key)
    assert told(session, reader) == [1, 1]  # the other's, by the search for anything


def test_what_it_found_once_is_remembered_for_so_many_others(
    session: Session, reader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_REMEMBERED", 1)
    gone = [builders.offer(session, builders.space(session)) for _ in range(2)]
    key = saved(session, reader)
    for each in gone:
        each.state = OfferState.PAUSED
    kept = builders.offer(session, builders.space(session)).id
    service.tell_new(session, key)
    known = queries.saved_search(session, reader, key).known
    assert (len(known), known[0], known[1] in {each.id for each in gone}) == (2, kept, True)
    for each in gone:
        each.state = OfferState.OPEN
    session.flush()
    service.tell_new(session, key)
    assert told(session, reader) == [1, 1]  # the one of the two that was forgotten


def test_it_tells_of_what_becomes_free(session: Session, reader: Actor) -> None:
    room = builders.space(session)
    builders.offer(session, room)
    taken = builders.claim(session, builders.unit_of(session, room), builders.days(0, 20))
    day = clock.today() + timedelta(days=10)
    key = saved(session, reader, family="space", first=day, last=day)
    service.tell_new(session, key)
    assert told(session, reader) == []
    session.delete(taken)
    session.flush()
    service.tell_new(session, key)
    assert told(session, reader) == [1]


def test_what_is_told_is_for_whoever_saved_it_alone(session: Session, reader: Actor) -> None:
    key = saved(session, reader)
    builders.offer(session, builders.space(session))
    service.tell_new(session, key)
    colleague = builders.actor(session, session.get_one(Organisation, reader.organisation_id))
    assert told(session, colleague) == []
    with pytest.raises(NotFound):
        queries.saved_search(session, colleague, key)
    with pytest.raises(NotFound):
        service.remove(session, colleague, key)
    service.remove(session, reader, key)
    service.tell_new(session, key)  # it was taken up by a sweep just before
    assert told(session, reader) == [1]


def test_a_sweep_takes_up_those_that_waited_longest_and_each_once(session: Session, reader: Actor) -> None:
    gone = builders.member(session)
    keys = [saved(session, reader) for _ in range(2)]
    kept_out = saved(session, builders.actor_of(session, gone))
    gone.active = False
    session.flush()
    assert service.take_due(session) == []
    with clock.frozen(clock.now() + LOOKED_AT_EVERY + timedelta(seconds=1)):
        assert sorted(service.take_due(session)) == sorted(keys)
        assert service.take_due(session) == []
    service.tell_new(session, kept_out)
    assert session.exec(select(Notice)).all() == []


def test_many_searches_of_one_organisation_make_no_other_wait(
    session: Session, reader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LOOKED_AT_ONCE", 2)
    first, *_later = [saved(session, reader) for _ in range(3)]
    other = saved(session, builders.actor(session))
    with clock.frozen(clock.now() + LOOKED_AT_EVERY + timedelta(seconds=1)):
        assert set(service.take_due(session)) == {first, other}
        assert len(service.take_due(session)) == 2


def test_a_clock_that_is_put_back_makes_none_wait_and_those_that_are_over_are_left_alone(
    session: Session, reader: Actor
) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    key = saved(session, reader, last=tomorrow)
    with clock.frozen(builders.at(-5)):
        assert service.take_due(session) == [key]
    with clock.frozen(builders.at(1, 12)):
        assert service.take_due(session) == [key]
    with clock.frozen(builders.at(2, 12)):
        assert service.take_due(session) == []


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"family": "boat"}, "family"),
        ({"kind": "meeting_room"}, "kind"),
        ({"family": "vehicle", "kind": "meeting_room"}, "kind"),
        ({"text": "19121212-1212"}, "text"),
        ({"municipality_code": "9999"}, "municipalityCode"),
        ({"county_code": "99"}, "countyCode"),
        ({"least": 0}, "least"),
    ],
)
def test_what_no_search_can_ask_for_is_refused(
    session: Session, reader: Actor, wanted: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        service.save(session, reader, "Rum", Query(**wanted))
    assert [each.property for each in refused.value.parameters] == [f"query.{field}"]


def test_a_search_ends_after_it_starts_has_a_name_and_there_are_not_too_many(session: Session, reader: Actor) -> None:
    yesterday = clock.today() - timedelta(days=1)
    for query in (Query(last=yesterday), Query(first=clock.today(), last=yesterday)):
        with pytest.raises(BadInput, match="ends before"):
            service.save(session, reader, "Rum", query)
    with pytest.raises(BadInput):
        service.save(session, reader, " ", Query())
    for _ in range(MOST_SEARCHES):
        saved(session, reader)
    with pytest.raises(Conflict, match="most"):
        saved(session, reader)


def test_a_search_whose_days_have_passed_finds_nothing_and_says_so(session: Session, reader: Actor) -> None:
    key = saved(session, reader, last=clock.today() + timedelta(days=1))
    builders.offer(session, builders.space(session))
    with clock.frozen(builders.at(5)):
        service.tell_new(session, key)
        assert queries.saved_search(session, reader, key).query.is_over
    assert told(session, reader) == []
    assert session.exec(select(Notice).where(col(Notice.code) == "search_found")).all() == []
