"""Use cases of skills and capacity cards."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from competence import queries
from competence.models import StaffCapacity, StaffSkill
from competence.queries import Card
from competence.rules import (
    Consenting,
    check_evidence,
    check_other_person,
    check_turn,
    consent_column,
    consents_of,
    falling,
    stored_note,
)
from competence.vocabulary import own_skills
from core.actor import Actor, Role, check_lists_for, check_notes_consents_for
from core.database.audit import record
from core.errors import BadInput, InvalidParameter
from core.limits import refuse_if
from core.time import clock
from resources.families.field_spec import size_faults
from resources.families.staff import StaffFacts


class Owned(Protocol):
    """A resource, of which this room knows whose it is; a new card is a new version of it."""

    id: UUID
    organisation_id: UUID
    version: int


def add_skills(session: Session) -> int:
    """Put our own vocabulary in the database, or bring it up to date; return how many skills are new."""
    known = {skill.uri: skill for skill in queries.skills(session)}
    added = [skill for skill in own_skills() if skill.uri not in known]
    session.add_all(added)
    for skill in own_skills():
        if skill.uri in known:
            known[skill.uri].sqlmodel_update(skill.model_dump(exclude={"id"}))
    session.flush()
    return len(added)


def describe_staff(session: Session, actor: Actor | None, resource: Owned, facts: StaffFacts) -> Card:
    """Say what a capacity card says. When it says something new, the three are asked again.

    Raises
    ------
    BadInput
        There is no such skill.
    NotAllowed
        The actor is no lister of the organisation.
    """
    check_lists_for(actor, resource.organisation_id)
    refuse_if(size_faults(facts))
    before = queries.cards_by_id(session, [resource.id]).get(resource.id)
    if before is not None and before.facts == facts:
        return before
    _write_card(session, resource.id, facts, _levels(session, facts))
    resource.version += 1
    session.flush()
    record(session, actor, "resource", resource.id, reason_code="card_described")
    return Card(facts)


def give_consent(session: Session, actor: Actor | None, resource: Owned, who: Consenting, evidence: str) -> Card:
    """Write down that somebody has said yes to a card: the employee first, then the manager, then HR.

    HR does, with a word on how it is known; whoever offers the card does not.

    Raises
    ------
    BadInput
        There is no word on how it is known.
    Conflict
        ``consent_order``: somebody has to be asked before. ``same_person``: the actor noted the other two.
    NotAllowed, NotFound
        The actor is not of the organisation's HR; the resource has no card.
    """
    check_notes_consents_for(actor, resource.organisation_id)
    check_evidence(evidence)
    row = queries.card_to_change(session, resource.id)
    given = consents_of(row)
    if any(consent.who is who for consent in given):
        return queries.cards_by_id(session, [resource.id])[resource.id]
    check_turn(who, [consent.who for consent in given])
    check_other_person(actor, who, given)
    setattr(row, consent_column(who), clock.now())
    row.consent_notes = {**row.consent_notes, who.value: stored_note(actor, evidence.strip())}
    return _noted(session, actor, resource, "consent_given", who=who.value, evidence=evidence.strip())


def withdraw_consent(session: Session, actor: Actor | None, resource: Owned, who: Consenting) -> Card:
    """Write down that somebody takes a yes back. What the later ones said because of it falls too; nothing is shown.

    Raises
    ------
    NotAllowed, NotFound
        The actor is neither a lister nor of HR in the organisation; the resource has no card.
    """
    if actor is None or not actor.has(Role.HR):
        check_lists_for(actor, resource.organisation_id)
    else:
        check_notes_consents_for(actor, resource.organisation_id)
    row = queries.card_to_change(session, resource.id)
    fallen = [consent.who for consent in consents_of(row) if consent.who in falling(who)]
    if not fallen:
        return queries.cards_by_id(session, [resource.id])[resource.id]
    for each in fallen:
        setattr(row, consent_column(each), None)
    row.consent_notes = {key: note for key, note in row.consent_notes.items() if key not in fallen}
    return _noted(session, actor, resource, "consent_withdrawn", who=who.value)


def _noted(session: Session, actor: Actor | None, resource: Owned, code: str, **details: str) -> Card:
    resource.version += 1
    record(session, actor, "resource", resource.id, reason_code=code, details=details)
    session.flush()
    return queries.cards_by_id(session, [resource.id])[resource.id]


def _write_card(session: Session, resource_id: UUID, facts: StaffFacts, levels: Mapping[UUID, int]) -> None:
    """Write a card over what stood there. Nobody has said yes to it yet."""
    card = StaffCapacity(
        resource_id=resource_id,
        extent_percent=facts.extent_percent,
        remote=facts.remote,
        municipality_codes=list(facts.municipality_codes),
        languages=sorted(facts.languages),
        consent_notes={},
        **{consent_column(who): None for who in Consenting},
    )
    session.merge(card)
    session.flush()
    session.execute(delete(StaffSkill).where(col(StaffSkill.resource_id) == resource_id))
    session.add_all(StaffSkill(resource_id=resource_id, skill_id=key, level=level) for key, level in levels.items())


def _levels(session: Session, facts: StaffFacts) -> dict[UUID, int]:
    """Return the levels by the skills' keys; BadInput for those that there are not."""
    known = queries.skills_by_code(session, facts.skills)
    unknown = [
        InvalidParameter(f"skills.{code}", level, "there is no such skill in the vocabulary")
        for code, level in facts.skills.items()
        if code not in known
    ]
    if unknown:
        raise BadInput.of(unknown)
    return {known[code].id: level for code, level in facts.skills.items()}
