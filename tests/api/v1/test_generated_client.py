"""A client that a program generates from the API's description speaks with the application."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import openapi_python_client
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from openapi_python_client.config import Config, ConfigFile, MetaType

from api.openapi import document
from api.schemas.sites import SiteIn
from tests import builders
from tests.api.v1.test_requests import body as request_body

PACKAGE = "generated_client"


@pytest.fixture(scope="module")
def described(app: Litestar) -> dict[str, Any]:
    return document(app, app.openapi_schema.to_schema())


@pytest.fixture(scope="module")
def generated(described: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The client as a package that can be imported; the generator has nothing to complain of."""
    folder = tmp_path_factory.mktemp("client")
    source = folder / "openapi.json"
    source.write_text(json.dumps(described), encoding="utf-8")
    config = Config.from_sources(
        ConfigFile(post_hooks=[], project_name_override=PACKAGE),  # no need to format what nobody reads
        MetaType.NONE,
        document_source=source,
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder / PACKAGE,
    )
    assert [f"{each.header} {each.detail}" for each in openapi_python_client.generate(config=config)] == []
    sys.path.insert(0, str(folder))
    yield folder / PACKAGE
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


@pytest.fixture
def user(generated: Path, client: TestClient[Litestar], rows, bearer) -> Any:
    """The generated client with a token of a member's, talking to the application in this process."""
    headers = bearer(builders.member(rows))
    made = module("client").AuthenticatedClient(base_url="http://testserver", token=headers["Authorization"][7:])
    client.headers.update(headers)
    return made.set_httpx_client(client)


def module(name: str) -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.{name}")


def call(operation: str, **arguments: Any) -> Any:
    """Call an operation by the module that it has in the client: ``offers.list_offers``."""
    answer = module(f"api.{operation}").sync_detailed(**arguments)
    assert answer.parsed is not None, answer
    return answer.parsed


def test_every_operation_is_in_the_client(generated, described):
    operations = {operation["operationId"] for item in described["paths"].values() for operation in item.values()}
    modules = [path.stem for path in (generated / "api").glob("*/*.py") if path.stem != "__init__"]
    assert sorted(modules) == sorted(
        "".join(f"_{c.lower()}" if c.isupper() else c for c in each) for each in operations
    )


def test_the_client_reads_every_documented_example(generated, described):
    """What it reads it can write again, so no field is lost and no type misread."""
    models, read = module("models"), 0
    for item in described["paths"].values():
        for operation in item.values():
            for part in (operation.get("requestBody", {}), *operation["responses"].values()):
                for media in part.get("content", {}).values():
                    model = getattr(models, media["schema"]["$ref"].rpartition("/")[2])
                    example = media["examples"]["example"]["value"]
                    written = json.dumps(model.from_dict(example).to_dict()).replace("+00:00", "Z")
                    assert json.loads(written) == example, operation["operationId"]
                    read += 1
    assert read > len(described["paths"])


def test_the_client_asks_what_the_api_is(user):
    info = call("about.read_api_info", client=user)
    assert (info.api_name, info.api_version) == ("Platsverket", "1.0.0")


def test_the_client_finds_an_offer(user, rows):
    offer = builders.offer(rows)
    rows.commit()
    found = call("offers.list_offers", client=user, limit=5, family=module("models").Family.SPACE)
    assert ([each.id for each in found.items], found.field_meta.total) == ([offer.id], 1)
    assert call("offers.read_offer", client=user, key=offer.id).state is module("models").OfferState.OPEN


def test_the_client_makes_a_site_and_a_request(user, rows):
    builders.skill(rows, "procurement")
    rows.commit()
    models = module("models")
    site = call("sites.create_site", client=user, body=models.SiteIn.from_dict(msgspec.to_builtins(SiteIn.example())))
    assert call("sites.read_site", client=user, key=site.id) == site
    body = models.RequestIn.from_dict(request_body())
    request = call("requests.create_request", client=user, body=body)
    assert [each.id for each in call("requests.list_requests", client=user).items] == [request.id]


def test_the_client_is_told_what_is_wrong(user):
    problem = call("offers.list_offers", client=user, limit=0)
    assert (problem.status, problem.code, problem.invalid_parameters[0].property_) == (400, "bad_input", "limit")
