"""Who was shown personal data of whom is written down, whichever door it was shown at."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select

from core.database.audit import READ, AuditEntry, record_reads
from core.time import clock
from marketplace.offers.models import Offer
from tests import builders


def seen(rows: Session, reader: UUID) -> list[tuple[str, UUID]]:
    """Return whose data a member was shown, in order."""
    found = select(AuditEntry.entity, AuditEntry.entity_id).where(
        col(AuditEntry.reason_code) == READ, col(AuditEntry.actor_id) == reader
    )
    return list(rows.exec(found.order_by(col(AuditEntry.sequence))))


@pytest.fixture
def card(rows: Session) -> Offer:
    """A capacity card that is offered."""
    found = builders.offer(rows, builders.staff(rows))
    rows.commit()
    return found


@pytest.mark.parametrize(
    "path",
    [
        "api/v1/resources",
        "api/v1/resources/{card}",
        "api/v1/offers",
        "api/v1/offers/{offer}",
        "offers",
        "offers/{offer}",
    ],
)
def test_a_capacity_card_that_is_shown_by_name(client, rows, bearer, signed_in, card, path):
    address = "/" + path.format(card=card.resource_id, offer=card.id)
    lister, stranger = builders.member(rows, builders.home_of(rows, card)), builders.member(rows)
    for reader, told in ((lister, [("resource", card.resource_id)]), (stranger, [])):
        headers = bearer(reader) if path.startswith("api") else {}
        if not headers:
            rows.commit()
            signed_in(client, reader)
        for _ in range(2):  # once an hour
            client.get(address, headers=headers)
        assert seen(rows, reader.id) == told


@pytest.mark.parametrize("path", ["api/v1/bookings", "api/v1/bookings/{booking}", "bookings/{booking}"])
def test_whom_to_call_at_the_other_organisation(client, rows, bearer, signed_in, path):
    borrower = builders.member(rows)
    made = builders.booking(rows, builders.need(rows, builders.request(rows, borrower)))
    lent = rows.get_one(Offer, made.offer_id)
    lent.member_id = builders.member(rows, builders.home_of(rows, lent)).id
    rows.commit()
    headers = bearer(borrower) if path.startswith("api") else {}
    if not headers:
        signed_in(client, borrower)
    assert client.get("/" + path.format(booking=made.id), headers=headers).status_code == 200
    assert seen(rows, borrower.id) == [("member", lent.member_id)]


@pytest.mark.parametrize(
    "path", ["api/v1/organisations/{home}/members", "api/v1/members/{other}", "members", "members/{other}"]
)
def test_colleagues_that_are_shown_but_not_oneself(client, rows, bearer, signed_in, path):
    reader = builders.member(rows, roles=["admin"])
    home = reader.organisation_id
    other = builders.added(rows, type(reader)(organisation_id=home, name="Lokalbokningen", email="l@example.se"))
    headers = bearer(reader)
    if not path.startswith("api"):
        headers = {}
        signed_in(client, reader)
    assert client.get("/" + path.format(home=home, other=other.id), headers=headers).status_code == 200
    assert seen(rows, reader.id) == [("member", other.id)]


def test_it_is_written_again_after_an_hour_and_each_kind_by_itself(session: Session):
    reader, read = builders.actor(session), [uuid4(), uuid4()]
    for what, later in (("card", 0), ("card", 59), ("card", 60), ("member", 60)):
        with clock.frozen(clock.now() + timedelta(minutes=later)):
            record_reads(session, reader, "thing", read, what)
    record_reads(session, reader, "thing", [], "card")
    assert len(seen(session, reader.member_id)) == 2 * 3
