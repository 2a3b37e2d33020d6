"""Use cases of organisations, members, partnerships and tokens."""

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from core.actor import Actor, Role
from core.database import bulk
from core.database.audit import record
from core.database.changes import change
from core.errors import BadInput, Conflict, InvalidParameter
from core.limits import GREATEST_WHOLE, LONGEST_NAME, LONGEST_WORDS, refuse_if, whole_faults
from core.serialization import camel
from core.text import check_text
from core.time import clock
from marketplace.organisations import queries, rules, sessions
from marketplace.organisations.grants import GrantDraft, regranted, roles_of, stored
from marketplace.organisations.models import AccessToken, Member, Organisation, Partnership
from marketplace.organisations.rules import MemberDraft, OrganisationDraft, Scope
from marketplace.organisations.tokens import new_token, token_hash


def register_organisation(session: Session, actor: Actor | None, draft: OrganisationDraft) -> Organisation:
    """Take a public body into the register. Coordinators only.

    Raises
    ------
    Conflict
        There is one with the same name or number.
    """
    rules.may_coordinate(actor)
    row = Organisation(**_organisation_values(draft))
    session.add(row)
    bulk.flush(session)
    record(session, actor, "organisation", row.id, to_state="registered")
    return row


def update_organisation(
    session: Session,
    actor: Actor | None,
    organisation_id: UUID,
    draft: OrganisationDraft,
    if_version: int | None = None,
) -> Organisation:
    """Let an organisation say what the draft says. Its kind and number are for coordinators to change."""
    row = queries.organisation(session, organisation_id)
    rules.may_administer(actor, row.id)
    if (draft.kind, draft.number) != (row.kind, row.number):
        rules.may_coordinate(actor)
    change(session, actor, "organisation", row, _organisation_values(draft), if_version=if_version)
    return row


def set_quota(
    session: Session, actor: Actor | None, organisation_id: UUID, reason: str, **quotas: int | None
) -> Organisation:
    """Let an organisation have more or fewer of what is bounded; nothing: as many as the installation lets each.

    For who coordinates everybody. What there is already stays. `quotas` are `offer_quota` and `need_quota`.
    """
    rules.may_coordinate(actor)
    check_text("reason", reason, least=1, most=LONGEST_WORDS)
    refuse_if(fault for name, most in quotas.items() for fault in whole_faults(camel(name), most, 1, GREATEST_WHOLE))
    row = queries.organisation(session, organisation_id)
    bulk.lock(session, row)
    row.sqlmodel_update(quotas)
    row.version += 1
    bulk.flush(session)
    details = {camel(name): most for name, most in quotas.items()}
    record(session, actor, "organisation", row.id, reason_code="quota_set", words=reason, details=details)
    return row


def add_member(
    session: Session, actor: Actor | None, organisation_id: UUID, draft: MemberDraft, reason: str = ""
) -> Member:
    """Add a person to an organisation; its admins may, and only a coordinator makes coordinators.

    `reason` says why it gets its roles.

    Raises
    ------
    BadInput
        It gets roles and nobody says why.
    Conflict
        Somebody has the address already.
    """
    rules.may_administer(actor, queries.organisation(session, organisation_id).id)
    _check_may_grant(session, actor, organisation_id, draft.roles)
    _check_reason(reason, needed=bool(draft.roles))
    row = Member(organisation_id=organisation_id, **_member_values(draft, None, actor, reason))
    session.add(row)
    bulk.flush(session)
    details = {"roles": sorted(draft.roles)}
    record(session, actor, "member", row.id, to_state="active", words=reason or None, details=details)
    return row


def update_member(
    session: Session,
    actor: Actor | None,
    member_id: UUID,
    draft: MemberDraft,
    *,
    reason: str = "",
    if_version: int | None = None,
) -> Member:
    """Let a member be what the draft says; somebody who coordinates is changed by coordinators only.

    Raises
    ------
    BadInput
        It gets or loses roles and nobody says why.
    Conflict
        ``last_admin``: the organisation would have no admin any more. Somebody in it has the address already.
    """
    row = queries.member_seen(session, actor, member_id)
    rules.may_administer(actor, row.organisation_id)
    _check_may_grant(session, actor, row.organisation_id, draft.roles | roles_of(row))
    if Role.ADMIN not in draft.roles:
        check_admin_stays(session, row)
    before = roles_of(row)
    _check_reason(reason, needed=before != draft.roles)
    change(session, actor, "member", row, _member_values(draft, row, actor, reason), if_version=if_version)
    if before != draft.roles:
        details = {"granted": sorted(draft.roles - before), "withdrawn": sorted(before - draft.roles)}
        record(session, actor, "member", row.id, reason_code="roles_changed", words=reason or None, details=details)
    return row


def grant_role(
    session: Session, actor: Actor | None, member_id: UUID, draft: GrantDraft, *, if_version: int | None = None
) -> Member:
    """Give a member a role, or another reason, end or limit for one that it has; for those who may grant it.

    Raises
    ------
    BadInput
        An organisation of its area is not in the register, a unit or a site is not there.
    Conflict
        ``last_admin``: the only admin's role would end.
    """
    row = _to_grant(session, actor, member_id, draft.role)
    refuse_if(_limit_faults(session, actor, row.organisation_id, draft))
    if draft.role is Role.ADMIN and draft.until is not None:
        check_admin_stays(session, row)
    values = {
        "roles": sorted({*row.roles, draft.role.value}),
        "grants": row.grants | {draft.role.value: stored(draft.grant(actor))},
    }
    change(session, actor, "member", row, values, if_version=if_version)
    details: dict[str, Any] = {"role": draft.role.value} | ({"until": draft.until.isoformat()} if draft.until else {})
    details |= {"departments": list(draft.departments)} if draft.departments else {}
    record(session, actor, "member", row.id, reason_code="role_granted", words=draft.reason, details=details)
    return row


def _limit_faults(
    session: Session, actor: Actor | None, organisation_id: UUID, draft: GrantDraft
) -> Iterator[InvalidParameter]:
    """Yield what a role would be limited to that is not there, or not for the actor to give."""
    for key in draft.organisation_ids:
        if session.get(Organisation, key) is None:
            yield InvalidParameter("organisationIds", str(key), "there is no such organisation")
    named = {each.strip() for each in draft.departments}
    for each in sorted(named - queries.departments_known(session, organisation_id, named)):
        yield InvalidParameter("departments", each, "no member and nothing listed is of this unit: write it as there")
    given = {
        each.id
        for each in queries.sites_among(session, draft.site_ids)
        if each.organisation_id == organisation_id or actor is None or actor.coordinates_for(each.organisation_id)
    }
    for key in sorted(set(draft.site_ids) - given):
        yield InvalidParameter("siteIds", str(key), "there is no such site of the organisation, or that you coordinate")


def withdraw_role(
    session: Session, actor: Actor | None, member_id: UUID, role: Role, reason: str, *, if_version: int | None = None
) -> Member:
    """Take a role from a member; for those who may grant it.

    Raises
    ------
    Conflict
        ``last_admin``: nobody would be the organisation's admin any more. ``not_granted``: the member has no such role.
    """
    check_text("reason", reason, least=1, most=LONGEST_WORDS)
    row = _to_grant(session, actor, member_id, role)
    if role.value not in row.roles:
        raise Conflict("not_granted", "The member does not have this role.")
    if role is Role.ADMIN:
        check_admin_stays(session, row)
    values = {
        "roles": [each for each in row.roles if each != role.value],
        "grants": {key: grant for key, grant in row.grants.items() if key != role.value},
    }
    change(session, actor, "member", row, values, if_version=if_version)
    record(session, actor, "member", row.id, reason_code="role_withdrawn", words=reason, details={"role": role.value})
    return row


def check_admin_stays(session: Session, row: Member) -> None:
    """Refuse what would leave an organisation without an admin: its row is locked, so that two cannot do it at once."""
    if not (row.active and Role.ADMIN in roles_of(row)):
        return
    queries.lock_organisation(session, row.organisation_id)
    if not queries.has_admin(session, row.organisation_id, but_for=row.id):
        raise Conflict("last_admin", "An organisation needs an admin: make somebody else its admin first, without end.")


def _check_reason(reason: str, *, needed: bool) -> None:
    check_text("reason", reason, least=int(needed), most=LONGEST_WORDS)


def _to_grant(session: Session, actor: Actor | None, member_id: UUID, role: Role) -> Member:
    row = queries.member_seen(session, actor, member_id)
    rules.may_administer(actor, row.organisation_id)
    _check_may_grant(session, actor, row.organisation_id, {role})
    bulk.lock(session, row)
    return row


def _check_may_grant(session: Session, actor: Actor | None, organisation_id: UUID, roles: Collection[Role]) -> None:
    rules.may_grant(actor, roles, organisation_id, lambda: queries.has_admin(session, organisation_id))


def deactivate_member(session: Session, actor: Actor | None, member_id: UUID, *, by_directory: bool = False) -> Member:
    """Keep a member out from now on, with all of its tokens and sessions; what it did stands.

    For those who may change it. Whoever the organisation's own directory says has left is kept out, also who
    coordinates.
    """
    return _let_in(session, actor, member_id, active=False, by_directory=by_directory)


def activate_member(session: Session, actor: Actor | None, member_id: UUID) -> Member:
    """Let a member in again; its tokens that have not run out or been revoked hold again."""
    return _let_in(session, actor, member_id, active=True)


def make_partners(session: Session, actor: Actor | None, one_id: UUID, other_id: UUID) -> bool:
    """Let two organisations see what the other keeps for partners; return whether they were not partners already.

    Coordinators only: an organisation that could name its partners by itself could see what others keep from it.
    """
    return add_partners(session, actor, one_id, other_id, queries.partnerships(session, [one_id, other_id]))


def add_partners(
    session: Session, actor: Actor | None, one_id: UUID, other_id: UUID, there: Collection[tuple[UUID, UUID]]
) -> bool:
    """Let two organisations be partners, given which are already, one pair each way; raises as `make_partners`."""
    rules.may_coordinate(actor)
    if one_id == other_id:
        raise BadInput("partner", str(other_id), "an organisation is not its own partner")
    for key in (one_id, other_id):
        queries.organisation(session, key)
    missing = [
        Partnership(organisation_id=here, partner_id=partner)
        for here, partner in ((one_id, other_id), (other_id, one_id))
        if (here, partner) not in there
    ]
    if missing:
        session.add_all(missing)
        bulk.flush(session)
        record(session, actor, "organisation", one_id, to_state="partners", details={"partner": str(other_id)})
    return bool(missing)


def issue_token(
    session: Session,
    actor: Actor | None,
    member_id: UUID,
    name: str,
    *,
    scopes: Collection[Scope],
    days: int,
    within: AccessToken | None = None,
) -> tuple[str, AccessToken]:
    """Make a token for a machine client that acts as its maker, valid so many days.

    The token's text is returned here and never again. What is asked for with a token, `within` which the new one has to
    stay, may do no more than that and ends with it.

    Raises
    ------
    NotAllowed
        For another member: nobody acts as somebody else, whatever it may decide. Only the operator of the installation
        (no actor) names the member.
    Conflict
        The member has as many as there may be.
    """
    if actor is not None:
        rules.acts_as_itself(actor, member_id)
        if Scope.PROVISION in scopes:
            rules.may_provision(actor)
    check_text("name", name, least=1, most=LONGEST_NAME)
    if not 1 <= days <= rules.LONGEST_TOKEN_DAYS:
        raise BadInput("days", days, f"a token is valid for 1 to {rules.LONGEST_TOKEN_DAYS} days")
    if not scopes:
        raise BadInput("scopes", [], f"name at least one of {', '.join(Scope)}")
    text, now = new_token(), clock.now()
    expires_at = now + timedelta(days=days)
    if within is not None:
        rules.may_pass_on(within, scopes)
        expires_at = min(expires_at, within.expires_at)
    session.refresh(queries.member(session, member_id), with_for_update=True)  # others of its tokens wait to be counted
    if queries.tokens_that_hold(session, member_id, now) >= rules.MOST_TOKENS:
        raise Conflict("too_many_tokens", f"There are {rules.MOST_TOKENS} tokens that hold already. Revoke some first.")
    row = AccessToken(
        member_id=member_id,
        parent_id=within.id if within else None,
        name=name,
        hash=token_hash(text),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    record(session, actor, "access_token", row.id, to_state="issued", details={"member": str(member_id)})
    return text, row


def revoke_token(session: Session, actor: Actor | None, token_id: UUID) -> AccessToken:
    """Make a token worthless at once, with all that it has made: one's own, or one that the actor administers.

    Raises
    ------
    Conflict
        It was revoked before.
    """
    row, holder = queries.token(session, actor, token_id)
    if row.revoked_at is not None:
        raise Conflict("already_revoked", "The token was revoked already.")
    if actor is None or actor.member_id != holder.id:
        rules.may_administer(actor, holder.organisation_id)
    for each in queries.tokens_made_by(session, row.id):
        if each.revoked_at is None:
            each.revoked_at = clock.now()
            record(session, actor, "access_token", each.id, to_state="revoked")
    session.flush()
    return row


def note_use(session: Session, token_id: UUID) -> None:
    """Note that a token is used, unless somebody else is noting it."""
    session.execute(
        update(AccessToken)
        .where(
            col(AccessToken.id).in_(
                select(AccessToken.id).where(col(AccessToken.id) == token_id).with_for_update(skip_locked=True)
            )
        )
        .values(last_used_at=clock.now())
    )


def _let_in(
    session: Session, actor: Actor | None, member_id: UUID, *, active: bool, by_directory: bool = False
) -> Member:
    row = queries.member_seen(session, actor, member_id)
    rules.may_administer(actor, row.organisation_id)
    if not by_directory:
        _check_may_grant(session, actor, row.organisation_id, roles_of(row))
    if not active:
        check_admin_stays(session, row)
    session.refresh(row, with_for_update=True)
    if row.active is not active:
        row.active, row.kept_out_at = active, None if active else clock.now()
        if active:
            row.deprovisioned_at = None
        row.version += 1
        bulk.flush(session)
        record(session, actor, "member", row.id, to_state="active" if active else "inactive")
        if not active:
            sessions.end_of_member(session, actor, row.id)
    return row


def _organisation_values(draft: OrganisationDraft) -> dict[str, Any]:
    return {
        "name": draft.name.strip(),
        "short_name": draft.short_name,
        "number": draft.number,
        "kind": draft.kind,
        "municipality_code": draft.municipality,
        "county_code": draft.municipality[:2],
    }


def _member_values(draft: MemberDraft, row: Member | None, actor: Actor | None, reason: str) -> dict[str, Any]:
    return {
        "name": draft.name.strip(),
        "email": draft.email,
        "roles": sorted(draft.roles),
        "grants": regranted(row, draft.roles, actor, reason),
        "department": draft.department,
        "language": draft.language,
    }
