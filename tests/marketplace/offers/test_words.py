"""Offers are found by the words of what they are and have, in both languages, however these are written."""

import unicodedata
from typing import Any

import pytest
from sqlmodel import Session

from core.actor import Actor
from marketplace.offers import queries
from marketplace.offers.search import OfferSearch
from tests import builders


@pytest.fixture
def market(session: Session) -> dict[str, Any]:
    site = builders.site(session, name="Rådhuset", access=["hearing_loop"])
    lent = {
        "room": builders.space(session, name="Sal A", equipment=["projector", "kitchen"]),
        "bare": builders.space(session, site, name="Sal B", kind="hall"),
        "car": builders.vehicle(session, name="ABC 123"),
        "chairs": builders.furniture(session, name="Parti 1"),
        "lead": builders.staff(session),
    }
    offers: dict[str, Any] = {name: builders.offer(session, each) for name, each in lent.items()}
    names = {offer.id: name for name, offer in offers.items()}
    return {"names": names, "reader": builders.actor(session, roles=["requester"])}


def found(session: Session, market: dict[str, Any], text: str) -> set[str]:
    reader: Actor = market["reader"]
    views = queries.search_offers(session, reader, OfferSearch(text=text)).items
    return {market["names"][view.offer.id] for view in views}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("projektor", {"room"}),
        ("Projector", {"room"}),
        ("kök", {"room"}),
        ("kitchen projektor", {"room"}),
        ("hörslinga", {"bare"}),
        ("elbil", {"car"}),
        ("electric", {"car"}),
        ("personbil", {"car"}),
        ("dieselbil", set()),
        ("fordon", {"car"}),
        ("stolar", {"chairs"}),
        ("möbel", {"chairs"}),
        ("mötesrum", {"room"}),
        ("meeting", {"room"}),
        ("personal", {"lead"}),
        ("rådhus", set()),  # where it stands is not told to others
        ("skruvdragare", set()),
    ],
)
def test_words(session: Session, market: dict[str, Any], text: str, expected: set[str]) -> None:
    for form in ("NFC", "NFD"):
        assert found(session, market, unicodedata.normalize(form, text)) == expected  # type: ignore[arg-type]


def test_a_name_that_is_stored_in_parts_is_found_too(session: Session, market: dict[str, Any]) -> None:
    room = builders.offer(session, builders.space(session, name=unicodedata.normalize("NFD", "Örnsköld")))
    market["names"][room.id] = "parts"
    assert found(session, market, "örnsköld") == {"parts"}


def test_equipment_is_found_by_its_model_and_accessories(session: Session, market: dict[str, Any]) -> None:
    facts = {"count": 1, "model": "Leica TS16", "accessories": ["stativ", "prisma"], "portable": True}
    values = {"family": "equipment", "kind": "field", "name": "Mätare", "facts": facts}
    lent = builders.offer(session, builders.space(session, **values))
    market["names"][lent.id] = "meter"
    for text in ("leica", "stativ", "flyttbar", "portable", "fältutrustning", "utrustning", "mätare ts16"):
        assert "meter" in found(session, market, text), text
    assert "meter" not in found(session, market, "accessories")
