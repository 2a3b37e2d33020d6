"""Words for what a proposal costs whom, and for what is lent."""

from typing import Any

import pytest
from sqlmodel import Session
from uuid_utils.compat import uuid7

from api.language import i18n
from api.pages.proposals.costs import cost_text, points_text
from api.pages.proposals.presenter import cards
from api.presenters.lent import amount_of, facts_of, unit_of, what_of
from marketplace.proposals.queries import alternatives, proposal_view
from marketplace.runs.reasons import StoredLoss
from resources.models import Resource, Unit
from tests import builders
from tests.marketplace.proposals.deals import deal
from tests.marketplace.proposals.test_swapping import alternative


def loss(kind: str, to_others: int = 0, fell: int = 0, moved: int = 0) -> dict[str, Any]:
    return {"kind": kind, "to_others": to_others, "fell": (uuid7(),) * fell, "moved": (uuid7(),) * moved}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (loss("exact"), "Nothing"),
        (loss("exact", 1200, moved=2), "2 needs would move, 1,200 points"),
        (loss("at_most", 98150, fell=1), "1 need would get nothing, at most 98,150 points"),
        (loss("impossible"), "Cannot be had beside the rest"),
        (loss("unknown"), "Not computed"),
        ({}, "Not computed"),
    ],
)
def test_the_cost_to_others(told: dict[str, Any], words: str) -> None:
    with i18n.speaking("en"):
        assert cost_text(StoredLoss(**told)) == words


def test_points_have_their_sign() -> None:
    assert [points_text(points) for points in (-5, 0, 7)] == ["\u22125", "0", "+7"]


def test_the_amount_follows_the_family(session: Session) -> None:
    with i18n.speaking("en"):
        assert amount_of(builders.space(session), 1) == ""
        assert amount_of(builders.space(session, kind="desk_pool", capacity=12), 8) == "8 desks"
        assert amount_of(builders.furniture(session), 12) == "12 pieces"
        assert amount_of(builders.furniture(session), 1) == "1 chair"
        assert amount_of(builders.staff(session), 40) == "40% of full time"
        assert amount_of(Resource(family="equipment", kind="laboratory"), 1) == "1 piece"
        assert amount_of(Resource(family="furniture", kind="other"), 1) == "1 piece"
    assert amount_of(Resource(family="equipment", kind="field"), 1).replace("\u00a0", " ") == "1 st"
    assert amount_of(Resource(family="equipment", kind="workshop_machine"), 1) == "1 verkstadsmaskin"


def test_a_single_thing_is_told_once(session: Session) -> None:
    assert what_of(builders.furniture(session, capacity=1), 1) == "Stol"
    assert what_of(builders.furniture(session), 40) == "Stol, 40 stycken"
    assert what_of(builders.space(session), 1) == "Mötesrum"
    assert what_of(Resource(family="equipment", kind="field"), 1) == "Fältutrustning, 1 st"


def test_a_unit_is_called_by_its_kind_or_by_its_own_name(session: Session) -> None:
    assert unit_of(builders.space(session), Unit(name="meeting_room", capacity=1)) == "Mötesrum"
    assert unit_of(builders.staff(session), Unit(name="staff", capacity=100)) == "Personalkapacitet"
    assert unit_of(builders.hall(session), Unit(name="Södra delen", capacity=1)) == "Södra delen"


def test_half_a_square_metre_is_not_lost(session: Session) -> None:
    found = deal(session, builders.offer(session, builders.space(session, area_m2=22.5)), approved=False)
    (line,) = proposal_view(session, found.coordinator, found.proposal.id).lines
    assert dict(facts_of(line.offered))["Yta"].replace("\u00a0", " ") == "22,5 m²"


def test_every_family_has_facts(session: Session) -> None:
    lent = [builders.space(session), builders.furniture(session), builders.vehicle(session), builders.staff(session)]
    found = deal(session, *[builders.offer(session, each) for each in lent], approved=False)
    view = proposal_view(session, found.coordinator, found.proposal.id)
    told = [dict(facts_of(line.offered)) for line in view.lines]
    assert told[0]["Sittplatser"] == "8"
    assert told[1]["Skick"].startswith("4")
    assert told[2]["Räckvidd"].replace("\u00a0", " ") == "400 km"
    assert told[3]["Kompetenser"].startswith("procurement")


def test_an_alternative_at_another_time_tells_the_time(session: Session) -> None:
    other = builders.offer(session)
    later = builders.Interval(builders.at(15, 13), builders.at(15, 15))
    told = alternative(session, other)
    told["claims"][0] |= {"from": later.start.isoformat(), "until": later.end.isoformat()}  # type: ignore[union-attr]
    found = deal(session, approved=False, reasons={"alternatives": [told, alternative(session, other, "same")]})
    view = proposal_view(session, found.coordinator, found.proposal.id)
    (card,) = cards(view, alternatives(session, view))
    assert [len(each.times) for each in card.alternatives] == [1, 0]
    assert "13:00–15:00" in card.alternatives[0].times[0]
