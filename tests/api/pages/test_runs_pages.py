"""Pages of matching runs: starting one, following it without scripts, and what came out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, col, select

from core.time import clock
from marketplace.organisations.models import Member
from marketplace.planning import attempts
from marketplace.planning.execution.adding_up import added_up
from marketplace.planning.rules import RunDraft
from marketplace.runs.baseline import Baseline
from marketplace.runs.models import MatchingRun, NeedOutcome, ReasonsState, RunState
from tests import builders
from tests.api.conftest import HTML, SignIn, post_form, text_of
from tests.marketplace.proposals.deals import deal

Client = TestClient[Litestar]
ENGLISH = {**HTML, "accept-language": "en"}
SWEDISH = {**HTML, "accept-language": "sv"}
FORM = {"name": "Hösten", "countyCode": "23", "policy": "near", "timeLimitS": "2,5"}


@pytest.fixture
def coordinator(rows: Session, client: Client, signed_in: SignIn) -> Member:
    """A coordinator who is signed in."""
    member = builders.member(rows, roles=["coordinator"])
    signed_in(client, member)
    return member


def a_run(rows: Session, **values: object) -> MatchingRun:
    run = builders.matching_run(rows, **values)
    rows.commit()
    return run


def test_a_coordinator_starts_a_run_from_the_form(client: Client, coordinator: Member, rows: Session) -> None:
    form = text_of(client.get("/runs/new", headers=SWEDISH).text)
    assert "Korta vägar" in form
    assert "Ge inte en sal för fyrtio till fyra" in form
    answer = post_form(client, "/runs/new", FORM)
    assert answer.status_code == 303
    page = text_of(client.get(answer.headers["location"], headers=SWEDISH).text)
    for words in ("Hösten", "Jämtlands län", "Korta vägar", "2,5", "Köad"):
        assert words in page
    assert "Hösten" in text_of(client.get("/runs", headers=SWEDISH).text)


def test_a_wrong_form_is_shown_again_with_what_is_wrong(client: Client, coordinator: Member) -> None:
    answer = post_form(client, "/runs/new", FORM | {"timeLimitS": "0"})
    assert answer.status_code == 422
    assert 'href="#f-timeLimitS"' in answer.text
    answer = post_form(client, "/runs/new", FORM | {"countyCode": "99"})
    assert 'href="#f-countyCode"' in answer.text


def test_others_see_no_form_and_may_not_start(client: Client, rows: Session, signed_in: SignIn) -> None:
    signed_in(client, builders.member(rows))
    assert client.get("/runs/new", headers=HTML).status_code == 403
    assert post_form(client, "/runs/new", FORM).status_code == 403
    assert "/runs/new" not in client.get("/runs", headers=HTML).text


def test_progress_is_polled_until_the_run_has_ended(client: Client, coordinator: Member, rows: Session) -> None:
    progress = {"step": "solving", "value": 1200, "bound": 1500, "gap": 0.2, "served": 3, "needs": 9}
    progress |= {"blocks": 17, "seconds": 1.5}
    run = a_run(rows, state=RunState.RUNNING, started_at=clock.now(), progress=progress)
    page = client.get(f"/runs/{run.id}", headers=ENGLISH)
    assert f'hx-get="/runs/{run.id}/progress?was=running"' in page.text
    assert "3 of 9" in text_of(page.text)
    assert "At most this far from the best 20%" in " ".join(text_of(page.text).split())
    assert "Blocks solved" not in text_of(page.text), "of use to those who measure the search, see the API"
    assert "http-equiv" not in page.text, "without scripts a link shows the latest, nothing reloads by itself"
    assert f'<a class="ds-link" href="/runs/{run.id}">' in page.text
    part = client.get(f"/runs/{run.id}/progress", headers=ENGLISH)
    assert "<html" not in part.text
    assert "HX-Refresh" not in part.headers
    run.state = RunState.CANCELLED
    rows.add(run)
    rows.commit()
    ended = client.get(f"/runs/{run.id}/progress", headers=ENGLISH)
    assert ended.headers["HX-Refresh"] == "true"
    assert "hx-get" not in ended.text


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"step": "loading", "done": 1, "total": 4}, "Parts read 1 1 of 4"),
        ({"step": "building", "done": 1200, "total": 4300}, "Needs looked at 1200 1,200 of 4,300"),
        ({"step": "keeping", "done": 1, "total": 2}, "Parts kept 1 1 of 2"),
        ({"step": "publishing", "done": 7, "total": 9}, "Steps written down 7 7 of 9"),
        ({"step": "explaining", "done": 3, "total": 9, "served": 3, "needs": 9}, "Reasons looked for 3 3 of 9"),
        ({"step": "publishing", "served": 8524, "needs": 9021, "value": 1, "bound": 2}, "8,524 of 9,021"),
    ],
)
def test_each_step_says_how_far_it_has_come(
    client: Client, coordinator: Member, rows: Session, step: dict[str, Any], told: str
) -> None:
    run = a_run(rows, state=RunState.RUNNING, started_at=clock.now(), progress={"seconds": 1.5, **step})
    shown = text_of(client.get(f"/runs/{run.id}/progress", headers=ENGLISH).text)
    assert told in " ".join(shown.split())


def test_a_run_that_looks_for_reasons_shows_its_result_and_can_be_told_to_stop(
    client: Client, coordinator: Member, rows: Session
) -> None:
    builders.offer(rows)
    builders.need(rows, builders.request(rows))
    rows.commit()
    run = rows.get_one(MatchingRun, attempts.run_now(RunDraft(time_limit_s=600)))
    run.reasons_state, run.progress = ReasonsState.LOOKING, run.progress | {"step": "explaining"}
    rows.commit()
    page = client.get(f"/runs/{run.id}", headers=SWEDISH).text
    shown = " ".join(text_of(page).split())
    for words in ("Behov som tillgodoses 1 av 1", "Tillfällen som tillgodoses 1 av 1", "Skäl Tas fortfarande fram"):
        assert words in shown
    assert "every 1s" in page
    moved_on = client.get(f"/runs/{run.id}/progress?was=running", headers=SWEDISH)
    assert moved_on.headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(f"/runs/{run.id}/progress?was=done", headers=SWEDISH).headers
    assert "Sluta ta fram skäl" in shown
    assert post_form(client, f"/runs/{run.id}/cancellation").status_code == 303
    rows.refresh(run)
    assert (run.state, run.reasons_state) == (RunState.DONE, ReasonsState.ENDED)
    assert "every 1s" not in client.get(f"/runs/{run.id}", headers=SWEDISH).text


def test_what_was_left_out_is_named_to_coordinators_and_its_owner(
    client: Client, coordinator: Member, rows: Session, signed_in: SignIn
) -> None:
    asker = builders.member(rows)
    request = builders.request(rows, asker)
    need = builders.need(rows, request, timing={"type": "?"})
    other = builders.need(rows, builders.request(rows, asker))
    rows.commit()
    run_id = attempts.run_now(RunDraft(time_limit_s=600))
    for who, seen in ((coordinator, True), (asker, True), (builders.member(rows), False)):
        signed_in(client, who)
        answer = client.get(f"/runs/{run_id}", headers=SWEDISH)
        assert (f'href="/requests/{request.id}"' in answer.text) is seen
        assert ("går inte att läsa när" in text_of(answer.text)) is seen
    assert need.id != other.id


def test_a_run_is_cancelled_and_run_again(client: Client, coordinator: Member, rows: Session) -> None:
    run = a_run(rows)
    assert post_form(client, f"/runs/{run.id}/cancellation").status_code == 303
    page = client.get(f"/runs/{run.id}", headers=ENGLISH)
    assert "Cancelled" in text_of(page.text)
    again = post_form(client, f"/runs/{run.id}/repetition")
    assert again.headers["location"] != f"/runs/{run.id}"


def test_the_result_tells_served_and_unserved_needs_in_words(
    client: Client, coordinator: Member, rows: Session
) -> None:
    builders.offer(rows, builders.space(rows, name="Stora salen"))
    for title in ("Först", "Sedan"):
        builders.need(rows, builders.request(rows, title=title))
    builders.need(rows, builders.request(rows, title="För många"), requirements={"people": 900})
    rows.commit()
    run_id = attempts.run_now(RunDraft(time_limit_s=600))
    page = text_of(client.get(f"/runs/{run_id}", headers=SWEDISH).text)
    assert "1 av 3" in page
    assert "Bevisat bäst" in page
    assert "Stora salen" in page
    for title in ("Först", "Sedan", "För många"):
        assert title in page
    served = text_of(client.get(f"/runs/{run_id}?show=served", headers=SWEDISH).text)
    assert "Stora salen" in served
    assert "För många" not in served


def test_a_failed_run_says_what_happened(client: Client, coordinator: Member, rows: Session) -> None:
    values = {"state": RunState.FAILED, "failure_code": "worker_lost"}
    page = text_of(client.get(f"/runs/{a_run(rows, **values).id}", headers=SWEDISH).text)
    assert "Körningen avbröts flera gånger" in page


def test_a_run_names_no_staff_and_tells_a_requester_why_a_proposal_is_not_shown(
    client: Client, rows: Session, signed_in: SignIn
) -> None:
    found = deal(rows, builders.offer(rows, builders.staff(rows, name="Anna på plan 3")), approved=False)
    run = rows.get_one(MatchingRun, found.proposal.run_id)
    run.state, run.needs, run.served, run.objective, run.bound = RunState.DONE, 36, 28, 90, 100
    run.options, run.runtime_s, run.status = 50, 1.5, "optimal"
    rows.add(NeedOutcome(run_id=run.id, need_id=found.needs[0].id, served=True, code="served"))
    rows.commit()
    pages = {}
    for who in ("coordinator", "requester"):
        signed_in(client, rows.get_one(Member, getattr(found, who).member_id))
        answer = client.get(f"/runs/{run.id}", headers=SWEDISH)
        assert answer.status_code == 200
        pages[who] = text_of(answer.text)
        assert "Anna" not in pages[who]
        assert "<title>Körning 2" in answer.text.replace("\n", "")
    assert "procurement" in pages["coordinator"]
    assert "Värdet är summan av" in pages["coordinator"]
    assert "Värdet är summan av" not in pages["requester"]
    assert "28 av 36" in pages["coordinator"]
    assert "1 av 1" in pages["requester"]
    assert "som ni får se" not in pages["coordinator"]
    assert "Ni ser det när samordnaren har godkänt det" in pages["requester"]
    assert "Siffrorna gäller de behov som ni får se" in pages["requester"]


def test_a_run_at_a_glance_beside_the_one_before(client: Client, coordinator: Member, rows: Session) -> None:
    found = deal(rows)
    lent = builders.home_of(rows, found.offers[0])
    now = rows.get_one(MatchingRun, found.proposal.run_id)
    asked = builders.need(rows, found.request, municipality_code="0180")
    before = builders.matching_run(rows, state=RunState.DONE, needs=2, served=0, objective=5, bound=10, name="Före")
    for need, run, served in ((found.needs[0], now, True), (asked, now, False), (asked, before, False)):
        builders.added(rows, NeedOutcome(run_id=run.id, need_id=need.id, served=served, code="served"))
    values = {"options": 4, "runtime_s": 1.5, "status": "optimal", "baseline": Baseline(12, 2, {"space": 2})}
    values["policy"] = {"name": "balanced", "values": {"ordinary": 100_000}}
    again = builders.matching_run(rows, state=RunState.DONE, needs=2, served=1, objective=9, bound=10, **values)
    for row in (found.proposal, *rows.scalars(select(NeedOutcome).where(col(NeedOutcome.run_id) == now.id))):
        row.run_id = again.id
    rows.flush()
    before.published = added_up(rows, before.id, ())
    again.published = replace(
        added_up(rows, again.id, ()), distance_m=4700.0, points={"distance": -800, "fit": -200}, cost_sek=1500.0
    )
    rows.commit()
    text = text_of(client.get(f"/runs/{again.id}/overview", headers=SWEDISH).text).replace("\u00a0", " ")
    for words in (
        "1 av 2 (50 %)",
        "Bättre (+50)",
        "90 %",
        "4,7 km",
        "Kostnad för alla lån",
        "−800",
        "Före",
        lent.name,
        "Ger mer än den tar",
    ):
        assert words in text, words
    assert "Lånens kostnad per tillgodosett behov 1 500 kr –" in " ".join(text.split()), "the other is older than that"
    for words in ("Behov som tillgodoses 1 2 ▼ Sämre (−1)", "plan kan vara värd 90 % 120 % ▼ Sämre (−30)"):
        assert words in " ".join(text.split()), "against first come, first served"
    told = " ".join(text_of(client.get(f"/runs/{again.id}", headers=SWEDISH).text).split())
    assert "Först till kvarn hade gett 2 tillgodosedda behov, 1 fler; 120 % av bästa möjliga" in told
    assert "Minst 90 % av bästa möjliga. Högst 10 % återstår att vinna: mindre än 1 behov med vanlig prioritet." in told
    answer = client.get(f"/runs/{again.id}/overview-figures", headers=SWEDISH)
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.text.splitlines()
    assert "Län;Stockholms län;1;0;1;0;" in lines
    assert f"Organisation;{lent.name};;0;;;1" in lines
    places = client.get(f"/runs/{again.id}/map?as=csv", headers=SWEDISH)
    assert "Stockholm;1;0;0" in places.text.splitlines()
    assert f"/runs/{again.id}/map?as=csv" in client.get(f"/runs/{again.id}/map", headers=SWEDISH).text
    assert client.get(f"/runs/{a_run(rows).id}/overview", headers=HTML).status_code == 404


def test_everything_that_waits_stands_on_one_page(client: Client, coordinator: Member, rows: Session) -> None:
    asked, proposed = deal(rows, answer_by=builders.at(2)), deal(rows, approved=False, answer_by=builders.at(1))
    rows.commit()
    text = text_of(client.get("/waiting", headers=SWEDISH).text)
    assert "3 saker väntar" in text, "two parties and a coordinator"
    assert text.index(proposed.request.title) < text.index(asked.request.title)
    assert builders.home_of(rows, asked.offers[0]).name in text
    assert "Allt som väntar på någon" in text_of(client.get("/", headers=SWEDISH).text)


def test_the_timeline_draws_and_tells_the_same(client: Client, coordinator: Member, rows: Session) -> None:
    found = deal(rows, approved=False)
    rows.commit()
    html = client.get("/timeline?days=30&first=x&family=space&page=0", headers=SWEDISH).text
    path = f"/proposals/{found.proposal.id}"
    assert html.count(f'href="{path}"') == 2, "in the picture and in words"
    assert "<title>Föreslaget " in html
    assert "29 hela dagar lediga" in text_of(html)
    file = client.get("/timeline?days=30&family=space&as=csv", headers=SWEDISH)
    assert file.headers["content-type"].startswith("text/csv")
    _columns, line = file.content.decode("utf-8-sig").splitlines()
    day = clock.today() + timedelta(days=14)
    assert line.endswith(f";29;Föreslaget;{day};{day};1"), "one day of 30, as the picture has it"
    assert "Inget erbjuds" in text_of(client.get("/timeline?family=vehicle", headers=SWEDISH).text)


def test_a_lister_sees_what_of_its_own_is_used_and_what_stands_idle(
    client: Client, rows: Session, signed_in: SignIn
) -> None:
    """Of what is proposed it learns once it is asked; of others' things nothing."""
    found, other = deal(rows), deal(rows)
    lister = rows.get_one(Member, found.lister.member_id)
    rows.commit()
    signed_in(client, lister)
    assert "står oanvänt" in text_of(client.get("/", headers=SWEDISH).text)
    html = client.get("/timeline", headers=SWEDISH).text
    assert f'href="/proposals/{found.proposal.id}"' in html
    assert str(other.offers[0].id) not in html
    signed_in(client, builders.member(rows, roles=["requester"]))
    assert client.get("/timeline", headers=SWEDISH).status_code == 403
