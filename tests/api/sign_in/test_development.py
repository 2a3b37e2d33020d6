"""Signing in by choosing a member, what the session is good for, and what it is not."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from litestar import get
from litestar.di import NamedDependency

from api import app as composition
from api.http import security_headers, visitor
from api.http.forms import kept
from api.http.visitor import local_path
from api.pages import about
from api.pages import routes as pages
from api.pages.visit import Visit
from core.secret import key
from core.settings import Settings
from core.time import clock
from tests import builders
from tests.api.conftest import HTML, post_form, text_of


@get("/who", sync_to_thread=True)
def who(visit: NamedDependency[Visit]) -> dict[str, str]:
    return {"name": visit.actor.name}


@pytest.fixture(scope="session")
def app(app):
    pages.PAGES.append(who)
    try:
        return composition.create_app()
    finally:
        pages.PAGES.remove(who)  # at once: other tests ask which pages there are


@pytest.fixture
def member(rows):
    found = builders.member(rows, builders.organisation(rows, name="Vinnova"), name="Karin")
    rows.commit()
    return found


def test_members_are_listed_by_organisation(client, rows, member):
    builders.member(rows, builders.organisation(rows, name="Ånge kommun"), name="Per")
    rows.commit()
    words = text_of(client.get("/sign-in", headers=HTML).text)
    assert words.index("Vinnova") < words.index("Karin") < words.index("Ånge kommun") < words.index("Per")


def test_nobody_is_sent_to_sign_in_and_comes_back(client, member):
    asked = client.get("/who?x=å", headers=HTML)
    assert asked.status_code == 303
    assert asked.headers["location"] == "/sign-in?next=/who%3Fx%3D%25C3%25A5"
    done = post_form(client, "/sign-in", {"member": str(member.id), "next": "/who?x=%C3%A5"})
    assert (done.status_code, done.headers["location"]) == (303, "/who?x=%C3%A5")
    assert client.get("/who").json() == {"name": "Karin"}


def test_htmx_is_told_to_go_there_as_a_whole(client):
    answer = client.get("/who", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/sign-in?next=/who")


def test_signing_out_ends_it(client, member, signed_in):
    signed_in(client, member)
    assert client.get("/who").status_code == 200
    assert post_form(client, "/sign-out").headers["location"] == "/"
    assert "Du är utloggad." in text_of(client.get("/", headers=HTML).text)
    assert "Du är utloggad." not in text_of(client.get("/", headers=HTML).text)
    assert client.get("/who").status_code == 303


def test_a_session_ends_after_its_hours_even_when_used(client, member, signed_in):
    signed_in(client, member)
    for hours in range(1, 10):
        with clock.frozen(clock.now() + timedelta(hours=hours)):
            assert client.get("/who").status_code == 200
    with clock.frozen(clock.now() + timedelta(hours=11)):
        assert client.get("/who").status_code == 303


def test_a_member_that_left_is_signed_out(client, rows, member, signed_in):
    signed_in(client, member)
    member.active = False
    rows.commit()
    assert client.get("/who").status_code == 303


@pytest.mark.parametrize("value", ["nonsense", "AAAA", "%%%", ""])
def test_a_forged_session_is_nobody(client, member, signed_in, value):
    signed_in(client, member)
    client.cookies.set("platsverket_session", value, domain="testserver.local")
    assert client.get("/who").status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, member):
    client.get("/sign-in")
    answer = post_form(client, "/sign-in", {"member": str(member.id)})
    [cookie] = [c for c in answer.headers.get_list("set-cookie") if c.startswith("platsverket_session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert str(member.id) not in cookie


def test_a_session_is_sent_only_where_something_in_it_has_changed(client, member, signed_in):
    signed_in(client, member)

    def sent(answer):
        return [each for each in answer.headers.get_list("set-cookie") if each.startswith("platsverket_session=")]

    assert not sent(client.get("/sessions", headers=HTML))
    client.cookies.clear()
    client.cookies.set("platsverket_session", "damaged", domain="testserver.local")
    [cleared] = sent(client.get("/accessibility", headers=HTML))
    assert cleared.startswith("platsverket_session=null")


@pytest.mark.parametrize(
    ("member_id", "status"), [("", 422), ("nobody", 422), ("01980000-0000-7000-8000-000000000001", 404)]
)
def test_choosing_nobody(client, member, member_id, status):
    answer = post_form(client, "/sign-in", {"member": member_id})
    assert answer.status_code == status
    assert "Karin" in answer.text or status == 404


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/offers?page=2", "/offers?page=2"),
        (None, "/"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\n//evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_one_is_only_sent_on_to_our_own_pages(address, path):
    assert local_path(address) == path


def test_choosing_a_language_goes_only_to_our_own_pages(client):
    answer = client.get(f"/language/en?next={quote('https://evil.example')}", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/language/xx", headers=HTML).status_code == 404


PRODUCTION = Settings(
    environment="production",
    secret_key="9fQ2xV7mZ0sK4tLw8RbYc3NdH6uJp1Ga",
    database_url="postgresql://x/y",
    public_url="https://platsverket.example",
)


def test_in_production_nobody_chooses_who_to_be(monkeypatch):
    monkeypatch.setattr(pages, "settings", lambda: PRODUCTION)
    assert pages.DevelopmentSignIn not in pages.pages()
    monkeypatch.setattr(pages, "settings", Settings)
    assert pages.DevelopmentSignIn in pages.pages()


def test_in_production_cookies_need_https(monkeypatch):
    monkeypatch.setattr(composition, "settings", lambda: PRODUCTION)
    monkeypatch.setattr(security_headers, "settings", lambda: PRODUCTION)
    assert composition._sessions().secure
    assert composition._csrf().cookie_secure
    monkeypatch.setattr(visitor, "settings", lambda: PRODUCTION)
    monkeypatch.setattr(kept, "settings", lambda: PRODUCTION)
    monkeypatch.setattr(about, "settings", lambda: PRODUCTION)
    cookies = [kept.kept_cookie("secret"), about._chosen("en")]
    assert [cookie.key for cookie in cookies] == ["__Host-platsverket_kept", "__Host-platsverket_language"]
    assert all(cookie.secure and cookie.path == "/" and cookie.domain is None for cookie in cookies)
    session = composition._sessions()
    assert (session.key, session.path, session.domain) == ("__Host-platsverket_session", "/", None)
    form = composition._csrf()
    assert (form.cookie_name, form.cookie_path, form.cookie_domain) == ("__Host-platsverket_form", "/", None)
    security_headers._static.cache_clear()
    told = security_headers.security_headers("/static/x")["strict-transport-security"]
    assert told == "max-age=31536000; includeSubDomains"
    security_headers._static.cache_clear()


def test_a_key_is_made_once_and_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(key, "settings", lambda: Settings(data_dir=tmp_path / "data", secret_key=None))
    first = key.key_for("session")
    assert first == key.key_for("session") != key.key_for("csrf")
    [file] = (tmp_path / "data").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert len(first) == 32
