"""What an offer may be."""

from datetime import date
from typing import Any

import pytest

from core.errors import BadInput
from marketplace.offers.models import OfferState, PriceBasis, Visibility
from marketplace.offers.rules import OFFER, OfferDraft, visible_tier
from tests import builders

JAN, FEB = date(2027, 1, 1), date(2027, 2, 1)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"visibility": Visibility.DEPARTMENT}, "department"),
        ({"price_sek": 100}, "priceBasis"),
        ({"price_basis": PriceBasis.DAY}, "priceSek"),
        ({"price_basis": PriceBasis.DAY, "price_sek": -1}, "priceSek"),
        ({"widens": ((JAN, Visibility.ALL),)}, "widens"),  # it is for all already
        ({"visibility": Visibility.PARTNERS, "widens": ((FEB, Visibility.REGION), (JAN, Visibility.ALL))}, "widens"),
        ({"visibility": Visibility.PARTNERS, "widens": ((JAN, Visibility.ALL), (FEB, Visibility.REGION))}, "widens"),
        ({"conditions": "x" * 4001}, "conditions"),
    ],
)
def test_a_draft_that_contradicts_itself(values: dict[str, Any], wrong: str) -> None:
    with pytest.raises(BadInput) as refused:
        OfferDraft(**({"during": builders.days(0, 30)} | values))
    assert refused.value.parameters[0].property == wrong


def test_an_offer_that_ends_before_it_starts() -> None:
    with pytest.raises(BadInput, match="ends before it starts"):
        OfferDraft(during=builders.days(30, 10))


def test_a_draft_that_is_right() -> None:
    widens = ((JAN, Visibility.REGION), (FEB, Visibility.ALL))
    draft = OfferDraft(builders.days(0, None), Visibility.PARTNERS, widens, price_basis=PriceBasis.HOUR, price_sek=1)
    assert draft.widens == widens


@pytest.mark.parametrize(
    ("today", "tier"),
    [
        (date(2026, 12, 31), Visibility.PARTNERS),
        (JAN, Visibility.REGION),
        (date(2027, 1, 31), Visibility.REGION),
        (FEB, Visibility.ALL),
    ],
)
def test_the_tier_of_a_date(today: date, tier: Visibility) -> None:
    assert visible_tier(Visibility.PARTNERS, ((JAN, Visibility.REGION), (FEB, Visibility.ALL)), today) is tier


def test_a_closed_offer_stays_closed() -> None:
    assert OFFER.sources(OfferState.OPEN) == {OfferState.DRAFT, OfferState.PAUSED}
    assert not OFFER.moves[OfferState.CLOSED]
