"""Pages of offers: search, post one of each family in one form, change, move, and the consents to a card."""

import re
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from core.time import clock, opening, opening_text
from marketplace.offers.models import Offer, OfferState, Visibility
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.models import Request
from resources.models import Resource, Site, Unit
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of

Client = TestClient[Litestar]
SWEDISH = {**HTML, "accept-language": "sv"}
ENGLISH = {**HTML, "accept-language": "en"}


@pytest.fixture
def home(rows: Session) -> Organisation:
    return builders.organisation(rows)


@pytest.fixture
def site(rows: Session, home: Organisation) -> Site:
    return builders.site(rows, home, name="Huset", address="Prästgatan 1")


@pytest.fixture
def lister(rows: Session, home: Organisation, site: Site, client: Client, signed_in: SignIn) -> Member:
    """A lister with a site, signed in."""
    builders.skill(rows, "procurement")
    member = builders.member(rows, home, roles=["lister"])
    signed_in(client, member)
    return member


def day(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


TERMS = {"visibility": "all", "priceBasis": "none", "do": "open"}
FAMILIES: dict[str, dict[str, Any]] = {
    "space": {
        "name": "Storsjön",
        "kind": "meeting_room",
        "seats": "8",
        "areaM2": "22,5",
        "equipment": ["screen", "whiteboard"],
        "priceBasis": "day",
        "priceSek": "800",
    },
    "furniture": {
        "name": "Stolar",
        "kind": "chair",
        "count": "40",
        "condition": "4",
        "terms": "hand_over",
        "valuationSek": "200",
        "valuationBasis": "internal_redisposition",
    },
    "vehicle": {"name": "Elbil", "kind": "car", "seats": "5", "fuel": "electric", "licenceClass": "B"},
    "staff": {
        "name": "Upphandlare Berit",
        "extentPercent": "50",
        "skills.0.code": "procurement",
        "skills.0.level": "4",
        "municipalityCodes": "Östersund, Krokom",
        "languages": "sv, en",
    },
}


def typed(family: str, site: Site | None = None, **changes: Any) -> dict[str, Any]:
    """What a browser sends for a new offer."""
    form = {"first": day(0), "last": day(90), **TERMS, **FAMILIES[family]}
    return form | ({"siteId": str(site.id)} if site and family != "staff" else {}) | changes


@pytest.mark.parametrize("family", list(FAMILIES))
def test_one_of_each_family_is_posted_in_one_form(
    client: Client, rows: Session, lister: Member, site: Site, family: str
) -> None:
    for headers in (SWEDISH, ENGLISH):
        assert client.get(f"/offers/new/{family}", headers=headers).status_code == 200
    answer = post_form(client, f"/offers/new/{family}", typed(family, site))
    assert answer.status_code == 303, text_of(answer.text)
    offer = rows.exec(select(Offer)).one()
    assert answer.headers["location"] == f"/offers/{offer.id}"
    assert (offer.state, offer.member_id) == (OfferState.OPEN, lister.id)
    assert offer.during.upper == builders.days(0, 91).end  # through the last day
    assert rows.get_one(Resource, offer.resource_id).family == family
    page = client.get(answer.headers["location"], headers=SWEDISH)
    assert FAMILIES[family]["name"] in page.text
    assert ("Kortet är publicerat" if family == "staff" else "Erbjudandet är öppet.") in page.text


def test_a_hall_that_divides_is_offered_whole_and_by_the_part(
    client: Client, rows: Session, lister: Member, site: Site
) -> None:
    parts = {"parts.0.name": "Norra", "parts.0.seats": "40", "parts.1.name": "Södra", "parts.1.seats": "40"}
    answer = post_form(client, "/offers/new/space", typed("space", site, kind="hall", seats="80", **parts))
    assert answer.status_code == 303, text_of(answer.text)
    assert len(rows.exec(select(Offer)).all()) == 3
    assert sorted(rows.exec(select(Unit.name))) == ["Norra", "Södra"]
    assert sorted(each.facts["seats"] for each in rows.exec(select(Resource))) == [40, 40, 80]


def test_a_new_address_is_listed_with_the_offer(client: Client, rows: Session, lister: Member) -> None:
    address = {
        "siteId": "",
        "siteName": "Nya huset",
        "siteAddress": "Exempelgatan 1",
        "municipalityCode": "2380",
        "openingHours.workingDays": "08:00-16:30",
        "openingHours.we": "8-11, 13-17",
        "openingHours.th": "stängt",
        "openingHours.sa": "10-14",
        "openingHours.closedOnHolidays": "yes",
        "openingHours.0.first": "2027-07-05",
        "openingHours.0.last": "2027-07-30",
        "openingHours.0.hours": "",
        "siteAccess": ["lift"],
    }
    answer = post_form(client, "/offers/new/space", typed("space", **address))
    assert answer.status_code == 303, text_of(answer.text)
    made = rows.exec(select(Site).where(Site.name == "Nya huset")).one()
    assert (made.municipality_code, made.access) == ("2380", ["lift"])
    hours = opening.from_json(made.opening_hours)
    usual = "må-ti 08:00-16:30; on 08:00-11:00, 13:00-17:00; fr 08:00-16:30; lö 10:00-14:00"
    assert opening_text.to_text(hours) == f"{usual}; 2027-07-05..2027-07-30 stängt; ej helgdagar"
    assert 63 < made.latitude < 64  # the municipality's seat, where no position is given


def test_a_draft_is_kept_and_opened(client: Client, rows: Session, lister: Member, site: Site) -> None:
    address = post_form(client, "/offers/new/space", typed("space", site, do="draft")).headers["location"]
    assert rows.exec(select(Offer.state)).one() is OfferState.DRAFT
    assert "Open the offer" in client.get(address, headers=ENGLISH).text
    for action, state in (("opening", "open"), ("pause", "paused"), ("opening", "open"), ("closing", "closed")):
        assert post_form(client, f"{address}/{action}", {"words": "Flytt"}).status_code == 303
        rows.expire_all()
        assert rows.exec(select(Offer.state)).one() == state
    closed = client.get(address, headers=SWEDISH).text
    assert "Avsluta erbjudandet" not in closed
    assert "Avslutat" in closed


def test_closing_says_first_whom_it_concerns(client: Client, rows: Session, lister: Member, site: Site) -> None:
    """A proposal that waits, one that nobody was asked about yet, and what was made of an agreed one."""
    offer = builders.offer(rows, builders.space(rows, site))
    rows.commit()
    assert "Nobody has booked it" in client.get(f"/offers/{offer.id}", headers=ENGLISH).text
    asked, seen_by_nobody, booked = (builders.need(rows, builders.request(rows)) for _ in range(3))
    waits = builders.approved(rows, (asked, offer))
    builders.suggestion(rows, (seen_by_nobody, offer))
    of_it = {"offer_id": offer.id, "lender_id": offer.organisation_id}
    stays = builders.booking(rows, booked, **of_it)
    builders.booking(rows, builders.need(rows, builders.request(rows)), state="cancelled", **of_it)
    rows.commit()
    page = client.get(f"/offers/{offer.id}", headers=ENGLISH).text
    told = page[page.index('id="closing"') : page.index("Why, if you want to say")]
    assert re.findall(r'href="(/\w+/[0-9a-f-]+)">(The [a-z ]+)<', told) == [
        (f"/bookings/{stays.id}", "The booking stays"),
        (f"/proposals/{waits.id}", "The proposal ends"),
    ]
    for need in (asked, booked):
        home = rows.get_one(Organisation, rows.get_one(Request, need.request_id).organisation_id)
        assert home.name in text_of(told)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("space", {"last": "2001-01-01"}, "last"),
    ("space", {"first": "2001-01-01", "last": "2001-02-01"}, "last"),
    ("space", {"first": "i morgon"}, "first"),
    ("space", {"seats": "0"}, "seats"),
    ("space", {"seats": "många"}, "seats"),
    ("space", {"name": ""}, "name"),
    ("space", {"kind": "boat"}, "kind"),
    ("space", {"kind": "hall", "parts.0.name": "Norra", "parts.0.seats": "4"}, "parts"),
    ("space", {"siteId": ""}, "siteName"),
    ("space", {"siteId": "x"}, "siteId"),
    ("space", {"siteId": "", "siteName": "Nytt"}, "municipalityCode"),
    ("space", {"siteName": "Nytt", "municipalityCode": "2380", "openingHours.mo": "ibland"}, "openingHours.mo"),
    ("space", {"siteName": "Huset", "municipalityCode": "2380"}, "siteName"),  # there is one called so
    ("space", {"priceSek": "0"}, "priceSek"),
    ("space", {"visibility": "department"}, "department"),
    ("space", {"widenTo": "all"}, "widenOn"),
    ("space", {"widenTo": "partners", "widenOn": day(5)}, "widenOn"),
    ("furniture", {"count": "0"}, "count"),
    ("furniture", {"valuationSek": "100", "valuationBasis": ""}, "valuationBasis"),
    ("vehicle", {"fuel": ""}, "fuel"),
    ("staff", {"extentPercent": "120"}, "extentPercent"),
    ("staff", {"skills.0.code": ""}, "skills"),
    ("staff", {"municipalityCodes": "Östersond"}, "municipalityCodes"),
    ("staff", {"languages": "dothraki, svenska"}, "languages"),
]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_wrong_form_comes_again_with_what_was_typed(
    client: Client, rows: Session, lister: Member, site: Site, language: str
) -> None:
    client.get(f"/language/{language}")
    for family, changes, wrong in WRONG:
        answer = post_form(client, f"/offers/new/{family}", typed(family, site, conditions="Ring först", **changes))
        where = f"{family} {changes}: {text_of(answer.text)}"
        assert answer.status_code == 422, where
        assert f'href="#f-{wrong}"' in answer.text, where
        assert f'id="f-{wrong}"' in answer.text, where
        assert "Ring först" in answer.text
        assert f'<html lang="{language}"' in answer.text
    assert rows.exec(select(Offer)).all() == []
    assert [each.name for each in rows.exec(select(Site))] == ["Huset"]


def test_everything_that_is_wrong_is_told_at_once(client: Client, lister: Member) -> None:
    answer = post_form(client, "/offers/new/space", {"name": "", "visibility": "all", "priceBasis": "none"})
    told = [name for name in ("name", "kind", "seats", "first", "siteName") if f'href="#f-{name}"' in answer.text]
    assert told == ["name", "kind", "seats", "first", "siteName"]


def test_a_name_that_is_taken(client: Client, lister: Member, site: Site) -> None:
    assert post_form(client, "/offers/new/space", typed("space", site)).status_code == 303
    answer = post_form(client, "/offers/new/space", typed("space", site))
    assert answer.status_code == 422
    assert "det finns redan en med det namnet" in answer.text


def test_an_offer_is_changed_and_an_old_form_is_refused(
    client: Client, rows: Session, lister: Member, site: Site
) -> None:
    address = post_form(client, "/offers/new/space", typed("space", site)).headers["location"]
    shown = client.get(f"{address}/change", headers=SWEDISH).text
    assert day(90) in shown
    offer = rows.exec(select(Offer)).one()
    new = {**TERMS, "first": day(0), "last": "", "visibility": "region", "widenOn": day(30), "widenTo": "all"}
    changed = post_form(client, f"{address}/change", {**new, "version": str(offer.version)})
    assert changed.status_code == 303, text_of(changed.text)
    rows.expire_all()
    offer = rows.exec(select(Offer)).one()
    assert (offer.visibility, offer.during.upper) == (Visibility.REGION, None)
    assert offer.widens == [[day(30), "all"]]
    assert day(30) in client.get(f"{address}/change").text
    late = post_form(client, f"{address}/change", {**new, "version": "1"})
    assert late.status_code in {409, 412}
    wrong = post_form(client, f"{address}/change", {**new, "first": "", "version": str(offer.version)})
    assert (wrong.status_code, 'href="#f-first"' in wrong.text) == (422, True)


def test_a_card_is_shown_once_all_three_have_said_yes(
    client: Client, rows: Session, lister: Member, signed_in: SignIn
) -> None:
    address = post_form(client, "/offers/new/staff", typed("staff")).headers["location"]
    reader = builders.member(rows, roles=["requester"])
    home = rows.get_one(Organisation, lister.organisation_id)
    assert "HR notes it" in client.get(address, headers=ENGLISH).text
    said = {"given": "yes", "evidence": "Blankett 2026-11-20"}
    assert post_form(client, f"{address}/consents", {"who": "employee", **said}).status_code == 403
    one, other = (builders.member(rows, home, roles=["hr"]) for _ in range(2))
    signed_in(client, one)
    for who in ("employee", "manager"):
        assert "Note a yes" in client.get(address, headers=ENGLISH).text
        assert post_form(client, f"{address}/consents", {"who": who, **said}).status_code == 303
    assert post_form(client, f"{address}/consents", {"who": "hr", "given": "yes"}).status_code == 422
    assert post_form(client, f"{address}/consents", {"who": "hr", **said}).status_code == 409
    signed_in(client, other)
    assert post_form(client, f"{address}/consents", {"who": "hr", **said}).status_code == 303
    assert f"noted by {one.name}: Blankett 2026-11-20" in " ".join(
        text_of(client.get(address, headers=ENGLISH).text).split()
    )
    signed_in(client, reader)
    seen = client.get(address, headers=SWEDISH)
    assert seen.status_code == 200
    assert "Upphandlare Berit" not in seen.text  # a card is anonymous to others
    assert "En statlig myndighet" in seen.text
    assert "Jämtlands län" in seen.text  # nobody has said that it could be about five
    assert not re.search(f"Östersund|{home.name}", seen.text)
    assert post_form(client, f"{address}/consents", {"who": "hr", "given": "no"}).status_code == 403
    signed_in(client, lister)
    assert post_form(client, f"{address}/consents", {"who": "employee", "given": "no"}).status_code == 303
    signed_in(client, reader)
    assert client.get(address).status_code == 404


def test_the_list_is_narrowed_in_both_languages(client: Client, rows: Session, lister: Member, site: Site) -> None:
    builders.offer(rows, builders.space(rows, site, name="Storsjön", seats=8))
    builders.offer(rows, builders.furniture(rows, name="Stolar", capacity=40))
    far = builders.site(rows, **builders.STOCKHOLM)
    builders.offer(rows, builders.vehicle(rows, far, name="Elbil"))
    rows.commit()

    def names(query: str) -> set[str]:
        shown = client.get(f"/offers?{query}", headers=SWEDISH)
        assert shown.status_code == 200
        return {name for name in ("Storsjön", "Stolar", "Elbil") if name in shown.text}

    assert names("") == {"Storsjön", "Stolar", "Elbil"}
    assert names("family=furniture") == {"Stolar"}
    assert names("municipality=0180") == {"Elbil"}
    assert names("text=storsj%C3%B6n") <= {"Storsjön"}
    assert names("least=9&family=space") == set()
    assert names("mine=yes") == {"Storsjön"}
    assert names(f"from={day(400)}") == set()
    assert names(f"from={day(10)}&until={day(20)}") == {"Storsjön", "Stolar", "Elbil"}
    assert names("family=boat&municipality=9999&least=x&from=x") == {"Storsjön", "Stolar", "Elbil"}
    assert "det slutar innan det börjar" in client.get(f"/offers?from={day(9)}&until={day(2)}", headers=SWEDISH).text
    chosen = client.get("/offers?family=space&county=23&text=storsjom&least=4", headers=SWEDISH).text
    assert "Inget är stavat ”storsjom”" in chosen
    for text, rest in (("Ta bort: Lokal", "text=storsjom&amp;county=23"), ("För 8 personer eller fler", "least=8")):
        assert re.search(rf'href="/offers\?[^"]*{rest}"[^>]*>?[^<]*(<span>)?[^<]*{text}', chosen), text
    nothing = text_of(client.get("/offers?family=vehicle&county=23", headers=SWEDISH).text)
    assert "Utan Fordon: 2 erbjudanden" in nothing
    assert "Utan Jämtlands län: 1 erbjudande" in nothing
    english = client.get("/offers", headers=ENGLISH)
    assert "3 offers" in english.text or "3 erbjudanden" in english.text


def test_others_see_the_municipality_and_how_to_ask(
    client: Client, rows: Session, site: Site, signed_in: SignIn
) -> None:
    offer = builders.offer(rows, builders.space(rows, site, name="Storsjön"))
    signed_in(client, builders.member(rows, roles=["requester"]))
    seen = client.get(f"/offers/{offer.id}", headers=SWEDISH).text
    assert "Prästgatan" not in seen
    assert "Östersund" in seen
    assert "/requests/new?family=space" in seen
    assert "Pausa erbjudandet" not in seen
    assert post_form(client, f"/offers/{offer.id}/pause").status_code == 403
    assert client.get(f"/offers/{offer.id}/change", headers=HTML).status_code == 403


def test_only_listers_post(client: Client, rows: Session, signed_in: SignIn) -> None:
    signed_in(client, builders.member(rows, roles=["requester"]))
    assert client.get("/offers/new/space", headers=HTML).status_code == 403
    assert "Erbjud något" not in client.get("/offers", headers=SWEDISH).text


def test_an_offer_begins_with_the_kind_that_is_wanted(client: Client, lister: Member) -> None:
    begun = client.get("/offers/new/space?kind=hall", headers=HTML).text
    assert 'value="hall" selected' in begun
    assert f'value="{clock.today()}' in begun, "and with all else that a new one begins with"


def test_there_is_no_form_of_another_family(client: Client, lister: Member) -> None:
    assert client.get("/offers/new/boats", headers=HTML).status_code == 404


def test_an_offer_without_a_family_begins_where_one_is_chosen(client: TestClient[Any]) -> None:
    answer = client.get("/offers/new", headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/offers")


@pytest.mark.parametrize(
    ("broken", "unread"),
    [
        ({"facts": {"seats": "many"}}, "facts"),
        ({"facts": []}, "facts"),
        ({"opening_hours": {"weekly": "never"}}, "openingHours"),
        ({"family": "boat", "kind": "canoe", "facts": {"berths": 4}}, "facts"),
    ],
)
def test_what_cannot_be_read_spoils_nobody_elses_list_and_can_be_closed(
    client: Client,
    rows: Session,
    lister: Member,
    site: Site,
    signed_in: SignIn,
    bearer: Bearer,
    broken: dict[str, Any],
    unread: str,
) -> None:
    offer = builders.offer(rows, builders.space(rows, site))
    other = builders.offer(rows)
    resource = rows.get_one(Resource, offer.resource_id)
    for name, value in broken.items():
        setattr(resource, name, value)
    rows.commit()
    for who in (lister, builders.member(rows)):
        rows.commit()
        signed_in(client, who)
        listed = client.get("/offers", headers=SWEDISH)
        assert listed.status_code == 200
        assert f"/offers/{other.id}" in listed.text
        assert "går inte att läsa" in text_of(client.get(f"/offers/{offer.id}", headers=SWEDISH).text)
    headers = bearer(lister)
    assert client.get("/api/v1/offers", headers=headers).json()["_meta"]["total"] == 2
    assert client.get(f"/api/v1/offers/{offer.id}", headers=headers).json()["offered"][unread] is None
    assert client.get(f"/api/v1/resources/{resource.id}", headers=headers).json()[unread] is None
    assert client.get("/api/v1/resources", headers=headers).status_code == 200
    signed_in(client, lister)
    assert post_form(client, f"/offers/{offer.id}/closing").status_code == 303


@pytest.mark.parametrize(
    ("family", "changes", "field"),
    [
        ("furniture", {"valuationBasis": "", "valuationSek": ""}, "valuationBasis"),
        ("furniture", {"valuationBasis": "nil_value", "valuationSek": "200"}, "valuationSek"),
        (
            "space",
            {"kind": "hall", "parts.0.name": "A", "parts.0.seats": "5", "parts.1.name": "B", "parts.1.seats": "5"},
            "parts",
        ),
        ("space", {"description": "Fråga 811218-9876"}, "description"),
        ("vehicle", {"licenceClass": "none"}, "licenceClass"),
        ("staff", {"name": "Ring 070-123 45 67"}, "name"),
        ("staff", {"conditions": "Ring 070-123 45 67"}, "conditions"),
    ],
)
def test_what_contradicts_itself_or_names_a_person_is_told_beside_its_field(
    client: Client, rows: Session, lister: Member, site: Site, family: str, changes: dict[str, str], field: str
) -> None:
    answer = post_form(client, f"/offers/new/{family}", typed(family, site, **changes))
    assert answer.status_code == 422, text_of(answer.text)
    assert f'href="#f-{field}"' in answer.text
    assert not rows.exec(select(Offer)).all()


def test_what_is_booked_is_not_listed_in_the_period_by_page_or_api(
    client: Client, rows: Session, lister: Member, bearer: Bearer
) -> None:
    taken, free = (builders.vehicle(rows, name=name) for name in ("Elbil ett", "Elbil två"))
    for car in (taken, free):
        builders.offer(rows, car)
    builders.claim(rows, builders.unit_of(rows, taken), builders.days(1, 60))
    rows.commit()
    first = (clock.today() + timedelta(days=12)).isoformat()
    last = (clock.today() + timedelta(days=14)).isoformat()
    page = text_of(client.get(f"/offers?text=elbil&from={first}&until={last}", headers=HTML).text)
    assert ("Elbil ett" in page, "Elbil två" in page) == (False, True)
    until = (clock.today() + timedelta(days=15)).isoformat()
    query = {"text": "elbil", "from": f"{first}T00:00:00+01:00", "until": f"{until}T00:00:00+01:00"}
    found = client.get("/api/v1/offers", params=query, headers=bearer(lister)).json()
    assert (len(found["items"]), found["_meta"]["total"]) == (1, 1)


WRONG_OFFERS: list[tuple[str, dict[str, Any], set[str]]] = [
    (
        "space",
        {
            "siteId": "",
            "siteName": "Nya huset",
            "municipalityCode": "2380",
            "openingHours.sa": "x 8-17",
            "name": "",
            "seats": "många",
            "priceSek": "",
            "visibility": "department",
        },
        {"openingHours.sa", "name", "seats", "priceSek", "department"},
    ),
    (
        "vehicle",
        {
            "name": "Bil 19900101-0017",
            "seats": "",
            "first": day(9),
            "last": day(2),
            "priceBasis": "none",
            "priceSek": "5",
        },
        {"name", "seats", "last", "priceBasis"},
    ),
    (
        "furniture",
        {"condition": "", "terms": "hand_over", "priceBasis": "day", "first": day(-9), "last": day(-2), "widenOn": "x"},
        {"condition", "priceBasis", "last", "widenOn", "widenTo", "priceSek"},
    ),
    (
        "staff",
        {"name": "", "extentPercent": "500", "conditions": "Ring 070-123 45 67", "last": "2999-01-01"},
        {"name", "extentPercent", "conditions", "last"},
    ),
]


@pytest.mark.parametrize(("family", "changes", "wrong"), WRONG_OFFERS)
def test_all_that_is_wrong_with_a_new_offer_is_told_at_once(
    client: Client, rows: Session, lister: Member, site: Site, family: str, changes: dict[str, Any], wrong: set[str]
) -> None:
    answer = post_form(client, f"/offers/new/{family}", typed(family, site, **changes))
    assert answer.status_code == 422
    assert set(re.findall(r'href="#f-([\w.]+)"', answer.text)) == wrong
    assert rows.exec(select(Offer)).first() is None
    assert rows.exec(select(Site.name)).all() == ["Huset"]


def test_all_that_is_wrong_with_a_changed_offer_is_told_at_once(
    client: Client, rows: Session, lister: Member, site: Site
) -> None:
    post_form(client, "/offers/new/furniture", typed("furniture", site))
    offer = rows.exec(select(Offer)).one()
    said = {"first": day(-9), "last": day(-2), "terms": "hand_over", "priceBasis": "day", "visibility": "department"}
    answer = post_form(client, f"/offers/{offer.id}/change", {**said, "version": str(offer.version), "priceSek": "x"})
    assert answer.status_code == 422
    assert set(re.findall(r'href="#f-([\w.]+)"', answer.text)) == {"last", "priceBasis", "priceSek", "department"}


@pytest.mark.parametrize(
    ("field", "hours", "swedish"),
    [
        ("mo", "17-8", "det slutar innan det börjar"),
        ("mo", "8-12, 11-13", "tider samma dag överlappar"),
        ("workingDays", "vardagar", "”vardagar”: skriv till exempel"),
        ("su", "8-25", "”25”: skriv klockslaget"),
        ("0.first", "2027-02-30", "datum"),
        ("0.hours", "8-9", "Andra tider 1, från"),
    ],
)
def test_what_is_wrong_with_opening_hours_is_told_in_the_language_of_the_page(
    client: Client, lister: Member, field: str, hours: str, swedish: str
) -> None:
    said = {"siteName": "Nya huset", "municipalityCode": "2380", f"openingHours.{field}": hours}
    form = typed("space", None, **said)
    text = text_of(post_form(client, "/offers/new/space", form).text)
    assert swedish in text
    assert not re.search(r"\b(write|it has to|overlap|ends before|the week)\b", text)
