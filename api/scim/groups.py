"""`/scim/v2/Groups`: the roles, and other groups that the directory wants to keep."""

import re
from functools import cache
from typing import Any
from uuid import UUID

from litestar import Controller, Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from scim2_models import Context, Reference, SearchRequest
from scim2_models.path import AttrPath, CompareOperator, Comparison
from sqlalchemy import ColumnElement
from sqlmodel import Session, col

from api.language import i18n
from api.language.labels import label
from api.scim.filters import Attribute, condition
from api.scim.messages import (
    Question,
    address_of,
    attributes_of,
    key_of,
    listed,
    meta_of,
    page_of,
    patched,
    payload_of,
    search_in,
    search_of,
    shown,
    uuid_of,
)
from api.scim.schemas import POLICY, Group, GroupMember
from core.actor import Actor, Role
from core.errors import InvalidParameter
from core.limits import refuse_if
from core.roles import BY_DEPARTMENT
from marketplace.organisations import provisioned_groups
from marketplace.organisations.models import ProvisionedGroup
from marketplace.organisations.provisioned_groups import ROLES, GroupDraft, GroupView

_FOUND_BY = {
    "id": Attribute(col(ProvisionedGroup.id), kind=UUID),
    "displayname": Attribute(col(ProvisionedGroup.display_name)),
    "externalid": Attribute(col(ProvisionedGroup.external_id), case_exact=True),
}
_FOR_A_UNIT = re.compile(r"(?P<role>[^(:]+)(?:\((?P<inside>[^()]*\S[^()]*)\)|:(?P<after>.*\S.*))")
_OURS = re.compile(r"(?:.*\b|.*[\W_])?platsverket[\W_]+", re.IGNORECASE)


class Groups(Controller):
    """List, add, read, replace, change, delete."""

    path = "/Groups"

    @get("/", sync_to_thread=True)
    def search(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        question: NamedDependency[Question],
    ) -> Response[bytes]:
        """List groups."""
        return _found(session, actor, search_of(Group, question))

    @post("/.search", sync_to_thread=True, status_code=200)
    def search_posted(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], body: RawBody
    ) -> Response[bytes]:
        """List groups, as a body asks."""
        return _found(session, actor, search_in(Group, body))

    @post("/", sync_to_thread=True)
    def create(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], body: RawBody
    ) -> Response[bytes]:
        """Keep a group. Those of the roles are there already."""
        with POLICY:
            group = Group.model_validate(payload_of(body), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
        return shown(group_of(provisioned_groups.create_group(session, actor, _draft(group))), status=201)

    @get("/{key:str}", sync_to_thread=True)
    def read(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[str],
        question: NamedDependency[Question],
    ) -> Response[bytes]:
        """Read a group."""
        asked = attributes_of(Group, question)
        return shown(group_of(provisioned_groups.group(session, actor, key_of(key, "group"))), asked)

    @put("/{key:str}", sync_to_thread=True)
    def replace(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[str], body: RawBody
    ) -> Response[bytes]:
        """Let a group be what the body says."""
        there = provisioned_groups.group(session, actor, key_of(key, "group"))
        with POLICY:
            group = Group.model_validate(payload_of(body), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)
        changed = provisioned_groups.change_group(session, actor, there.group.id, _draft(group))
        return shown(group_of(changed))

    @patch("/{key:str}", sync_to_thread=True)
    def change(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[str], body: RawBody
    ) -> Response[bytes]:
        """Change a group by operations."""
        there = provisioned_groups.group(session, actor, key_of(key, "group"))
        draft = _draft(patched(group_of(there), body))
        return shown(group_of(provisioned_groups.change_group(session, actor, there.group.id, draft)))

    @delete("/{key:str}", sync_to_thread=True, status_code=204)
    def remove(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[str]) -> None:
        """Forget a group, and take back what it gave."""
        provisioned_groups.delete_group(session, actor, key_of(key, "group"))


def group_of(view: GroupView) -> Group:
    """Return a group as its directory sees it."""
    return Group(
        id=str(view.group.id),
        external_id=view.group.external_id,
        display_name=view.group.display_name,
        members=[
            GroupMember(value=str(each.id), ref=Reference(address_of("User", each.id)), type="User")
            for each in view.members
        ]
        or None,
        meta=meta_of(view.group, "Group"),
    )


def meant_by(name: str) -> tuple[Role | None, str]:
    """Return the role that a group's name stands for, and the unit that it is for; empty: the whole organisation.

    That is the role's name in either language, after `Platsverket` if one likes. A unit follows in brackets or after a
    colon: `Platsverket lister (Lokaler)`.
    """
    said = _OURS.sub("", name.strip(), count=1).strip()
    if (role := _names().get(said.casefold())) is not None:
        return role, ""
    match = _FOR_A_UNIT.fullmatch(said)
    role = _names().get(match["role"].strip().casefold()) if match else None
    if match is None or role not in BY_DEPARTMENT:
        return None, ""
    return role, (match["inside"] or match["after"]).strip()


@cache
def _names() -> dict[str, Role]:
    found: dict[str, Role] = {each.value: each for each in ROLES}
    for code in i18n.LANGUAGES:
        with i18n.speaking(code):
            found |= {label(each, "role").casefold(): each for each in ROLES}
    return found


def _draft(group: Group) -> GroupDraft:
    name = group.display_name or ""
    named = [each.value for each in group.members or () if each.value]
    refuse_if(InvalidParameter("members", each[:60], "there is no such user") for each in named if not uuid_of(each))
    return GroupDraft(name, frozenset(UUID(each) for each in named), group.external_id or None, *meant_by(name))


def _found(session: Session, actor: Actor, asked: SearchRequest[Any]) -> Response[bytes]:
    total, found = provisioned_groups.groups(
        session, actor, _condition(asked), *page_of(asked), with_members=_wants_members(asked)
    )
    return listed(Group, [group_of(each) for each in found], total, asked)


def _condition(asked: SearchRequest[Any]) -> ColumnElement[bool]:
    """Return what is asked for; a name that stands for a role finds the role's group, whatever it is called now."""
    whole = condition(asked.filter, _FOUND_BY)
    match asked.filter.ast if asked.filter else None:
        case Comparison(AttrPath(attr=name), CompareOperator.eq, str(value)) if name.lower() == "displayname":
            role, unit = meant_by(value)
            of_it = (col(ProvisionedGroup.role) == role) & (col(ProvisionedGroup.department) == unit)
            return whole if role is None else whole | of_it
    return whole


def _wants_members(asked: SearchRequest[Any]) -> bool:
    if asked.attributes:
        return any(str(each).lower().rpartition(":")[2].startswith("members") for each in asked.attributes)
    return not any(str(each).lower().rpartition(":")[2] == "members" for each in asked.excluded_attributes or ())
