"""What somebody may not see changes nothing that is told: two markets that differ only in that answer the same bytes.

Counts, facets, scarce days, what one change would add, what is left after each step of a run, the start page's figures.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from litestar.testing import TestClient
from sqlmodel import Session

from core.time import clock
from marketplace.offers.models import OfferState, Visibility
from marketplace.organisations.models import Member, Organisation
from marketplace.planning import attempts
from marketplace.planning.rules import RunDraft
from marketplace.requests.models import RequestState
from marketplace.runs.models import RunKind
from marketplace.searches import service as searches
from marketplace.searches.rules import Query
from resources.models import Site
from tests import builders
from tests.api.access.test_two_alike import TOLD_ANEW
from tests.api.conftest import HTML, Bearer, SignIn, post_form
from tests.api.pages.test_requests_pages import FURNITURE, SPACE, STAFF, VEHICLE, typed

STOCKHOLM = {"municipality_code": "0180", "county_code": "01"}
"""Another region."""
FAR = {"municipality_code": "0180", "latitude": 59.33, "longitude": 18.07, "max_distance_km": 50}
"""Where only what is hidden is."""
KEY = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
    r'|"(runtimeS|seconds)":[0-9.]+|Sekunder</dt><dd>[0-9,]+'
)
SEARCHES = (
    "",
    "text=projektor",
    "text=prjektor",
    "text=Resurs",
    "family=space&kind=meeting_room",
    "countyCode=01",
    "family=furniture",
    "family=staff",
    "near=Krokom&km=50",
    "near=63.18,14.64&km=1",
    "municipality=2380",
    "municipalityCode=2380",
    "sort=distance&near=63.18,14.64",
    "from={soon}&until={later}",
    "from={soon}T08:00:00Z&until={later}T08:00:00Z",
    "from={soon}&until={later}&family=space&seats=8",
    "page=2&limit=1",
)
PLACES = ("/offers", "/offers/map", "/offers/map?as=csv", "/api/v1/offers", "/api/v1/offers/facets")
ELSEWHERE = (
    *("/", "/requests", "/proposals", "/bookings", "/notices", "/runs", "/timeline", "/waiting", "/organisations"),
    *("/saved-searches", "/uploads", "/members", "/scenarios", "/offers/new/space", "/requests/new"),
    *(f"/api/v1/{each}" for each in ("requests", "proposals", "bookings", "notices", "resources", "sites")),
    *(f"/api/v1/{each}" for each in ("organisations", "matching-runs", "saved-searches", "members", "inquiries")),
)
UNSEEN: tuple[dict[str, Any], ...] = (
    {"visibility": Visibility.DEPARTMENT, "department": "Lager"},
    {"visibility": Visibility.ORGANISATION},
    {"visibility": Visibility.PARTNERS},
    {"visibility": Visibility.REGION},
    {"visibility": Visibility.ORGANISATION, "widens": [[(clock.today() + timedelta(days=2)).isoformat(), "all"]]},
    *({"state": state} for state in (OfferState.DRAFT, OfferState.PAUSED, OfferState.CLOSED)),
)
"""Each of an organisation in another region that is nobody's partner."""


def test_what_is_hidden_changes_nothing_that_is_told(
    client: TestClient[Any], rows: Session, bearer: Bearer, signed_in: SignIn
) -> None:
    builders.skill(rows, "procurement")
    seen, unseen = builders.organisation(rows), builders.organisation(rows, **STOCKHOLM)
    for place in (builders.site(rows, seen), builders.site(rows, seen, municipality_code="2309", latitude=63.33)):
        stocked(rows, place, {})
    asker = builders.member(rows, roles=["requester", "lister", "approver"])
    saved = searches.save(rows, builders.actor_of(rows, asker), "Rum", Query(family="space"))
    signed_in(client, asker)
    token = bearer(asker)

    before = dict(looked_for(client, rows, asker, token))
    before |= told(client, asker, token)
    hide(rows, unseen)
    searches.tell_new(rows, saved.id)
    rows.commit()
    after = dict(told(client, asker, token))
    after |= looked_for(client, rows, asker, token)
    assert before["API of requests"].startswith("200")
    found = differing(before, after)
    assert not found, "\n".join(found)


def test_a_coordinator_of_an_area_is_told_of_that_area_alone(
    client: TestClient[Any], rows: Session, bearer: Bearer, signed_in: SignIn
) -> None:
    seen, unseen = builders.organisation(rows), builders.organisation(rows, **STOCKHOLM)
    stocked(rows, builders.site(rows, seen), {})
    over = {"coordinator": {"reason": "Länet", "organisationIds": [str(seen.id)]}}
    coordinator = builders.member(rows, seen, roles=["coordinator"], grants=over)
    wanted = builders.request(rows, builders.member(rows, seen), title="Eget")
    for n, each in enumerate(({"kind": "meeting_room"}, {"kind": "hall"}, {"requirements": {"people": 60}}, FAR)):
        builders.need(rows, wanted, title="Behov", position=n, **each)
    signed_in(client, coordinator)
    token = bearer(coordinator)

    attempts.run_now(RunDraft(time_limit_s=600))  # with which the others are compared
    before = dict(told_of_run(client, token))
    hide(rows, unseen)
    hall = builders.space(rows, builders.site(rows, unseen), kind="hall")
    builders.offer(rows, hall, visibility=Visibility.ORGANISATION)
    for kind in ("hall", "desk"):
        hidden = builders.request(rows, builders.member(rows, unseen), title="Dolt")
        builders.need(rows, hidden, title="Dolt", kind=kind, priority="crisis")
    rows.commit()
    found = differing(before, dict(told_of_run(client, token)))
    assert not found, "\n".join(found)


def told_of_run(client: TestClient[Any], token: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Have a run look at everything, and return all that somebody is told of it and of what waits then."""
    run = attempts.run_now(RunDraft(time_limit_s=600))
    for part in ("", "/overview", "/overview-figures", "/map", "/map?as=csv", "/progress"):
        yield f"run{part}", plain(client.get(f"/runs/{run}{part}", headers=HTML))
    for part in ("", "/outcomes"):
        yield f"API of run{part}", plain(client.get(f"/api/v1/matching-runs/{run}{part}", headers=token))
    for path in ("/", "/timeline", "/timeline?as=csv", "/waiting", "/proposals/queue", "/offers", "/requests"):
        yield path, plain(client.get(path, headers=HTML))


def hide(rows: Session, unseen: Organisation) -> None:
    """Let an organisation have things in each way that others see nothing of."""
    for terms in UNSEEN:
        elsewhere = STOCKHOLM if terms.get("visibility") is Visibility.REGION else {}
        stocked(rows, builders.site(rows, unseen, **elsewhere), terms)


def stocked(rows: Session, site: Site, terms: dict[str, Any]) -> None:
    """Offer one thing of each family there, with a closed period on each."""
    room = builders.space(rows, site, equipment=["projector", "whiteboard"], seats=12)
    made = [room, builders.furniture(rows, site), builders.vehicle(rows, site)]
    made.append(builders.staff(rows, rows.get_one(Organisation, site.organisation_id)))
    for resource in made:
        builders.offer(rows, resource, **terms)
        builders.claim(rows, builders.unit_of(rows, resource), builders.days(20, 22))


def told(client: TestClient[Any], asker: Member, token: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Return all that the market tells somebody, by what was asked."""
    days = {"soon": clock.today() + timedelta(days=14), "later": clock.today() + timedelta(days=16)}
    for path in PLACES:
        for query in SEARCHES:
            address = f"{path}?{query.format(**days)}"
            yield address, plain(client.get(address, headers=token if "/api/" in path else HTML))
    for path in ELSEWHERE:
        yield path, plain(client.get(path, headers=token if "/api/" in path else HTML))
    needs = [each | {"municipalityCode": "2380", "maxDistanceKm": "5"} for each in (SPACE, FURNITURE, VEHICLE)]
    for do in ("look", *(f"days:{n}" for n in range(4))):
        yield do, plain(post_form(client, "/requests/new", typed(*needs, STAFF, do=do)))
    yield "start page of nobody", plain(TestClient(client.app).get("/", headers=HTML))


def looked_for(
    client: TestClient[Any], rows: Session, asker: Member, token: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Have a run look for what nobody has, and return what it says became of it; nothing of it stays."""
    request = builders.request(rows, asker, title="Sökt")
    wanted = [{"kind": "hall"}, {"requirements": {"people": 60}}, FAR]
    needs = [builders.need(rows, request, title="Behov", position=n, **each) for n, each in enumerate(wanted)]
    run = builders.matching_run(rows, kind=RunKind.LOCAL, request_id=request.id, member_id=asker.id)
    rows.commit()
    attempts.execute(run.id)
    for kind, key in (("requests", request.id), ("matching-runs", run.id)):
        yield f"page of {kind}", plain(client.get(f"/{kind.removeprefix('matching-')}/{key}", headers=HTML))
        yield f"API of {kind}", plain(client.get(f"/api/v1/{kind}/{key}", headers=token))
    yield "outcomes", plain(client.get(f"/api/v1/matching-runs/{run.id}/outcomes", headers=token))
    for n, need in enumerate(needs):
        yield f"outcome {n}", plain(client.get(f"/api/v1/matching-runs/{run.id}/outcomes/{need.id}", headers=token))
    rows.refresh(request)
    request.state = RequestState.WITHDRAWN
    rows.commit()


def plain(answer: Any) -> str:
    """Return an answer without what differs each time: keys, tokens of forms, the time of day, seconds spent."""
    assert answer.status_code < 500, answer.text
    tag = answer.headers.get("etag", "")
    return f"{answer.status_code} {tag} {KEY.sub('key', TOLD_ANEW.sub('', answer.text))}"


def differing(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return what was asked for that is answered otherwise now, with where that begins."""
    other = {asked: text for asked, text in before.items() if text != after[asked]}
    return [f"{asked}: {first_difference(text, after[asked])}" for asked, text in other.items()]


def first_difference(one: str, other: str) -> str:
    """Return both from where they differ on."""
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"\n  {one[max(0, at - 80) : at + 80]!r}\n  {other[max(0, at - 80) : at + 80]!r}"
