"""The pages of proposals: what each reader sees, and what its buttons do."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import Session

from api.language import i18n
from competence.service import add_skills, describe_staff
from core.time import clock
from core.time.interval import to_range
from core.time.timing import Weekly
from marketplace.organisations.models import Member, Organisation, OrganisationKind
from marketplace.proposals.models import LineClaim, Proposal, ProposalState
from marketplace.proposals.queries import claims_of_line, lines
from marketplace.runs.models import MatchingRun, ReasonsState
from marketplace.runs.reasons import line_reasons
from resources.families.staff import StaffFacts
from tests import builders
from tests.api.conftest import HTML, SignIn, post_form, text_of
from tests.marketplace.loans.agreeing import lent
from tests.marketplace.proposals.deals import Deal, deal
from tests.marketplace.proposals.test_swapping import alternative

P = ProposalState


@pytest.fixture
def visit(client: TestClient[Any], rows: Session, signed_in: SignIn) -> Any:
    """Sign in as one of the people of a deal and return the page's text."""

    def as_(found: Deal, who: str, path: str | None = None) -> str:
        signed_in(client, rows.get_one(Member, getattr(found, who).member_id))
        answer = client.get(path or f"/proposals/{found.proposal.id}", headers=HTML)
        assert answer.status_code == 200, answer.text
        return text_of(answer.text)

    return as_


def state(rows: Session, found: Deal) -> str:
    rows.expire_all()
    rows.rollback()
    return rows.get_one(Proposal, found.proposal.id).state


REASONS = {"terms": {"fit": -1500, "distance": -750, "wishes": 3000}, "distanceM": 4700.0}


def test_the_coordinator_reviews_with_reasons_and_alternatives(rows: Session, visit: Any) -> None:
    other = builders.offer(rows, builders.space(rows, name="Gula rummet"))
    reasons = {**REASONS, "missing": [{"date": "2027-01-12", "code": "taken"}]}
    found = deal(rows, approved=False, reasons={**reasons, "alternatives": [alternative(rows, other)]})
    text = visit(found, "coordinator")
    for shown in (
        found.request.title,
        "Rätt storlek",
        "−1 500",
        "+3 000",
        "4,7\u00a0km".replace("\u00a0", " "),
        "2027-01-12 (upptaget)",
        "Gula rummet",
        "−600",  # -700 against -100
        "Kostar andra Totalt Byt Gula rummet",
        "Godkänn och fråga parterna",
        "Lås inför senare matchningar",
        "Har inte fått frågan",
    ):
        assert shown in text.replace("\u00a0", " "), shown


def test_why_it_is_proposed_is_told_in_short_with_all_that_counts(rows: Session, visit: Any) -> None:
    found = deal(rows, approved=False, reasons={"terms": {"fit": -1500, "cost": 0, "said_yes": 40_000}, "value": 100})
    run = rows.get_one(MatchingRun, found.proposal.run_id)
    run.policy = {**run.policy, "weights": {"fit": 12_000, "cost": 5_000}}
    rows.commit()
    text = visit(found, "coordinator").replace("\u00a0", " ")
    assert "Inga avdrag: billigt. Rätt storlek" in text
    assert "Har sagt ja till en kallelse Tillägg för den som redan har svarat att den kan komma. +40 000" in text
    assert "Tillsammans +38 600" in text  # 40 000 - 1 500 + 100


def test_a_need_that_is_called_as_its_request_is_told_once(rows: Session, visit: Any) -> None:
    found = deal(rows, approved=False)
    found.request.title, found.needs[0].title = "Nya salen: Sal för tio", "Sal för tio"
    rows.commit()
    text = visit(found, "coordinator", "/proposals")
    assert "Nya salen: Sal för tio" in text
    assert "Sal för tio: Sal för tio" not in text


def test_a_loan_of_a_person_tells_its_rules_and_by_which_skills_it_fits(rows: Session, visit: Any) -> None:
    add_skills(rows)
    person = builders.staff(rows, builders.organisation(rows, kind="municipality"))
    describe_staff(rows, None, person, StaffFacts(100, remote=True, skills={"administrative_law": 4}))
    found = deal(rows, builders.offer(rows, person), approved=False)
    found.needs[0].requirements = {"skillsMust": {"law": 3}, "skillsShould": {"procurement": 2}}
    home = rows.get_one(Organisation, found.request.organisation_id)
    for kind, told, untold in (
        ("municipality", "Lån mellan kommuner och regioner", "låt en jurist på varje sida"),
        ("state_agency", "låt en jurist på varje sida titta på det. Ds 2022:26", "Ni har ett avtal om samverkan"),
    ):
        home.kind = OrganisationKind(kind)
        rows.commit()
        text = visit(found, "coordinator")
        assert "Närliggande kompetenser Förvaltningsrätt (4) räknas som Juridik (3)" in text
        assert told in text
        assert untold not in text
        assert "Båda kan avsluta det med en månads varsel" in text
    person.organisation_id = found.offers[0].organisation_id = home.id
    rows.commit()
    assert "månads varsel" not in visit(found, "coordinator"), "whoever stays at home is lent to nobody"
    room = visit(deal(rows, approved=False), "coordinator")
    assert "månads varsel" not in room, "a room follows none of it"
    assert "Närliggande" not in room


@pytest.mark.parametrize(("weekdays", "told"), [((0,), False), ((0, 1, 2, 3, 4), True)])
def test_a_person_lent_each_monday_is_not_lent_full_time(
    rows: Session, visit: Any, weekdays: tuple[int, ...], told: bool
) -> None:
    person = builders.staff(rows, builders.organisation(rows, kind="state_agency"))
    found = deal(rows, builders.offer(rows, person), approved=False)
    rows.get_one(Organisation, found.request.organisation_id).kind = OrganisationKind.STATE_AGENCY
    start = clock.today() + timedelta(days=7)
    days = Weekly(start, start + timedelta(days=244), weekdays, time(8), time(17)).occurrences()
    [line] = lines(rows, [found.proposal.id])
    claim, *others = claims_of_line(rows, line.line.id)
    claim.during = to_range(days[0])
    for day in days[1:]:
        rows.add(LineClaim(line_id=line.line.id, unit_id=claim.unit_id, amount=100, during=to_range(day)))
    line.line.amount = 100
    rows.commit()
    assert not others
    text = visit(found, "coordinator")
    assert "Det är längre än sex månader" in text
    assert ("högst sex månader på heltid" in text) is told


def test_what_a_loan_requires_is_ticked_before_it_is_accepted(
    client: TestClient[Any], rows: Session, visit: Any
) -> None:
    found = lent(rows, kinds=("state_agency", "municipality"))
    rows.commit()
    text = visit(found, "lister")
    for shown in ("ni bekräftar", "Det är frivilligt: den anställda har gått med på just det här lånet."):
        assert shown in text
    assert "Arbetet ryms inom" not in text, "that is of loans within the state"
    address = f"/proposals/{found.proposal.id}/acceptance"
    names = re.findall(r'name="(confirmations[^"]+)" value="yes"', client.get(f"/proposals/{found.proposal.id}").text)
    assert sorted(each.rpartition(".")[2] for each in names) == ["insurance", "voluntary"]
    refused = post_form(client, address, {names[0]: "yes", names[1]: ""})
    assert refused.status_code == 422
    assert f'href="#f-{names[1]}"' in refused.text
    assert refused.text.count("bekräfta det först") == 2, "in the summary and at the box"
    assert re.search(rf'name="{names[0]}" value="yes" checked', refused.text), "what was ticked stays so"
    assert post_form(client, address, dict.fromkeys(names, "yes")).status_code == 303
    text = visit(found, "requester")
    assert "Vad som har bekräftats" in text
    assert "reglerna i version" in text


@pytest.mark.parametrize("state", ReasonsState)
def test_it_says_that_reasons_are_still_being_looked_for(rows: Session, visit: Any, state: ReasonsState) -> None:
    found = deal(rows, reasons=REASONS)
    rows.get_one(MatchingRun, found.proposal.run_id).reasons_state = state
    rows.commit()
    looking = "tas fortfarande fram"
    assert (looking in visit(found, "coordinator")) is (state is ReasonsState.LOOKING)
    assert looking not in visit(found, "requester"), "only who may swap waits for it"


def test_the_buttons_of_the_coordinator(client: TestClient[Any], rows: Session, visit: Any) -> None:
    other = builders.offer(rows, builders.space(rows, name="Gula rummet"))
    found = deal(rows, approved=False, reasons={"alternatives": [alternative(rows, other)]})
    visit(found, "coordinator")
    path = f"/proposals/{found.proposal.id}"
    for action, told in (("lock", "låst"), ("unlock", "upplåst")):
        assert post_form(client, f"{path}/{action}").status_code == 303
        assert told in text_of(client.get(path).text)
    line = str(lines(rows, [found.proposal.id])[0].line.id)
    assert post_form(client, f"{path}/swap", {"line": line, "option": "other"}).status_code == 303
    assert "Gula rummet" in text_of(client.get(path).text)
    stale = post_form(client, f"{path}/approval", {"version": 1})
    assert stale.status_code == 412
    assert "Någon annan har ändrat" in text_of(stale.text)
    assert f'action="{path}/approval"' in stale.text
    assert post_form(client, f"{path}/approval", {"version": 4}).status_code == 303
    assert state(rows, found) == P.APPROVED
    assert "Parterna har fått frågan" in text_of(client.get(path).text)


def test_both_accept_and_arrive_at_the_booking(client: TestClient[Any], rows: Session, visit: Any) -> None:
    lent = builders.offer(rows, builders.space(rows), price_basis="hour", price_sek=100)
    found = deal(rows, lent)
    path = f"/proposals/{found.proposal.id}"
    text = visit(found, "lister").replace("\u00a0", " ")
    assert "Acceptera för din organisation" in text
    assert "200 kr" in text  # two hours
    assert "Inget svar" in text
    first = post_form(client, f"{path}/acceptance")
    assert (first.status_code, first.headers["location"]) == (303, path)
    text = text_of(client.get(path).text)
    assert "Din organisation har accepterat." in text
    assert "Acceptera för din organisation" not in text

    visit(found, "requester")
    last = post_form(client, f"{path}/acceptance")
    assert last.headers["location"].startswith("/bookings/")
    assert "Överenskommet: 1 bokning är gjord." in text_of(client.get(last.headers["location"]).text)
    assert "Det är bokat" not in text_of(client.get(path).text)
    assert state(rows, found) == P.AGREED


def test_a_yes_too_late_says_what_was_taken(client: TestClient[Any], rows: Session, visit: Any) -> None:
    found = deal(rows)
    path = f"/proposals/{found.proposal.id}"
    visit(found, "lister")
    post_form(client, f"{path}/acceptance")
    room = builders.resource_of(rows, found.offers[0])
    builders.claim(rows, builders.unit_of(rows, room), builders.days(14, 15), note="Hemligt")
    visit(found, "requester")
    assert post_form(client, f"{path}/acceptance").headers["location"] == path
    text = text_of(client.get(path).text)
    assert f"{room.name} hann bli upptaget" in text
    assert "Alla hade sagt ja, men något i förslaget hann bli upptaget." in text
    assert "Hemligt" not in text
    assert state(rows, found) == P.REFUSED


def test_refusing_needs_a_reason_and_shows_the_form_again(client: TestClient[Any], rows: Session, visit: Any) -> None:
    found = deal(rows)
    path = f"/proposals/{found.proposal.id}"
    visit(found, "lister")
    for wrong in ({}, {"code": "other", "words": ""}):
        answer = post_form(client, f"{path}/refusal", wrong)
        assert answer.status_code == 422
        assert 'id="error-summary"' in answer.text
        assert '<details class="dc-more" open>' in answer.text
    assert state(rows, found) == P.APPROVED
    assert post_form(client, f"{path}/refusal", {"code": "terms", "words": "För dyrt"}).status_code == 303
    text = text_of(client.get(path).text)
    assert "Avböjt av" in text
    assert "För dyrt" in text
    assert state(rows, found) == P.REFUSED


def test_a_party_sees_no_alternatives_and_no_history(rows: Session, visit: Any) -> None:
    other = builders.offer(rows, builders.space(rows, name="Gula rummet"))
    found = deal(rows, reasons={**REASONS, "alternatives": [alternative(rows, other)]})
    text = visit(found, "requester")
    assert "Gula rummet" not in text
    assert "Vad som har hänt" not in text
    assert "Rätt storlek" in text  # but why it was chosen


def test_before_agreement_nothing_exact_is_shown(rows: Session, visit: Any) -> None:
    place = builders.site(rows, address="Kyrkgatan 12")
    room = deal(rows, builders.offer(rows, builders.space(rows, place)), approved=False)
    assert "Kyrkgatan" not in visit(room, "coordinator")
    person = deal(rows, builders.offer(rows, builders.staff(rows, name="Anna på plan 3")), approved=False)
    assert "Anna" not in visit(person, "coordinator")
    assert "Anna" not in visit(person, "coordinator", "/proposals")
    known = deal(rows, builders.offer(rows, builders.space(rows, place)))
    assert "Kyrkgatan" not in visit(known, "requester")
    known.proposal.state = ProposalState.AGREED
    rows.commit()
    assert "Kyrkgatan" in visit(known, "requester")


def test_runs_to_choose_from_are_told_by_swedish_time(rows: Session, visit: Any) -> None:
    found = deal(rows, approved=False)
    run = rows.get_one(MatchingRun, found.proposal.run_id)
    run.queued_at = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    rows.commit()
    text = visit(found, "coordinator", "/proposals").replace("\u00a0", " ")
    assert "2026-11-22 00:30" in text
    assert "minus är avdrag" in text


def test_the_list_narrows_and_counts(client: TestClient[Any], rows: Session, visit: Any) -> None:
    asked, waiting = deal(rows, reasons=REASONS), deal(rows, approved=False)
    text = visit(asked, "coordinator", "/proposals").replace("\u00a0", " ")
    assert text.index(waiting.request.title) < text.index(asked.request.title)
    assert "Väntar på svar (1)" in text
    assert "4,7 km, störst avdrag: storlek" in text
    narrowed = text_of(client.get("/proposals?state=approved&county=23").text)
    assert asked.request.title in narrowed
    assert waiting.request.title not in narrowed
    assert "inga sådana förslag" in text_of(client.get("/proposals?county=01").text)
    assert client.get("/proposals?state=maybe&run=x").status_code == 200
    assert waiting.request.title not in visit(asked, "lister", "/proposals")


def test_the_page_speaks_english_too(client: TestClient[Any], rows: Session, visit: Any) -> None:
    found = deal(rows, reasons=REASONS)
    visit(found, "lister")
    client.get("/language/en?next=/")
    text = text_of(client.get(f"/proposals/{found.proposal.id}", headers=HTML).text)
    assert "Accept for your organisation" in text
    assert "Right size" in text
    assert i18n.DEFAULT == "sv"


def test_what_is_not_mine_is_not_there(client: TestClient[Any], rows: Session, visit: Any) -> None:
    found, other = deal(rows), deal(rows)
    visit(found, "lister")
    answer = client.get(f"/proposals/{other.proposal.id}", headers=HTML)
    assert answer.status_code == 404


def test_a_series_decided_per_date_is_told_on_one_card_per_offer(
    client: TestClient[Any], rows: Session, signed_in: SignIn
) -> None:
    first, second = (builders.offer(rows, builders.space(rows, name=name)) for name in ("Storsjön", "Frösön"))
    start = clock.today() + timedelta(days=7)
    weekly = Weekly(start, start + timedelta(days=27), (start.weekday(),), time(9), time(11), same_resource=False)
    need = builders.need(rows, builders.request(rows), weekly)
    made = builders.suggestion(rows, (need, first), (need, first), (need, second))
    missing, *served = weekly.occurrences()
    for view, day in zip(lines(rows, [made.id]), served, strict=True):
        view.line.occurs_on = day.start.date()
        view.line.reasons = line_reasons({**REASONS, "alternatives": [alternative(rows, second)]})
        claim, *others = claims_of_line(rows, view.line.id)
        claim.during = to_range(day)
        for other in others:
            rows.delete(other)
    signed_in(client, builders.member(rows, roles=["coordinator"]))
    html = client.get(f"/proposals/{made.id}", headers=HTML).text
    assert html.count('class="dc-card"') == 2
    text = text_of(html).replace("\u00a0", " ")
    assert all(f"{day.start.date()} 09:00–11:00" in text for day in served)
    assert f"Inte dessa datum: {missing.start.date()}" in text
    assert html.count('name="option" value="other"') == 3  # one for each date
    run = rows.get_one(MatchingRun, made.run_id)
    run.queued_at = datetime.combine(missing.start.date() + timedelta(days=1), time(0, 10), clock.STOCKHOLM)
    rows.commit()
    html = client.get(f"/proposals/{made.id}", headers=HTML).text
    assert "Inte dessa datum" not in text_of(html), "in Sweden it was the day after already"


def test_of_a_bundle_a_lister_is_told_only_that_others_lend_something(rows: Session, visit: Any) -> None:
    person = builders.staff(rows, name="Anna på plan 3")
    secret = builders.offer(rows, person, price_basis="hour", price_sek=31337, conditions="Bara hos oss")
    found = deal(rows, builders.offer(rows), secret)
    for shown in (visit(found, "lister"), visit(found, "lister", "/proposals")):
        assert builders.home_of(rows, secret).name in shown
        assert not [word for word in ("Anna", "31 337", "Bara hos oss", "procurement") if word in shown]
    assert "31 337" in visit(found, "requester")


def test_the_queue_goes_on_and_comes_back(client: TestClient[Any], rows: Session, visit: Any) -> None:
    first, second = (deal(rows, approved=False, answer_by=builders.at(day)) for day in (2, 3))
    listed = visit(first, "coordinator", "/proposals?state=proposed")
    assert "Granska ett i taget" in listed
    began = client.get("/proposals/queue?county=23")
    here, there = (f"/proposals/{each.proposal.id}?queue=yes&county=23" for each in (first, second))
    assert (began.status_code, began.headers["location"]) == (303, here)
    page = client.get(here, headers=HTML)
    assert "1 av 2" in text_of(page.text)
    assert f'href="{there.replace("&", "&amp;")}"' in page.text
    fields = {"queue": "yes", "county": "23", "version": 1}
    path = f"/proposals/{first.proposal.id}"
    assert post_form(client, f"{path}/refusal", {**fields, "code": "other"}).status_code == 422
    refused = post_form(client, f"{path}/refusal", {**fields, "code": "too_far"})
    assert refused.headers["location"] == there
    text = text_of(client.get(there, headers=HTML).text)
    assert "1 av 1" in text
    assert f"Avböjt: {first.request.title}." in text
    stale = post_form(client, f"/proposals/{second.proposal.id}/refusal", {**fields, "version": 7, "code": "too_far"})
    assert stale.status_code == 412
    assert "1 av 1" in text_of(stale.text), "it is still in turn"
    undone = post_form(client, f"{path}/reopening", fields)
    assert undone.headers["location"] == here
    assert state(rows, first) == P.PROPOSED
    last = post_form(client, f"/proposals/{second.proposal.id}/lock", fields)
    assert last.headers["location"] == "/proposals?state=proposed&county=23"


def test_several_are_decided_at_once_or_none(client: TestClient[Any], rows: Session, visit: Any) -> None:
    good, gone = deal(rows, approved=False), deal(rows, approved=False)
    builders.claim(rows, builders.unit_of(rows, builders.resource_of(rows, gone.offers[0])), builders.days(14, 15))
    visit(good, "coordinator", "/proposals?state=proposed")
    chosen = {"state": "proposed", "proposal": [f"{each.proposal.id}:1" for each in (good, gone)]}
    answer = post_form(client, "/proposals/decisions", {**chosen, "do": "approve"})
    assert answer.status_code == 409
    assert "för 1 av de valda går det inte" in text_of(answer.text)
    ticked = re.findall(r'name="proposal" value="([^"]+)"[^>]* checked', answer.text)
    assert ticked == [f"{good.proposal.id}:1"]
    assert state(rows, good) == P.PROPOSED
    for wrong in ({"do": "approve"}, {**chosen, "do": "refuse"}, {**chosen, "do": "vanish"}):
        assert post_form(client, "/proposals/decisions", wrong).status_code == 422
    done = post_form(client, "/proposals/decisions", {**chosen, "do": "refuse", "code": "too_far"})
    assert done.headers["location"] == "/proposals?state=proposed"
    text = text_of(client.get("/proposals?state=proposed", headers=HTML).text)
    assert "2 förslag är avböjda" in text
    assert "Du har nyss beslutat om 2 förslag" in text
    keys = {"proposal": [str(each.proposal.id) for each in (good, gone)], "do": "reopen"}
    assert post_form(client, "/proposals/decisions", keys).status_code == 303
    assert {state(rows, good), state(rows, gone)} == {P.PROPOSED}
    visit(good, "requester", "/proposals")
    assert post_form(client, "/proposals/decisions", keys).status_code == 403
