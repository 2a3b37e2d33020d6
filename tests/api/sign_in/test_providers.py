"""Signing in through a certified provider on loopback, and every answer that must not be taken."""

import asyncio
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from sqlalchemy import select

from api.http.openid import metadata
from api.http.openid.metadata import KEYS_AT_MOST_EVERY_S, ProviderMetadata
from api.http.openid.providers import provider
from core.database import db
from core.time import clock
from marketplace.organisations.models import Member, WebSession
from tests import builders
from tests.api.conftest import HTML, post_form, text_of
from tests.api.sign_in.conftest import CALLBACK, FOREIGN, ONE, OTHER, forget, is_in, refusals, started, state_of


@pytest.fixture(autouse=True)
def one(rows):
    """The member of the first organisation whose address the provider has verified."""
    home = builders.organisation(rows, name="Första", number=ONE)
    found = builders.member(rows, home, name="Lokalsamordnare", email="One@example.se")
    rows.commit()
    return found


@pytest.fixture
def false(false_provider, trusted, one):
    trusted(false_provider.issuer)
    return false_provider


def answered(client, address: str, **changed: str):
    """Come back to us as the provider that lies would send the browser."""
    query = {"code": "c", "state": state_of(address)["state"], **changed}
    return client.get("/sign-in/callback", params=query, headers=HTML)


class TestTheCertifiedProvider:
    def test_a_member_signs_in_where_the_organisation_is_claimed_and_comes_to_the_page_asked_for(
        self, client, sample_provider, trusted, one
    ):
        trusted(sample_provider.issuer)
        assert "Logga in med Inloggningen" in text_of(client.get("/sign-in", headers=HTML).text)
        answer = client.get(sample_provider.sign_in(started(client, "?next=/sessions"), "one").path, headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sessions")
        assert "Lokalsamordnare" in text_of(client.get("/sessions", headers=HTML).text)
        with db.unit_of_work() as session:
            member = session.get(Member, one.id)
            assert (member.issuer, member.subject) == (sample_provider.issuer, "one")
            [begun] = session.scalars(select(WebSession))
            assert begun.provider_session

    def test_it_is_the_subject_that_counts_from_then_on(self, client, rows, sample_provider, trusted, one):
        one.issuer, one.subject, one.email = sample_provider.issuer, "one", "changed@example.se"
        rows.commit()
        trusted(sample_provider.issuer)
        assert client.get(sample_provider.sign_in(started(client), "one").path).status_code == 303
        assert is_in(client)

    def test_somebody_else_with_the_address_of_a_known_member_is_not_that_member(
        self, client, rows, sample_provider, trusted, one
    ):
        one.issuer, one.subject = sample_provider.issuer, "another subject"
        rows.commit()
        trusted(sample_provider.issuer)
        answer = client.get(sample_provider.sign_in(started(client), "one").path, headers=HTML)
        assert answer.status_code == 403
        assert "ingen i din organisation har lagt till dig" in text_of(answer.text)
        assert (is_in(client), refusals()) == (False, ["no_member"])

    def test_an_address_that_is_not_verified_is_nobody_s(self, client, sample_provider, trusted):
        trusted(sample_provider.issuer)
        answer = client.get(sample_provider.sign_in(started(client), "unverified").path, headers=HTML)
        assert (answer.status_code, is_in(client), refusals()) == (403, False, ["no_member"])

    def test_of_two_memberships_one_is_chosen_and_no_other(self, client, rows, sample_provider, trusted, one):
        known = {"issuer": sample_provider.issuer, "subject": "both"}
        second = builders.organisation(rows, name="Andra", number=OTHER)
        here = builders.member(rows, builders.organisation(rows, number=FOREIGN), **known)
        builders.member(rows, rows.get(type(second), one.organisation_id), name="I den första", **known)
        there = builders.member(rows, second, name="I den andra", **known)
        rows.commit()
        trusted(sample_provider.issuer)
        answer = client.get(sample_provider.sign_in(started(client, "?next=/sessions"), "both").path)
        assert answer.headers["location"] == "/sign-in/membership"
        assert not is_in(client)
        words = text_of(client.get("/sign-in/membership", headers=HTML).text)
        assert words.index("Andra") < words.index("Första")
        for wrong in ("", str(one.id), str(here.id)):
            assert post_form(client, "/sign-in/membership", {"member": wrong}).status_code == 422
        assert not is_in(client)
        done = post_form(client, "/sign-in/membership", {"member": str(there.id)})
        assert done.headers["location"] == "/sessions"
        assert "I den andra" in client.get("/sessions", headers=HTML).text
        assert client.get("/sign-in/membership").headers["location"] == "/sign-in"

    def test_an_organisation_that_the_provider_does_not_vouch_for_is_not_believed(
        self, client, rows, sample_provider, trusted
    ):
        """Or any provider could let its people in everywhere."""
        builders.member(
            rows, builders.organisation(rows, number=FOREIGN), issuer=sample_provider.issuer, subject="stranger"
        )
        rows.commit()
        trusted(sample_provider.issuer)
        answer = client.get(sample_provider.sign_in(started(client), "stranger").path, headers=HTML)
        assert (answer.status_code, is_in(client), refusals()) == (403, False, ["no_organisation"])
        trusted(sample_provider.issuer, organisations="any")
        client.get(sample_provider.sign_in(started(client), "stranger").path)
        assert is_in(client)

    def test_a_provider_that_stands_for_one_organisation_needs_to_claim_none(self, client, sample_provider, trusted):
        trusted(sample_provider.issuer, organisations=[ONE], organisation_from="provider", scopes=["openid", "email"])
        client.get(sample_provider.sign_in(started(client), "one").path)
        assert is_in(client)

    @pytest.mark.parametrize("hours", [-1, 1])
    def test_whose_clock_is_an_hour_off_is_told_so(self, client, sample_provider, trusted, hours):
        trusted(sample_provider.issuer)
        with clock.frozen(clock.now() + timedelta(hours=hours)):
            answer = client.get(sample_provider.sign_in(started(client), "one").path, headers=HTML)
        assert (answer.status_code, is_in(client), refusals()) == (403, False, ["clock"])

    def test_who_stops_there_is_told_so_and_may_begin_again(self, client, sample_provider, trusted):
        trusted(sample_provider.issuer)
        back = sample_provider.sign_in(started(client, "?next=/offers"), "")
        answer = client.get(back.path, headers=HTML)
        assert (answer.status_code, refusals()) == (403, ["refused_there"])
        assert "Inloggningen släppte inte in dig" in text_of(answer.text)
        assert 'href="/sign-in?next=/offers"' in answer.text

    def test_a_question_has_its_time(self, client, sample_provider, trusted):
        trusted(sample_provider.issuer)
        back = sample_provider.sign_in(started(client), "one")
        with clock.frozen(clock.now() + timedelta(minutes=16)):
            assert client.get(back.path, headers=HTML).status_code == 403
        assert refusals() == ["not_started"]

    def test_signing_out_leads_on_to_the_provider(self, client, sample_provider, trusted):
        trusted(sample_provider.issuer)
        client.get(sample_provider.sign_in(started(client), "one").path)
        post_form(client, "/sign-out")
        page = client.get("/", headers=HTML)
        assert "Logga ut från Inloggningen också" in text_of(page.text)
        there = client.get("/sign-in/providers/p/ending").headers["location"]
        assert there.startswith(f"{sample_provider.issuer}/session/end?client_id=platsverket")


class TestAnswersThatMustNotBeTaken:
    @pytest.mark.parametrize(("seconds", "is_taken"), [(-121, False), (-119, True), (119, True), (121, False)])
    def test_clocks_may_differ_by_two_minutes(self, client, false, seconds, is_taken):
        """Issued `seconds` from now, and valid up to then when that is past."""
        address = started(client)
        now = int(clock.now().timestamp())
        times = {"iat": now + seconds} if seconds > 0 else {"iat": now - 300, "exp": now + seconds}
        with clock.frozen(clock.now().replace(microsecond=0)):
            false.claims = {"nonce": state_of(address)["nonce"], **times}
            answered(client, address)
        assert (is_in(client), refusals()) == (is_taken, [] if is_taken else ["clock"])

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.", "null.null.null", "å.å.å", "." * 1000, 7, None])
    def test_what_is_no_token(self, client, false, token):
        false.token = lambda _claims: token
        assert answered(client, started(client)).status_code == 403
        assert refusals()[0] in {"bad_answer", "not_trusted"}

    def test_an_answer_from_another_provider(self, client, false):
        """Mix-up (RFC 9207): the answer says from whom it is."""
        address = started(client)
        false.claims = {"nonce": state_of(address)["nonce"]}
        assert answered(client, address, iss="https://other.example").status_code == 403
        assert "/token" not in false.asked, "another provider's code is shown to nobody"
        forget()
        false.said = {"authorization_response_iss_parameter_supported": True}
        unnamed = started(client)
        false.claims = {"nonce": state_of(unnamed)["nonce"]}
        assert (answered(client, unnamed).status_code, is_in(client)) == (403, False), "it has to say so"
        named = started(client)
        false.claims = {"nonce": state_of(named)["nonce"]}
        assert answered(client, named, iss=false.issuer).status_code == 303

    def test_user_information_about_somebody_else(self, client, false):
        false.said = {"userinfo_endpoint": f"{false.issuer}/user"}
        address = started(client)
        false.claims = {"nonce": state_of(address)["nonce"], "https://id.oidc.se/claim/orgNumber": None}
        # Its answer has no `sub`: what the endpoint says is that of the token endpoint.
        assert (answered(client, address).status_code, refusals()) == (403, ["not_trusted"])


class TestAProviderThatIsNotWell:
    def test_it_is_away(self, client, trusted):
        trusted("http://127.0.0.1:1")
        answer = client.get("/sign-in/providers/p?next=/offers", headers=HTML)
        assert (answer.status_code, refusals()) == (503, ["provider_away"])
        assert client.get("/sign-in/providers/p", headers=HTML).status_code == 503  # and is left alone for a moment
        assert "Inloggningen svarar inte" in text_of(answer.text)
        assert 'href="/sign-in?next=/offers"' in answer.text

    def test_it_is_slow(self, client, trusted, monkeypatch):
        """It sends a byte now and then, for ever: patience is for the whole answer."""
        monkeypatch.setattr(metadata, "PATIENCE_S", 0.5)
        told, gone = b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 10_000, threading.Event()

        def drip(listener: socket.socket) -> None:
            with suppress(OSError), listener.accept()[0] as asked:
                for byte in told:
                    if gone.wait(0.05):
                        return
                    asked.send(bytes([byte]))

        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=drip, args=[listener], daemon=True).start()
            trusted(f"http://127.0.0.1:{listener.getsockname()[1]}")
            answer = client.get("/sign-in/providers/p?next=/offers", headers=HTML)
            gone.set()
        assert (answer.status_code, refusals()) == (503, ["provider_away"])
        assert 'href="/sign-in?next=/offers"' in answer.text

    @pytest.mark.parametrize("status", [404, 500, 302])
    def test_it_answers_with_an_error(self, client, false, status):
        false.status = status
        assert client.get("/sign-in/providers/p", headers=HTML).status_code == 503

    @pytest.mark.parametrize(
        "said",
        [
            {"issuer": "https://other.example"},
            {"authorization_endpoint": "javascript:alert(1)"},
            {"authorization_endpoint": "http://elsewhere.example/auth"},
            {"token_endpoint": "ftp://127.0.0.1/token"},
            {"jwks_uri": None},
            {"userinfo_endpoint": 7},
        ],
        ids=str,
    )
    def test_it_says_of_itself_what_cannot_be(self, client, false, said):
        false.said = said
        answer = client.get("/sign-in/providers/p", headers=HTML)
        assert (answer.status_code, refusals()) == (403, ["bad_answer"])

    @pytest.mark.parametrize(
        "keys", [{}, {"keys": [{}]}, {"keys": 7}, [], {"keys": []}, b"x" * 400_000], ids=lambda k: str(k)[:20]
    )
    def test_its_keys_make_no_sense(self, client, false, keys):
        address = started(client)
        false.keys = keys
        false.claims = {"nonce": state_of(address)["nonce"]}
        assert answered(client, address).status_code == 403
        assert not is_in(client)

    def test_keys_are_changed_and_fetched_at_most_once_a_minute(self, false):
        now = [1000.0]
        metadata = ProviderMetadata(provider("p"), clock=lambda: now[0])

        async def known(kid: str) -> bool:
            return kid in {key.kid for key in (await metadata.keys(kid)).keys}

        async def story() -> None:
            assert await known("k1")
            false.key = RSAKey.generate_key(2048, {"kid": "k2"})
            for _flood in range(50):
                assert not await known("unknown")
            assert false.asked.count("/keys") == 1
            now[0] += KEYS_AT_MOST_EVERY_S + 1
            assert await known("k2")
            for _flood in range(50):
                assert not await known("k1")
            assert false.asked.count("/keys") == 2
            false.status = 500  # it is away, and goes on to be used with what it said
            now[0] += 4000
            assert await known("k2")

        with ThreadPoolExecutor(1) as apart:  # beside a browser of another test a loop goes on here
            apart.submit(asyncio.run, story()).result()


def test_what_is_no_state_is_nobody_s(client, false):
    started(client)
    for state in ("", "å", "x" * 5000, "\u0000"):
        assert client.get("/sign-in/callback", params={"state": state, "code": "c"}, headers=HTML).status_code < 500


def test_an_endless_address_does_not_fill_the_cookies(client, false):
    """Or a link could keep somebody out of the site until they clear them."""
    for _ in range(8):
        started(client, f"?next=/{'x' * 7000}")
    assert sum(len(each) for each in client.cookies.values()) < 6000


class TestLogoutThere:
    def token(self, false, **changed):
        now = int(clock.now().timestamp())
        claims = {
            "iss": false.issuer,
            "aud": "platsverket",
            "iat": now,
            "exp": now + 120,
            "jti": "j",
            "sub": "one",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        }
        return false.signed({name: value for name, value in (claims | changed).items() if value is not None})

    def signed_in_through(self, client, false, sid="s1"):
        address = started(client)
        false.claims = {"nonce": state_of(address)["nonce"], "sid": sid}
        answered(client, address)
        assert is_in(client)

    def test_the_sessions_of_a_person_end(self, client, false):
        self.signed_in_through(client, false)
        sent = client.post("/sign-in/providers/p/logout", data={"logout_token": self.token(false)})
        assert (sent.status_code, sent.headers["cache-control"], is_in(client)) == (200, "no-store", False)

    def test_one_session_ends_where_one_is_named(self, client, false):
        self.signed_in_through(client, false)
        client.post("/sign-in/providers/p/logout", data={"logout_token": self.token(false, sid="another")})
        assert is_in(client)
        client.post("/sign-in/providers/p/logout", data={"logout_token": self.token(false, sid="s1", sub=None)})
        assert not is_in(client)

    @pytest.mark.parametrize(
        "changed",
        [
            {"aud": "somebody else"},
            {"iss": "https://other.example"},
            {"nonce": "n"},
            {"events": {}},
            {"events": None},
            {"sub": None},
            {"iat": 0},
        ],
        ids=str,
    )
    def test_what_is_no_logout_token_ends_nothing(self, client, false, changed):
        self.signed_in_through(client, false)
        sent = client.post("/sign-in/providers/p/logout", data={"logout_token": self.token(false, **changed)})
        assert (sent.status_code, sent.json()["error"], is_in(client)) == (400, "invalid_request", True)

    def test_an_id_token_is_no_logout_token(self, client, false):
        self.signed_in_through(client, false)
        token = false.signed(false.right_claims())
        assert client.post("/sign-in/providers/p/logout", data={"logout_token": token}).status_code == 400
        assert is_in(client)

    def test_from_a_frame_the_named_session_ends(self, client, false):
        self.signed_in_through(client, false)
        client.get("/sign-in/providers/p/logout", params={"iss": false.issuer, "sid": "another"})
        client.get("/sign-in/providers/p/logout", params={"iss": "https://other.example", "sid": "s1"})
        client.get("/sign-in/providers/p/logout")
        assert is_in(client)
        framed = client.get("/sign-in/providers/p/logout", params={"iss": false.issuer, "sid": "s1"})
        assert "frame-ancestors" not in framed.headers["content-security-policy"]
        assert not is_in(client)


def test_a_provider_that_is_not_there(client, one):
    for address in ("/sign-in/providers/none", "/sign-in/providers/none/ending", "/sign-in/providers/none/logout"):
        assert client.get(address, headers=HTML).status_code == 404


def test_the_question_asks_for_what_it_needs(client, false):
    asked = state_of(started(client))
    assert asked["redirect_uri"] == CALLBACK
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert {"openid", "email", "https://id.oidc.se/scope/naturalPersonOrgId"} <= set(asked["scope"].split())
    assert len(asked["state"]) >= 43
    assert len(asked["nonce"]) >= 43
    assert json.dumps(asked).count("verifier") == 0


def test_keys_of_the_wrong_kind_are_not_taken_for_a_signature(client, false):
    """A set of keys with a secret in it does not make a secret a signature."""
    secret = OctKey.generate_key(256, {"kid": "k1"})
    address = started(client)
    false.keys = KeySet([secret]).as_dict(private=True)
    false.claims = {"nonce": state_of(address)["nonce"]}
    false.token = lambda claims: jwt.encode({"alg": "HS256", "kid": "k1"}, claims, secret, algorithms=["HS256"])
    assert (answered(client, address).status_code, is_in(client)) == (403, False)
