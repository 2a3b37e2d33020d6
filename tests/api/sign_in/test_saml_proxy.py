"""People of SAML federations, who come through a proxy configured as docs/sign-in.md tells."""

import pytest
from sqlmodel import select

from marketplace.organisations.models import WebSession
from tests import builders
from tests.api.conftest import HTML
from tests.api.sign_in.conftest import ONE, started
from tests.api.sign_in.saml_proxy import ADDED


@pytest.mark.parametrize(
    ("sub", "number"),
    [("connect", ONE), ("prefixed", ONE), ("bare", ONE), ("university", ADDED["orgnumber"]), ("elsewhere", None)],
)
def test_somebody_is_a_member_where_the_federation_says_and_nowhere_else(
    client, rows, sample_provider, trusted, sub: str, number: str | None
):
    """Both organisations have written down the same address, so that it is the claims alone that tell them apart."""
    homes = [builders.organisation(rows, number=each) for each in (ONE, ADDED["orgnumber"])]
    members = {home.number: builders.member(rows, home, email="saml@example.se") for home in homes}
    rows.commit()
    trusted(sample_provider.issuer, organisations="any")
    answer = client.get(sample_provider.sign_in(started(client), sub).path, headers=HTML)
    begun = [each.member_id for each in rows.exec(select(WebSession))]
    expected = (303, [members[number].id]) if number else (403, [])
    assert (answer.status_code, begun) == expected
