"""A little of `make fuzz`: each operation is sent some of what its description allows, and some of what it does not."""

from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from litestar import Litestar
from litestar.testing import TestClient
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlmodel import Session

from api.openapi import document
from core.actor import Role
from marketplace.organisations.models import Organisation
from tests import builders
from tests.api.conftest import Bearer

SEED = 7
EXAMPLES = 1
SHIFTS = dict(zip(GenerationMode, (0, 2), strict=True))
"""Each operation is sent by one of several people, or by nobody; by another one what its description does not allow."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.mark.hypothesis
@pytest.mark.parametrize("mode", GenerationMode)
def test_every_operation_answers_as_described(
    app: Litestar, client: TestClient[Litestar], rows: Session, bearer: Bearer, mode: GenerationMode
):
    home = builders.member(rows, roles=list(Role))
    people = [
        bearer(home),
        bearer(builders.member(rows, rows.get_one(Organisation, home.organisation_id))),
        bearer(builders.member(rows, roles=["coordinator"])),
        bearer(builders.member(rows, roles=["admin"])),
        {},
    ]
    described = schemathesis.openapi.from_dict(document(app, app.openapi_schema.to_schema()))
    wrong: list[str] = []
    for place, operation in enumerate(each.ok() for each in described.get_all_operations()):
        wrong += _tried(operation, mode, client, people[(place + SHIFTS[mode]) % len(people)])
    assert wrong == []


def _tried(operation: Any, mode: GenerationMode, client: TestClient[Litestar], headers: dict[str, str]) -> list[str]:
    """Return what was wrong with the answers of one operation."""
    wrong: list[str] = []

    @seed(SEED)
    @settings(max_examples=EXAMPLES, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url="http://testserver", headers=headers)
        raw = isinstance(sent.get("data"), bytes | str)
        del sent["cookies"]
        answer = client.request(**({"content": sent.pop("data")} if raw else {}), **sent)
        try:
            case.validate_response(answer, checks=CHECKS)
        except (Failure, FailureGroup) as failure:
            wrong.append(f"{operation.label} {answer.status_code}: {failure} {answer.text[:500]}")

    with suppress(Unsatisfiable):  # nothing can be wrong where nothing is asked for
        send()
    return wrong
