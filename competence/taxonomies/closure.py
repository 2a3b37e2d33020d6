"""What counts as what: worked out of all relations of all schemes, whenever one of them changes.

Whoever has a skill has what is the same by another name, at the same level, and what is near to it one level less for
each step: what is broader, and what is mapped as close. A skill that was parted in several is near to each of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy import select as select_rows
from sqlmodel import Session, col

from competence.models import Skill, SkillClosure, SkillRelation
from competence.taxonomies.releases import ConceptKind, Relation

MOST_LESS = 2
"""Levels: what is further away counts as nothing."""
_SAME = {Relation.EXACT_MATCH}
_CLOSE = {Relation.CLOSE_MATCH}
_UP = {Relation.BROADER, Relation.BROAD_MATCH}
_Steps = dict[UUID, dict[UUID, int]]


def work_out_closure(session: Session) -> None:
    """Write anew which concepts each skill counts as."""
    concepts = session.execute(select_rows(col(Skill.id), col(Skill.uri), col(Skill.kind))).all()
    kinds = {key: kind for key, _, kind in concepts}
    said = session.execute(select_rows(col(SkillRelation.skill_id), col(SkillRelation.kind), col(SkillRelation.uri)))
    steps = _steps({uri: key for key, uri, _ in concepts}, [(key, kind, uri) for key, kind, uri in said])
    rows = [
        {"skill_id": key, "as_id": other, "less": less}
        for key, kind in kinds.items()
        if kind is ConceptKind.SKILL
        for other, less in reached(key, steps).items()
        if kinds[other] is not ConceptKind.OCCUPATION
    ]
    session.execute(delete(SkillClosure))
    if rows:
        session.execute(insert(SkillClosure.__table__), rows)  # type: ignore[attr-defined]


def reached(key: UUID, steps: Mapping[UUID, Mapping[UUID, int]]) -> dict[UUID, int]:
    """Return what a concept counts as, each by its cheapest way, in a breadth-first search over levels."""
    found = {key: 0}
    for less in range(MOST_LESS + 1):
        at = [each for each, value in found.items() if value == less]
        while at:
            each = at.pop()
            for other, more in steps.get(each, {}).items():
                if less + more < found.get(other, MOST_LESS + 1):
                    found[other] = less + more
                    if not more:
                        at.append(other)
    return found


def _steps(by_uri: Mapping[str, UUID], relations: Iterable[tuple[UUID, Relation, str]]) -> _Steps:
    """Return from each concept to its next ones, how many levels less each counts as."""
    steps: _Steps = defaultdict(dict)
    successors: dict[UUID, list[UUID]] = defaultdict(list)
    for key, kind, uri in relations:
        other = by_uri.get(uri)
        if other is None or other == key:
            continue
        if kind is Relation.REPLACED_BY:
            successors[key].append(other)
        for start, end, less in _directed(key, kind, other):
            steps[start][end] = min(less, steps[start].get(end, less))
    for key, others in successors.items():
        less = 0 if len(others) == 1 else 1
        for other in others:
            for start, end in ((key, other), (other, key)):
                steps[start][end] = min(less, steps[start].get(end, less))
    return steps


def _directed(key: UUID, kind: Relation, other: UUID) -> Iterator[tuple[UUID, UUID, int]]:
    if kind in _SAME or kind in _CLOSE:
        less = 0 if kind in _SAME else 1
        yield from ((key, other, less), (other, key, less))
    elif kind in _UP:
        yield key, other, 1
    elif kind is Relation.NARROW_MATCH:
        yield other, key, 1
