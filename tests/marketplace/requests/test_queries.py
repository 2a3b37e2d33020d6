"""Who sees which requests."""

from uuid import UUID

import pytest
from sqlmodel import Session

from marketplace.requests.models import Priority, RequestState
from marketplace.requests.queries import RequestSearch, requests_page
from tests import builders
from tests.counting import counted


def test_requests_are_seen_by_their_organisation_and_coordinators_but_no_drafts(session: Session) -> None:
    member = builders.member(session)
    own = builders.request(session, member)
    draft = builders.request(session, member, state=RequestState.DRAFT)
    colleague = builders.actor(session, session.get_one(builders.Organisation, member.organisation_id))

    def seen(actor: builders.Actor) -> set[UUID]:
        return {each.request.id for each in requests_page(session, actor, RequestSearch()).items}

    assert seen(colleague) == {own.id, draft.id}
    assert seen(builders.actor(session)) == set()
    assert seen(builders.coordinator(session)) == {own.id}


@pytest.mark.parametrize(
    "search",
    [
        RequestSearch(state=RequestState.PROPOSED),
        RequestSearch(family="staff"),
        RequestSearch(priority=Priority.CRISIS),
        RequestSearch(text="upphandling"),
        RequestSearch(text="100 %"),
        RequestSearch(text="ledarna till upphandlingen"),
        RequestSearch(text="uphandlng"),
        RequestSearch(state=RequestState.PROPOSED, family="staff", priority=Priority.CRISIS, text="Upp"),
    ],
)
def test_a_list_is_narrowed(session: Session, search: RequestSearch) -> None:
    member = builders.member(session)
    wanted = builders.request(
        session,
        member,
        state=RequestState.PROPOSED,
        priority=Priority.CRISIS,
        title="Upphandling",
        purpose="En ledare på 100 %",
    )
    builders.need(session, wanted, family="staff")
    builders.need(session, builders.request(session, member))
    found = requests_page(session, builders.actor_of(session, member), search)
    assert [each.request.id for each in found.items] == [wanted.id]
    assert found.total == 1


def test_of_an_organisation_only(session: Session) -> None:
    one, _other = builders.request(session), builders.request(session)
    search = RequestSearch(organisation_id=one.organisation_id)
    found = requests_page(session, builders.coordinator(session), search)
    assert [each.request.id for each in found.items] == [one.id]


@pytest.mark.parametrize("requests", [1, 7])
def test_a_page_of_requests_takes_one_query(session: Session, requests: int) -> None:
    actor = builders.coordinator(session)
    for _ in range(requests):
        request = builders.request(session)
        for _ in range(3):
            builders.need(session, request)
    with counted(session) as sent:
        found = requests_page(session, actor, RequestSearch())
    assert [len(each.needs) for each in found.items] == [3] * requests
    assert len(sent) == 1  # requests with organisations and needs, and how many
