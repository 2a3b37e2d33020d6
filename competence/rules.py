"""Who has to say yes before a capacity card is shown, and in what order."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from competence.models import StaffCapacity
from core.actor import Actor
from core.errors import Conflict
from core.text import check_text
from resources.families.staff import LEAST_LEVEL, StaffFacts

LONGEST_EVIDENCE = 500


class Consenting(StrEnum):
    """Those who say yes, in the order in which they are asked."""

    EMPLOYEE = "employee"
    MANAGER = "manager"
    HR = "hr"


@dataclass(frozen=True, slots=True)
class Consent:
    """A yes: whose, since when, who noted it and on what evidence; of those noted long ago only the first two."""

    who: Consenting
    at: datetime
    member_id: UUID | None = None
    noted_by: str = ""
    evidence: str = ""


def check_evidence(evidence: str) -> None:
    """Refuse a yes without a word on how it is known."""
    check_text("evidence", evidence, least=1, most=LONGEST_EVIDENCE)


def check_words(evidence: str) -> None:
    """Refuse words that are too long or may not stand here."""
    check_text("evidence", evidence, most=LONGEST_EVIDENCE)


def check_other_person(actor: Actor | None, who: Consenting, given: Collection[Consent]) -> None:
    """Refuse the third yes to whoever noted the other two: three have to be asked, not one believed."""
    others = {consent.member_id for consent in given if consent.who is not who}
    if actor is not None and len(given) == len(Consenting) - 1 and others == {actor.member_id}:
        raise Conflict("same_person", "You noted the two others. Somebody else in HR has to note the third.")


def check_turn(who: Consenting, given: Collection[Consenting]) -> None:
    """Refuse a yes before those have said theirs who are asked first."""
    for earlier in list(Consenting)[: list(Consenting).index(who)]:
        if earlier not in given:
            raise Conflict("consent_order", f"The {earlier} is asked before the {who}.", {"missing": earlier.value})


def falling(who: Consenting) -> tuple[Consenting, ...]:
    """Return whose yes falls when one takes theirs back: their own, and those given because of it."""
    return tuple(list(Consenting)[list(Consenting).index(who) :])


def consents_of(row: StaffCapacity) -> tuple[Consent, ...]:
    """Return the yeses to a card, in the order in which they are asked for."""
    return tuple(_consents(row))


def _consents(row: StaffCapacity) -> Iterator[Consent]:
    for who in Consenting:
        at = getattr(row, consent_column(who))
        if at is not None:
            note = row.consent_notes.get(who.value, {})
            member = note.get("memberId")
            yield Consent(who, at, UUID(member) if member else None, note.get("name", ""), note.get("evidence", ""))


def stored_note(actor: Actor | None, evidence: str) -> dict[str, str | None]:
    """Return who notes a yes and on what evidence, as it is kept; the name as it is today."""
    name = actor.name if actor else "system"
    return {"memberId": str(actor.member_id) if actor else None, "name": name, "evidence": evidence}


def consent_column(who: Consenting) -> str:
    """Return the name of the column that tells since when somebody has said yes."""
    return f"{who.value}_consent_at"


def counted_with(facts: StaffFacts, near: Mapping[str, Mapping[str, int]]) -> StaffFacts:
    """Return a card with the skills that its own count as, each at the best level that one of them gives.

    ``near`` tells what skills count as, and how many levels less: `competence.queries.counting`.
    """
    levels = dict(facts.skills)
    for code, level in facts.skills.items():
        for other, less in near.get(code, {}).items():
            if level - less >= LEAST_LEVEL:
                levels[other] = max(levels.get(other, 0), level - less)
    return facts if levels == facts.skills else replace(facts, skills=levels)
