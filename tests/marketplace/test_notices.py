"""Notices: told once to each organisation, read by it alone."""

import pytest
from sqlmodel import Session

from core.errors import NotFound
from core.time import clock
from marketplace.notices import queries, service
from marketplace.notices.rules import NoticeCode
from tests import builders


def test_an_organisation_is_told_once_with_the_facts(session: Session) -> None:
    reader = builders.actor(session)
    home = reader.organisation_id
    service.notify(session, [home, home], NoticeCode.AGREED, "proposal", home, request="Projekt", bookings=2)
    (notice,) = queries.notices_page(session, reader).items
    assert (notice.code, notice.entity, notice.entity_id) == ("agreed", "proposal", home)
    assert notice.facts == {"request": "Projekt", "bookings": 2}


def test_notices_are_seen_by_their_own_organisation_alone(session: Session) -> None:
    reader, coordinator = builders.actor(session), builders.coordinator(session)
    service.notify(session, [reader.organisation_id], NoticeCode.EXPIRED, "proposal", reader.organisation_id)
    assert queries.notices_page(session, coordinator).total == 0
    (notice,) = queries.notices_page(session, reader).items
    with pytest.raises(NotFound):
        service.mark_read(session, coordinator, notice.id)


def test_reading_is_noted_once_and_newest_come_first(session: Session) -> None:
    reader = builders.actor(session)
    for code in (NoticeCode.APPROVED, NoticeCode.REMINDER):
        service.notify(session, [reader.organisation_id], code, "proposal", reader.organisation_id)
    newest, oldest = queries.notices_page(session, reader).items
    assert (newest.code, oldest.code) == ("reminder", "approved")
    read_at = service.mark_read(session, reader, oldest.id).read_at
    with clock.frozen(builders.at(3)):
        assert service.mark_read(session, reader, oldest.id).read_at == read_at
    assert queries.unread_count(session, reader) == 1
    assert [notice.id for notice in queries.notices_page(session, reader, unread=True).items] == [newest.id]
