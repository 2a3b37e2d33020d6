"""What the operator does for members and organisations: forgets passkeys, lets an organisation leave or have more."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from typer.testing import CliRunner

from api.cli.main import app
from core.database.audit import AuditEntry
from core.settings import settings
from core.time import clock
from marketplace.organisations.models import Organisation, Passkey
from tests import builders

EMAIL = "lokaler@example.se"


@pytest.fixture
def rows(engine: Engine) -> Iterator[Session]:
    """What is built here and committed."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


def test_lost_passkeys_are_forgotten(rows: Session) -> None:
    home, other = builders.organisation(rows), builders.organisation(rows)
    for place, each in enumerate((home, other)):
        member = builders.member(rows, each, email=EMAIL)
        its = {"credential_id": bytes([place]), "public_key": b"k", "sign_count": 0, "created_at": clock.now()}
        builders.added(rows, Passkey(member_id=member.id, name="Telefonen", **its))
    rows.commit()
    forget = ["user", "forget-passkeys", EMAIL]
    several = CliRunner().invoke(app, forget)
    assert several.exit_code != 0, "two organisations have somebody with the address"
    done = CliRunner().invoke(app, [*forget, "--organisation", home.name])
    assert (done.exit_code, EMAIL in done.output) == (0, True), done.output
    assert rows.exec(select(Passkey.credential_id)).all() == [bytes([1])]
    entry = rows.exec(select(AuditEntry).where(AuditEntry.entity == "passkey")).one()
    assert (entry.to_state, entry.actor_id) == ("removed", None)
    again = CliRunner().invoke(app, [*forget, "--organisation", home.name])
    assert "has no passkey" in str(again.exception or again.output)


def test_an_organisation_leaves_and_comes_back(rows: Session) -> None:
    home = builders.organisation(rows)
    rows.commit()
    for command, left in (("leave", True), ("return", False)):
        done = CliRunner().invoke(app, ["organisation", command, home.name, "--reason", "Avtalet"])
        assert (done.exit_code, home.name in done.output) == (0, True), done.output
        rows.refresh(home)
        assert (rows.get_one(Organisation, home.id).left_at is not None) is left


def test_an_organisation_may_have_more_than_others_and_as_many_as_they_again(rows: Session) -> None:
    home, other = builders.organisation(rows), builders.organisation(rows)
    rows.commit()
    usual = f"{settings().organisation_offers} offers, and {settings().organisation_needs} needs"

    def quota(of: Organisation, *options: str) -> str:
        done = CliRunner().invoke(app, ["organisation", "quota", of.name, *options])
        return done.output if done.exit_code == 0 else f"refused: {done.exception or done.output}"

    assert usual in quota(home)
    assert "reason" in quota(home, "--offers", "900")
    assert "900 offers, and 3000 needs" in quota(
        home, "--offers", "900", "--needs", "3000", "--reason", "Hela regionens"
    )
    assert f"900 offers, and {settings().organisation_needs}" in quota(
        home, "--usual", "--offers", "900", "--reason", "Nu"
    )
    assert usual in quota(other)
    assert usual in quota(home, "--usual", "--reason", "Färdigt")
    entries = rows.exec(select(AuditEntry).where(AuditEntry.reason_code == "quota_set").order_by(AuditEntry.id)).all()  # type: ignore[arg-type]
    assert [(each.words, each.details) for each in entries] == [
        ("Hela regionens", {"offerQuota": 900, "needQuota": 3000}),
        ("Nu", {"offerQuota": 900, "needQuota": None}),
        ("Färdigt", {"offerQuota": None, "needQuota": None}),
    ]
    rows.refresh(home)
    assert home.version == 4
