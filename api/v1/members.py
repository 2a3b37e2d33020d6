"""`/api/v1/members` and `/api/v1/access-tokens`: who acts for an organisation, and their tokens."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.auth import token_of
from api.http.confirmation.check import refuse_programs
from api.http.responses import answered
from api.schemas.agreements.calendars import CalendarsOut, calendar_out
from api.schemas.organisations import (
    GrantIn,
    GrantWithdrawalIn,
    MemberIn,
    MemberOut,
    TokenIn,
    TokenMade,
    TokenOut,
    TokensOut,
    member_out,
    token_out,
)
from core.actor import Actor, Role
from marketplace.calendars import queries as calendars
from marketplace.organisations import queries, service
from marketplace.organisations.rules import Scope
from marketplace.views import reads


class Members(Controller):
    """The people in organisations."""

    path = "/members"
    tags = ("organisations",)

    @get("/{key:uuid}", operation_id="readMember", sync_to_thread=True, summary="Read a member / Läs en medlem")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[MemberOut]:
        """Read a member of your own organisation, or of one that you coordinate."""
        row = queries.member_seen(session, actor, key)
        reads.members_read(session, actor, [row])
        return answered(member_out(row), row.version)

    @put("/{key:uuid}", operation_id="changeMember", sync_to_thread=True, summary="Change a member / Ändra en medlem")
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[MemberIn],
        if_match: NamedDependency[int | None],
    ) -> Response[MemberOut]:
        """Replace what is said of a member. For the organisation's admins; its last admin stays one."""
        row = service.update_member(session, actor, key, data.draft(), reason=data.reason, if_version=if_match)
        return answered(member_out(row), row.version)

    @post(
        "/{key:uuid}/deactivation",
        operation_id="deactivateMember",
        sync_to_thread=True,
        status_code=200,
        summary="Keep out / Stäng av en medlem",
    )
    def deactivate(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[MemberOut]:
        """Keep a member out from now on; its tokens are worthless meanwhile. For the organisation's admins."""
        row = service.deactivate_member(session, actor, key)
        return answered(member_out(row), row.version)

    @post(
        "/{key:uuid}/activation",
        operation_id="activateMember",
        sync_to_thread=True,
        status_code=200,
        summary="Let in / Släpp in en medlem",
    )
    def activate(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[MemberOut]:
        """Let a member in again. For the organisation's admins."""
        row = service.activate_member(session, actor, key)
        return answered(member_out(row), row.version)

    @post(
        "/{key:uuid}/grants",
        operation_id="grantRole",
        sync_to_thread=True,
        status_code=200,
        summary="Grant a role / Ge en roll",
    )
    def grant(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[GrantIn],
        if_match: NamedDependency[int | None],
    ) -> Response[MemberOut]:
        """Give a member a role, with a reason and perhaps a last day.

        For the organisation's admins; who coordinates all organisations makes coordinators, of all or of an area. A
        role may be limited to units of the organisation, a host's to sites.
        """
        row = service.grant_role(session, actor, key, data.draft(), if_version=if_match)
        return answered(member_out(row), row.version)

    @post(
        "/{key:uuid}/grants/{role:str}/withdrawal",
        operation_id="withdrawRole",
        sync_to_thread=True,
        status_code=200,
        summary="Withdraw a role / Ta tillbaka en roll",
    )
    def withdraw(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        role: FromPath[Role],
        data: JSONBody[GrantWithdrawalIn],
        if_match: NamedDependency[int | None],
    ) -> Response[MemberOut]:
        """Take a role from a member. For those who may grant it; the last admin stays one."""
        row = service.withdraw_role(session, actor, key, role, data.reason, if_version=if_match)
        return answered(member_out(row), row.version)

    @get(
        "/{key:uuid}/access-tokens",
        operation_id="listMemberAccessTokens",
        sync_to_thread=True,
        summary="List a member's tokens / Lista medlemmens nycklar",
    )
    def tokens(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> TokensOut:
        """List a member's tokens, those that hold and those that no longer do. For the organisation's admins."""
        return TokensOut(items=[token_out(each) for each in queries.tokens_of(session, actor, key)])

    @get(
        "/{key:uuid}/calendar-feeds",
        operation_id="listMemberCalendars",
        sync_to_thread=True,
        summary="List a member's calendars / Lista medlemmens kalendrar",
    )
    def calendar_feeds(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> CalendarsOut:
        """List a member's calendars as that member may, without addresses. For the organisation's admins."""
        found = calendars.feeds_of(session, actor, key)
        reads.members_read(session, actor, [queries.member_seen(session, actor, key)])
        return CalendarsOut(items=[calendar_out(each) for each in found])


class AccessTokens(Controller):
    """Tokens of machine clients."""

    path = "/access-tokens"
    tags = ("organisations",)

    @get("/", operation_id="listAccessTokens", sync_to_thread=True, summary="List your tokens / Lista dina nycklar")
    def page(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor]) -> TokensOut:
        """List your own tokens, those that hold and those that no longer do."""
        return TokensOut(items=[token_out(each) for each in queries.tokens_of(session, actor)])

    # Not 201: what creates something can be asked again with its Idempotency-Key, for which the answer would have to
    # be kept, and a token's text is never kept.
    @post(
        "/",
        operation_id="createAccessToken",
        sync_to_thread=True,
        status_code=200,
        summary="Make a token / Skapa en nyckel",
    )
    def issue(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[TokenIn],
    ) -> TokenMade:
        """Make a token for a machine client that acts as you. Its text is in this answer and never shown again.

        It may do no more than the token that asks for it, and ends with that one: when it expires or is revoked.
        """
        if Scope.PROVISION in data.scopes:
            refuse_programs()  # it gives and takes roles, unasked
        holder_id = data.member_id or actor.member_id
        text, row = service.issue_token(
            session, actor, holder_id, data.name, scopes=data.scopes, days=data.days, within=token_of(request)
        )
        return TokenMade(token=text, details=token_out(row))

    @post(
        "/{key:uuid}/revocation",
        operation_id="revokeAccessToken",
        sync_to_thread=True,
        status_code=200,
        summary="Revoke / Återkalla",
    )
    def revoke(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> TokenOut:
        """Make a token worthless at once, and all that were made by it."""
        return token_out(service.revoke_token(session, actor, key))
