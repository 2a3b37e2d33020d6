"""Our own small vocabulary of skills, as it stands in `data/skills.csv`."""

import csv
from functools import cache
from importlib.resources import files

from competence.models import Skill

SCHEME = "platsverket-skills"
VERSION = "1"


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with files("competence").joinpath("data", "skills.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def own_skills() -> list[Skill]:
    """Return the skills of our own vocabulary as new rows."""
    return [_skill(row) for row in _rows()]


def _skill(row: dict[str, str]) -> Skill:
    return Skill(
        code=row["code"],
        uri=row["uri"],
        label_sv=row["label_sv"],
        label_en=row["label_en"],
        scheme=SCHEME,
        scheme_version=VERSION,
        ssyk=row["ssyk"] or None,
    )
