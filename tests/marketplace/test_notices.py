"""Notices: told once to each organisation, read by it alone."""

from itertools import product

import pytest
from sqlmodel import Session, col, select

from core.actor import Permission
from core.errors import NotFound
from core.time import clock
from marketplace.notices import queries, service
from marketplace.notices.models import Notice
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


def test_what_is_about_a_unit_is_for_whose_role_reaches_it(session: Session) -> None:
    """A role in a unit reaches neither another one nor what is the whole organisation's; asked of one notice it is so.

    Of each permission and unit there is a notice; of each member that is what it may do times the units it does it in.
    """
    home = builders.organisation(session)
    for permission, unit in product((None, *Permission), (None, "", "A", "B")):
        service.notify(session, [home.id], NoticeCode.AGREED, "offer", home.id, permission=permission, department=unit)
    whole, in_a = builders.member(session, home, roles=["hr"]), builders.member(session, home, roles=["hr", "auditor"])
    in_a.grants = {"hr": {"departments": ["A"]}}
    service.notify(session, [home.id], NoticeCode.CARD_YOURS, "offer", home.id, member_id=whole.id)
    session.flush()
    other = builders.actor(session, builders.organisation(session), roles=["hr"])
    every = session.scalars(select(Notice)).all()
    for member, units in ((whole, {None, "", "A", "B"}), (in_a, {None, "A"})):
        actor = builders.actor_of(session, member)
        seen = set(session.scalars(queries.visible_to(actor).with_only_columns(col(Notice.id))))
        assert seen == {each.id for each in every if queries.is_visible_to(actor, each)}
        found = {each.department for each in every if each.id in seen and each.permission == Permission.NOTE_APPROVAL}
        assert found == units
    assert not any(queries.is_visible_to(other, each) for each in every)
