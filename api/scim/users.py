"""`/scim/v2/Users`: the members of the organisation whose token it is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from scim2_models import Context, SearchRequest
from sqlalchemy import literal
from sqlmodel import Session, col

from api.scim.filters import Attribute, condition
from api.scim.messages import (
    Question,
    attributes_of,
    key_of,
    listed,
    page_of,
    patched,
    payload_of,
    search_in,
    search_of,
    shown,
)
from api.scim.people import WORK, entry_of, person_in, person_of
from api.scim.schemas import Person
from core.actor import Actor
from marketplace.organisations import provisioned_groups, provisioning
from marketplace.organisations.models import Member
from marketplace.views import reads

_FOUND_BY = {
    "id": Attribute(col(Member.id), kind=UUID),
    "username": Attribute(provisioning.user_name()),
    "externalid": Attribute(col(Member.external_id), case_exact=True),
    "displayname": Attribute(col(Member.name)),
    "emails.value": Attribute(col(Member.email)),
    "emails.type": Attribute(literal(WORK)),
    "active": Attribute(col(Member.active), kind=bool),
    "department": Attribute(col(Member.department)),
}


class Users(Controller):
    """List, add, read, replace, change, delete."""

    path = "/Users"

    @get("/", sync_to_thread=True)
    def search(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        question: NamedDependency[Question],
    ) -> Response[bytes]:
        """List users."""
        return _found(session, actor, search_of(Person, question))

    @post("/.search", sync_to_thread=True, status_code=200)
    def search_posted(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], body: RawBody
    ) -> Response[bytes]:
        """List users, as a body asks, so that no name stands in an address."""
        return _found(session, actor, search_in(Person, body))

    @post("/", sync_to_thread=True)
    def create(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], body: RawBody
    ) -> Response[bytes]:
        """Add a user."""
        person = person_in(payload_of(body), Context.RESOURCE_CREATION_REQUEST)
        row = provisioning.provision(session, actor, entry_of(person))
        return shown(_person(session, actor, row), status=201)

    @get("/{key:str}", sync_to_thread=True)
    def read(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[str],
        question: NamedDependency[Question],
    ) -> Response[bytes]:
        """Read a user."""
        asked = attributes_of(Person, question)
        row = provisioning.member(session, actor, key_of(key, "user"))
        reads.members_read(session, actor, [row])
        return shown(_person(session, actor, row), asked)

    @put("/{key:str}", sync_to_thread=True)
    def replace(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[str], body: RawBody
    ) -> Response[bytes]:
        """Let a user be what the body says."""
        row = provisioning.member(session, actor, key_of(key, "user"))
        person = person_in(payload_of(body), Context.RESOURCE_REPLACEMENT_REQUEST, row)
        return shown(_person(session, actor, provisioning.reprovision(session, actor, row.id, entry_of(person))))

    @patch("/{key:str}", sync_to_thread=True)
    def change(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[str], body: RawBody
    ) -> Response[bytes]:
        """Change a user by operations."""
        row = provisioning.member(session, actor, key_of(key, "user"))
        person = patched(person_of(row, ()), body)
        return shown(_person(session, actor, provisioning.reprovision(session, actor, row.id, entry_of(person))))

    @delete("/{key:str}", sync_to_thread=True, status_code=204)
    def remove(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[str]) -> None:
        """Keep a user out for good; what it did stands."""
        provisioning.deprovision(session, actor, key_of(key, "user"))


def _found(session: Session, actor: Actor, asked: SearchRequest[Any]) -> Response[bytes]:
    total, rows = provisioning.members(session, actor, condition(asked.filter, _FOUND_BY), *page_of(asked))
    reads.members_read(session, actor, rows)
    return listed(Person, _people(session, actor, rows), total, asked)


def _people(session: Session, actor: Actor, rows: Sequence[Member]) -> list[Person]:
    groups = provisioned_groups.groups_of(session, actor, rows)
    return [person_of(row, groups[row.id]) for row in rows]


def _person(session: Session, actor: Actor, row: Member) -> Person:
    return _people(session, actor, [row])[0]
