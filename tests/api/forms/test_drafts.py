"""Drafts: saved before all is filled in, listed with what is missing, gone on with by a colleague, sent, discarded."""

import re
from datetime import timedelta
from html import unescape

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, func, select

from core.database import drafts, kept_forms
from core.database.drafts import MOST_OF_AN_ORGANISATION
from core.database.kept_forms import LARGEST_BYTES, Content, KeptForm
from core.errors import Conflict
from core.settings import settings
from core.time import clock
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.models import Request, RequestState
from resources.models import Resource, Site
from tests import builders
from tests.api.conftest import HTML, SignIn, text_of
from tests.api.forms.browsing import sent
from tests.api.pages.test_posted_once import FILED, OFFERED, hidden

Client = TestClient[Litestar]
HALF = {
    "title": "Lokal till våren",
    "priority": "statutory",
    "together": "no",
    "do": "draft",
    "needs.0.family": "space",
}
HALF_OFFER = {"name": "Grå Kia", "kind": "car", "do": "draft", "conditions": "Laddas av låntagaren"}


@pytest.fixture
def member(rows: Session, client: Client, signed_in: SignIn) -> Member:
    """A member who may file and offer, signed in."""
    both = builders.member(rows, roles=["requester", "lister"])
    signed_in(client, both)
    return both


def save(client: Client, path: str, fields: dict[str, str]) -> str:
    """Save what is filled in as a draft of a new form, and return the address that opens it."""
    form = hidden(client.get(f"{path}?step=all", headers=HTML).text, path)
    answer = client.post(path, data=form | fields, headers=HTML)
    assert answer.status_code == 303, answer.text
    return opens(client, answer.headers["location"])[0]


def opens(client: Client, path: str) -> list[str]:
    """Return the addresses of the drafts in a list."""
    return [unescape(each) for each in re.findall(r'href="([^"]+\?kept=[^"]+)"', client.get(path, headers=HTML).text)]


def count(rows: Session, table: type) -> int:
    rows.rollback()
    return rows.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("path", "fields", "missing", "shown"),
    [
        (
            "/requests/new",
            HALF,
            ["Hur många personer: fyll i det här"],
            ['value="Lokal till våren"', 'value="statutory" checked'],
        ),
        (
            "/requests/new",
            {"do": "draft", "purpose": "Bara tankar"},
            ["Fyll i vad det heter"],
            ["Bara tankar</text"],
        ),
        ("/offers/new/vehicle", HALF_OFFER, ["Erbjuds från", "Kommun"], ['value="Grå Kia"', "låntagaren</text"]),
        (
            "/offers/new/staff",
            {"do": "draft", "priceBasis": "day"},
            ["Kronor", "Erbjuds från"],
            ['value="day" selected'],
        ),
    ],
)
def test_what_is_half_filled_in_is_saved_and_opened_again(
    client: Client,
    rows: Session,
    member: Member,
    path: str,
    fields: dict[str, str],
    missing: list[str],
    shown: list[str],
):
    address = save(client, path, fields)
    listed = text_of(client.get("/" + path.split("/")[1], headers=HTML).text)
    assert [text for text in missing if text not in listed] == []
    page = client.get(address, headers=HTML)
    assert (page.status_code, [text for text in shown if text not in page.text]) == (200, [])
    assert "ds-error-summary" not in page.text  # what is missing is told when it is sent
    assert count(rows, Request) == count(rows, Offer) == 0


def test_a_draft_is_completed_by_a_colleague_and_sent(client: Client, rows: Session, member: Member, signed_in: SignIn):
    address = save(client, "/requests/new", HALF)
    colleague = builders.member(rows, rows.get_one(Organisation, member.organisation_id), roles=["requester"])
    signed_in(client, colleague)
    page = client.get(address, headers=HTML).text
    wrong = client.post("/requests/new", data=sent(page, "/requests/new", ("do", "file")), headers=HTML)
    assert wrong.status_code == 422
    assert "ds-error-summary" in wrong.text
    whole = hidden(wrong.text, "/requests/new") | FILED | {"title": "Lokal till våren"}
    answer = client.post("/requests/new", data=whole, headers=HTML)
    assert answer.status_code == 303, text_of(answer.text)
    rows.expire_all()
    [filed] = rows.scalars(select(Request))
    assert (filed.title, filed.state, filed.member_id) == ("Lokal till våren", RequestState.OPEN, colleague.id)
    assert (opens(client, "/requests"), count(rows, KeptForm)) == ([], 0)


def test_an_offers_draft_is_saved_again_then_sent(client: Client, rows: Session, member: Member):
    address = save(client, "/offers/new/vehicle", HALF_OFFER)
    page = client.get(address, headers=HTML).text
    again = hidden(page, "/offers/new/vehicle") | HALF_OFFER | {"seats": "5"}
    assert client.post("/offers/new/vehicle", data=again, headers=HTML).status_code == 303
    assert opens(client, "/offers") == [address]  # the same draft
    page = client.get(address, headers=HTML).text
    assert 'value="5"' in page
    whole = hidden(page, "/offers/new/vehicle") | OFFERED
    assert client.post("/offers/new/vehicle", data=whole, headers=HTML).status_code == 303
    rows.expire_all()
    assert [each.state for each in rows.scalars(select(Offer))] == [OfferState.OPEN]
    assert opens(client, "/offers") == []


def test_what_is_whole_is_kept_as_a_draft_ready_to_be_opened(client: Client, rows: Session, member: Member):
    address = save(client, "/requests/new", HALF)
    whole = hidden(client.get(address, headers=HTML).text, "/requests/new") | FILED | {"do": "draft"}
    answer = client.post("/requests/new", data=whole, headers=HTML)
    assert answer.headers["location"].startswith("/requests/")
    assert [each.state for each in rows.scalars(select(Request))] == [RequestState.DRAFT]
    assert opens(client, "/requests") == []


def test_nothing_of_an_offer_that_is_not_whole_is_left_behind(client: Client, rows: Session, member: Member):
    """The site is right and would be made; the name is taken."""
    home = rows.get_one(Organisation, member.organisation_id)
    builders.vehicle(rows, builders.site(rows, home), name="Grå Kia")
    rows.commit()
    save(client, "/offers/new/vehicle", OFFERED | {"do": "draft"})
    assert (count(rows, Site), count(rows, Resource), count(rows, Offer)) == (1, 1, 0)


@pytest.mark.parametrize("roles", [["requester"], ["lister"], ["coordinator"], []])
def test_a_draft_is_for_the_organisations_own_who_may_send_it(
    client: Client, rows: Session, member: Member, signed_in: SignIn, roles: list[str]
):
    need, offer = save(client, "/requests/new", HALF), save(client, "/offers/new/vehicle", HALF_OFFER)
    home = rows.get_one(Organisation, member.organisation_id)
    for organisation in (home, None):
        signed_in(client, builders.member(rows, organisation, roles=roles))
        for address, role, words, listed in (
            (need, "requester", "Lokal till våren", "/requests"),
            (offer, "lister", "Grå Kia", "/offers"),
        ):
            seen = organisation is home and role in roles
            assert (words in client.get(address, headers=HTML).text) is seen
            assert bool(opens(client, listed)) is seen
            key = address.partition("kept=")[2]
            if not seen:
                form = hidden(client.get("/notices", headers=HTML).text, "/sign-out")
                answer = client.post(f"/drafts/{key}/discarding", data=form, headers=HTML)
                assert answer.status_code == 404
    assert count(rows, KeptForm) == 2


def test_of_two_that_go_on_with_a_draft_the_second_sees_what_the_first_has_changed(
    client: Client, rows: Session, member: Member
):
    address = save(client, "/requests/new", HALF)
    mine, theirs = (sent(client.get(address, headers=HTML).text, "/requests/new") for _ in range(2))
    first = client.post("/requests/new", data=theirs | {"priority": "crisis", "do": "draft"}, headers=HTML)
    assert first.status_code == 303
    overtaken = client.post("/requests/new", data=mine | {"title": "Lokal i maj", "do": "draft"}, headers=HTML)
    assert overtaken.status_code == 412
    words = text_of(overtaken.text)
    assert "inom en viss tid Kris: liv, hälsa eller samhällsviktig verksamhet står på spel Lagstadgad" in words
    assert 'value="Lokal i maj"' in overtaken.text
    again = sent(overtaken.text, "/requests/new") | {"do": "draft"}
    assert client.post("/requests/new", data=again, headers=HTML).status_code == 303
    assert opens(client, "/requests") == [address]
    assert 'value="Lokal i maj"' in client.get(address, headers=HTML).text


@pytest.mark.parametrize("do", ["draft", "file"])
def test_what_somebody_else_has_sent_or_discarded_is_not_lost(client: Client, rows: Session, member: Member, do: str):
    address = save(client, "/requests/new", HALF)
    opened = sent(client.get(address, headers=HTML).text, "/requests/new")
    discard(client, address)
    gone = client.post("/requests/new", data=opened | FILED | {"title": "Kvar", "do": do}, headers=HTML)
    assert gone.status_code == 409
    assert "Utkastet har skickats eller tagits bort" in text_of(gone.text)
    assert 'value="Kvar"' in gone.text
    again = sent(gone.text, "/requests/new") | {"do": do}
    assert client.post("/requests/new", data=again, headers=HTML).status_code == 303
    assert [each.title for each in rows.scalars(select(Request))] == ["Kvar"]


def discard(client: Client, address: str) -> str:
    """Discard a draft by its button in the list, and return the page that follows."""
    path, _, key = address.partition("?kept=")
    listed = client.get("/" + path.split("/")[1], headers=HTML).text
    answer = client.post(f"/drafts/{key}/discarding", data=hidden(listed, f"/drafts/{key}/discarding"), headers=HTML)
    assert answer.status_code == 303
    return client.get(answer.headers["location"], headers=HTML).text


def test_a_discarded_draft_may_be_opened_again_for_an_hour(client: Client, rows: Session, member: Member):
    address = save(client, "/requests/new", HALF)
    page = discard(client, address)
    assert "Utkastet är borttaget." in text_of(page)
    assert f'href="{address}">Ångra' in page
    opened = client.get(address, headers=HTML).text
    assert 'value="Lokal till våren"' in opened
    back = sent(opened, "/requests/new") | {"do": "draft"}
    assert client.post("/requests/new", data=back, headers=HTML).status_code == 303
    assert len(opens(client, "/requests")) == 1
    with clock.frozen(clock.now() + kept_forms.KEPT_FOR + timedelta(minutes=1)):
        assert kept_forms.find(rows, KeptForm().id, member.id, "", "") is None


def test_a_personal_number_is_not_kept_in_a_draft_either(client: Client, rows: Session, member: Member):
    form = hidden(client.get("/requests/new?step=all", headers=HTML).text, "/requests/new")
    answer = client.post("/requests/new", data=form | HALF | {"purpose": "Till 811218-9876"}, headers=HTML)
    assert answer.status_code == 422
    assert "Till 811218-9876</textarea>" in answer.text
    assert "ett personnummer" in text_of(answer.text).lower()
    assert count(rows, KeptForm) == 0


def test_a_need_in_the_form_of_a_draft_is_added_taken_away_and_put_back(client: Client, rows: Session, member: Member):
    address = save(client, "/requests/new", HALF | {"needs.0.title": "Sal för trettio"})
    form = sent(client.get(address, headers=HTML).text, "/requests/new")
    added = client.post("/requests/new", data=form | {"do": "add:vehicle"}, headers=HTML).text
    assert hidden(added, "/requests/new")["draft"] == address.partition("kept=")[2]
    taken = client.post("/requests/new", data=sent(added, "/requests/new") | {"do": "remove:0"}, headers=HTML).text
    assert 'value="Sal för trettio"' not in taken
    back = client.post("/requests/new", data=sent(taken, "/requests/new") | {"do": "restore"}, headers=HTML).text
    assert 'name="needs.1.title" type="text" value="Sal för trettio"' in back
    assert "Delbehovet är borttaget" not in back


def test_drafts_have_a_size_a_number_and_an_end(session: Session):
    actor = builders.actor(session)
    with pytest.raises(Conflict) as refused:
        drafts.save(session, actor, "/requests/new", Content({"n": ["x" * LARGEST_BYTES]}, "draft"))
    assert refused.value.code == "draft_too_large"
    for n in range(MOST_OF_AN_ORGANISATION):
        drafts.save(session, actor, "/requests/new", Content({"n": [str(n)]}, "draft"))
    with pytest.raises(Conflict) as refused:
        drafts.save(session, actor, "/offers/new/space", Content({}, "draft"))
    assert refused.value.code == "too_many_drafts"
    kept = drafts.drafts_of(session, actor, "/requests/new")
    assert (len(kept), drafts.drafts_of(session, builders.actor(session), "/requests/new")) == (
        MOST_OF_AN_ORGANISATION,
        [],
    )
    kept_forms.keep(session, actor.member_id, "secret", "/x", Content({"n": ["1"]}, "why"))  # takes the place of none
    assert len(drafts.drafts_of(session, actor, "/requests/new")) == MOST_OF_AN_ORGANISATION
    with clock.frozen(clock.now() + timedelta(days=settings().draft_days, minutes=-1)):
        kept_forms.forget_old(session)
        assert len(drafts.drafts_of(session, actor, "/requests/new")) == MOST_OF_AN_ORGANISATION
    with clock.frozen(clock.now() + timedelta(days=settings().draft_days)):
        assert drafts.drafts_of(session, actor, "/requests/new") == []
        kept_forms.forget_old(session)
    assert session.scalar(select(func.count()).select_from(KeptForm)) == 0
