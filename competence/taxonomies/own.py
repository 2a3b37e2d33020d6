"""Our own small vocabulary of skills, as it stands in `data/skills.csv`."""

import csv
from functools import cache
from importlib.resources import files

from competence.taxonomies.releases import Concept, ConceptKind, Relation, Release

SCHEME = "platsverket-skills"
VERSION = "2"


@cache
def own_release() -> Release:
    """Return our own vocabulary."""
    with files("competence.taxonomies").joinpath("data", "skills.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    uris = {row["code"]: row["uri"] for row in rows}
    return Release(SCHEME, VERSION, tuple(_concept(row, uris) for row in rows))


@cache
def own_codes() -> frozenset[str]:
    """Return the codes of our own vocabulary."""
    return frozenset(concept.code for concept in own_release().concepts)


def _concept(row: dict[str, str], uris: dict[str, str]) -> Concept:
    broader = ((Relation.BROADER, uris[code]) for code in _several(row["broader"]))
    needed = ((Relation.ESSENTIAL, uris[code]) for code in _several(row["needs"]))
    return Concept(
        uri=row["uri"],
        code=row["code"],
        kind=ConceptKind(row["kind"]),
        label_sv=row["label_sv"],
        label_en=row["label_en"],
        synonyms_sv=_several(row["synonyms_sv"]),
        synonyms_en=_several(row["synonyms_en"]),
        ssyk=row["ssyk"] or None,
        relations=frozenset([*broader, *needed]),
    )


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
