"""Ask whether anything known is wrong with a version that the lock files name: `make audit`.

Python packages by pip-audit, web assets by npm audit. Ends with 0 where nothing is known, 1 where something is, and 4
where a source of advisories does not answer: then nobody knows.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")
PIP_AUDIT = "pip-audit==2.10.1"
PYTHON = (UV, "tool", "run", PIP_AUDIT, "--strict", "--disable-pip", "--require-hashes", "--format", "json", "-r")
NPM = ("npm", "audit", "--json")
LOCKS = ("requirements.lock", "requirements-otel.lock", "requirements-dev.lock")
PATIENCE_S = 300


def main() -> int:
    """Ask all, tell what they say, and return the exit code."""
    worst = 0
    for what, command in [*((lock, (*PYTHON, lock)) for lock in LOCKS), ("package-lock.json", NPM)]:
        said = _answer(command)
        found = None if said is None else sorted(_advisories(said))
        if found is None:
            print(f"{what}: the source of advisories does not answer, so nobody knows")
        for line in found or []:
            print(f"{what}: {line}")
        if found == []:
            print(f"{what}: nothing is known")
        worst = max(worst, 4 if found is None else bool(found))
    return worst


def _answer(command: tuple[Any, ...]) -> Any:
    """Return what a command says as JSON; nothing where it says that it could not tell, or nothing at all."""
    try:
        done = subprocess.run(  # noqa: S603 (our own command)
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        said = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return said if isinstance(said, dict) and ("dependencies" in said or "vulnerabilities" in said) else None


def _advisories(said: dict[str, Any]) -> Iterator[str]:
    for each in said.get("dependencies", []):
        for known in each.get("vulns", []):
            mended = ", ".join(known["fix_versions"]) or "no version"
            yield f"{each['name']} {each['version']}: {known['id']}, mended in {mended}"
    for name, each in said.get("vulnerabilities", {}).items():
        yield f"{name} {each['range']}: {each['severity']}"


if __name__ == "__main__":
    sys.exit(main())
