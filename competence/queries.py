"""Every question about skills and capacity cards.

The vocabulary is open to everybody. Cards are answered for resources that the caller has found by what its actor may
see.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, or_
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from competence.models import Skill, StaffCapacity, StaffSkill
from competence.rules import Consent, Consenting, consents_of
from core.actor import Actor, Permission
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of, within
from core.errors import NotFound
from resources.families.staff import StaffFacts
from resources.models import Resource


@dataclass(frozen=True)
class Card:
    """A capacity card and who has said yes to it."""

    facts: StaffFacts
    given: tuple[Consent, ...] = ()

    @property
    def consents(self) -> frozenset[Consenting]:
        """Those who have said yes."""
        return frozenset(consent.who for consent in self.given)

    @property
    def may_be_shown(self) -> bool:
        """Whether all three have said yes."""
        return self.consents == frozenset(Consenting)


@dataclass(frozen=True)
class HeldCard:
    """A capacity card with its row."""

    row: StaffCapacity
    card: Card


def skills_page(session: Session, text: str | None = None, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[Skill]:
    """Return skills by code, those with a text in their code or a label if one is given."""
    found = select(Skill).order_by(col(Skill.code))
    if text:
        held = (col(column).icontains(text, autoescape=True) for column in (Skill.code, Skill.label_sv, Skill.label_en))
        found = found.where(or_(*held))
    return read_page(session, found, page, limit)


def skills(session: Session) -> list[Skill]:
    """Return the whole vocabulary by code."""
    return list(session.exec(select(Skill).order_by(col(Skill.code))))


def skill_labels(session: Session, *, swedish: bool) -> dict[str, str]:
    """Return what all skills are called in one of the languages, by code."""
    rows = session.execute(_LABELS[swedish])
    return {code: called for code, called in rows}  # noqa: C416 (rows are no pairs to mypy)


_LABELS = [
    select_rows(col(Skill.code), col(label)).order_by(col(Skill.code)) for label in (Skill.label_en, Skill.label_sv)
]


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
    """Return the capacity cards of resources, in two queries."""
    return {key: held.card for key, held in held_cards(session, resource_ids).items()}


def held_cards(session: Session, resource_ids: Collection[UUID]) -> dict[UUID, HeldCard]:
    """Return the capacity cards of resources with their rows, in two queries."""
    rows = session.exec(select(StaffCapacity).where(any_of(col(StaffCapacity.resource_id), resource_ids))).all()
    held = skills_of(session, resource_ids)
    return {row.resource_id: HeldCard(row, card_of(row, held[row.resource_id])) for row in rows}


def skills_of(session: Session, resource_ids: Collection[UUID]) -> dict[UUID, list[tuple[Skill, int]]]:
    """Return the skills on capacity cards with their levels, by code, in one query."""
    held: dict[UUID, list[tuple[Skill, int]]] = defaultdict(list)
    found = select_rows(Skill, col(StaffSkill.level), col(StaffSkill.resource_id))
    found = found.join(StaffSkill, col(StaffSkill.skill_id) == col(Skill.id))
    wanted = any_of(col(StaffSkill.resource_id), resource_ids)
    for skill, level, resource_id in session.execute(found.where(wanted).order_by(col(Skill.code))):
        held[resource_id].append((skill, level))
    return held


def waiting_for_manager(actor: Actor) -> Select[int]:
    """Count the employees who have said yes to a card that waits for the actor's yes as their manager."""
    return (
        select_rows(func.count())
        .select_from(StaffCapacity)
        .join(Resource, col(Resource.id) == col(StaffCapacity.resource_id))
        .where(
            within(actor, Permission.APPROVE_CARD, col(Resource.organisation_id), col(Resource.department)),
            col(StaffCapacity.employee_consent_at).is_not(None),
            col(StaffCapacity.manager_consent_at).is_(None),
        )
    )


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
    )
    return Card(facts, consents_of(row))
