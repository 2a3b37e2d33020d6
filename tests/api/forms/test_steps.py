"""A request filed in steps: each is saved as a draft, gone on with from where it stopped, and nothing of it is lost."""

import re
from datetime import date

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from api.pages.forms import Form
from api.pages.requests.filing.days import Day, with_day
from api.pages.requests.filing.steps import Step, alike, step_of
from core.database.kept_forms import KeptForm
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.models import Request
from tests import builders
from tests.api.conftest import HTML, SignIn, text_of
from tests.api.forms.browsing import Sent, sent
from tests.api.forms.test_drafts import count, discard, opens

Client = TestClient[Litestar]
NEW = "/requests/new"
DAYS = {"needs.0.timing.type": "period", "needs.0.timing.period.first": "2035-03-01"} | {
    "needs.0.timing.period.last": "2035-05-31"
}


@pytest.fixture
def member(rows: Session, client: Client, signed_in: SignIn) -> Member:
    """A requester, signed in."""
    asker = builders.member(rows)
    signed_in(client, asker)
    return asker


def form_at(client: Client, address: str) -> Sent:
    """Return what the form of a step would send as it stands."""
    return sent(client.get(address, headers=HTML).text, NEW)


def press(client: Client, form: Sent, do: str, **said: str) -> Response:
    return client.post(NEW, data=form | {name.replace("__", "."): text for name, text in said.items()} | {"do": do})


def gone_on(client: Client, form: Sent, do: str = "next", **said: str) -> str:
    """Press a button, and return the address of the step that it leads to."""
    answer = press(client, form, do, **said)
    assert answer.status_code == 303, text_of(answer.text)
    return answer.headers["location"]


def refused(client: Client, form: Sent, **said: str) -> str:
    """Go on, and return the page of the same step with what is wrong in it."""
    address = gone_on(client, form, **said)
    assert address.endswith("&told=1")
    return client.get(address, headers=HTML).text


def begun(client: Client, title: str = "Lokal till våren") -> str:
    """Go through the first step of a request for a car, and return where the second stands."""
    return gone_on(client, form_at(client, f"{NEW}?family=vehicle"), title=title)


def at(address: str, step: str) -> str:
    return re.sub(r"step=\w+", f"step={step}", address)


def test_a_request_is_filed_in_steps_and_each_is_saved(client: Client, rows: Session, member: Member) -> None:
    what = begun(client)
    where = gone_on(client, form_at(client, what), needs__0__requirements__seats="5")
    assert [each.partition("step=")[2] for each in (what, where)] == ["what", "where"]
    when = gone_on(client, form_at(client, where), needs__0__municipalityCode="2380")
    later = gone_on(client, form_at(client, when), "draft", **DAYS)
    assert (later, count(rows, KeptForm), count(rows, Request)) == ("/requests", 1, 0)
    [draft] = opens(client, "/requests")
    stopped = client.get(draft, headers=HTML).text
    assert "Steg 4 av 5: När" in stopped, "it is gone on with from where it stopped"
    send = gone_on(client, sent(stopped, NEW))
    page = text_of(client.get(send, headers=HTML).text)
    for told in ("Lokal till våren", "Östersund", "2035-05-31", "Inget erbjudande passar just nu."):
        assert told in page
    answer = press(client, form_at(client, send), "file")
    [filed] = rows.scalars(select(Request))
    assert (answer.headers["location"], filed.title) == (f"/requests/{filed.id}", "Lokal till våren")
    assert count(rows, KeptForm) == 0


def test_what_is_wrong_with_a_step_is_told_at_once_and_saved_too(client: Client, rows: Session, member: Member) -> None:
    what = begun(client)
    wrong = refused(client, form_at(client, what), needs__0__requirements__seats="många", needs__0__title="x" * 300)
    assert re.findall(r'href="#f-([\w.]+)"', wrong) == ["needs.0.title", "needs.0.requirements.seats"]
    assert "många" in client.get(what, headers=HTML).text, "also what is wrong is kept"
    back = gone_on(client, sent(wrong, NEW), "step:purpose")
    assert 'value="Lokal till våren"' in client.get(back, headers=HTML).text
    send = client.get(at(back, "send"), headers=HTML).text
    links = dict(re.findall(r'href="/requests/new[^"]*step=(\w+)&amp;told=1#f-needs.0.([\w.]+)"', send)[1:])
    assert links == {"what": "requirements.seats", "when": "timing.fixed.endTime"}, "the first and the last of each"
    assert 'value="file"' not in send.partition("hidden></button>")[2], "it cannot be filed yet"
    assert 'id="f-needs.0.requirements.seats-error"' in client.get(f"{what}&told=1", headers=HTML).text
    sent_anyway = press(client, sent(send, NEW), "file")
    assert (sent_anyway.status_code, count(rows, Request), "told=1" in sent_anyway.text) == (422, 0, True)


def test_an_empty_request_says_in_which_step_something_is_missing(client: Client, member: Member) -> None:
    form = form_at(client, NEW)
    assert 'href="#f-title"' in refused(client, form)
    what = gone_on(client, form, title="Något")
    assert 'href="#f-needs"' in refused(client, form_at(client, what))
    assert "Ange först vad ni behöver." in client.get(at(what, "when"), headers=HTML).text
    added = client.get(gone_on(client, form_at(client, what), "add:space"), headers=HTML).text
    assert 'name="needs.0.requirements.people"' in added
    assert "autofocus" in added, "writing goes on there"
    assert "autofocus" not in client.get(what, headers=HTML).text
    taken = press(client, sent(added, NEW), "remove:0")
    back = client.get(gone_on(client, sent(taken.text, NEW), "restore"), headers=HTML).text
    assert ('name="needs.0.family"' in taken.text, 'name="needs.0.family"' in back) == (False, True)


def test_a_character_that_cannot_be_kept_is_told_in_its_step(client: Client, member: Member) -> None:
    told = press(client, form_at(client, NEW), "next", title="Bil\x00 i mars")
    assert (told.status_code, 'href="#f-title"' in told.text, 'value="Bil i mars"' in told.text) == (422, True, True)


def test_whoever_goes_back_saves_a_step_again_and_loses_none(client: Client, rows: Session, member: Member) -> None:
    """The first page is as the browser kept it, from before there was a draft; the second with what it said then."""
    first = form_at(client, f"{NEW}?family=vehicle")
    what = gone_on(client, first, title="Bil")
    second = form_at(client, what)
    gone_on(client, second, needs__0__requirements__seats="5")
    assert gone_on(client, first, title="Bil i mars") == what
    assert gone_on(client, second, needs__0__requirements__seats="7") == at(what, "where")
    assert 'value="7"' in client.get(what, headers=HTML).text
    assert 'value="Bil i mars"' in client.get(at(what, "purpose"), headers=HTML).text
    assert count(rows, KeptForm) == 1


def test_of_two_at_a_draft_each_saves_a_step_and_is_told_where_it_is_the_same(
    client: Client, rows: Session, member: Member, signed_in: SignIn
) -> None:
    what = begun(client)
    named, timed = form_at(client, at(what, "purpose")), form_at(client, at(what, "when"))
    signed_in(client, builders.member(rows, rows.get_one(Organisation, member.organisation_id)))
    gone_on(client, form_at(client, at(what, "purpose")), title="Bil i maj")
    signed_in(client, member)
    own = {name: form_at(client, what)[name] for name in ("_csrf_token", "form_token")}  # of the session that is on now
    gone_on(client, timed | own, **DAYS)
    overtaken = press(client, named | own, "next", title="Bil i april")
    assert overtaken.status_code == 412
    assert "Lokal till våren Bil i maj Bil i april" in text_of(overtaken.text)
    kept = form_at(client, at(what, "purpose"))
    assert (kept["title"], count(rows, KeptForm)) == (["Bil i maj"], 1)
    gone_on(client, sent(overtaken.text, NEW))
    assert form_at(client, at(what, "purpose"))["title"] == ["Bil i april"]
    assert "2035-05-31" in client.get(at(what, "when"), headers=HTML).text


def test_a_step_about_needs_that_were_taken_away_is_told_before_it_is_saved(client: Client, member: Member) -> None:
    what = begun(client)
    press(client, form_at(client, what), "add:space")
    timed = form_at(client, at(what, "when"))
    press(client, form_at(client, what), "remove:0")
    assert press(client, timed, "next", **DAYS).status_code == 412


def test_a_draft_that_is_gone_is_begun_anew_with_all_of_it(client: Client, rows: Session, member: Member) -> None:
    what = begun(client)
    opened = form_at(client, what)
    discard(client, what.partition("&")[0])
    gone = press(client, opened, "next", needs__0__requirements__seats="7")
    assert gone.status_code == 409
    again = gone_on(client, sent(gone.text, NEW))
    assert 'value="Lokal till våren"' in client.get(at(again, "purpose"), headers=HTML).text
    assert 'value="7"' in client.get(at(again, "what"), headers=HTML).text


def test_a_request_of_before_begins_another(client: Client, rows: Session, member: Member) -> None:
    need = builders.need(rows, builders.request(rows, member, title="Som förra året"))
    others = builders.need(rows, builders.request(rows))
    rows.commit()
    form = form_at(client, f"{NEW}?like={need.request_id}&step=all")
    assert (form["title"], form["needs.0.family"], form["needs.0.id"]) == (["Som förra året"], ["space"], [""])
    assert client.get(f"{NEW}?like={others.request_id}", headers=HTML).status_code == 404
    assert (
        f'href="/requests/new?like={need.request_id}"' in client.get(f"/requests/{need.request_id}", headers=HTML).text
    )


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        (["fixed.start=", "fixed.end="], ["fixed.start=2035-03-06", "fixed.end=2035-03-06"]),
        (["fixed.start=2035-03-01", "fixed.end=2035-03-02"], ["fixed.start=2035-03-06", "fixed.end=2035-03-07"]),
        (["flexible.earliest=2035-03-01"], ["flexible.earliest=2035-03-06"]),
        (["period.first=2035-03-01", "period.last=2035-03-31"], ["period.first=2035-03-06", "period.last=2035-04-05"]),
        (["period.first=2035-03-09", "period.last=2035-03-01"], ["period.first=2035-03-06", "period.last=2035-03-06"]),
        (["weekly.first=2035-03-01"], ["weekly.first=2035-03-06", "weekly.weekdays=tu"]),
        (["weekly.first=", "weekly.weekdays=fr"], ["weekly.first=2035-03-06", "weekly.weekdays=fr"]),
    ],
)
def test_a_day_that_is_pressed_begins_the_time_and_keeps_its_length(typed: list[str], becomes: list[str]) -> None:
    """2035-03-06 is a Tuesday; from the 1st to the 31st of March are 30 days, which from the 6th are until April 5."""
    said = {f"needs.0.timing.{name}": [text] for name, _, text in (each.partition("=") for each in typed)}
    kind = typed[0].partition(".")[0]
    form = Form({"needs.0.family": ["space"], "needs.0.timing.type": [kind], "do": ["day:0:2035-03-06"], **said})
    changed = with_day(form)
    for name, _, text in (each.partition("=") for each in becomes):
        assert changed.value(f"needs.0.timing.{name}") == text


@pytest.mark.parametrize("do", ["day:0:x", "day:0", "days:0:2035-03-06"])
def test_what_is_no_day_changes_nothing(do: str) -> None:
    form = Form({"needs.0.family": ["space"], "needs.0.timing.type": ["period"], "do": [do]})
    assert with_day(form) is form


@pytest.mark.parametrize(
    ("count", "share", "word"),
    [
        (0, 0, "none"),
        (2, 100, "few"),
        (3, 100, "many"),
        (25, 25, "few"),
        (26, 26, "fewer"),
        (60, 60, "fewer"),
        (61, 61, "many"),
    ],
)
def test_a_day_is_scarce_where_few_are_free_or_far_fewer_than_else(count: int, share: int, word: str) -> None:
    assert Day(date(2035, 3, 1), count, share, chosen=False).scarcity == word


@pytest.mark.parametrize(
    ("field", "step"),
    [
        ("title", Step.PURPOSE),
        ("needs", Step.WHAT),
        ("together", Step.WHAT),
        ("needs.0.requirements.people", Step.WHAT),
        ("needs.11.municipalityCode", Step.WHERE),
        ("needs.0.timing.weekly.first", Step.WHEN),
        ("", Step.WHAT),
    ],
)
def test_each_field_stands_in_one_step(field: str, step: Step) -> None:
    assert step_of(field) is step


def test_what_is_said_of_the_first_need_is_said_of_all_and_nothing_else_changes() -> None:
    """The others forget what they said of it, as a weekday or a position that the first does not have."""
    said = {
        "needs.0.family": ["space"],
        "needs.0.municipalityCode": ["2380"],
        "needs.0.timing.type": ["weekly"],
        "needs.0.timing.weekly.weekdays": ["mon", "thu"],
        "needs.1.family": ["vehicle"],
        "needs.1.title": ["Minibuss"],
        "needs.1.latitude": ["63,2"],
        "needs.1.timing.fixed.start": ["2027-02-01"],
    }
    place = alike(Form(said), Step.WHERE).fields
    assert (place["needs.1.municipalityCode"], "needs.1.latitude" in place) == (["2380"], False)
    assert (place["needs.1.timing.fixed.start"], place["needs.1.title"]) == (["2027-02-01"], ["Minibuss"])
    time = alike(Form(said), Step.WHEN).fields
    assert (time["needs.1.timing.weekly.weekdays"], time["needs.1.timing.type"]) == (["mon", "thu"], ["weekly"])
    assert ("needs.1.timing.fixed.start" in time, time["needs.1.latitude"]) == (False, ["63,2"])
    assert alike(Form({"needs.0.family": ["space"]}), Step.WHEN).fields == {"needs.0.family": ["space"]}
