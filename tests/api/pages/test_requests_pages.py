"""Pages of requests: the list, the form without scripts, and one request with what became of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from api.pages.requests.filing.examples import EXAMPLES, example_form
from api.pages.requests.filing.form import read
from core.database.audit import record
from core.time import clock, timing
from marketplace.organisations.models import Member
from marketplace.planning import attempts
from marketplace.requests.models import Need, NeedState, Request, RequestState
from marketplace.requests.queries import needs_of
from marketplace.runs.models import MatchingRun, NeedOutcome, ReasonsState, RunKind, RunState
from marketplace.runs.reasons import outcome_reasons
from resources.families import FAMILIES
from tests import builders
from tests.api.conftest import HTML, SignIn, post_form, text_of

Client = TestClient[Litestar]
SWEDISH = {**HTML, "accept-language": "sv"}
ENGLISH = {**HTML, "accept-language": "en"}


@pytest.fixture
def member(rows: Session, client: Client, signed_in: SignIn) -> Member:
    """A requester who is signed in."""
    builders.skill(rows, "procurement")
    asker = builders.member(rows)
    signed_in(client, asker)
    return asker


SPACE = {
    "family": "space",
    "title": "Projektrum",
    "kind": "meeting_room",
    "requirements.people": "8",
    "requirements.equipmentMust": ["projector", "whiteboard"],
    "municipalityCode": "2380",
    "maxDistanceKm": "2,5",
    "timing.type": "weekly",
    "timing.weekly.weekdays": ["tu", "th"],
    "timing.weekly.fromTime": "09:00",
    "timing.weekly.untilTime": "16:00",
    "timing.weekly.first": "2032-03-01",
    "timing.weekly.last": "2032-05-31",
}
FURNITURE = {
    "family": "furniture",
    "kind": "chair",
    "amount": "40",
    "parts": "2",
    "requirements.minCondition": "3",
    "requirements.canFetch": "yes",
    "timing.type": "period",
    "timing.period.first": "2032-03-01",
    "timing.period.last": "2032-05-31",
}
VEHICLE = {
    "family": "vehicle",
    "requirements.seats": "5",
    "requirements.licenceClasses": ["B"],
    "timing.type": "flexible",
    "timing.flexible.hours": "3,5",
    "timing.flexible.earliest": "2032-03-02",
    "timing.flexible.earliestTime": "08:00",
    "timing.flexible.latest": "2032-03-04",
    "timing.flexible.latestTime": "17:00",
    "timing.flexible.stepMin": "60",
}
STAFF = {
    "family": "staff",
    "amount": "50",
    "requirements.skills.0.code": "procurement",
    "requirements.skills.0.level": "4",
    "requirements.skills.0.weight": "must",
    "requirements.languages": "sv, en",
    "timing.type": "fixed",
    "timing.fixed.start": "2032-03-01",
    "timing.fixed.startTime": "08:00",
    "timing.fixed.end": "2032-03-31",
    "timing.fixed.endTime": "17:00",
}


def typed(*needs: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """What a browser sends for a request with these needs."""
    form = {"title": "Översyn", "purpose": "", "priority": "ordinary", "together": "no", "do": "file"}
    for n, need in enumerate(needs):
        form |= {f"needs.{n}.{name}": value for name, value in need.items()}
    return form | fields


def filed(rows: Session) -> tuple[Request, list[Need]]:
    request = rows.exec(select(Request)).one()
    return request, needs_of(rows, [request.id])[request.id]


def test_one_need_of_each_family_is_filed_without_scripts(client: Client, member: Member, rows: Session) -> None:
    answer = post_form(client, "/requests/new", typed(SPACE, FURNITURE, VEHICLE, STAFF, together="yes"))
    assert answer.status_code == 303, text_of(answer.text)
    request, needs = filed(rows)
    assert answer.headers["location"] == f"/requests/{request.id}"
    assert (request.title, request.state, request.together) == ("Översyn", "open", True)
    assert [need.family for need in needs] == ["space", "furniture", "vehicle", "staff"]
    space, furniture, vehicle, staff = needs
    assert (space.kind, space.municipality_code, space.max_distance_km) == ("meeting_room", "2380", 2.5)
    assert space.requirements["people"] == 8
    assert space.requirements["equipmentMust"] == ["projector", "whiteboard"]
    assert (space.timing["weekdays"], space.timing["sameResource"]) == (["tu", "th"], False)
    assert (furniture.amount, furniture.parts, furniture.timing["last"]) == (40, 2, "2032-05-31")
    assert vehicle.timing == {
        "type": "flexible",
        "earliest": "2032-03-02T07:00:00Z",  # 08:00 in Sweden in winter
        "latest": "2032-03-04T16:00:00Z",
        "durationMin": 210,
        "stepMin": 60,
    }
    assert staff.requirements["skillsMust"] == {"procurement": 4}
    assert staff.requirements["languages"] == ["en", "sv"]
    assert staff.timing["end"] == "2032-03-31T15:00:00Z"  # summer time has begun
    assert "Behovet är registrerat." in client.get(answer.headers["location"], headers=SWEDISH).text


@pytest.mark.parametrize(
    ("query", "filled_in"),
    [
        ("family=space&kind=hall&municipality=0180&least=12", ['value="hall" selected', 'value="0180" selected', "12"]),
        ("family=space&from=2032-03-01&until=2032-03-02", ["2032-03-01", "2032-03-02"]),
        ("family=furniture&kind=chair&least=40&from=2032-03-01", ['value="chair" selected', "40", "2032-03-01"]),
        ("family=space&kind=chair&municipality=9999&least=1e9&from=x", []),
        ("family=boat&kind=hall", []),
    ],
)
def test_a_request_begins_with_what_was_looked_for(
    client: Client, member: Member, query: str, filled_in: list[str]
) -> None:
    answer = client.get(f"/requests/new?{query}&step=all", headers=SWEDISH)
    assert answer.status_code == 200
    for each in filled_in:
        assert (each if " " in each else f'value="{each}"') in answer.text
    assert 'value="1e9"' not in answer.text
    assert "ds-validation-message" not in answer.text


def test_before_it_is_filed_the_form_says_what_fits_and_keeps_what_was_typed(
    client: Client, member: Member, rows: Session
) -> None:
    place = builders.site(rows)
    for seats in (8, 6):
        builders.offer(rows, builders.space(rows, place, seats=seats), during=builders.days(0, None))
    rows.commit()
    needs = SPACE | {"requirements.equipmentMust": []}, SPACE | {"kind": "hall"}
    answer = post_form(client, "/requests/new", typed(*needs, do="look"))
    assert answer.status_code == 200, text_of(answer.text)
    text = text_of(answer.text)
    assert "1 erbjudande passar just nu." in text
    assert "1 erbjudande till – 2 personer färre: 6" in text
    assert "Inget erbjudande passar just nu. Ingen har lagt ut något av det slaget." in text
    assert 'value="Projektrum"' in answer.text
    assert rows.exec(select(Request)).all() == []
    wrong = post_form(client, "/requests/new", typed(SPACE | {"requirements.people": "x"}, do="look"))
    assert wrong.status_code == 422


def test_the_form_shows_how_many_are_free_each_day_and_keeps_what_was_typed(
    client: Client, member: Member, rows: Session
) -> None:
    """Three rooms for 8, of which one is taken for a day, one is elsewhere; and one for 6. So 2 of 2 or 1 of 2."""
    place = builders.site(rows)
    rooms = [builders.space(rows, at, seats=seats) for at, seats in ((place, 8), (place, 8), (place, 6))]
    rooms.append(builders.space(rows, builders.site(rows, **builders.STOCKHOLM)))
    for room in rooms:
        builders.offer(rows, room, during=builders.days(0, None))
    start = clock.today() + timedelta(days=30)
    builders.claim(rows, builders.unit_of(rows, rooms[0]), builders.days(30, 31))
    rows.commit()
    asked = SPACE | {"timing.weekly.first": start.isoformat()}
    page = post_form(client, "/requests/new", typed(FURNITURE, asked, do="days:1")).text
    assert "Lokal, Mötesrum, För 8 personer eller fler, inom 2,5 km från Östersund" in text_of(page)
    assert page.count("<table") == 1
    table = re.findall(r"<strong>(\d+)</strong>", page)
    assert (table.count("1"), table.count("2"), len(table)) == (1, 41, 42)
    assert re.findall(r'<rect width="(\d+)"', page).count("50") == 1
    assert 'value="Projektrum"' in page
    for without in ("municipalityCode", "maxDistanceKm"):  # as far as a run looks: without a distance, everywhere
        anywhere = post_form(client, "/requests/new", typed(SPACE | {without: ""}, do="days:0")).text
        assert ("i hela landet" in anywhere, len(re.findall(r"<td>", anywhere))) == (True, 14)
    for what in ({"municipalityCode": "", "maxDistanceKm": "långt"}, {"timing.weekly.first": "sen", "kind": "båt"}):
        told = post_form(client, "/requests/new", typed(SPACE | what, do="days:0"))
        assert (told.status_code, "Så många erbjudanden är lediga varje dag" in told.text) == (200, True)
    assert "<table" not in post_form(client, "/requests/new", typed(SPACE, do="days:7")).text


def test_a_draft_is_kept_and_opened(client: Client, member: Member, rows: Session) -> None:
    address = post_form(client, "/requests/new", typed(SPACE, do="draft")).headers["location"]
    assert "Open it for matching" in client.get(address, headers=ENGLISH).text
    assert post_form(client, f"{address}/opening").status_code == 303
    assert filed(rows)[0].state == "open"


@pytest.mark.parametrize("family", list(FAMILIES))
def test_a_need_of_each_family_is_added_by_a_button(client: Client, member: Member, family: str) -> None:
    answer = post_form(client, "/requests/new", typed(SPACE, do=f"add:{family}", title="Kvar"))
    assert answer.status_code == 200
    assert 'value="Kvar"' in answer.text
    assert f'name="needs.1.family" value="{family}"' in answer.text
    assert 'name="needs.0.requirements.people" type="text" value="8"' in answer.text
    assert 'name="together" value="yes"' in answer.text  # asked as soon as there are two


def test_a_need_is_taken_away_and_those_behind_it_move_up(client: Client, member: Member) -> None:
    answer = post_form(client, "/requests/new", typed(SPACE, VEHICLE, STAFF, do="remove:0"))
    assert answer.status_code == 200
    assert 'name="needs.0.family" value="vehicle"' in answer.text
    assert 'name="needs.1.family" value="staff"' in answer.text
    assert "needs.2." not in answer.text


def test_what_is_wrong_is_told_at_once_beside_what_was_typed(client: Client, member: Member, rows: Session) -> None:
    wrong = SPACE | {
        "requirements.people": "många",
        "maxDistanceKm": "-1",
        "timing.weekly.first": "2032-06-01",
        "requirements.equipmentShould": ["projector"],
    }
    late = STAFF | {"timing.fixed.end": "2032-02-01", "amount": "", "requirements.skills.0.code": "alchemy"}
    answer = post_form(client, "/requests/new", typed(wrong, late, title=""))
    assert answer.status_code == 422
    for field in (
        "title",
        "needs.0.requirements.people",
        "needs.0.maxDistanceKm",
        "needs.0.timing.weekly.last",
        "needs.1.amount",
        "needs.1.timing.fixed.end",
    ):
        assert f'href="#f-{field}"' in answer.text, field
        assert f'id="f-{field}-error"' in answer.text, field
    assert 'value="många"' in answer.text
    assert 'value="-1"' in answer.text
    assert rows.exec(select(Request)).all() == []


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_can_be_filed_as_it_is(code: str) -> None:
    draft = read(example_form(code, "2380"), set)
    assert len(draft.needs) == len(EXAMPLES[code])
    assert {need.municipality_code for need in draft.needs} == {None if code == "desk_elsewhere" else "2380"}


def test_the_first_page_of_filing_offers_examples(client: Client, member: Member) -> None:
    assert 'href="/requests/new?example=borrow_car"' in client.get("/requests/new", headers=HTML).text
    begun = client.get("/requests/new?example=borrow_car", headers=SWEDISH).text
    assert 'value="Låna en bil"' in begun
    assert "example=" not in begun


def test_a_request_in_the_past_and_one_without_needs(client: Client, member: Member) -> None:
    past = FURNITURE | {"timing.period.first": "2001-01-01", "timing.period.last": "2001-02-01"}
    answer = post_form(client, "/requests/new", typed(past))
    assert (answer.status_code, 'href="#f-needs.0.timing.period.first"' in answer.text) == (422, True)
    assert 'href="#f-needs"' in post_form(client, "/requests/new", typed()).text


def test_an_unknown_skill_is_told_at_its_row(client: Client, member: Member) -> None:
    answer = post_form(client, "/requests/new", typed(STAFF | {"requirements.skills.0.code": "alchemy"}))
    assert (answer.status_code, 'href="#f-needs.0.requirements.skills.0.code"' in answer.text) == (422, True)


def test_a_request_is_changed_in_the_form_it_was_filed_in(client: Client, member: Member, rows: Session) -> None:
    address = post_form(client, "/requests/new", typed(SPACE, STAFF, VEHICLE)).headers["location"]
    request, needs = filed(rows)
    shown = client.get(f"{address}/change", headers=HTML).text
    for text in (
        "Översyn",
        'value="2,5"',
        'value="2032-03-31"',
        'value="17:00"',
        'value="3,5"',
        'value="engelska, svenska"',
    ):
        assert text in shown, text
    form = typed(STAFF | {"id": str(needs[1].id), "amount": "60"}, title="Ny rubrik", version=str(request.version))
    assert post_form(client, f"{address}/change", form).status_code == 303
    rows.expire_all()
    request, needs = filed(rows)
    assert [(need.amount, need.state) for need in needs] == [(60, "open"), (1, "dropped"), (1, "dropped")]
    late = post_form(client, f"{address}/change", form)
    assert late.status_code == 412
    assert "Ny rubrik" in client.get(f"{address}/change").text  # also with needs that were dropped


def test_the_form_shown_again_by_a_change_keeps_its_needs(client: Client, member: Member, rows: Session) -> None:
    address = post_form(client, "/requests/new", typed(SPACE)).headers["location"]
    request, needs = filed(rows)
    form = typed(SPACE | {"id": str(needs[0].id)}, do="add:staff", version=str(request.version))
    answer = post_form(client, f"{address}/change", form)
    assert answer.status_code == 200
    assert str(needs[0].id) in answer.text
    assert f'action="{address}/change"' in answer.text


def test_the_list_is_my_organisations_and_can_be_narrowed(client: Client, member: Member, rows: Session) -> None:
    for title, state in (("Mitt utkast", RequestState.DRAFT), ("Mitt öppna", RequestState.OPEN)):
        builders.need(rows, builders.request(rows, member, title=title, state=state))
    builders.request(rows, title="Någon annans")
    rows.commit()
    everything = client.get("/requests", headers=HTML).text
    assert ("Mitt utkast" in everything, "Mitt öppna" in everything, "Någon annans" in everything) == (
        True,
        True,
        False,
    )
    narrowed = client.get("/requests?state=open&family=space&text=öppna", headers=HTML).text
    assert ("Mitt utkast" in narrowed, "Mitt öppna" in narrowed) == (False, True)
    assert client.get("/requests?state=closed&family=boat", headers=HTML).status_code == 200


def unserved(rows: Session, need: Need, code: str, reasons: dict[str, Any], served: bool = False) -> None:
    run = builders.matching_run(rows, state=RunState.DONE, finished_at=clock.now())
    builders.added(
        rows, NeedOutcome(run_id=run.id, need_id=need.id, served=served, code=code, reasons=outcome_reasons(reasons))
    )


ANY_ID = "01980000-0000-7000-8000-000000000001"
STEPS = [
    {"step": "kind", "left": 14, "seen": 14},
    {"step": "place", "left": 3, "seen": 3},
    {"step": "time", "left": 0, "seen": 0},
]


def test_an_unserved_need_says_why_and_what_would_help(client: Client, member: Member, rows: Session) -> None:
    request = builders.request(rows, member)
    need = builders.need(rows, request)
    changes = [
        {"code": "distance", "fartherKm": 12, "distanceKm": 22, "offerId": ANY_ID},
        {"code": "weekday", "from": "tu", "to": "we", "offerId": ANY_ID},
    ]
    unserved(rows, need, "no_option", {"steps": STEPS, "emptiedBy": "time", "changes": changes})
    rows.commit()
    swedish = text_of(client.get(f"/requests/{request.id}", headers=SWEDISH).text)
    assert "Onsdag i stället för tisdag" in swedish
    assert "12 km längre bort, 22 km totalt" in swedish
    assert "Det som finns nära nog är inte ledigt då." in swedish
    english = text_of(client.get(f"/requests/{request.id}", headers=ENGLISH).text)
    assert "Wednesday instead of Tuesday" in english
    assert "12 km farther away, 22 km in all" in english
    assert "Near enough 3" in english


def test_a_bundle_says_which_need_stands_in_the_way(client: Client, member: Member, rows: Session) -> None:
    request = builders.request(rows, member, together=True)
    first, second = builders.need(rows, request, position=1), builders.need(rows, request, position=2)
    changes = [{"code": "several_places", "offerId": ANY_ID}]
    held = [{"needId": ANY_ID, "requestId": ANY_ID, "offerId": ANY_ID}] * 2
    unserved(rows, first, "bundle_broken", {"steps": STEPS[:2], "blockedBy": [str(second.id)]})
    also = {"changes": changes, "alsoMissing": [str(first.id)], "takenBy": held}
    unserved(rows, second, "lost_to_others", {"steps": STEPS[:2], **also})
    rows.commit()
    page = text_of(client.get(f"/requests/{request.id}", headers=ENGLISH).text)
    assert "Its needs belong together, and another of them could not be served." in page
    assert "Need 2 could not be served." in page
    assert "Other needs have what it takes." in page
    assert "nothing is left for need 1 either" in page


def test_a_series_has_an_outcome_for_each_date(client: Client, member: Member, rows: Session) -> None:
    request = builders.request(rows, member, state=RequestState.PROPOSED)
    first = clock.today() + timedelta(days=7)
    when = timing.Weekly(
        first, first + timedelta(days=13), (first.weekday(),), builders.at(0, 9).time(), builders.at(0, 12).time()
    )
    need = builders.need(rows, request, when, state=NeedState.PROPOSED)
    later = (first + timedelta(days=7)).isoformat()
    unserved(rows, need, "partly_served", {"steps": [], "missing": [{"date": later, "code": "taken"}]}, served=True)
    rows.commit()
    page = text_of(client.get(f"/requests/{request.id}", headers=ENGLISH).text)
    assert f"{first.isoformat()} Can be had {later} Taken" in page


def test_something_is_looked_for_at_once_from_its_page(client: Client, member: Member, rows: Session) -> None:
    request = builders.request(rows, member)
    need = builders.need(rows, request)
    builders.offer(rows)
    rows.commit()
    assert "Hitta något nu" in text_of(client.get(f"/requests/{request.id}", headers=SWEDISH).text)
    answer = post_form(client, f"/requests/{request.id}/matching-runs")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/requests/{request.id}")
    run = rows.exec(select(MatchingRun)).one()
    assert (run.kind, run.request_id, run.member_id) == (RunKind.LOCAL, request.id, member.id)
    attempts.execute(run.id)
    rows.refresh(need)
    assert need.state is NeedState.PROPOSED
    page = client.get(f"/requests/{request.id}", headers=ENGLISH)
    assert "Find something now" not in text_of(page.text), "all of it has a proposal"
    assert "One request and what stands around it" in text_of(client.get(f"/runs/{run.id}", headers=ENGLISH).text)
    assert f'href="/requests/{request.id}"' in client.get("/runs", headers=ENGLISH).text


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"state": RunState.QUEUED}, "Vi söker något till det här behovet så snart"),
        ({"state": RunState.RUNNING, "progress": {"step": "building"}}, "vi går igenom det som erbjuds"),
        ({"state": RunState.RUNNING, "progress": {"step": "solving"}}, "Vi söker nu det som passar bäst."),
        ({"state": RunState.RUNNING, "progress": {"step": "publishing"}}, "det som hittades skrivs ned"),
        ({"state": RunState.FAILED, "failure_code": "unexpected"}, "Sökningen för det här behovet misslyckades"),
        ({"state": RunState.CANCELLED}, "Sökningen för det här behovet avbröts"),
        ({"state": RunState.DONE, "reasons_state": ReasonsState.LOOKING}, "Skälen tas fortfarande fram."),
        ({"state": RunState.DONE, "reasons_state": ReasonsState.FOUND}, ""),
        ({"state": RunState.RUNNING, "progress": {"step": "solving"}, "kind": "whole"}, "En matchning pågår: den sök"),
        ({"state": RunState.FAILED, "kind": "whole", "county_code": "23"}, "Den senaste matchningen misslyckades"),
        ({"state": RunState.FAILED, "kind": "whole", "county_code": "25"}, ""),
    ],
)
def test_the_page_says_how_the_latest_run_over_the_request_stands(
    client: Client, member: Member, rows: Session, values: dict[str, Any], told: str
) -> None:
    request = builders.request(rows, member)
    builders.need(rows, request)
    of_request = {} if values.get("kind") == "whole" else {"kind": RunKind.LOCAL, "request_id": request.id}
    builders.matching_run(rows, **of_request, **values)
    rows.commit()
    answer = client.get(f"/requests/{request.id}", headers=SWEDISH)
    shown = text_of(answer.text.partition('id="latest-run"')[2].partition("</div>")[0].partition(">")[2]).strip()
    assert (told in shown) if told else not shown
    goes_on = values["state"] in {RunState.QUEUED, RunState.RUNNING} or values.get("reasons_state") == "looking"
    assert ("every 2s" in answer.text) is goes_on
    asked = client.get(f"/requests/{request.id}", headers=SWEDISH | {"hx-request": "true"})
    assert ("hx-refresh" in asked.headers) is not goes_on


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"timing": {"type": "?"}}, "går inte att läsa när"),
        ({"requirements": {"people": "many"}}, "går inte att läsa vad"),
        ({"municipality_code": "9999"}, "9999"),
    ],
)
def test_what_cannot_be_read_is_shown_and_can_be_mended_or_withdrawn(
    client: Client, member: Member, rows: Session, broken: dict[str, Any], told: str
) -> None:
    request = builders.request(rows, member)
    builders.need(rows, request, **broken)
    rows.commit()
    address = f"/requests/{request.id}"
    assert told in text_of(client.get(address, headers=SWEDISH).text)
    form = client.get(f"{address}/change", headers=SWEDISH)
    assert form.status_code == 200
    assert client.get("/requests", headers=SWEDISH).status_code == 200
    mended = post_form(client, f"{address}/change", typed(SPACE, version=str(request.version)))
    assert mended.status_code == 303
    assert "går inte att läsa" not in text_of(client.get(address, headers=SWEDISH).text)
    assert post_form(client, f"{address}/withdrawal").status_code == 303


def test_a_request_is_withdrawn_from_its_page(client: Client, member: Member, rows: Session) -> None:
    request = builders.request(rows, member)
    rows.commit()
    answer = post_form(client, f"/requests/{request.id}/withdrawal", {"words": "Inställt."})
    assert answer.status_code == 303
    rows.refresh(request)
    assert request.state == "withdrawn"


def test_what_is_not_mine_is_not_there_and_only_requesters_file(
    client: Client, rows: Session, signed_in: SignIn, member: Member
) -> None:
    other = builders.request(rows)
    rows.commit()
    assert client.get(f"/requests/{other.id}", headers=HTML).status_code == 404
    assert client.get(f"/requests/{other.id}/change", headers=HTML).status_code == 404
    signed_in(client, builders.member(rows, roles=["lister"]))
    assert client.get("/requests/new", headers=HTML).status_code == 403
    assert post_form(client, "/requests/new", typed(SPACE)).status_code == 403
    assert "/requests/new" not in client.get("/requests", headers=HTML).text


def test_advice_is_not_shown_again_once_the_request_has_been_changed(
    client: Client, member: Member, rows: Session
) -> None:
    request = builders.request(rows, member)
    need = builders.need(rows, request)
    change = {"code": "distance", "fartherKm": 12, "distanceKm": 22, "offerId": ANY_ID}
    unserved(rows, need, "lost_to_others", {"changes": [change], "searched": True})
    rows.commit()
    path = f"/requests/{request.id}"
    assert "12 km farther away" in text_of(client.get(path, headers=ENGLISH).text)
    record(rows, None, "request", request.id, reason_code="changed")
    rows.commit()
    page = text_of(client.get(path, headers=ENGLISH).text)
    assert "12 km farther away" not in page
    assert "The request has been changed since the matching" in page


def test_a_search_that_found_nothing_says_so_and_no_must_have_is_advised_away(
    client: Client, member: Member, rows: Session
) -> None:
    request = builders.request(rows, member)
    first, second = builders.need(rows, request, position=1), builders.need(rows, request, position=2)
    unserved(rows, first, "no_option", {"changes": [], "searched": True})
    unserved(rows, second, "no_option", {"changes": [], "searched": True, "onlyMissing": ["equipment_must.projector"]})
    rows.commit()
    page = text_of(client.get(f"/requests/{request.id}", headers=ENGLISH).text)
    assert "We looked for one change that would have been enough, and found none." in page
    assert "The only thing that something free lacks: Projector." in page
    assert "Without: Projector" not in page


def test_what_lies_in_the_past_or_stands_alone_is_told_beside_what_cannot_be_read(
    client: Client, member: Member, rows: Session
) -> None:
    past = FURNITURE | {"amount": "", "timing.period.first": "2001-01-01", "timing.period.last": "2001-02-01"}
    alone = VEHICLE | {"alternativeGroup": "1", "maxDistanceKm": "2"}
    answer = post_form(client, "/requests/new", typed(past, alone))
    assert answer.status_code == 422
    for field in (
        "needs.0.amount",
        "needs.0.timing.period.first",
        "needs.1.alternativeGroup",
        "needs.1.maxDistanceKm",
    ):
        assert f'href="#f-{field}"' in answer.text, field
    assert "tiden har redan passerat" in text_of(answer.text)
    assert rows.exec(select(Request)).all() == []
