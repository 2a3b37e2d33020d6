"""What the operator does for vocabularies: imports them, is told what cards keep, and of a file that is none."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from api.cli.main import app
from competence.models import Skill
from competence.service import describe_staff
from core.database.audit import AuditEntry
from core.errors import BadInput
from resources.families.staff import StaffFacts
from tests import builders

OLD, NEW = "aaaa_aaa_old", "aaaa_aaa_new"


def imported(path: Path, release: str) -> Any:
    return CliRunner().invoke(app, ["skills", "import", str(path), "--release", release])


def test_a_vocabulary_is_imported_and_what_it_loses_is_told(engine: Engine, tmp_path: Path) -> None:
    concepts = [{"id": key, "type": "skill", "preferred_label": key} for key in (OLD, NEW)]
    first, second = tmp_path / "30.json", tmp_path / "31.json"
    first.write_text(json.dumps({"data": {"concepts": concepts}}), encoding="utf-8")
    second.write_text(json.dumps({"data": {"concepts": concepts[1:]}}), encoding="utf-8")
    done = imported(first, "30")
    assert (done.exit_code, done.output.startswith("jobtech 30: 2 concepts added")) == (0, True), done.output
    with Session(engine, expire_on_commit=False) as rows:
        code = f"jobtech-{OLD}"
        describe_staff(rows, None, builders.staff(rows), StaffFacts(50, remote=True, skills={code: 4}))
        asked = {"skillsShould": {code: 2}, "remoteOk": True}
        builders.need(rows, builders.request(rows), family="staff", requirements=asked)
        rows.commit()
        later = imported(second, "31")
        assert "1 newly deprecated" in later.output
        assert "1 capacity cards and 1 waiting needs name skills" in later.output
        assert {row.code: row.deprecated for row in rows.exec(select(Skill).where(Skill.scheme == "jobtech"))} == {
            code: True,
            f"jobtech-{NEW}": False,
        }
        imports = select(AuditEntry.details).where(AuditEntry.entity == "vocabulary").order_by(col(AuditEntry.sequence))
        told = [each["version"] for each in rows.exec(imports) if each["scheme"] == "jobtech"]
        assert told == ["30", "31"]


def test_a_file_of_something_else_is_refused(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "skills.csv"
    path.write_text("code;label", encoding="utf-8")
    refused = imported(path, "30")
    assert isinstance(refused.exception, BadInput), refused.output
    assert "is it a file of JobTech Taxonomy?" in str(refused.exception)
