"""The page that says that something was refused: which value, and what would be right, in the reader's language."""

from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import Session

from tests import builders
from tests.api.conftest import HTML, SignIn, text_of


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("page=0", ["page (0): det ska vara från 1 till 1000000"]),
        ("page=99999999999", ["page (99999999999): det ska vara från 1 till 1000000"]),
        ("page=abc&limit=7x", ["page (abc): det ska vara ett heltal", "limit (7x): det ska vara ett heltal"]),
    ],
)
def test_a_wrong_address_is_told_by_its_values_in_the_reader_s_language(
    client: TestClient[Any], rows: Session, signed_in: SignIn, query: str, told: list[str]
) -> None:
    member = builders.member(rows)
    rows.commit()
    signed_in(client, member)
    answer = client.get(f"/offers?{query}", headers=HTML | {"accept-language": "sv"})
    assert answer.status_code == 400
    words = text_of(answer.text)
    assert all(each in words for each in told), words
    assert "it has to" not in words
