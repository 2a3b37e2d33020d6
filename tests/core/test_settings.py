"""Settings: production unless development is asked for, nothing misspelt, no secret that can be guessed or told."""

import secrets

import pytest

from core.errors import BadInput
from core.settings import check_serves, settings
from tests.marketplace.papers.signing import Issuer

GOOD = {
    "PLATSVERKET_SECRET_KEY": "9fQ2xV7mZ0sK4tLw8RbYc3NdH6uJp1Ga",
    "PLATSVERKET_PUBLIC_URL": "https://platsverket.example",
}


@pytest.fixture
def environment(monkeypatch):
    """Let the settings be read from these variables, and no environment named but among them."""

    def read(**variables: str) -> None:
        for name, value in {**dict.fromkeys((*GOOD, "PLATSVERKET_ENVIRONMENT")), **variables}.items():
            monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
        settings.cache_clear()

    yield read
    monkeypatch.undo()
    settings.cache_clear()


def refused(host: str | None = None) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        check_serves(host)
    return {each.property: each.reason for each in caught.value.parameters}


def test_production_is_the_default_and_tells_all_that_it_needs_to_serve(environment):
    environment()
    assert settings().environment == "production"
    assert not settings().may_choose_member
    assert set(refused()) == {"PLATSVERKET_SECRET_KEY", "PLATSVERKET_PUBLIC_URL", "PLATSVERKET_ENVIRONMENT"}
    environment(**GOOD)
    check_serves("0.0.0.0")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.4", "platsverket.example", "", "127.0.0.1.example"])
def test_development_is_for_this_machine_alone(environment, host):
    environment(PLATSVERKET_ENVIRONMENT="development", PLATSVERKET_HOST=host)
    with pytest.raises(BadInput, match=r"only 127\.0\.0\.1, ::1 or localhost"):
        settings()
    environment(PLATSVERKET_ENVIRONMENT="development", PLATSVERKET_HOST="localhost")
    if host:
        assert set(refused(host)) == {"PLATSVERKET_HOST"}
    for own in ("127.0.0.1", "127.8.8.8", "::1", "[::1]", "LOCALHOST"):
        check_serves(own)


@pytest.mark.parametrize(
    "secret",
    [
        "a" * 32,
        "ab" * 20,
        "0123456789" * 4,
        "only-for-tests-" * 3,
        "abcdefghijklmnopqrstuvwxyz012345",
        "qwertyuiopasdfghjklzxcvbnm123456",
        "changemechangemechangemechangeme",
        "insecure-secret-key-please-change-me",
    ],
)
def test_a_secret_that_can_be_guessed_is_refused_and_not_told(environment, secret):
    environment(**GOOD | {"PLATSVERKET_SECRET_KEY": secret})
    assert set(refused()) == {"PLATSVERKET_SECRET_KEY", "PLATSVERKET_ENVIRONMENT"}
    environment(**GOOD | {"PLATSVERKET_SECRET_KEY": secret, "PLATSVERKET_ENVIRONMENT": "production"})
    with pytest.raises(BadInput, match="easy to guess") as caught:
        settings()
    assert secret not in str(caught.value)


def test_secrets_that_a_machine_makes_are_taken(environment):
    for secret in (secrets.token_urlsafe(48), secrets.token_urlsafe(32), secrets.token_hex(32), secrets.token_hex(16)):
        environment(**GOOD | {"PLATSVERKET_SECRET_KEY": secret})
        check_serves()


def test_what_is_no_setting_is_named_with_what_may_have_been_meant(environment):
    environment(PLATSVERKET_SECRET_KYE="hush", platsverket_prot="80", PLATSVERKET_SESSION_HOURS="many")
    with pytest.raises(BadInput) as caught:
        settings()
    told = {each.property: each.reason for each in caught.value.parameters}
    assert set(told) == {"PLATSVERKET_SECRET_KYE", "platsverket_prot", "PLATSVERKET_SESSION_HOURS"}
    assert "did you mean PLATSVERKET_SECRET_KEY?" in told["PLATSVERKET_SECRET_KYE"]
    assert "hush" not in str(caught.value)


def test_secrets_may_lie_in_files(environment, tmp_path):
    file = tmp_path / "key"
    file.write_text(GOOD["PLATSVERKET_SECRET_KEY"] + "\n")
    by_file = {"PLATSVERKET_PUBLIC_URL": GOOD["PLATSVERKET_PUBLIC_URL"], "PLATSVERKET_SECRET_KEY_FILE": str(file)}
    environment(**by_file)
    check_serves()
    assert settings().secret_key == GOOD["PLATSVERKET_SECRET_KEY"]
    environment(**by_file | GOOD)
    with pytest.raises(BadInput, match="PLATSVERKET_SECRET_KEY is set as well"):
        settings()
    environment(PLATSVERKET_SECRET_KEY=None, PLATSVERKET_SECRET_KEY_FILE=str(tmp_path / "none"))
    with pytest.raises(BadInput, match="PLATSVERKET_SECRET_KEY_FILE: it cannot be read"):
        settings()
    file.write_text("a" * 32)
    environment(PLATSVERKET_SECRET_KEY_FILE=str(file))
    assert "PLATSVERKET_SECRET_KEY" in refused()


@pytest.mark.parametrize("proxies", ["*", "proxy", "10.0.0.0/99", "10.0.0.1/24"])
def test_only_addresses_are_trusted_to_say_where_a_request_comes_from(environment, proxies):
    environment(PLATSVERKET_TRUSTED_PROXIES=f"10.0.0.1,{proxies}")
    with pytest.raises(BadInput, match="PLATSVERKET_TRUSTED_PROXIES"):
        settings()
    environment(PLATSVERKET_TRUSTED_PROXIES=" 10.0.0.1, 172.16.0.0/12,::1 ")
    assert settings().trusted_proxies == "10.0.0.1,172.16.0.0/12,::1"


def test_a_file_of_certificates_is_read_at_start(environment, tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    for path, reason in ((tmp_path / "none.pem", "cannot be read"), (tmp_path, "cannot be read"), (empty, "no PEM")):
        environment(PLATSVERKET_ENVIRONMENT="development", PLATSVERKET_PAPER_TRUST_ROOTS=str(path))
        with pytest.raises(BadInput) as caught:
            settings()
        (fault,) = caught.value.parameters
        assert (fault.property, str(fault.value)) == ("PLATSVERKET_PAPER_TRUST_ROOTS", str(path))
        assert reason in fault.reason
    right = Issuer("Utgivare", tmp_path).roots
    environment(PLATSVERKET_ENVIRONMENT="development", PLATSVERKET_PAPER_TRUST_ROOTS=str(right))
    assert settings().paper_trust_roots == right
