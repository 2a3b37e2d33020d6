"""Putting a listed alternative in the place of a line's option."""

from typing import Any

import pytest
from msgspec.structs import replace
from sqlmodel import Session

from core.errors import BadInput, Conflict, NotAllowed, NotFound, StateChanged
from core.time.interval import Interval, to_range
from marketplace.offers.models import Offer, OfferState, Visibility
from marketplace.proposals import service
from marketplace.proposals.models import ProposalState, Side
from marketplace.proposals.queries import claims_of, lines, parties
from tests import builders
from tests.marketplace.proposals.deals import Deal, deal, moves

NINE_TO_ELEVEN = Interval(builders.at(14, 9), builders.at(14, 11))


def alternative(session: Session, offer: Offer, key: str = "other", **values: Any) -> dict[str, Any]:
    """What a run tells of another option, as `planning.reasons` writes it."""
    unit = builders.unit_of(session, builders.resource_of(session, offer))
    during = {"from": NINE_TO_ELEVEN.start.isoformat(), "until": NINE_TO_ELEVEN.end.isoformat()}  # type: ignore[union-attr]
    told = {
        "option": key,
        "offerId": str(offer.id),
        "amount": 1,
        "score": -700,
        "terms": {"distance": -700},
        "distanceM": 4375,
        "missing": [],
        "claims": [{"unitId": str(unit.id), "amount": 1, **during}],
        "loss": {"kind": "exact", "amount": 600, "toOthers": 0, "moved": [], "fell": [], "rose": []},
    }
    return told | values


def with_alternative(session: Session, other: Offer, **values: Any) -> Deal:
    told = {"terms": {"distance": -100}, "distanceM": 625, "missing": [], "value": 100_000}
    return deal(session, approved=False, reasons={**told, "alternatives": [alternative(session, other)]}, **values)


def line_of(session: Session, found: Deal) -> Any:
    return lines(session, [found.proposal.id])[0].line


def test_a_swap_changes_offer_claims_score_and_party(session: Session) -> None:
    other = builders.offer(session)
    found = with_alternative(session, other)
    line = line_of(session, found)
    service.swap(session, found.coordinator, found.proposal.id, line.id, "other")
    assert (line.offer_id, line.option_key, line.score) == (other.id, "other", -700)
    assert line.reasons.distance_m == 4375
    assert line.reasons.value == 100_000
    unit = builders.unit_of(session, builders.resource_of(session, other))
    assert [claim.unit_id for claim in claims_of(session, found.proposal.id)] == [unit.id]
    listers = [p.organisation_id for p in parties(session, found.proposal.id) if p.side is Side.LISTER]
    assert listers == [other.organisation_id]
    assert found.proposal.version == 2
    assert moves(session, found.proposal) == [(None, None, "swapped")]


def test_a_swap_can_be_undone_by_another(session: Session) -> None:
    found = with_alternative(session, builders.offer(session))
    line = line_of(session, found)
    before, key = line.reasons, line.option_key
    service.swap(session, found.coordinator, found.proposal.id, line.id, "other")
    service.swap(session, found.coordinator, found.proposal.id, line.id, key)
    assert line.offer_id == found.offers[0].id
    assert line.score == -100
    assert replace(line.reasons, alternatives=None) == replace(before, alternatives=None)
    unit = builders.unit_of(session, builders.resource_of(session, found.offers[0]))
    assert [(claim.unit_id, claim.during.lower) for claim in claims_of(session, found.proposal.id)] == [
        (unit.id, NINE_TO_ELEVEN.start)
    ]


def test_only_what_the_run_listed_can_be_swapped_to(session: Session) -> None:
    found = with_alternative(session, builders.offer(session))
    line = line_of(session, found)
    with pytest.raises(BadInput) as refused:
        service.swap(session, found.coordinator, found.proposal.id, line.id, "invented")
    assert refused.value.parameters[0].property == "option"
    elsewhere = line_of(session, with_alternative(session, builders.offer(session)))
    with pytest.raises(NotFound):
        service.swap(session, found.coordinator, found.proposal.id, elsewhere.id, "other")


def test_only_a_coordinator_swaps_and_only_before_approving(session: Session) -> None:
    found = with_alternative(session, builders.offer(session))
    line = line_of(session, found)
    service.approve(session, found.coordinator, found.proposal.id)
    with pytest.raises(StateChanged):
        service.swap(session, found.coordinator, found.proposal.id, line.id, "other")
    with pytest.raises(NotAllowed):
        service.swap(session, found.lister, found.proposal.id, line.id, "other")


def test_what_no_longer_fits_is_not_swapped_to(session: Session) -> None:
    other = builders.offer(session)
    found = with_alternative(session, other)
    unit = builders.unit_of(session, builders.resource_of(session, other))
    builders.claim(session, unit, builders.days(14, 15))
    with pytest.raises(Conflict) as refused:
        service.swap(session, found.coordinator, found.proposal.id, line_of(session, found).id, "other")
    assert refused.value.code == "taken"
    assert line_of(session, found).offer_id == found.offers[0].id


def test_what_a_kept_proposal_holds_is_not_swapped_to(session: Session) -> None:
    kept = deal(session)
    found = with_alternative(session, kept.offers[0])
    with pytest.raises(Conflict, match="held by another proposal"):
        service.swap(session, found.coordinator, found.proposal.id, line_of(session, found).id, "other")


def test_what_another_line_of_the_same_proposal_takes_is_not_swapped_to(session: Session) -> None:
    first, second = builders.offer(session), builders.offer(session)
    told = {"alternatives": [alternative(session, second)]}
    found = deal(session, first, second, approved=False, reasons=told)
    line = next(view.line for view in lines(session, [found.proposal.id]) if view.line.offer_id == first.id)
    with pytest.raises(Conflict):
        service.swap(session, found.coordinator, found.proposal.id, line.id, "other")


def test_a_closed_offer_is_not_swapped_to(session: Session) -> None:
    found = with_alternative(session, builders.offer(session, state=OfferState.CLOSED))
    with pytest.raises(Conflict) as refused:
        service.swap(session, found.coordinator, found.proposal.id, line_of(session, found).id, "other")
    assert refused.value.code == "no_longer_offered"


@pytest.mark.parametrize(
    ("values", "allowed"),
    [
        ({}, True),
        ({"state": OfferState.PAUSED}, False),
        ({"visibility": Visibility.PARTNERS}, False),
        ({"during": to_range(builders.days(0, 14))}, False),
    ],
)
def test_only_what_is_offered_to_the_requester_at_that_time_is_swapped_to(
    session: Session, values: dict[str, Any], allowed: bool
) -> None:
    other = builders.offer(session)
    found = with_alternative(session, other)
    for name, value in values.items():
        setattr(other, name, value)
    session.flush()
    line = line_of(session, found)
    if allowed:
        service.swap(session, found.coordinator, found.proposal.id, line.id, "other")
        return
    with pytest.raises(Conflict) as refused:
        service.swap(session, found.coordinator, found.proposal.id, line.id, "other")
    assert refused.value.code == "no_longer_offered"


def test_what_was_refused_for_the_need_is_not_swapped_to(session: Session) -> None:
    other = builders.offer(session)
    found = with_alternative(session, other)
    refused_by = {"refused_by_id": other.organisation_id, "refusal_code": "terms"}
    builders.suggestion(session, (found.needs[0], other), state=ProposalState.REFUSED, **refused_by)
    with pytest.raises(Conflict) as refused:
        service.swap(session, found.coordinator, found.proposal.id, line_of(session, found).id, "other")
    assert refused.value.code == "already_refused"


def test_what_has_begun_is_not_swapped_to(session: Session) -> None:
    other = builders.offer(session, during=builders.days(-9, 60))
    told = alternative(session, other)
    told["claims"][0]["from"] = builders.at(-1, 9).isoformat()
    found = deal(session, approved=False, reasons={"alternatives": [told]})
    with pytest.raises(Conflict) as refused:
        service.swap(session, found.coordinator, found.proposal.id, line_of(session, found).id, "other")
    assert refused.value.code == "passed"


def test_a_swap_takes_the_terms_of_the_other_offer(session: Session) -> None:
    other = builders.offer(session, price_basis="fixed", price_sek=700)
    found = with_alternative(session, other)
    service.swap(session, found.coordinator, found.proposal.id, line_of(session, found).id, "other")
    assert line_of(session, found).price_sek == 700


def test_what_was_swapped_in_is_agreed_with_its_own_lister(session: Session) -> None:
    other = builders.offer(session)
    found = with_alternative(session, other)
    service.swap(session, found.coordinator, found.proposal.id, line_of(session, found).id, "other")
    service.approve(session, found.coordinator, found.proposal.id)
    lister = builders.actor(session, builders.home_of(session, other))
    service.accept(session, found.requester, found.proposal.id)
    (booking,) = service.accept(session, lister, found.proposal.id).bookings
    assert (booking.offer_id, booking.lender_id) == (other.id, other.organisation_id)
