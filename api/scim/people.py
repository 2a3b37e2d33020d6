"""A member as a SCIM user, and a SCIM user as what a directory says of a member."""

from collections.abc import Sequence
from typing import Any

from scim2_models import Context, InvalidValueException

from api.scim.messages import meta_of
from api.scim.schemas import POLICY, Email, EnterpriseUser, GroupOfUser, Person
from marketplace.organisations.models import Member, ProvisionedGroup
from marketplace.organisations.provisioning import Entry
from marketplace.organisations.rules import is_address

WORK = "work"


def person_of(row: Member, groups: Sequence[ProvisionedGroup]) -> Person:
    """Return a member as its directory sees it."""
    person = Person(
        id=str(row.id),
        external_id=row.external_id,
        user_name=row.user_name or row.email,
        display_name=row.name,
        active=row.active,
        emails=[Email(value=row.email, type=WORK)],
        groups=[GroupOfUser(value=str(each.id), display=each.display_name) for each in groups] or None,
        meta=meta_of(row, "User"),
    )
    if row.department:
        person[EnterpriseUser] = EnterpriseUser(department=row.department)
    return person


def person_in(payload: dict[str, Any], context: Context, row: Member | None = None) -> Person:
    """Return the person that a body describes, with what directories leave out because it follows from the rest."""
    said = {name.lower(): value for name, value in payload.items()}
    full = dict(payload)
    if said.get("active") is None:
        full |= {"active": row.active if row else True}
    if not said.get("displayname"):
        full |= {"displayName": _name_in(said)}
    if not said.get("emails") and isinstance(said.get("username"), str) and is_address(said["username"]):
        full |= {"emails": [{"value": said["username"], "type": WORK}]}
    elif isinstance(said.get("emails"), list):
        full = {name: value for name, value in full.items() if name.lower() != "emails"}
        full |= {"emails": sorted(said["emails"], key=_is_primary)}
    with POLICY:
        found: Person = Person.model_validate(full, scim_ctx=context)
    return found


def entry_of(person: Person) -> Entry:
    """Return what a directory says of a member.

    Raises
    ------
    InvalidValueException
        Something is missing that a member needs.
    """
    email = _address_in(person.emails or [])
    missing = [
        name
        for name, value in (("userName", person.user_name), ("displayName", person.display_name), ("emails", email))
        if not value
    ]
    if missing:
        raise InvalidValueException(detail=f"A user needs {', '.join(missing)}.")
    extension = person[EnterpriseUser]
    return Entry(
        user_name=person.user_name or "",
        name=person.display_name or "",
        email=email or "",
        external_id=person.external_id or None,
        department=(extension.department if extension else None) or None,
        active=person.active is not False,
    )


def _address_in(emails: Sequence[Email]) -> str | None:
    """Return the address that is kept: the last for work, or the last: what a PATCH adds replaces the one before."""
    having = [each for each in emails if each.value]
    best = [each for each in having if (each.type or "").lower() == WORK] or having
    return best[-1].value.strip() if best and best[-1].value else None


def _is_primary(email: Any) -> bool:
    return isinstance(email, dict) and any(name.lower() == "primary" and value is True for name, value in email.items())


def _name_in(said: dict[str, Any]) -> Any:
    name = said.get("name")
    parts = (
        {key.lower(): value for key, value in name.items() if isinstance(value, str)} if isinstance(name, dict) else {}
    )
    whole = " ".join(part for part in (parts.get("givenname"), parts.get("familyname")) if part)
    return parts.get("formatted") or whole or said.get("username")
