"""Keeping what a release says, whichever of its versions comes first.

A concept is as the last version says that has it, and deprecated if that says so, or if a later version has others of
its kind and not this one. So two files end the same in either order. No row is ever taken away: cards and needs may
name it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, func, insert, text, update
from sqlalchemy import select as select_rows
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from competence.models import Skill, SkillRelation, SkillRelease, StaffSkill
from competence.taxonomies.closure import work_out_closure
from competence.taxonomies.faults import letters_fault, text_fault
from competence.taxonomies.releases import Concept, ConceptKind, Relation, Release, version_key
from core.database.audit import record
from core.database.tables import any_of
from core.errors import BadInput, InvalidParameter

_LOCK = 7065113
_SCHEMES = UUID("5f0c5b0e-54a4-5a52-9d0c-7d7a2ad1f0f7")
"""The namespace of what schemes are called by in the audit."""
_COLUMNS = ("kind", "label_sv", "label_en", "synonyms_sv", "synonyms_en", "words", "ssyk")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: concepts that are new, changed, as they were, and passed over as a later version has them.

    `deprecated` counts those that were not deprecated before.
    """

    added: int
    changed: int
    unchanged: int
    older: int
    deprecated: int


@dataclass
class _Written:
    """A concept that is written, with its row."""

    row: Skill
    concept: Concept
    is_new: bool


def import_release(session: Session, release: Release) -> Imported:
    """Keep a release.

    Raises
    ------
    BadInput
        The version cannot be read, two concepts have one URI or code, or a text in one cannot be kept.
    """
    version = version_key(release.version)
    _check(release.concepts)
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    rows = {row.uri: row for row in session.exec(select(Skill).where(col(Skill.scheme) == release.scheme))}
    was_deprecated = {uri for uri, row in rows.items() if row.deprecated}
    written, older = [], 0
    for concept in release.concepts:
        row = rows.get(concept.uri)
        if row is not None and version < version_key(row.scheme_version):
            older += 1
            continue
        is_new = row is None
        rows[concept.uri] = row = row or _row(release, concept)
        written.append(_Written(row, concept, is_new))
    said_anew = _write(session, release, written)
    _deprecate_missing(list(rows.values()), _newest(session, release))
    session.flush()
    is_deprecated = {uri for uri, row in rows.items() if row.deprecated}
    deprecated = len(is_deprecated - was_deprecated)
    added = sum(each.is_new for each in written)
    changed = len(said_anew | (was_deprecated - is_deprecated))
    if added or changed or deprecated:
        work_out_closure(session)
        details = {"scheme": release.scheme, "version": release.version, "added": added, "changed": changed}
        record(session, None, "vocabulary", uuid5(_SCHEMES, release.scheme), reason_code="imported", details=details)
    return Imported(added, changed, len(written) - added - changed, older, deprecated)


def cards_with_deprecated(session: Session, scheme: str) -> int:
    """Return how many capacity cards have a skill that its scheme no longer has: they keep it."""
    found = (
        select_rows(func.count(func.distinct(col(StaffSkill.resource_id))))
        .join(Skill, col(Skill.id) == col(StaffSkill.skill_id))
        .where(col(Skill.scheme) == scheme, col(Skill.deprecated))
    )
    return int(session.execute(found).scalar_one())


def _write(session: Session, release: Release, written: Sequence[_Written]) -> set[str]:
    """Write concepts and what they say of others; return which of those that were there say something new."""
    session.add_all([each.row for each in written if each.is_new])
    changed: set[str] = set()
    for each in written:
        said = _said(each.concept)
        new = {name: value for name, value in said.items() if getattr(each.row, name) != value}
        if new and not each.is_new:
            changed.add(each.row.uri)
        each.row.sqlmodel_update(new | {"deprecated": each.concept.deprecated})
    session.flush()
    keys = [each.row.id for each in written]
    _say_version(session, release, written)
    held: dict[UUID, set[tuple[Relation, str]]] = {key: set() for key in keys}
    there = select_rows(col(SkillRelation.skill_id), col(SkillRelation.kind), col(SkillRelation.uri))
    for key, kind, uri in session.execute(there.where(any_of(col(SkillRelation.skill_id), keys))):
        held[key].add((kind, uri))
    anew = [each for each in written if held[each.row.id] != each.concept.relations]
    session.execute(delete(SkillRelation).where(any_of(col(SkillRelation.skill_id), [each.row.id for each in anew])))
    rows = [
        {"skill_id": each.row.id, "kind": kind, "uri": uri} for each in anew for kind, uri in each.concept.relations
    ]
    if rows:
        session.execute(insert(SkillRelation.__table__), rows)  # type: ignore[attr-defined]
    return changed | {each.row.uri for each in anew if not each.is_new}


def _say_version(session: Session, release: Release, written: Sequence[_Written]) -> None:
    """Note the version in all rows at once: nothing else is new of most."""
    for each in written:
        set_committed_value(each.row, "scheme_version", release.version)
    keys = [each.row.id for each in written]
    said = update(Skill).where(any_of(col(Skill.id), keys), col(Skill.scheme_version) != release.version)
    session.execute(said.values(scheme_version=release.version).execution_options(synchronize_session=False))


def _row(release: Release, concept: Concept) -> Skill:
    return Skill(
        code=concept.code,
        uri=concept.uri,
        label_sv=concept.label_sv,
        label_en=concept.label_en,
        words=concept.words,
        scheme=release.scheme,
        scheme_version=release.version,
    )


def _said(concept: Concept) -> dict[str, Any]:
    said = ((name, getattr(concept, name)) for name in _COLUMNS)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in said}


def _newest(session: Session, release: Release) -> dict[ConceptKind, tuple[int, ...]]:
    """Note which kinds a release has, and return the last version that has each: concepts may change their kind."""
    held = {each.kind: each for each in session.exec(select(SkillRelease).where(SkillRelease.scheme == release.scheme))}
    for kind in {each.kind for each in release.concepts}:
        row = held.setdefault(kind, SkillRelease(scheme=release.scheme, kind=kind, version=release.version))
        row.version = max(row.version, release.version, key=version_key)
        session.add(row)
    return {kind: version_key(each.version) for kind, each in held.items()}


def _deprecate_missing(rows: Sequence[Skill], newest: Mapping[ConceptKind, tuple[int, ...]]) -> None:
    for row in rows:
        if not row.deprecated and version_key(row.scheme_version) < newest[row.kind]:
            row.deprecated = True


def _check(concepts: Sequence[Concept]) -> None:
    seen: set[str] = set()
    named: dict[str, str] = {}
    faults: list[InvalidParameter] = []
    for concept in concepts:
        if concept.uri in seen or concept.code in seen:
            faults.append(InvalidParameter("concepts", concept.uri, "it is there twice"))
        seen |= {concept.uri, concept.code}
        faults += letters_fault(concept.uri, f"{concept.words}{concept.ssyk or ''}")
        named |= {uri: concept.uri for _, uri in concept.relations}
    faults += [fault for uri, named_by in named.items() for fault in text_fault(named_by, uri)]
    if faults:
        raise BadInput.of(faults)
