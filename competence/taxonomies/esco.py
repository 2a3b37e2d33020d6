"""Reads ESCO, the European classification: the CSV files of a release, in a folder, in one or both of our languages.

`skills_sv.csv` is needed, or `skills_en.csv`. Groups, occupations and relations are read from the other files where
they are there. Relations stand in the files of each language alike.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from competence.taxonomies.faults import text_fault
from competence.taxonomies.releases import Concept, ConceptKind, Relation, Release
from core.errors import BadInput, InvalidParameter

SCHEME = "esco"
_BASE = "http://data.europa.eu/esco/"
_LONGEST_CODE = 60
_CONCEPTS = {
    "skills": ConceptKind.SKILL,
    "skillGroups": ConceptKind.GROUP,
    "occupations": ConceptKind.OCCUPATION,
}
_LANGUAGES = ("sv", "en")
_ENDED = {"obsolete", "deprecated"}
_Row = Mapping[str, str]
_Rows = dict[str, _Row]
_Relations = dict[str, set[tuple[Relation, str]]]


def read_esco(folder: Path, version: str) -> Release:
    """Read a folder of ESCO's CSV files.

    Raises
    ------
    BadInput
        There are no skills in it, or rows cannot be used: all that is wrong with them.
    """
    faults: list[InvalidParameter] = []
    read = {
        (name, language): _concept_rows(folder / f"{name}_{language}.csv", faults)
        for name in _CONCEPTS
        for language in _LANGUAGES
    }
    relations = _relations(folder, faults)
    if faults:
        raise BadInput.of(faults)
    if not any(read["skills", language] for language in _LANGUAGES):
        raise BadInput("skills_sv.csv", None, "there is no such file in the folder, or nothing in it")
    concepts = (
        _concept(uri, kind, [read[name, language].get(uri) for language in _LANGUAGES], relations)
        for name, kind in _CONCEPTS.items()
        for uri in sorted(read[name, "sv"].keys() | read[name, "en"].keys())
    )
    return Release(SCHEME, version, tuple(concepts))


def _concept_rows(path: Path, faults: list[InvalidParameter]) -> _Rows:
    found: _Rows = {}
    for place, row in _rows(path, ("conceptUri", "preferredLabel"), faults):
        if (
            not row["conceptUri"].startswith(_BASE)
            or row["conceptUri"].endswith("/")
            or len(_code(row["conceptUri"])) > _LONGEST_CODE
        ):
            faults.append(
                InvalidParameter(
                    f"{place}, conceptUri", row["conceptUri"], f"it is no address of a concept, which begins {_BASE}"
                )
            )
        faults += text_fault(f"{place}, preferredLabel", row["preferredLabel"])
        found[row["conceptUri"]] = row
    return found


def _relations(folder: Path, faults: list[InvalidParameter]) -> _Relations:
    found: _Relations = defaultdict(set)
    for language in _LANGUAGES:
        path = folder / f"broaderRelationsSkillPillar_{language}.csv"
        for _, row in _rows(path, ("conceptUri", "broaderUri"), faults):
            if row["broaderUri"]:
                found[row["conceptUri"]].add((Relation.BROADER, row["broaderUri"]))
        path = folder / f"occupationSkillRelations_{language}.csv"
        for place, row in _rows(path, ("occupationUri", "relationType", "skillUri"), faults):
            if row["relationType"] not in {Relation.ESSENTIAL, Relation.OPTIONAL}:
                faults.append(InvalidParameter(place, row["relationType"], "it is neither essential nor optional"))
            else:
                found[row["occupationUri"]].add((Relation(row["relationType"]), row["skillUri"]))
    return found


def _rows(path: Path, columns: Sequence[str], faults: list[InvalidParameter]) -> Iterator[tuple[str, _Row]]:
    """Yield the rows of a file with where they stand; none where there is no file."""
    if not path.is_file():
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="", strict=True)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                faults.append(InvalidParameter(path.name, missing[0], "the column is missing"))
                return
            for row in reader:
                yield f"{path.name}, line {reader.line_num}", row
    except UnicodeDecodeError:
        faults.append(InvalidParameter(path.name, None, "it is not text in UTF-8"))
    except csv.Error as error:
        faults.append(InvalidParameter(path.name, None, f"it cannot be read as CSV: {error}"))


def _concept(uri: str, kind: ConceptKind, rows: Sequence[_Row | None], relations: _Relations) -> Concept:
    swedish, english = rows
    either = swedish or english or {}
    return Concept(
        uri=uri,
        code=_code(uri),
        kind=kind,
        label_sv=(swedish or either)["preferredLabel"].strip(),
        label_en=(english or either)["preferredLabel"].strip(),
        synonyms_sv=_synonyms(swedish),
        synonyms_en=_synonyms(english),
        deprecated=either.get("status", "") in _ENDED,
        relations=frozenset(relations.get(uri, ())),
    )


def _code(uri: str) -> str:
    return f"{SCHEME}-{uri.removeprefix(_BASE).removeprefix('skill/').replace('/', '-')}"


def _synonyms(row: _Row | None) -> tuple[str, ...]:
    cells = [row.get("altLabels", ""), row.get("hiddenLabels", "")] if row else []
    return tuple(dict.fromkeys(line.strip() for cell in cells for line in cell.splitlines() if line.strip()))
