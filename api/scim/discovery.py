"""What the service says of itself, and what it does not have."""

from functools import cache

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from scim2_models import Context, NotImplementedException, ResourceType, Schema, ScimProvider

from api.scim.messages import answer, listed, shown
from api.scim.schemas import provider
from core.actor import Actor
from core.errors import NotFound


class Discovery(Controller):
    """ServiceProviderConfig, ResourceTypes, Schemas."""

    @get("/ServiceProviderConfig", sync_to_thread=False)
    def config(self, *, actor: NamedDependency[Actor]) -> Response[bytes]:  # noqa: ARG002
        """Tell what can be done here."""
        found = _provider().config
        assert found is not None
        return answer(found.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))

    @get("/ResourceTypes", sync_to_thread=False)
    def types(self, *, actor: NamedDependency[Actor]) -> Response[bytes]:  # noqa: ARG002
        """List what there is: users and groups."""
        found = list(_provider().resource_types)
        return listed(ResourceType, found, len(found))

    @get("/ResourceTypes/{key:str}", sync_to_thread=False)
    def one_type(self, *, actor: NamedDependency[Actor], key: FromPath[str]) -> Response[bytes]:  # noqa: ARG002
        """Tell of users, or of groups."""
        for each in _provider().resource_types:
            if each.name == key:
                return shown(each)
        raise NotFound("resource type", key[:60])

    @get("/Schemas", sync_to_thread=False)
    def schemas(self, *, actor: NamedDependency[Actor]) -> Response[bytes]:  # noqa: ARG002
        """List what may be said of each."""
        found = list(_provider().schemas)
        return listed(Schema, found, len(found))

    @get("/Schemas/{key:str}", sync_to_thread=False)
    def one_schema(self, *, actor: NamedDependency[Actor], key: FromPath[str]) -> Response[bytes]:  # noqa: ARG002
        """Tell what may be said of one."""
        for each in _provider().schemas:
            if str(each.id).lower() == key.lower():
                return shown(each)
        raise NotFound("schema", key[:100])

    @post("/.search", sync_to_thread=False)
    def search(self, *, actor: NamedDependency[Actor]) -> None:  # noqa: ARG002
        """Refuse to search users and groups at once."""
        raise NotImplementedException(detail="Search users and groups apart.")


@cache
def _provider() -> ScimProvider:
    return provider()
