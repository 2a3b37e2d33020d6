"""Who answers questions about a skill, and whom that reaches.

An adviser answers for the skill that it has named, for what is narrower and for what is broader. Same organisation,
partners and same county are the same seen from either side, so one condition says whose questions somebody answers,
and who reads the answers.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlmodel import Session, col

from competence.models import Skill, SkillClosure
from core.actor import Actor
from core.database.audit import record
from core.database.tables import any_of, one_of
from core.errors import BadInput, Conflict, NotFound
from core.limits import refuse_if
from marketplace.offers.models import Visibility
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import member, takes_part
from marketplace.questions.models import Adviser, AdviserState
from marketplace.questions.rules import ADVISER, MOST_ADVISED, MOST_TOLD, audience_faults

_V = Visibility
_CLOSURE = select(col(SkillClosure.less))


def reaches(actor: Actor, audience: Any, organisation_id: Any, county_code: Any) -> ColumnElement[bool]:
    """Say that the actor and an organisation are in an audience of each other."""
    at_home: ColumnElement[bool] = organisation_id == actor.organisation_id
    return or_(
        at_home,
        audience == _V.ALL,
        and_(audience == _V.REGION, county_code == actor.county_code),
        and_(one_of(audience, (_V.PARTNERS, _V.REGION)), any_of(organisation_id, actor.partner_ids)),
    )


def is_near(skill_id: Any, other_id: Any) -> ColumnElement[bool]:
    """Say that two skills are the same, or one counts as the other."""
    same: ColumnElement[bool] = skill_id == other_id
    return or_(
        same,
        _CLOSURE.where(col(SkillClosure.skill_id) == skill_id, col(SkillClosure.as_id) == other_id).exists(),
        _CLOSURE.where(col(SkillClosure.skill_id) == other_id, col(SkillClosure.as_id) == skill_id).exists(),
    )


def panel_of(actor: Actor, skill_id: UUID) -> Select[Member]:
    """Return the SELECT of those who answer questions of the actor about a skill, itself left out."""
    return (
        select(Member)
        .join(Adviser, col(Adviser.member_id) == col(Member.id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(
            col(Adviser.state) == AdviserState.ACTIVE,
            col(Member.id) != actor.member_id,
            col(Member.active),
            takes_part(),
            is_near(col(Adviser.skill_id), skill_id),
            reaches(actor, col(Adviser.audience), col(Organisation.id), col(Organisation.county_code)),
        )
    )


def advisers_count(session: Session, actor: Actor, skill_id: UUID) -> int:
    """Return how many answer questions of the actor about a skill."""
    counted = panel_of(actor, skill_id).with_only_columns(func.count(col(Member.id).distinct()))
    return session.scalars(counted).one()


def to_tell(session: Session, actor: Actor, skill_id: UUID) -> list[Row[UUID, UUID]]:
    """Return those of a panel who get a notice, with their organisations: who has named just that skill first."""
    just_that = func.bool_or(col(Adviser.skill_id) == skill_id)
    columns = (col(Member.id), col(Member.organisation_id))
    found = panel_of(actor, skill_id).with_only_columns(*columns).group_by(*columns)
    return list(session.execute(found.order_by(just_that.desc(), col(Member.id)).limit(MOST_TOLD)))


def own_advisers(session: Session, actor: Actor) -> Sequence[Row[Adviser, Skill]]:
    """Return what the actor answers questions about, by code."""
    found = select(Adviser, Skill).join(Skill, col(Skill.id) == col(Adviser.skill_id))
    return session.execute(found.where(col(Adviser.member_id) == actor.member_id).order_by(col(Skill.code))).all()


def own_adviser(session: Session, actor: Actor, adviser_id: UUID) -> Row[Adviser, Skill]:
    """Return one of these; NotFound where it is none of the actor's."""
    found = next((row for row in own_advisers(session, actor) if row.Adviser.id == adviser_id), None)
    if found is None:
        raise NotFound("adviser", adviser_id)
    return found


def advise(session: Session, actor: Actor, skill: Skill, audience: Visibility) -> Adviser:
    """Let the actor be asked about a skill, or change by whom; one that is paused goes on.

    Raises
    ------
    BadInput
        The audience is less than an organisation.
    Conflict
        ``too_many_skills``: the member answers questions about as many as there may be.
    """
    refuse_if(audience_faults(audience))
    session.refresh(member(session, actor.member_id), with_for_update=True)  # others wait to be counted
    own = [row.Adviser for row in own_advisers(session, actor)]
    row = next((each for each in own if each.skill_id == skill.id), None)
    if row is None:
        if len(own) >= MOST_ADVISED:
            raise Conflict(
                "too_many_skills",
                f"You answer questions about {MOST_ADVISED} skills, which is the most. Take one away first.",
            )
        row = Adviser(member_id=actor.member_id, skill_id=skill.id, audience=audience)
        ADVISER.begin(session, actor, row, AdviserState.ACTIVE)
        session.add(row)
    else:
        row.audience = audience
        row.version += 1
        record(session, actor, ADVISER.entity, row.id, reason_code="changed", details={"audience": audience.value})
        if row.state is AdviserState.PAUSED:
            ADVISER.move(session, actor, row.id, AdviserState.ACTIVE)
    session.flush()
    return row


def pause(session: Session, actor: Actor, adviser_id: UUID) -> None:
    """Be asked no more about a skill for the time being."""
    ADVISER.move(session, actor, own_adviser(session, actor, adviser_id).Adviser.id, AdviserState.PAUSED)


def resume(session: Session, actor: Actor, adviser_id: UUID) -> None:
    """Be asked again."""
    ADVISER.move(session, actor, own_adviser(session, actor, adviser_id).Adviser.id, AdviserState.ACTIVE)


def remove(session: Session, actor: Actor, adviser_id: UUID) -> None:
    """Be asked no more about a skill; what was answered stands."""
    row = own_adviser(session, actor, adviser_id).Adviser
    session.delete(row)
    record(session, actor, ADVISER.entity, row.id, from_state=row.state.value, to_state="removed")


def chosen_skill(skill: Skill | None, code: str) -> Skill:
    """Return a skill that a code is of and that may be chosen; BadInput where there is none."""
    if skill is None or skill.deprecated:
        raise BadInput("skillCode", code, "there is no such skill, or not any more")
    return skill
