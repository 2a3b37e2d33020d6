"""Use cases of skills and capacity cards."""

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete, insert, not_, update
from sqlmodel import Session, col

from competence import queries
from competence.models import Skill, StaffCapacity, StaffSkill
from competence.queries import Card, HeldCard
from competence.rules import (
    Consenting,
    check_evidence,
    check_other_person,
    check_turn,
    check_words,
    consent_column,
    consents_of,
    falling,
    stored_note,
)
from competence.taxonomies.importing import import_release
from competence.taxonomies.own import own_codes, own_release
from competence.taxonomies.releases import ConceptKind
from core.actor import Actor, Permission, check_may
from core.database import bulk
from core.database.audit import record
from core.database.tables import any_of
from core.errors import BadInput, InvalidParameter
from core.limits import refuse_if
from core.time import clock
from resources.families.field_spec import size_faults
from resources.families.staff import StaffFacts

Levels = tuple[tuple[UUID, int], ...]
"""The keys of skills with their levels."""


class Owned(Protocol):
    """A resource, of which this room knows whose it is; a new card is a new version of it."""

    id: UUID
    organisation_id: UUID
    department: str | None
    version: int


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
    return Card(facts, consents_of(row))


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
    session.add(row)
    resource.version += 1
    bulk.flush(session)
    bulk.soon(session, "skills", partial(_write_skills, session), (resource.id, levels))
    note_use(session, facts.skills)
    record(session, actor, "resource", resource.id, reason_code="card_described")
    return row


def give_consent(session: Session, actor: Actor | None, resource: Owned, who: Consenting, evidence: str) -> Card:
    """Write down that somebody has said yes to a card: the employee first, then the manager, then HR.

    HR does, with a word on how it is known; whoever offers the card does not. A manager of the unit says yes itself.

    Raises
    ------
    BadInput
        There is no word on how it is known.
    Conflict
        ``consent_order``: somebody has to be asked before. ``same_person``: the actor noted the other two.
    NotAllowed, NotFound
        The actor is neither HR there nor, for the manager's yes, a manager; the resource has no card.
    """
    note_consent(session, actor, resource, queries.card_to_change(session, resource.id), who, evidence=evidence)
    return queries.cards_by_id(session, [resource.id])[resource.id]


def note_consent(
    session: Session, actor: Actor | None, resource: Owned, row: StaffCapacity, who: Consenting, *, evidence: str
) -> None:
    """Write down a yes to a card that was found and is locked, or new; raises as `give_consent`."""
    where = resource.organisation_id, resource.department
    if not (who is Consenting.MANAGER and actor is not None and actor.may(Permission.APPROVE_CARD, *where)):
        check_may(actor, Permission.NOTE_CONSENT, *where)
        check_evidence(evidence)
    check_words(evidence)
    given = consents_of(row)
    if any(consent.who is who for consent in given):
        return
    check_turn(who, [consent.who for consent in given])
    check_other_person(actor, who, given)
    setattr(row, consent_column(who), clock.now())
    row.consent_notes = {**row.consent_notes, who.value: stored_note(actor, evidence.strip())}
    _noted(session, actor, resource, "consent_given", who=who.value)


def withdraw_consent(session: Session, actor: Actor | None, resource: Owned, who: Consenting) -> Card:
    """Write down that somebody takes a yes back. What the later ones said because of it falls too; nothing is shown.

    Raises
    ------
    NotAllowed, NotFound
        The actor is neither a lister, a manager nor HR there; the resource has no card.
    """
    check_may(actor, Permission.WITHDRAW_CONSENT, resource.organisation_id, resource.department)
    row = queries.card_to_change(session, resource.id)
    fallen = [consent.who for consent in consents_of(row) if consent.who in falling(who)]
    if not fallen:
        return queries.cards_by_id(session, [resource.id])[resource.id]
    for each in fallen:
        setattr(row, consent_column(each), None)
    row.consent_notes = {key: note for key, note in row.consent_notes.items() if key not in fallen}
    _noted(session, actor, resource, "consent_withdrawn", who=who.value)
    return queries.cards_by_id(session, [resource.id])[resource.id]


def _noted(session: Session, actor: Actor | None, resource: Owned, code: str, **details: str) -> None:
    resource.version += 1
    record(session, actor, "resource", resource.id, reason_code=code, details=details)
    bulk.flush(session)


def _columns(facts: StaffFacts) -> dict[str, Any]:
    """Return what stands in the row of a card that is described anew: nobody has said yes to it yet."""
    return {
        "extent_percent": facts.extent_percent,
        "remote": facts.remote,
        "municipality_codes": list(facts.municipality_codes),
        "languages": sorted(facts.languages),
        "consent_notes": {},
        **{consent_column(who): None for who in Consenting},
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
