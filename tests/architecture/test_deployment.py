"""The compose file, the image and the lock files say what the README says they do."""

import re
import tomllib
from pathlib import Path

import pytest
import typer
import yaml

from api.cli.main import app as command_line
from core.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
LASTING = {"web", "worker", "scheduler", "mail-in", "postgres", "redis"}


def test_compose_has_every_part_of_the_product():
    assert set(SERVICES) == LASTING | {"migrate"}


@pytest.mark.parametrize("name", sorted(LASTING))
def test_each_lasting_service_has_a_health_check_and_comes_back(name):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_what_must_last_lies_on_volumes():
    used = {volume.split(":")[0] for name in LASTING for volume in SERVICES[name].get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_no_secret_stands_in_the_compose_file():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    secret = [line.strip() for line in text.splitlines() if re.search(r"PASSWORD|SECRET", line)]
    assert secret
    assert [line for line in secret if not re.search(r"\$\{[A-Z_]+:\?", line)] == [], "not demanded from outside"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_service_has_no_more_than_it_needs(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert name == "postgres" or "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"]
    assert service["mem_limit"]
    assert not service.get("privileged")
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert ("POSTGRES_PASSWORD" in str(service.get("environment"))) is (name in {"migrate", "postgres"}), "the owner's"


def test_the_broker_asks_for_a_password():
    assert "${REDIS_PASSWORD:?" in COMPOSE["x-platsverket"]["environment"]["PLATSVERKET_BROKER_URL"]
    assert "requirepass" in SERVICES["redis"]["entrypoint"][-1]


def test_the_image_is_built_with_locked_packages_alone():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(r"pip (?:install|wheel)[^&\n]*", text):
        assert "--require-hashes" in line or "--no-deps" in line, line
        assert "wheel " not in line or "--no-build-isolation" in line
    assert {"hatchling", "pathspec", "pluggy"} <= set(_locked("requirements-build.lock"))
    final = text.rpartition("\nFROM ")[2]
    assert re.findall(r"^(?:COPY|ADD) (.*)$", final, re.MULTILINE) == ["${REQUIREMENTS} ./"], (
        "the wheel, and no sources"
    )
    assert "USER platsverket" in final


def test_base_images_are_those_that_the_operator_names_and_no_others():
    """By digest, as .env.example tells: a tag would be another image tomorrow."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^ARG (PYTHON.*)$", text, re.MULTILINE) == ["PYTHON"], "no tag stands in for it"
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${PYTHON}"}
    built = COMPOSE["x-platsverket"]["build"]["args"]["PYTHON"]
    images = [built, SERVICES["postgres"]["image"], SERVICES["redis"]["image"]]
    assert [image.partition(":?")[0] for image in images] == ["${PYTHON_IMAGE", "${POSTGRES_IMAGE", "${REDIS_IMAGE"]


def test_compose_sets_only_settings_that_exist():
    known = {f"PLATSVERKET_{name.upper()}" for name in Settings.model_fields}
    assert set(COMPOSE["x-platsverket"]["environment"]) <= known


@pytest.mark.parametrize("name", ["web", "worker", "scheduler", "migrate"])
def test_compose_runs_commands_that_exist(name):
    command = typer.main.get_command(command_line)
    for word in SERVICES[name]["command"]:
        if not word.startswith("-") and not word.isdigit():
            command = command.get_command(typer.Context(command), word)
    assert command.callback is not None


def test_the_environment_example_names_what_compose_demands():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    demanded = set(re.findall(r"\$\{([A-Z_]+):\?", text))
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == demanded


def _locked(name: str) -> dict[str, str]:
    pinned = re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    return dict(pinned)


def test_the_two_lock_files_agree():
    production, development = _locked("requirements.lock"), _locked("requirements-dev.lock")
    assert production.items() <= development.items()
    assert "pytest" in development
    assert "pytest" not in production


def test_whoever_wants_traces_installs_all_of_the_product_and_what_sends_them():
    production, with_traces = _locked("requirements.lock"), _locked("requirements-otel.lock")
    assert production.items() <= with_traces.items()
    assert {each.partition("-")[0] for each in with_traces.keys() - production.keys()} >= {"opentelemetry"}
    assert not any(each.startswith("opentelemetry") for each in production)


def test_every_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.match(r"[A-Za-z0-9-]+", line)[0].lower() for line in project["dependencies"]}
    assert names <= set(_locked("requirements.lock"))
