"""What the operator writes as files and reads in again."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from typer.testing import CliRunner

from api.cli.main import app
from core.errors import BadInput, StorageFull
from tests import builders


def run(*words: str) -> Any:
    return CliRunner().invoke(app, words)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let the system refuse what is written beyond a size, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_organisation_is_written_and_read_in_again(engine: Engine, tmp_path: Path, form: str) -> None:
    with Session(engine) as rows:
        home = builders.organisation(rows, name="Vinnova")
        builders.offer(rows, builders.vehicle(rows, builders.site(rows, home, name="Huset"), name="Bilen"))
        builders.vehicle(rows, name="Andras bil")
        rows.commit()
    words = ("export", str(tmp_path / "ut"), "--organisation", "Vinnova", "--format", form)
    done = run(*words)
    assert (done.exit_code, done.output) == (0, f"Wrote 10 files to {tmp_path / 'ut'}.\n"), done.output
    again = run("import", str(tmp_path / "ut"))
    assert f"fordon.{form}: 1 row, 0 created, 0 changed, 1 unchanged" in again.output
    refused = run(*words)
    assert isinstance(refused.exception, BadInput)
    assert "already" in str(refused.exception)


def test_what_could_not_be_written_whole_leaves_nothing_and_works_again(engine: Engine, tmp_path: Path) -> None:
    words = ("export", str(tmp_path / "ut"), "--format", "xlsx")
    with files_of_at_most(1000):  # a workbook has several thousand bytes
        refused = run(*words)
    assert isinstance(refused.exception, StorageFull)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "ut").mkdir()
    assert run(*words).exit_code == 0
    assert len(list((tmp_path / "ut").glob("*.xlsx"))) == 10
    assert list(tmp_path.iterdir()) == [tmp_path / "ut"]
