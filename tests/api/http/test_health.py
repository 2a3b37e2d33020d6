"""What watches over the installation is told the truth, and so are people while the database is away."""

import pytest
from sqlalchemy import create_engine, text

from core.database import db
from tests.api.conftest import HTML, text_of


@pytest.fixture
def no_database(monkeypatch):
    away = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 1})
    monkeypatch.setattr(db, "engine", lambda: away)


def test_all_is_well(client):
    assert client.get("/health/live").json() == {"status": "ok"}
    assert client.get("/health/ready").json() == {"status": "ok"}


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
