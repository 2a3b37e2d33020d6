"""Offers are found by the words of what they are and have, in both languages, however these are written."""

import unicodedata
from typing import Any

import pytest
from sqlalchemy import Select, select
from sqlalchemy import text as sql
from sqlmodel import Session, col

from core.actor import Actor
from core.database.full_text import Word
from marketplace.offers import queries
from marketplace.offers.search import OfferSearch
from marketplace.requests.models import REQUEST_WORDS, Request
from resources.models import FACTS_WORDS, RESOURCE_WORDS, Resource
from tests import builders


@pytest.fixture
def market(session: Session) -> dict[str, Any]:
    site = builders.site(session, name="Rådhuset", access=["hearing_loop"])
    lent = {
        "room": builders.space(
            session, name="Sal A", equipment=["projector", "kitchen"], description="Ljus, med gröna växter."
        ),
        "bare": builders.space(session, site, name="Sal B", kind="hall"),
        "car": builders.vehicle(session, name="ABC 123"),
        "chairs": builders.furniture(session, name="Parti 1"),
        "lead": builders.staff(session, name="Upphandlaren", description="Trivs i skogen"),
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
        ("möter", {"room"}),  # the stems of words
        ("rummen", {"room"}),
        ("projektorerna", {"room"}),
        ("stolarna", {"chairs"}),
        ("elbilar", {"car"}),
        ("växterna", {"room"}),
        ("projektor i salen", {"room"}),
        ("projektr", {"room"}),  # and what is misspelled
        ("projketor", {"room"}),
        ("mötersum", {"room"}),
        ("stolr", {"chairs"}),
        ("östersund stolar", {"chairs"}),  # and places
        ("stolar i Östersunds kommun", {"chairs"}),
        ("fordon ostersund", {"car"}),
        ("bil Jämtland", {"car"}),
        ("stolar sundsvall", set()),
        ("upphandlaren", set()),  # a card's name and words are told to nobody, however they are written
        ("upphandlarn", set()),
        ("skogen", set()),
        ("rådhust", set()),
        ("%&/ *", set()),
        ("'; drop", set()),
        ("\\ ' :* & !", set()),
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


def test_what_fits_best_comes_first(session: Session) -> None:
    reader = builders.actor(session, roles=["requester"])
    named = builders.offer(session, builders.space(session, name="Projektorrummet"))
    has = builders.offer(session, builders.space(session, name="Sal A", equipment=["projector"]))
    said = builders.offer(session, builders.space(session, name="Sal B", description="Utan projektor"))
    other = builders.offer(session, builders.space(session, name="Projektyta"))
    found = queries.search_offers(session, reader, OfferSearch(text="projektorer")).items
    assert [view.offer.id for view in found] == [named.id, has.id, said.id]
    assert other.id not in {view.offer.id for view in found}


def test_the_order_tells_nothing_of_a_card_nor_does_what_others_have(session: Session) -> None:
    """A card that is called by the word comes by its skill alone; what only others see makes no word spelled right."""
    reader = builders.actor(session, roles=["requester"])
    first = builders.offer(session, builders.staff(session, name="Procurement", skills={"procurement": 4}))
    second = builders.offer(session, builders.staff(session, name="Kort", skills={"procurement": 4}))
    found = queries.search_offers(session, reader, OfferSearch(text="procurement")).items
    assert [view.offer.id for view in found] == [second.id, first.id]  # the newest first
    hidden = builders.space(session, name="Stolr")
    builders.offer(session, hidden, visibility="organisation")
    chairs = builders.offer(session, builders.furniture(session))
    found = queries.search_offers(session, reader, OfferSearch(text="stolr")).items
    assert [view.offer.id for view in found] == [chairs.id]


def test_words_are_found_by_an_index(session: Session) -> None:
    word = Word("möter", "möt")
    session.execute(sql("set local enable_seqscan = off"))
    for column, words, index in (
        (Resource.id, RESOURCE_WORDS, "ix_resource_words"),
        (Resource.id, FACTS_WORDS, "ix_resource_facts_words"),
        (Request.id, REQUEST_WORDS, "ix_request_words"),
    ):
        assert index in explained(session, select(col(column)).where(word.is_in(words)))


def explained(session: Session, statement: Select[Any]) -> str:
    compiled = str(statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
    return "\n".join(session.connection().exec_driver_sql("explain " + compiled).scalars())
