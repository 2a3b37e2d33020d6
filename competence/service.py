"""Use cases of skills and capacity cards."""

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, not_, update
from sqlmodel import Session, col

from competence import queries
from competence.approvals import service as approvals
from competence.approvals.service import Owned
from competence.models import Skill, StaffCapacity, StaffSkill
from competence.queries import Card, HeldCard
from competence.taxonomies.importing import import_release
from competence.taxonomies.own import own_codes, own_release
from competence.taxonomies.releases import ConceptKind
from core.actor import Actor, Permission, check_may
from core.database import bulk
from core.database.audit import record
from core.database.tables import any_of
from core.errors import BadInput, InvalidParameter
from core.limits import refuse_if
from resources.families.field_spec import size_faults
from resources.families.staff import StaffFacts

Levels = tuple[tuple[UUID, int], ...]
"""The keys of skills with their levels."""


def add_skills(session: Session) -> int:
    """Put our own vocabulary in the database, or bring it up to date; return how many concepts are new."""
    return import_release(session, own_release()).added


def note_use(session: Session, codes: Iterable[str]) -> None:
    """Note that a card or a need names skills; of our own that makes no difference."""
    if others := sorted(set(codes) - own_codes()):
        named = update(Skill).where(col(Skill.code).in_(others), not_(col(Skill.in_use)))
        session.execute(named.values(in_use=True))


def describe_staff(session: Session, actor: Actor | None, resource: Owned, facts: StaffFacts) -> Card:
    """Say what a capacity card says. When it says something new, the three are asked again.

    Raises
    ------
    BadInput
        There is no such skill.
    NotAllowed
        The actor is no lister of the organisation.
    """
    held = queries.held_cards(session, [resource.id]).get(resource.id)
    skills = queries.skills_by_code(session, facts.skills)
    row = write_card(session, actor, resource, held, facts, skills=skills)
    return Card(facts, row.approved_during)


def write_card(
    session: Session,
    actor: Actor | None,
    resource: Owned,
    held: HeldCard | None,
    facts: StaffFacts,
    *,
    skills: Mapping[str, Skill],
) -> StaffCapacity:
    """Say what a card says, given the one that is there and the vocabulary; raises as `describe_staff`."""
    check_may(actor, Permission.OFFER, resource.organisation_id, resource.department)
    refuse_if(size_faults(facts))
    if held is not None and held.card.facts == facts:
        return held.row
    levels = skill_levels(facts.skills, skills)
    row = held.row if held else StaffCapacity(resource_id=resource.id, extent_percent=facts.extent_percent)
    row.sqlmodel_update(_columns(facts))
    approvals.overtake(session, actor, row, held.live if held else ())
    session.add(row)
    resource.version += 1
    bulk.flush(session)
    bulk.soon(session, "skills", partial(_write_skills, session), (resource.id, levels))
    note_use(session, facts.skills)
    record(session, actor, "resource", resource.id, reason_code="card_described")
    return row


def _columns(facts: StaffFacts) -> dict[str, Any]:
    """Return what stands in the row of a card for what it says."""
    return {
        "extent_percent": facts.extent_percent,
        "remote": facts.remote,
        "municipality_codes": list(facts.municipality_codes),
        "languages": sorted(facts.languages),
        "extent_changes": {day.isoformat(): percent for day, percent in sorted(facts.extent_changes.items())},
        "clearance_may_be_needed": facts.clearance_may_be_needed,
        "people_meant": facts.people_meant,
        "network": facts.network,
        "network_hours": facts.network_hours,
    }


def _write_skills(session: Session, described: Collection[tuple[UUID, Levels]]) -> None:
    """Let the cards that were described have the skills that are said, and no others."""
    session.execute(delete(StaffSkill).where(any_of(col(StaffSkill.resource_id), [key for key, _ in described])))
    rows = [
        {"resource_id": key, "skill_id": skill_id, "level": level}
        for key, levels in described
        for skill_id, level in levels
    ]
    if rows:
        session.execute(insert(StaffSkill), rows)


def skill_levels(skills: Mapping[str, int], known: Mapping[str, Skill]) -> Levels:
    """Return levels by the skills' keys, given the vocabulary.

    Raises
    ------
    BadInput
        There are no such skills, or some are no skills but groups of them or occupations.
    """
    wrong = [
        InvalidParameter(f"skills.{code}", level, "there is no such skill in the vocabulary")
        for code, level in skills.items()
        if code not in known
    ]
    wrong += [
        InvalidParameter(f"skills.{code}", level, "it is no skill but a group of skills or an occupation: name a skill")
        for code, level in skills.items()
        if code in known and known[code].kind is not ConceptKind.SKILL
    ]
    if wrong:
        raise BadInput.of(wrong)
    return tuple((known[code].id, level) for code, level in skills.items())
