"""Send the JSON API all that its description allows and much that it does not: `make fuzz`.

Starts a database and a web server of its own, with a made-up market in which things are in every state, and lets
Schemathesis go through all operations with a fixed seed, which also sends the keys that there are: as nobody, as people
of three organisations and, last, as one who may do everything. Ends with an error if an answer breaks the description.
Further options go to `schemathesis run`, as in ``make fuzz FUZZ_ARGS="--as nobody --max-examples 5"``.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from fuzz_market import made_up_organisation, market_keys

from core.database.postgres.server import started

SAMPLES = Path(__file__).parents[1] / "samples"
RULES = Path(__file__).with_name("fuzz.toml")
"""What may be refused although the description allows it, and why."""
WITH_ETAG = """
[[operations]]
include-operation-id = {named}
checks.positive_data_acceptance.expected-statuses = [
  "2xx", "3xx", "400", "401", "403", "404", "409", "412", "429", "5xx"
]
"""
"""Schemathesis sends the ETag `"0"` without its quotes, and so what the pattern of If-Match does not allow."""
SEED = "7"
MARKET = ("--organisations", "1", "--offers", "60", "--requests", "60")
PEOPLE = {
    "lanar@example.se": ("Uppsala kommun", ("requester", "approver")),
    "lanar.ut@example.se": ("Östersunds kommun", ("lister", "hr", "admin", "auditor")),
    "alla.roller@example.se": ("", ("lister", "requester", "coordinator", "admin", "hr")),
}
"""Of which organisations, and with which roles; none: of the one that `platsverket demo` made."""
NOBODY = "nobody"
BIN = Path(sys.executable).parent


def main(arguments: list[str]) -> int:
    """Fuzz, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    everybody = [NOBODY, *PEOPLE]
    parser.add_argument("--as", dest="who", action="append", choices=everybody, help="As whom; else as each in turn.")
    known, options = parser.parse_known_args(arguments)
    with tempfile.TemporaryDirectory(prefix="platsverket-fuzz-") as folder:
        database = started(Path(folder) / "postgres")
        os.environ |= {
            "PLATSVERKET_ENVIRONMENT": "development",
            "PLATSVERKET_DATABASE_URL": database.get_uri("postgres"),
            "PLATSVERKET_DATA_DIR": folder,
            **{f"PLATSVERKET_{what}_PER_MINUTE": "1000000" for what in ("SIGN_IN_ATTEMPTS", "SEARCHES", "POSTS")},
        }
        try:
            tokens = _tokens()
            rules = Path(folder) / "fuzz.toml"
            rules.write_text(RULES.read_text() + market_keys(PEOPLE))
            return _fuzz(Path(folder), rules, {who: tokens[who] for who in known.who or everybody}, options)
        finally:
            database.cleanup()


def _fuzz(folder: Path, rules: Path, tokens: dict[str, str], options: list[str]) -> int:
    port = _free_port()
    with (
        (folder / "web.log").open("wb") as log,
        subprocess.Popen([BIN / "platsverket", "serve", "--port", str(port)], stdout=log, stderr=log) as server,  # noqa: S603
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}/health/ready")
            rules.write_text(rules.read_text() + WITH_ETAG.format(named=json.dumps(_with_etag(port))))
            return max(_fuzz_as(who, token, port, rules, options) for who, token in tokens.items())
        finally:
            server.terminate()


def _fuzz_as(who: str, token: str, port: int, rules: Path, options: list[str]) -> int:
    print(f"\n=== {who}", flush=True)
    shown = ["-H", f"Authorization: Bearer {token}"] if token else []
    command: list[Any] = [BIN / "schemathesis", "--config-file", rules, "run"]
    command += [f"http://127.0.0.1:{port}/api/v1/openapi.json", "--checks", "all", "--seed", SEED, *shown, *options]
    return subprocess.run(command, check=False).returncode  # noqa: S603 (our own command)


def _with_etag(port: int) -> list[str]:
    """Return the operations that take an ETag."""
    paths = httpx.get(f"http://127.0.0.1:{port}/api/v1/openapi.json", timeout=60).json()["paths"]
    operations = [each for path in paths.values() for each in path.values()]
    return [each["operationId"] for each in operations if any(it["name"] == "If-Match" for it in each["parameters"])]


def _tokens() -> dict[str, str]:
    """Make the schema, a market, the people, and a token of each; nobody's is empty."""
    _run("db", "upgrade")
    _run("import", str(SAMPLES))
    _run("demo", *MARKET)
    for email, (home, roles) in PEOPLE.items():
        said = [word for role in roles for word in ("--role", role)]
        _run("user", "add", email, "--organisation", home or made_up_organisation(), "--name", "Fuzz", *said)
    _run("match", "--time-limit", "5")
    scopes = ("--scope", "read", "--scope", "write")
    return {NOBODY: ""} | {email: _run("user", "token", email, "--name", "fuzz", *scopes).strip() for email in PEOPLE}


def _run(*arguments: str) -> str:
    return subprocess.run([BIN / "platsverket", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603


def _wait_for(address: str) -> None:
    for _ in range(600):
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(f"{address} does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
