"""What a directory may say of people and groups, as `/Schemas`, `/ResourceTypes` and `/ServiceProviderConfig` tell it.

Only what the product has a use for: whatever else a directory sends is not kept.
"""

from typing import Annotated, Any, Generic

from pydantic import Field
from scim2_models import (
    URN,
    AnyExtension,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    External,
    Filter,
    Mutability,
    Pagination,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

from core.settings import settings

BASE = "/scim/v2"
MEDIA_TYPE = "application/scim+json"
DEFAULT_COUNT, MOST_AT_ONCE = 100, 200


class Email(ComplexAttribute):
    """An address; one of them is kept."""

    value: Annotated[str | None, Required.true] = None
    """The address."""
    type: str | None = Field(None, examples=["work"])
    """What it is for; `work` is kept before others."""


class GroupOfUser(ComplexAttribute):
    """A group that a user is in."""

    value: Annotated[str | None, Mutability.read_only] = None
    """The group's id."""
    display: Annotated[str | None, Mutability.read_only] = None
    """What the group is called."""


class User(Resource[AnyExtension], Generic[AnyExtension]):
    """A member of the organisation."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Required.true, Uniqueness.server] = None
    """What the directory calls the person; where it is an address, it is the e-mail address if none is sent."""
    display_name: Annotated[str | None, Required.true] = None
    """The name that others see; if none is sent, the formatted name, the given and family name, or the userName."""
    active: Annotated[bool | None, Required.true] = None
    """Whether the person may sign in; true if it is not sent. False ends all sessions at once."""
    emails: Annotated[list[Email] | None, Required.true] = None
    """Addresses, of which the one for work is kept, or else the primary one, or the last."""
    groups: Annotated[list[GroupOfUser] | None, Mutability.read_only] = None
    """The groups that the person is in."""


class EnterpriseUser(Extension):
    """What is said of an employee."""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    department: str | None = None
    """The unit in the organisation."""


Person = User[EnterpriseUser]


class GroupMember(ComplexAttribute):
    """A user in a group."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    """The user's id."""
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(  # type: ignore[type-arg]
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """The user's address."""
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])
    """`User`: there are no groups in groups."""


class Group(Resource[Any]):
    """A role of the organisation, or another group that the directory keeps."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = None
    """What it is called; that of a role is called as the role until the directory calls it otherwise."""
    members: list[GroupMember] | None = None
    """Who is in it; whoever is in the group of a role has the role."""


POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
"""As directories in use write it: more than is declared, `remove` with a value, a path to what is not there."""


def provider() -> ScimProvider:
    """Return what this service says of itself."""
    return ScimProvider(
        models=[User, EnterpriseUser, Group],
        resource_types=[ResourceType.from_resource(Person), ResourceType.from_resource(Group)],
        config=_config(),
        policy=POLICY,
    )


def _config() -> ServiceProviderConfig:
    return ServiceProviderConfig(
        documentation_uri=Reference[External](f"{settings().address}/developers"),
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_AT_ONCE),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=False),
        pagination=Pagination(index=True, cursor=False, default_page_size=DEFAULT_COUNT, max_page_size=MOST_AT_ONCE),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="Bearer token",
                description="A token with the scope “provision”, made by an admin of the organisation.",
                primary=True,
            )
        ],
    )
