"""The wheel: an application for an environment of its own, with its rooms as top-level packages, never published."""

import subprocess
import sys
import tomllib
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

from core.version import __version__

ROOT = Path(__file__).parents[2]
ROOMS = {"api", "competence", "core", "hubs", "marketplace", "matching", "migrations", "resources", "retention"}
NAME = f"platsverket-{__version__}"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return ZipFile(folder / f"{NAME}-py3-none-any.whl")


@pytest.fixture(scope="module")
def told(wheel: ZipFile) -> Message:
    return Parser().parsestr(wheel.read(f"{NAME}.dist-info/METADATA").decode())


def test_registries_refuse_it(told):
    assert "Private :: Do Not Upload" in told.get_all("Classifier")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (told["Name"], told["Version"], project["version"]) == ("platsverket", __version__, __version__)


def test_it_has_the_rooms_whole_and_nothing_else(wheel):
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert {name.split("/")[0] for name in packed} == ROOMS
    there = {str(path.relative_to(ROOT)) for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file()}
    assert packed == {name for name in there if "__pycache__" not in name}
    for needed in (
        "api/templates/base.html",
        "api/language/locales/sv/labels.po",
        "api/static/platsverket.css",
        "core/data/municipalities.csv",
        "migrations/script.py.mako",
        "migrations/versions/0001_the_first_schema.py",
    ):
        assert needed in packed


def test_its_command_is_platsverket(wheel):
    assert wheel.read(f"{NAME}.dist-info/entry_points.txt").decode().split() == [
        "[console_scripts]",
        "platsverket",
        "=",
        "api.cli.main:run",
    ]
