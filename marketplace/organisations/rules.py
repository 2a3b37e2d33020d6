"""What an organisation, a member and a token may be, and who may change them."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from organisationsnummer.organisationsnummer import Organisationsnummer, OrganisationsnummerException

from core import geo, limits
from core.actor import Actor, Permission, Role, check_may, refusal
from core.errors import BadInput, Faults, InvalidParameter, NotAllowed
from core.limits import LONGEST_NAME, refuse_if
from core.text import text_faults
from marketplace.organisations.models import AccessToken, OrganisationKind

LONGEST_TOKEN_DAYS = 730
MOST_TOKENS = 50
"""That hold at a time, of one member."""
LONGEST_SHORT_NAME = 40
COORDINATORS_GRANT = frozenset({Role.LISTER, Role.REQUESTER, Role.APPROVER, Role.HUB_HOST})
"""What a coordinator may grant in organisations of others."""


_NOT_IN_ADDRESSES = frozenset(' "<>()[],;:\\')


class Scope(StrEnum):
    """What a machine client may do, within what its member may."""

    READ = "read"
    WRITE = "write"
    PROVISION = "provision"
    """The organisation's members and groups, over SCIM; nothing else."""


@dataclass(frozen=True)
class OrganisationDraft:
    """A public body; `municipality` is its seat, by code or name.

    Raises
    ------
    BadInput
        The name is empty, the municipality unknown, or the number not one of such a public body.
    """

    name: str
    kind: OrganisationKind
    municipality: str
    short_name: str = ""
    number: str | None = None

    def __post_init__(self) -> None:
        faults = Faults()
        faults.parameters += text_faults("name", self.name, 1, LONGEST_NAME)
        faults.parameters += text_faults("shortName", self.short_name, 0, LONGEST_SHORT_NAME)
        with faults.under():
            object.__setattr__(self, "municipality", _seat(self.municipality))
        if self.number is not None:
            with faults.under():
                object.__setattr__(self, "number", _public_number(self.number, self.kind))
        faults.refuse()


@dataclass(frozen=True)
class MemberDraft:
    """A person in an organisation.

    Raises
    ------
    BadInput
        A value is empty or cannot be right.
    """

    name: str
    email: str
    roles: frozenset[Role] = frozenset()
    department: str | None = None
    language: str = "sv"

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("name", self.name, 1, LONGEST_NAME)
        yield from text_faults("department", self.department or "", 0, LONGEST_NAME)
        yield from text_faults("email", self.email, 0, limits.LONGEST_EMAIL)
        if not is_address(self.email):
            yield InvalidParameter("email", self.email, "it has to be an address such as namn@myndigheten.se")
        if self.language not in ("sv", "en"):
            yield InvalidParameter("language", self.language, "it has to be sv or en")


def is_address(text: str) -> bool:
    """Tell whether a text can be an e-mail address: somebody, one @, and a host of names set apart by points."""
    somebody, _at, host = text.partition("@")
    names = host.split(".")
    fits = len(text) <= limits.LONGEST_EMAIL and text.isprintable() and not set(text) & _NOT_IN_ADDRESSES
    return fits and bool(somebody) and len(names) > 1 and all(names) and "@" not in host


def may_administer(actor: Actor | None, organisation_id: UUID) -> None:
    """Refuse whoever is not the system, a coordinator of the organisation, or an admin of it."""
    check_may(actor, Permission.ADMINISTER, organisation_id)


def may_coordinate(actor: Actor | None) -> None:
    """Refuse whoever is not the system or a coordinator of everybody."""
    if actor is not None and not actor.may(Permission.REGISTER):
        raise refusal(actor, Permission.REGISTER)


def may_grant(actor: Actor | None, roles: Iterable[Role], organisation_id: UUID, has_admin: Callable[[], bool]) -> None:
    """Refuse whoever would give, take or look after roles that are not theirs to grant.

    Only who coordinates everybody makes coordinators, which is a duty across organisations. All other roles are the
    organisation's own admins'; a coordinator grants those that read nothing which is the organisation's own, and makes
    an admin where there is none.
    """
    roles = frozenset(roles)
    if Role.COORDINATOR in roles:
        may_coordinate(actor)
    if actor is None or (actor.organisation_id == organisation_id and Role.ADMIN in actor.roles):
        return
    beyond = roles - COORDINATORS_GRANT - {Role.COORDINATOR}
    if beyond == {Role.ADMIN} and not has_admin():
        return
    if beyond:
        raise NotAllowed("own_admin_only", "Only an admin of the organisation grants this role, or changes who has it.")


def may_provision(actor: Actor) -> None:
    """Refuse whoever is not an admin of its own organisation: nobody connects the directory of another."""
    check_may(actor, Permission.PROVISION, actor.organisation_id)


def acts_as_itself(actor: Actor, member_id: UUID) -> None:
    """Refuse whoever would have something act as somebody else; coordinators and administrators, too."""
    if actor.member_id != member_id:
        raise NotAllowed(
            "not_yourself", "A token acts as whoever makes it. Nobody makes one that acts as somebody else."
        )


def grantable(actor: Actor, organisation_id: UUID) -> list[Role]:
    """Return the roles that the actor may grant in an organisation, as far as the actor alone decides it."""
    own_admin = actor.organisation_id == organisation_id and Role.ADMIN in actor.roles
    own = frozenset(Role) - {Role.COORDINATOR} if own_admin else COORDINATORS_GRANT
    return [role for role in Role if role in own or (role is Role.COORDINATOR and actor.may(Permission.REGISTER))]


def may_pass_on(token: AccessToken, scopes: Collection[Scope]) -> None:
    """Refuse a token that would do more than the one it is made with; whoever reads and writes may provision, too."""
    held = set(token.scopes)
    if not set(scopes) <= held | ({Scope.PROVISION} if {Scope.READ, Scope.WRITE} <= held else set()):
        raise NotAllowed("scope_missing", "A token cannot make one that may do more than itself.")


def _seat(municipality: str) -> str:
    try:
        return geo.municipality(municipality).code
    except BadInput as error:
        raise BadInput("municipalityCode", municipality, error.parameters[0].reason) from error


def _public_number(text: str, kind: OrganisationKind) -> str:
    """Return an organisation number of a public body of this kind."""
    number = organisation_number(text)
    if kind is not OrganisationKind.PUBLIC_COMPANY and not number.startswith("2"):
        raise BadInput("number", text, "numbers of state agencies, regions and municipalities begin with 2")
    return number


def organisation_number(text: str) -> str:
    """Return an organisation number as NNNNNN-NNNN.

    Raises
    ------
    BadInput
        It is none. A person's number is refused, too: we never keep one.
    """
    try:
        number = Organisationsnummer(text[: limits.LONGEST_CODE].replace(" ", ""))
    except OrganisationsnummerException as error:
        reason = "it is not an organisation number: write ten digits, as 202100-2114 (the last one is a check digit)"
        raise BadInput("number", text, reason) from error
    if number.is_personnummer():
        raise BadInput("number", "", "it is a person's number, which is never kept here: write the organisation's")
    return str(number.format(separator=True))
