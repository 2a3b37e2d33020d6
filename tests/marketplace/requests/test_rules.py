"""What a request may ask for, and what is said of one that cannot be right."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from core.errors import BadInput
from core.time import clock
from core.time.timing import Fixed, Flexible, Period, Weekly
from marketplace.requests.models import NeedState, RequestState
from marketplace.requests.reading import request_from_json
from marketplace.requests.rules import NEED, REQUEST, NeedDraft, RequestDraft, state_of
from resources.families.furniture import FurnitureRequirements
from resources.families.space import SpaceRequirements
from resources.families.vehicle import VehicleRequirements

AHEAD = Period(date(2027, 1, 11), date(2027, 3, 31))
GOOD = Period(date(2027, 1, 11), None)


@pytest.fixture(autouse=True)
def _in_november() -> Any:
    with clock.frozen(datetime(2026, 11, 21, 12, tzinfo=UTC)):
        yield


def need(**values: Any) -> NeedDraft:
    defaults: dict[str, Any] = {"family": "space", "timing": AHEAD, "requirements": SpaceRequirements()}
    return NeedDraft(**(defaults | values))


def furniture(**values: Any) -> NeedDraft:
    return need(**({"family": "furniture", "requirements": FurnitureRequirements()} | values))


def wrong(error: pytest.ExceptionInfo[BadInput]) -> list[str]:
    return [parameter.property for parameter in error.value.parameters]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"kind": "car"}, ["kind"]),
        ({"amount": 0}, ["amount"]),
        ({"amount": 2}, ["amount"]),  # two rooms are two needs
        ({"kind": "desk_pool", "amount": 3}, ["amount"]),  # for one person
        ({"parts": 2}, ["parts"]),
        ({"title": "x" * 201}, ["title"]),
        ({"municipality_code": "9999"}, ["municipalityCode"]),
        ({"municipality_code": "Lund"}, ["municipalityCode"]),
        ({"max_distance_km": 10}, ["maxDistanceKm"]),  # from where?
        ({"municipality_code": "2380", "max_distance_km": 0}, ["maxDistanceKm"]),
        ({"municipality_code": "2380", "max_distance_km": float("nan")}, ["maxDistanceKm"]),
        ({"latitude": 63.2, "longitude": 14.6}, ["municipalityCode"]),
        ({"municipality_code": "2380", "latitude": 63.2}, ["latitude"]),
        ({"municipality_code": "2380", "latitude": 14.6, "longitude": 63.2}, ["latitude"]),
        ({"alternative_group": 0}, ["alternativeGroup"]),
        ({"timing": Period(date(2026, 1, 1), date(2026, 2, 1))}, ["timing"]),
        ({"timing": GOOD}, ["timing.last"]),
        ({"requirements": VehicleRequirements()}, ["requirements"]),
        ({"kind": "car", "amount": 7, "max_distance_km": -1}, ["kind", "amount", "maxDistanceKm", "maxDistanceKm"]),
    ],
)
def test_a_need_that_cannot_be_right(values: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        need(**values)
    assert wrong(refused) == expected


@pytest.mark.parametrize(
    "draft",
    [
        need,
        lambda: need(kind="desk_pool", amount=6, requirements=SpaceRequirements(people=6)),
        lambda: need(municipality_code="2380", latitude=63.2, longitude=14.6, max_distance_km=10),
        lambda: furniture(kind="chair", amount=40, parts=3),
        lambda: furniture(timing=GOOD, requirements=FurnitureRequirements(to_keep=True)),
    ],
)
def test_a_need_that_is_right(draft: Any) -> None:
    draft()


def test_furniture_comes_from_no_more_lots_than_there_are_things() -> None:
    with pytest.raises(BadInput, match="no more than there are things"):
        furniture(amount=2, parts=3)


def test_several_lots_start_at_a_fixed_time() -> None:
    start = clock.now() + timedelta(days=7)
    flexible = Flexible(start, start + timedelta(hours=8), duration_min=120)
    furniture(amount=60, timing=flexible)
    with pytest.raises(BadInput, match="the start has to be fixed") as refused:
        furniture(amount=60, parts=2, timing=flexible)
    assert wrong(refused) == ["parts"]


def test_what_is_kept_has_no_last_day() -> None:
    with pytest.raises(BadInput) as refused:
        furniture(requirements=FurnitureRequirements(to_keep=True))
    assert wrong(refused) == ["requirements.toKeep"]


def test_a_need_is_past_when_its_last_moment_is() -> None:
    now = clock.now()
    need(timing=Fixed(now - timedelta(hours=2), now + timedelta(minutes=1)))
    with pytest.raises(BadInput, match="in the past"):
        need(timing=Fixed(now - timedelta(hours=2), now))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"title": "  "}, ["title"]),
        ({"needs": ()}, ["needs"]),
        ({"needs": (need,) * 51}, ["needs"]),
        ({"needs": ({"alternative_group": 1}, {})}, ["needs[0].alternativeGroup"]),
        (
            {"together": True, "needs": ({"alternative_group": 1}, {"alternative_group": 1})},
            ["needs[0].alternativeGroup", "needs[1].alternativeGroup"],
        ),
    ],
)
def test_a_request_that_cannot_be_right(values: dict[str, Any], expected: list[str]) -> None:
    needs = tuple(need(**each) if isinstance(each, dict) else each() for each in values.pop("needs", ({},)))
    with pytest.raises(BadInput) as refused:
        RequestDraft(**({"title": "Projekt", "needs": needs} | values))
    assert wrong(refused) == expected


def test_alternatives_and_a_bundle_are_right() -> None:
    either = (need(alternative_group=1), furniture(alternative_group=1), need())
    assert len(RequestDraft(title="Antingen eller", needs=either).needs) == 3
    assert RequestDraft(title="Båda", together=True, needs=(need(), furniture())).together


WEEKLY = {
    "type": "weekly",
    "first": "2027-03-01",
    "last": "2027-05-31",
    "weekdays": ["tu", "we", "th"],
    "fromTime": "09:00",
    "untilTime": "16:00",
}


def test_everything_wrong_in_json_is_told_at_once_with_its_place() -> None:
    data = {
        "title": "",
        "priority": "urgent",
        "needs": [
            {"family": "space", "timing": WEEKLY, "requirements": {"people": 8, "equipmentMust": ["projector"]}},
            {"family": "boat", "timing": WEEKLY},
            {
                "family": "vehicle",
                "amount": 3,
                "timing": {"type": "fixed", "start": "2027-01-02T08:00:00Z", "end": "2027-01-01T08:00:00Z"},
                "requirements": {"seats": "five"},
            },
        ],
    }
    with pytest.raises(BadInput) as refused:
        request_from_json(data)
    assert wrong(refused) == [
        "title",
        "priority",
        "needs[1].family",
        "needs[2].amount",
        "needs[2].timing.end",
        "needs[2].requirements.seats",
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], [""]),
        ({"needs": []}, ["title"]),
        ({"title": "x", "needs": {}}, ["needs"]),
        ({"title": "x", "needs": [], "together": "yes"}, ["together"]),
        ({"title": "x", "needs": [{"family": "space"}]}, ["needs[0].timing"]),
        ({"title": "x", "needs": [{"family": "space", "timing": WEEKLY, "colour": 1}]}, ["needs[0].colour"]),
        ({"title": "x", "needs": [{"family": "space", "timing": WEEKLY, "amount": True}]}, ["needs[0].amount"]),
        ({"title": "x", "needs": [{"family": "space", "timing": WEEKLY, "id": "x"}]}, ["needs[0].id"]),
    ],
)
def test_json_of_the_wrong_shape(data: Any, expected: list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        request_from_json(data)
    assert wrong(refused) == expected


def test_desks_are_as_many_as_the_people_unless_told_otherwise() -> None:
    need_ = {"family": "space", "kind": "desk_pool", "timing": WEEKLY, "requirements": {"people": 6}}
    assert request_from_json({"title": "Bänkar", "needs": [need_]}).needs[0].amount == 6


@pytest.mark.parametrize(
    ("needs", "state"),
    [
        ([], RequestState.OPEN),
        (["open", "dropped"], RequestState.OPEN),
        (["open", "proposed"], RequestState.PROPOSED),
        (["agreed", "proposed"], RequestState.PARTLY_AGREED),
        (["agreed", "open"], RequestState.PARTLY_AGREED),
        (["agreed", "dropped", "agreed"], RequestState.AGREED),
    ],
)
def test_a_requests_state_follows_from_its_needs(needs: list[str], state: RequestState) -> None:
    assert state_of(map(NeedState, needs)) is state


def test_every_state_can_be_reached_and_ended_ones_are_left_by_no_move() -> None:
    reached = frozenset().union(*REQUEST.moves.values())
    assert reached == frozenset(RequestState) - {RequestState.DRAFT}
    assert set(RequestState) - set(REQUEST.moves) == {
        RequestState.FULFILLED,
        RequestState.WITHDRAWN,
        RequestState.EXPIRED,
    }
    assert frozenset().union(*NEED.moves.values()) == frozenset(NeedState)


FLEXIBLE = {
    "type": "flexible",
    "earliest": "2031-01-07T08:00:00Z",
    "latest": "2031-01-08T08:00:00Z",
    "durationMin": 60,
}


@pytest.mark.parametrize(
    ("need", "told"),
    [
        (
            {
                "kind": 7,
                "timing": WEEKLY | {"first": "2001-03-01", "last": "2001-05-31"},
                "requirements": {"people": 8},
            },
            ["kind", "timing"],
        ),
        (
            {"timing": WEEKLY | {"first": "2027-06-01"}, "maxDistanceKm": 3, "requirements": {"visitorRules": 1}},
            ["maxDistanceKm", "timing.last", "requirements.visitorRules"],
        ),
        (
            {"latitude": "far", "longitude": 14.6, "timing": {"type": "weekly"}, "requirements": {"people": 8}},
            ["latitude", *(f"timing.{name}" for name in ("first", "last", "weekdays", "fromTime", "untilTime"))],
        ),
        (
            {"amount": "two", "parts": 3, "title": "x" * 201, "timing": WEEKLY, "requirements": {}},
            ["amount", "title"],
        ),
        (
            {"kind": "desk_pool", "amount": 3, "timing": {"type": "weekly"}, "requirements": {"people": 5}},
            [*(f"timing.{name}" for name in ("first", "last", "weekdays", "fromTime", "untilTime")), "amount"],
        ),
        (
            {"title": 3, "timing": {"type": "period", "first": "2031-01-01"}, "requirements": {"people": 2}},
            ["title", "timing.last"],
        ),
        (
            {"family": "furniture", "title": 3, "parts": 2, "amount": 9, "timing": FLEXIBLE, "requirements": {}},
            ["title", "parts"],
        ),
        (
            {"family": "furniture", "amount": "x", "timing": FLEXIBLE, "requirements": {"toKeep": True}},
            ["amount", "requirements.toKeep"],
        ),
    ],
)
def test_rules_of_what_could_be_read_are_told_beside_what_could_not(need: dict[str, object], told: list[str]) -> None:
    other = {"family": "space", "timing": WEEKLY, "requirements": {"people": 2}, "alternativeGroup": 1}
    with pytest.raises(BadInput) as refused:
        request_from_json({"title": "T", "needs": [{"family": "space"} | need, other]})
    assert wrong(refused) == [*(f"needs[0].{name}" for name in told), "needs[1].alternativeGroup"]


@pytest.mark.parametrize(
    ("first", "last", "weekdays", "hours", "missing"),
    [
        ("2027-03-07", "2027-04-18", (6,), ("02:15", "02:45"), "2027-03-28"),
        ("2027-01-01", "2028-12-31", (0, 6), ("02:00", "03:00"), "2027-03-28"),
        ("2027-04-01", "2028-12-31", tuple(range(7)), ("02:30", "03:00"), "2028-03-26"),
        ("2027-03-07", "2027-04-18", (6,), ("02:15", "03:15"), None),  # the last quarter is there
        ("2027-03-01", "2027-04-18", (5,), ("02:15", "02:45"), None),  # not on the night itself
        ("2027-10-01", "2027-11-18", (6,), ("02:15", "02:45"), None),  # it passes twice
    ],
)
def test_a_series_names_the_date_that_has_no_such_hours(first, last, weekdays, hours, missing) -> None:
    days, times = map(date.fromisoformat, (first, last)), map(time.fromisoformat, hours)
    series = Weekly(*days, weekdays, *times)  # as it may be stored, it can be read
    if missing is None:
        assert need(timing=series).timing == series
        return
    with pytest.raises(BadInput, match=f"there is no .* on {missing}, when the clock is put forward") as refused:
        need(timing=series)
    assert wrong(refused) == ["timing.fromTime"]
