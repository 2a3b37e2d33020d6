"""What every operation of the API shares: tokens, pages of lists, versions, keys, traces. Tried on a controller."""

# ruff: noqa: ARG002 - asking for `actor` is what demands a token

import threading
from datetime import date, timedelta
from typing import Any, Self
from uuid import UUID

import pytest
from litestar import Controller, Litestar, Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.routes import HTTPRoute
from litestar.testing import TestClient
from sqlmodel import Session, col, select

from api import app as composition
from api.deprecation import DEPRECATION, Deprecation
from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.schemas.base import Listing, Wire
from core.actor import Actor
from core.database.idempotency import IdempotentAnswer
from core.database.page import read_page
from core.errors import Conflict, VersionChanged
from core.time import clock
from marketplace.organisations.models import AccessToken, Organisation, OrganisationKind
from tests import builders


class ThingIn(Wire):
    name: str

    @classmethod
    def example(cls) -> Self:
        return cls(name="Regionen")


class ThingOut(Wire):
    id: UUID
    name: str
    short_name: str

    @classmethod
    def example(cls) -> Self:
        return cls(id=UUID(int=1), name="Regionen", short_name="")


def _out(row: Organisation) -> ThingOut:
    return ThingOut(id=row.id, name=row.name, short_name=row.short_name)


class Things(Controller):
    """A controller as a slice writes it."""

    path = "/things"
    tags = ("things",)

    @get("/", sync_to_thread=True, summary="List / Lista")
    def page(
        self,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[ThingOut]:
        """List things."""
        return listing(
            request,
            read_page(session, select(Organisation).order_by(col(Organisation.name)), paging.page, paging.limit),
            _out,
        )

    @get(
        "/old",
        sync_to_thread=True,
        summary="Read the old one / Läs den gamla",
        deprecated=True,
        opt={DEPRECATION: Deprecation(date(2027, 1, 1), date(2027, 7, 1))},
    )
    def old(self, actor: NamedDependency[Actor]) -> ThingOut:
        """Read what will not be there much longer."""
        return ThingOut.example()

    @get("/{thing:uuid}", sync_to_thread=True, summary="Read / Läs")
    def read(
        self, session: NamedDependency[Session], actor: NamedDependency[Actor], thing: FromPath[UUID]
    ) -> Response[ThingOut]:
        """Read a thing."""
        row = session.get_one(Organisation, thing)
        return answered(_out(row), row.version)

    @post("/", sync_to_thread=True, summary="Create / Skapa")
    def create(
        self,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[ThingIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[ThingOut]:
        """Create a thing."""

        def make() -> Response[ThingOut]:
            if data.name == "full":
                raise Conflict("full", "No more.")
            row = builders.organisation(session, name=data.name, kind=OrganisationKind.REGION)
            return created(_out(row), f"/api/v1/things/{row.id}", row.version)

        return idempotency.answer(data, make)

    @patch("/{thing:uuid}", sync_to_thread=True, summary="Change / Ändra")
    def change(
        self,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        thing: FromPath[UUID],
        data: JSONBody[ThingIn],
        if_match: NamedDependency[int | None],
    ) -> Response[ThingOut]:
        """Change a thing."""
        row = session.get_one(Organisation, thing)
        if if_match is not None and if_match != row.version:
            raise VersionChanged("thing", thing)
        row.name, row.version = data.name, row.version + 1
        return answered(_out(row), row.version)


@pytest.fixture(scope="module")
def app(app):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(composition, "CONTROLLERS", [Things])
        return composition.create_app()


@pytest.fixture
def token(rows, bearer):
    return bearer(builders.member(rows, builders.organisation(rows, name="A")))


THINGS = "/api/v1/things"


def test_without_a_valid_token_nothing_is_told(client, rows, token):
    assert client.get(THINGS, headers=token).status_code == 200
    for headers, error in [
        ({}, ""),
        ({"Authorization": "Bearer no"}, "invalid_token"),
        ({"Authorization": "Basic x"}, ""),
    ]:
        answer = client.get(THINGS, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert error in answer.headers["www-authenticate"]


def test_a_token_that_expired_or_was_revoked_is_refused(client, rows, token):
    row = rows.exec(select(AccessToken)).one()
    row.expires_at = clock.now() - timedelta(seconds=1)
    rows.commit()
    assert client.get(THINGS, headers=token).status_code == 401
    row.expires_at, row.revoked_at = clock.now() + timedelta(days=1), clock.now()
    rows.commit()
    assert client.get(THINGS, headers=token).status_code == 401


def test_a_token_is_never_taken_from_the_query_nor_a_session(client, rows, token, signed_in):
    assert client.get(f"{THINGS}?access_token={token['Authorization'][7:]}").status_code == 401
    signed_in(client, builders.member(rows))
    assert client.get(THINGS).status_code == 401


def test_scopes_divide_reading_from_writing(client, rows, bearer):
    member = builders.member(rows)
    reads, writes = bearer(member, "read"), bearer(member, "write")
    assert client.get(THINGS, headers=reads).status_code == 200
    answer = client.post(THINGS, headers=reads, json={"name": "B"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert client.post(THINGS, headers=writes, json={"name": "B"}).status_code == 201
    assert client.get(THINGS, headers=writes).status_code == 403


def test_a_list_comes_in_pages_that_know_their_neighbours(client, rows, token):
    for name in "BCDE":
        builders.organisation(rows, name=name)
    rows.commit()
    body = client.get(f"{THINGS}?page=2&limit=2&q=å", headers=token).json()
    assert [item["name"] for item in body["items"]] == ["C", "D"]
    assert body["_meta"] == {"page": 2, "limit": 2, "total": 5, "pages": 3}
    assert body["_links"]["self"] == "/api/v1/things?q=%C3%A5&page=2&limit=2"
    assert body["_links"]["next"].endswith("page=3&limit=2")
    assert body["_links"]["prev"].endswith("page=1&limit=2")
    last = client.get(f"{THINGS}?page=9&limit=2", headers=token).json()
    assert (last["items"], last["_links"]["next"]) == ([], None)
    assert last["_links"]["prev"].endswith("page=3&limit=2")


@pytest.mark.parametrize("query", ["page=0", "limit=0", "limit=101", "page=x"])
def test_a_page_that_cannot_be_is_bad_input(client, token, query):
    answer = client.get(f"{THINGS}?{query}", headers=token)
    assert answer.status_code == 400
    assert answer.json()["invalid-parameters"][0]["property"] == query.partition("=")[0]


def test_a_change_needs_the_version_that_was_read(client, token):
    made = client.post(THINGS, headers=token, json={"name": "B"})
    address = made.headers["location"]
    assert made.headers["etag"] == '"1"' == client.get(address, headers=token).headers["etag"]
    changed = client.patch(address, headers=token | {"If-Match": 'W/"1"'}, json={"name": "C"})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    late = client.patch(address, headers=token | {"If-Match": '"1"'}, json={"name": "D"})
    assert (late.status_code, late.json()["code"]) == (412, "version_changed")
    assert client.patch(address, headers=token | {"If-Match": "*"}, json={"name": "E"}).status_code == 200
    for wrong in ("1", "", " ", '""', '"1", "2"'):
        assert client.patch(address, headers=token | {"If-Match": wrong}, json={"name": "F"}).status_code == 400, wrong
    assert client.get(address, headers=token).json()["name"] == "E"


def test_a_request_sent_twice_with_one_key_is_done_once(client, rows, token):
    keyed = token | {"Idempotency-Key": "a-1"}
    first = client.post(THINGS, headers=keyed, json={"name": "B"})
    again = client.post(THINGS, headers=keyed, json={"name": "B"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["location"] == again.headers["location"]
    assert again.headers["idempotent-replayed"] == "true"
    assert len(rows.exec(select(Organisation)).all()) == 2


def test_a_key_used_for_something_else_is_a_conflict(client, token):
    keyed = token | {"Idempotency-Key": "a-1"}
    client.post(THINGS, headers=keyed, json={"name": "B"})
    other = client.post(THINGS, headers=keyed, json={"name": "C"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


def test_keys_of_two_members_have_nothing_to_do_with_each_other(client, rows, token, bearer):
    other = bearer(builders.member(rows))
    for headers, name in [(token, "B"), (other, "C")]:
        assert client.post(THINGS, headers=headers | {"Idempotency-Key": "a"}, json={"name": name}).status_code == 201


def test_what_was_refused_may_be_tried_again(client, token):
    keyed = token | {"Idempotency-Key": "a-1"}
    assert client.post(THINGS, headers=keyed, json={"name": "full"}).status_code == 409
    assert client.post(THINGS, headers=keyed, json={"name": "B"}).status_code == 201


def test_old_keys_are_forgotten(client, rows, token):
    keyed = token | {"Idempotency-Key": "a-1"}
    client.post(THINGS, headers=keyed, json={"name": "B"})
    rows.exec(select(IdempotentAnswer)).one().at = clock.now() - timedelta(hours=25)
    rows.commit()
    assert client.post(THINGS, headers=keyed, json={"name": "C"}).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_has_a_sensible_length(client, token, key):
    answer = client.post(THINGS, headers=token | {"Idempotency-Key": key}, json={"name": "B"})
    assert answer.json()["invalid-parameters"][0]["property"] == "Idempotency-Key"


def test_the_same_key_at_the_same_time_is_done_once(client, rows, token):
    keyed, answers = token | {"Idempotency-Key": "a-1"}, []

    def send() -> None:
        answers.append(client.post(THINGS, headers=keyed, json={"name": "B"}))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(rows.exec(select(Organisation).where(Organisation.name == "B")).all()) == 1


def test_a_trace_is_continued_or_begun(client, token):
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = client.get(THINGS, headers=token | {"traceparent": given}).headers["traceparent"]
    assert answer.startswith("00-0af7651916cd43dd8448eb211c80319c-")
    assert answer.endswith("-01")
    assert answer != given
    for wrong in ("", "nonsense", "00-" + "0" * 32 + "-b7ad6b7169203331-01", "ff" + given[2:]):
        begun = client.get("/api/v1/nothing", headers={"traceparent": wrong}).headers["traceparent"]
        assert len(begun) == 55
        assert "0" * 32 not in begun


def test_every_answer_is_safe_to_show(client: TestClient[Litestar]):
    for path in ("/", "/api/v1/api-info", "/no/such", "/static/icon.svg"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "http" not in headers["content-security-policy"]
        assert headers["referrer-policy"] == "same-origin"


def test_what_changes_is_not_kept_and_what_does_not_is(client):
    for path in ("/", "/sign-in", "/api/v1/organisations", "/no/such"):
        assert client.get(path).headers["cache-control"] == "no-store", path
    assert "immutable" in client.get("/static/icon.svg").headers["cache-control"]
    assert "immutable" not in client.get("/static/none.svg").headers.get("cache-control", "")


def test_what_will_end_says_so_long_before(client, token):
    """2027-01-01 is 20,819 days after 1970-01-01: 57 years, 14 of which have a day more."""
    told = client.get(f"{THINGS}/old", headers=token).headers
    assert (told["Deprecation"], told["Sunset"]) == ("@1798761600", "Thu, 01 Jul 2027 00:00:00 GMT")
    assert told["Link"].startswith("</developers#changes>")
    assert client.get("/api/v1/openapi.json", headers=token).json()["paths"][f"{THINGS}/old"]["get"]["deprecated"]
    assert "Deprecation" not in client.get(THINGS, headers=token).headers
    with pytest.raises(ValueError, match="180 days"):
        Deprecation(date(2027, 1, 1), date(2027, 6, 29))


def test_no_operation_is_deprecated_without_a_day(app):
    ours = [
        handler
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/")
        for handler in route.route_handlers
    ]
    assert ours
    assert [str(each) for each in ours if bool(each.deprecated) != (DEPRECATION in each.opt)] == []
