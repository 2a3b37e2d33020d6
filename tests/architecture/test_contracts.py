"""What the architecture promises of imports and commits."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "competence", "core", "hubs", "marketplace", "matching", "migrations", "resources", "retention")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
CODE = [*SOURCES, *(path for room in ("benchmarks", "scripts", "tests") for path in (ROOT / room).rglob("*.py"))]


def test_import_contracts_hold():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout


def test_no_folder_of_code_holds_more_than_fourteen_files():
    """Beside the file that says what the folder is: nobody looks through more. Of migrations there are ever more."""
    folders = Counter(path.parent for path in CODE if path.name != "__init__.py" and path.parent.name != "versions")
    assert {str(folder.relative_to(ROOT)): count for folder, count in folders.items() if count > 14} == {}


def test_only_the_unit_of_work_commits():
    committing = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"\b(session|connection|conn)\.commit\(", path.read_text(encoding="utf-8"))
    }
    # Alembic's own connection, when a migration is run by hand, is not a session of the product.
    assert committing - {"migrations/env.py", "core/database/postgres/migrate.py"} == {"core/database/db.py"}


def test_no_service_asks_the_system_for_the_time():
    asking = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"datetime\.now\(|date\.today\(|utcnow\(", path.read_text(encoding="utf-8"))
    ]
    assert asking == ["core/time/clock.py"]
