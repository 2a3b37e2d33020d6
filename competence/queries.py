"""Every question about skills and capacity cards.

The vocabulary is open to everybody. Cards are answered for resources that the caller has found by what its actor may
see.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, any_, case, func, not_, or_
from sqlalchemy import select as select_rows
from sqlalchemy.dialects.postgresql import ARRAY, Range
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, select

from competence.approvals.models import CardApproval
from competence.approvals.queries import live_approvals
from competence.models import Skill, SkillClosure, SkillRelation, StaffCapacity, StaffSkill
from competence.taxonomies import own
from competence.taxonomies.releases import ConceptKind, Relation
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of, one_of
from core.errors import NotFound
from core.time import clock
from resources.families.staff import StaffFacts


@dataclass(frozen=True)
class Card:
    """A capacity card, and when all three say yes to its being lent."""

    facts: StaffFacts
    approved: Range[datetime] | None = None

    @property
    def may_be_shown(self) -> bool:
        """Whether all three say yes, now or for a time to come."""
        return self.approved is not None and (self.approved.upper is None or self.approved.upper > clock.now())


@dataclass(frozen=True, slots=True)
class NearSkill:
    """A skill of a card by which it has another one that is asked for, and the levels of both."""

    held: Skill
    level: int
    asked: Skill
    counts: int


@dataclass(frozen=True)
class HeldCard:
    """A capacity card with its row, and what is asked or given of yeses to it."""

    row: StaffCapacity
    card: Card
    live: tuple[CardApproval, ...] = ()


def _may_be_chosen() -> ColumnElement[bool]:
    return and_(col(Skill.kind) == ConceptKind.SKILL, not_(col(Skill.deprecated)))


def _is_own() -> ColumnElement[bool]:
    return and_(col(Skill.scheme) == own.SCHEME, col(Skill.kind) != ConceptKind.OCCUPATION)


_LABELS = [
    select_rows(col(Skill.code), col(label), col(Skill.deprecated))
    .where(or_(_is_own(), col(Skill.in_use)))
    .order_by(col(Skill.code))
    for label in (Skill.label_en, Skill.label_sv)
]


def skills_page(session: Session, text: str | None = None, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[Skill]:
    """Return skills by code, those of a text if one is given: what is called just so first, what it finds last."""
    found = select(Skill).where(_may_be_chosen())
    if text:
        found = found.where(found_by(_is_called(text), col(Skill.id))).order_by(_fit(text))
    return read_page(session, found.order_by(col(Skill.code)), page, limit)


def found_by(named: ColumnElement[bool], key: Mapped[UUID]) -> ColumnElement[bool]:
    """Say that a skill's key is of one that counts as a concept of which something holds, or that its work needs.

    So "jurist" finds administrative law, and what a skill was called before finds it under its name of today. The keys
    are an array, found once: of a subquery PostgreSQL may think that it has millions of rows, and look through them
    for each card.
    """
    concepts = select_rows(col(Skill.id)).where(named).correlate(None).cte()
    counted = select_rows(col(SkillClosure.skill_id)).join(concepts, concepts.c.id == col(SkillClosure.as_id))
    needed = (
        select_rows(col(SkillClosure.skill_id))
        .join(Skill, col(Skill.id) == col(SkillClosure.as_id))
        .join(SkillRelation, col(SkillRelation.uri) == col(Skill.uri))
        .join(concepts, concepts.c.id == col(SkillRelation.skill_id))
        .where(one_of(col(SkillRelation.kind), [Relation.ESSENTIAL, Relation.OPTIONAL]), col(SkillClosure.less) == 0)
    )
    keys = select_rows(concepts.c.id).union(counted, needed).subquery()
    return key == any_(func.array(select_rows(keys.c[0]).scalar_subquery(), type_=ARRAY(Uuid)))


def listed_skills(session: Session) -> list[Skill]:
    """Return the skills that forms list, by code: our own, as those in use would tell of cards shown to nobody."""
    return list(session.exec(select(Skill).where(_is_own()).order_by(col(Skill.code))))


def skill_labels(session: Session, *, swedish: bool, gone: str = "%(skill)s") -> dict[str, str]:
    """Return what skills are called in one of the languages, by code: all that a card or a need can have named.

    `gone` is how to write those that their vocabulary has no more.
    """
    rows = session.execute(_LABELS[swedish])
    return {code: gone % {"skill": called} if deprecated else called for code, called, deprecated in rows}


def deprecated_in_use(session: Session, scheme: str) -> list[str]:
    """Return the codes that cards or needs have named of what its scheme does not have any more."""
    gone = select_rows(col(Skill.code)).where(col(Skill.scheme) == scheme, col(Skill.deprecated), col(Skill.in_use))
    return list(session.scalars(gone.order_by(col(Skill.code))))


def successors(session: Session, skill: Skill) -> list[str]:
    """Return the codes of what replaces a skill."""
    found = (
        select_rows(col(Skill.code))
        .join(SkillRelation, col(SkillRelation.uri) == col(Skill.uri))
        .where(col(SkillRelation.skill_id) == skill.id, col(SkillRelation.kind) == Relation.REPLACED_BY)
    )
    return list(session.scalars(found.order_by(col(Skill.code))))


def all_skills(session: Session) -> dict[str, Skill]:
    """Return whatever a card or a need may name, by code."""
    found = session.exec(select(Skill).where(col(Skill.kind) != ConceptKind.OCCUPATION))
    return {skill.code: skill for skill in found}


def counting(session: Session, codes: Collection[str]) -> dict[str, dict[str, int]]:
    """Return what skills count as, by their codes: the codes of the others, and how many levels less."""
    if not codes:
        return {}
    other = aliased(Skill)
    rows = session.execute(
        select_rows(col(Skill.code), col(other.code), col(SkillClosure.less))
        .join(SkillClosure, col(SkillClosure.skill_id) == col(Skill.id))
        .join(other, col(other.id) == col(SkillClosure.as_id))
        .where(col(Skill.code).in_(codes))
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for code, counted, less in rows:
        found[code][counted] = less
    return found


def near_skills(session: Session, held: Mapping[str, int], asked: Mapping[str, int]) -> list[NearSkill]:
    """Return by which skills of a card it has what is asked for and does not itself have at the least level."""
    lacking = {code: least for code, least in asked.items() if held.get(code, 0) < least}
    if not lacking:
        return []
    other = aliased(Skill)
    rows = session.execute(
        select_rows(Skill, other, col(SkillClosure.less))
        .join(SkillClosure, col(SkillClosure.skill_id) == col(Skill.id))
        .join(other, col(other.id) == col(SkillClosure.as_id))
        .where(col(Skill.code).in_(held), col(other.code).in_(lacking))
        .order_by(col(other.code), col(SkillClosure.less))
    )
    found: dict[str, NearSkill] = {}
    for skill, meant, less in rows:
        near = NearSkill(skill, held[skill.code], meant, held[skill.code] - less)
        best = found.get(meant.code)
        if near.counts >= lacking[meant.code] and (best is None or near.counts > best.counts):
            found[meant.code] = near
    return list(found.values())


def _is_called(text: str) -> ColumnElement[bool]:
    """Say that a label or synonym has a text in it; the code has to be just so, as many have the scheme in theirs."""
    return or_(col(Skill.code) == text, col(Skill.words).icontains(text, autoescape=True))


def _fit(text: str) -> ColumnElement[int]:
    """Return how well a skill fits that a text finds, best lowest: called just so, beginning so, with it, found by it.

    So "AI" comes before all that has "ai" in it.
    """
    words = "|" + col(Skill.words) + "|"
    whole = or_(col(Skill.code) == text, words.icontains(f"|{text}|", autoescape=True))
    begins = words.icontains(f"|{text}", autoescape=True)
    return case((whole, 0), (begins, 1), (_is_called(text), 2), else_=3)


def skills_by_code(session: Session, codes: Iterable[str]) -> dict[str, Skill]:
    """Return those of the skills that there are."""
    found = session.exec(select(Skill).where(col(Skill.code).in_(set(codes))))
    return {skill.code: skill for skill in found}


def skill(session: Session, code: str) -> Skill:
    """Return a skill by its code, or NotFound."""
    found = skills_by_code(session, [code]).get(code)
    if found is None:
        raise NotFound("skill", code)
    return found


def cards_by_id(session: Session, resource_ids: Collection[UUID]) -> dict[UUID, Card]:
    """Return the capacity cards of resources, in three queries."""
    return {key: held.card for key, held in held_cards(session, resource_ids).items()}


def held_cards(session: Session, resource_ids: Collection[UUID]) -> dict[UUID, HeldCard]:
    """Return the capacity cards of resources with their rows, in three queries."""
    rows = session.exec(select(StaffCapacity).where(any_of(col(StaffCapacity.resource_id), resource_ids))).all()
    held, live = skills_of(session, resource_ids), live_approvals(session, resource_ids)
    return {
        row.resource_id: HeldCard(row, card_of(row, held[row.resource_id]), live.get(row.resource_id, ()))
        for row in rows
    }


def skills_of(session: Session, resource_ids: Collection[UUID]) -> dict[UUID, list[tuple[Skill, int]]]:
    """Return the skills on capacity cards with their levels, by code, in one query."""
    held: dict[UUID, list[tuple[Skill, int]]] = defaultdict(list)
    found = select_rows(Skill, col(StaffSkill.level), col(StaffSkill.resource_id))
    found = found.join(StaffSkill, col(StaffSkill.skill_id) == col(Skill.id))
    wanted = any_of(col(StaffSkill.resource_id), resource_ids)
    for skill, level, resource_id in session.execute(found.where(wanted).order_by(col(Skill.code))):
        held[resource_id].append((skill, level))
    return held


def card_to_change(session: Session, resource_id: UUID) -> StaffCapacity:
    """Return the row of a capacity card, locked until the transaction ends, or NotFound."""
    found = session.get(StaffCapacity, resource_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("capacity card", resource_id)
    return found


def card_of(row: StaffCapacity, held: Iterable[tuple[Skill, int]]) -> Card:
    """Return a row as the card that it is, with its skills."""
    facts = StaffFacts(
        extent_percent=row.extent_percent,
        remote=row.remote,
        municipality_codes=tuple(row.municipality_codes),
        languages=frozenset(row.languages),
        skills={skill.code: level for skill, level in held},
        extent_changes={date.fromisoformat(day): percent for day, percent in row.extent_changes.items()},
        clearance_may_be_needed=row.clearance_may_be_needed,
        people_meant=row.people_meant,
        network=row.network,
        network_hours=row.network_hours,
    )
    return Card(facts, row.approved_during)
