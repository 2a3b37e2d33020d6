"""What watches over the installation is told the truth, and so are people while the database is away."""

from datetime import timedelta

import pytest
from kombu import Connection
from sqlalchemy import create_engine, text

from core import jobs
from core.database import db, steady_clock
from core.settings import settings
from core.time import clock
from marketplace.mail.models import Mail
from marketplace.runs.models import MatchingRun, RunState
from tests import builders
from tests.api.conftest import HTML, text_of


@pytest.fixture
def no_database(monkeypatch):
    away = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 1})
    monkeypatch.setattr(db, "engine", lambda: away)


@pytest.fixture
def swept(rows):
    """The database after a sweep."""
    jobs._broker_seen[:] = [-jobs.BROKER_SEEN_S, 0]
    steady_clock.look(rows)
    rows.commit()
    yield rows
    settings.cache_clear()


def test_all_is_well(client, swept):
    assert client.get("/health/live").json() == {"status": "ok"}
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.json() == {
        "status": "ok",
        "checks": dict.fromkeys(("database", "schema", "broker", "sweep", "lastRun", "mail"), "ok"),
        "sweepAgeS": 0,
        "lastRunAgeS": None,
    }


def _no_sweep(session, _monkeypatch):
    session.execute(text("delete from clock_watch"))


def _late_sweep(session, _monkeypatch):
    session.execute(text("update clock_watch set seen_at = now() - interval '1 hour'"))


def _sweep_of_a_clock_put_back_since(session, _monkeypatch):
    session.execute(text("update clock_watch set seen_at = now() + interval '30 days'"))


def _no_broker(_session, monkeypatch):
    monkeypatch.setattr(jobs, "_broker_seen", [-jobs.BROKER_SEEN_S, 1])
    monkeypatch.setenv("PLATSVERKET_BROKER_URL", "redis://:secret@127.0.0.1:1/0")
    settings.cache_clear()
    monkeypatch.setattr(jobs.app, "connection_for_read", lambda: Connection("redis://:secret@127.0.0.1:1/0"))


def _failed_run(session, _monkeypatch):
    for state, at in ((RunState.DONE, 2), (RunState.FAILED, 1)):
        builders.added(
            session,
            MatchingRun(
                policy={},
                time_limit_s=1,
                state=state,
                queued_at=clock.now(),
                finished_at=clock.now() - timedelta(hours=at),
                failure_code="unexpected",
            ),
        )


def _mail_waits(session, _monkeypatch):
    at = clock.now() - timedelta(minutes=61)
    builders.added(session, Mail(member_id=builders.member(session).id, created_at=at, fault="OSError: away"))


def test_that_no_mail_is_sent_in_production_is_told_but_is_no_fault(client, swept, monkeypatch):
    for name, value in {"SECRET_KEY": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "PUBLIC_URL": "https://x.se"}.items():
        monkeypatch.setenv(f"PLATSVERKET_{name}", value)
    monkeypatch.setenv("PLATSVERKET_ENVIRONMENT", "production")
    settings.cache_clear()
    said = client.get("/health/ready").json()
    assert (said["status"], "No mail server" in said["checks"]["mail"]) == ("ok", True)


@pytest.mark.parametrize(
    ("spoil", "check", "told"),
    [
        (_no_sweep, "sweep", "scheduler"),
        (_late_sweep, "sweep", "deadlines do not pass"),
        (_sweep_of_a_clock_put_back_since, "sweep", "deadlines do not pass"),
        (_no_broker, "broker", "does not answer"),
        (_failed_run, "lastRun", "failed"),
        (_mail_waits, "mail", "an hour"),
    ],
)
def test_what_does_not_get_on_is_told_and_people_are_still_served(client, swept, monkeypatch, spoil, check, told):
    spoil(swept, monkeypatch)
    swept.commit()
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    said = answer.json()
    assert said["status"] == "degraded"
    assert [name for name, each in said["checks"].items() if each != "ok"] == [check]
    assert told in said["checks"][check]
    assert "secret" not in answer.text
    assert "127.0.0.1" not in answer.text
    if check == "lastRun":
        assert 3599 <= said["lastRunAgeS"] <= 3660


def test_without_a_database_it_lives_but_is_not_ready(client, no_database):
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "127.0.0.1" not in answer.text


def test_with_another_schema_it_is_not_ready(client, owner):
    with owner.begin() as connection:
        version = connection.execute(text("select version_num from alembic_version")).scalar_one()
        connection.execute(text("update alembic_version set version_num = 'x'"))
    try:
        answer = client.get("/health/ready")
        assert answer.status_code == 503
        assert "db upgrade" in answer.json()["detail"]
    finally:
        with owner.begin() as connection:
            connection.execute(text("update alembic_version set version_num = :version"), {"version": version})


def test_people_are_told_in_their_language_and_may_try_again(client, no_database):
    answer = client.get("/sign-in", headers=HTML)
    assert answer.status_code == 503
    assert "Databasen svarar inte. Inget sparades." in text_of(answer.text)
    assert "Försök igen" in text_of(answer.text)
