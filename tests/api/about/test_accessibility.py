"""The accessibility statement has what DIGG asks for, and tells whom to turn to as the operator says."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from core.settings import settings
from tests.api.conftest import HTML, text_of

ASKED_FOR = (
    "Delvis förenlig",
    "Självskattning",
    "Senast bedömd",
    "Senast uppdaterad",
    "Innehåll som inte är tillgängligt",
    "Oskäligt betungande anpassning (12 § i lagen)",
    "Innehåll som inte omfattas av lagen (9 §)",
)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({}, ("Den organisation som driver den här installationen", "har ännu inte angett hur du når dem")),
        (
            {"OPERATOR": "Region Jämtland Härjedalen", "ACCESSIBILITY_CONTACT": "mailto:tillganglighet@region.se"},
            (
                "Region Jämtland Härjedalen står bakom",
                "Rapportera en brist i tillgängligheten: tillganglighet@region.se",
            ),
        ),
    ],
)
def test_it_says_what_the_law_asks_for(
    client: TestClient[Litestar], monkeypatch: pytest.MonkeyPatch, said: dict[str, str], shown: tuple[str, ...]
) -> None:
    for name, value in said.items():
        monkeypatch.setenv(f"PLATSVERKET_{name}", value)
    settings.cache_clear()
    html = client.get("/accessibility", headers=HTML).text
    monkeypatch.undo()
    settings.cache_clear()
    for text in (*ASKED_FOR, *shown):
        assert text in text_of(html), text
    assert 'href="https://www.digg.se/tdosanmalan"' in html
    assert ('href="mailto:tillganglighet@region.se"' in html) is bool(said)
