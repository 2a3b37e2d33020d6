"""Every builder writes rows that the real schema accepts."""

from sqlmodel import Session

from tests import builders


def test_every_builder_writes_its_rows(session: Session) -> None:
    lent = [
        builders.space(session),
        builders.space(session, capacity=12, kind="desk_pool"),
        builders.hall(session),
        builders.furniture(session),
        builders.vehicle(session),
        builders.staff(session),
    ]
    assert all(builders.offer(session, resource).id for resource in lent)
    builders.claim(session, builders.unit_of(session, lent[0]), builders.days(1, 2))
    asked = builders.request(session)
    assert builders.need(session, asked).request_id == asked.id
    assert builders.matching_run(session).state == "queued"


def test_a_member_becomes_an_actor_with_its_partners(session: Session) -> None:
    home, friend = builders.organisation(session), builders.organisation(session)
    builders.partners(session, home, friend)
    someone = builders.actor(session, home, department="Upphandling")
    assert someone.partner_ids == {friend.id}
    assert someone.county_code == "23"
    assert someone.department == "Upphandling"
    assert builders.coordinator(session).coordinates
