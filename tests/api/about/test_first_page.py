"""What a browser has to fetch for its first page is little, and shrunk where it may be."""

import gzip
import re

from litestar import Litestar
from litestar.testing import TestClient

from tests.api.conftest import HTML

MOST = 150_000


def test_the_first_page_with_all_it_needs_is_within_150_kilobytes(client: TestClient[Litestar]) -> None:
    page = client.get("/", headers=HTML)
    assert "content-encoding" not in page.headers, "what it says may be secret, and its size would tell of it"
    total = len(page.content)
    needed = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    assert len(needed) > 5
    for address in needed:
        answer = client.get(address, headers={"accept-encoding": "gzip"})
        assert answer.headers.get("content-encoding") == "gzip" or len(answer.content) < 500, address
        total += len(gzip.compress(answer.content, 6))
    assert total < MOST
