"""Signing in through an identity provider, and out again when it says so.

The provider is asked outside of any database session: it may take seconds, and a session is a place that others wait
for.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
import structlog
from litestar import Controller, MediaType, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.auth import refuse_if_too_often
from api.http.openid import flow
from api.http.openid.failures import SignInFailed, Why
from api.http.openid.metadata import metadata_of
from api.http.openid.providers import IdentityProvider, provider
from api.http.openid.tokens import logout_claims
from api.http.visitor import local_path, sign_in_address
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.sign_in.signing import AnyRequest, begin_session
from core.database import db
from core.rate_limits import REFUSALS_KEPT, SIGN_INS, SIGN_INS_BEGUN, of_address
from core.settings import settings
from marketplace.organisations import queries, sessions, sign_in
from marketplace.organisations.models import Member
from marketplace.organisations.sessions import Proof
from marketplace.organisations.sign_in import Identity

log = structlog.get_logger()
_MEMBERSHIP = "sign_in_membership"
"""Where the browser's session keeps somebody who has yet to choose in which organisation to sign in."""
LONGEST_ANSWER = 8000
LONGEST_DETAILS = 500


@dataclass(frozen=True)
class _Chooser:
    """Somebody who has yet to choose, as far as the provider has told."""

    identity: Identity
    proof: Proof
    wanted: str


class ProviderPages(Controller):
    """To the provider, and back."""

    path = "/sign-in"

    @get("/providers/{key:str}")
    async def start(self, request: AnyRequest, key: FromPath[str]) -> Redirect | Template:
        """Go to the provider to be asked who one is."""
        refuse_if_too_often(SIGN_INS_BEGUN.spend(_address(request)))
        chosen = provider(key)
        attempt = flow.begin(request.session, chosen, local_path(request.query_params.get("next")))
        try:
            return Redirect(await flow.authorization_address(chosen, attempt), status_code=303)
        except SignInFailed as failure:
            return await sync_to_thread(_told, failure, chosen, attempt.wanted, _address(request))

    @get("/callback")
    async def finish(self, request: AnyRequest) -> Redirect | Template:
        """Come back with the provider's answer."""
        refuse_if_too_often(SIGN_INS.wait_s(_address(request)))
        answer = {name: value[:LONGEST_ANSWER] for name, value in request.query_params.items()}
        try:
            attempt = flow.take(request.session, answer.get("state", ""))
        except SignInFailed as failure:
            return await sync_to_thread(_told, failure, None, "/", _address(request))
        chosen = provider(attempt.provider)
        try:
            identity, proof = await flow.finish(chosen, attempt, answer)
            return await sync_to_thread(_signed_in, request, identity, proof, attempt.wanted)
        except SignInFailed as failure:
            return await sync_to_thread(_told, failure, chosen, attempt.wanted, _address(request))

    @get("/membership", sync_to_thread=True)
    def choose(self, request: AnyRequest, session: NamedDependency[Session]) -> Template | Redirect:
        """Choose in which of one's organisations to sign in."""
        kept = _chooser(request)
        if kept is None:
            return Redirect("/sign-in", status_code=303)
        found = sign_in.memberships(session, kept.identity)
        return page("sign_in/membership.html", {"memberships": found, "form": Form()})

    @post("/membership", sync_to_thread=True)
    def chosen(self, request: AnyRequest, session: NamedDependency[Session], form: NamedDependency[Form]) -> Redirect:
        """Sign in as the chosen one of one's own memberships."""
        kept = _chooser(request)
        if kept is None:
            return see_other(request, sign_in_address("/"))
        found = sign_in.memberships(session, kept.identity)
        with form.shown_again("sign_in/membership.html", {"memberships": found}):
            wanted = [pair for pair in found if str(pair[0].id) == form.value("member")]
            if not wanted:
                form.wrong("member", "choose one")
            form.check()
        _begin(request, session, wanted[0][0], kept.identity, kept.proof)
        return see_other(request, local_path(kept.wanted))

    @get("/providers/{key:str}/ending")
    async def end_there(self, key: FromPath[str]) -> Redirect:
        """Go to the provider to sign out there too (OpenID Connect RP-Initiated Logout 1.0)."""
        chosen = provider(key)
        try:
            said = await metadata_of(chosen).addresses()
        except SignInFailed:
            said = {}
        address = said.get("end_session_endpoint")
        if address is None:
            return Redirect("/", status_code=303)
        query = {"client_id": chosen.client_id, "post_logout_redirect_uri": f"{settings().address}/"}
        return Redirect(f"{address}{'&' if '?' in address else '?'}{urlencode(query)}", status_code=303)

    @post("/providers/{key:str}/logout", status_code=200)
    async def ended_there(self, request: AnyRequest, key: FromPath[str]) -> Response[Any]:
        """End the sessions of whom the provider has signed out (OpenID Connect Back-Channel Logout 1.0)."""
        refuse_if_too_often(SIGN_INS.wait_s(_address(request)))
        chosen = provider(key)
        form = await request.form()
        try:
            claims = await logout_claims(metadata_of(chosen), str(form.get("logout_token", "")))
        except SignInFailed as failure:
            SIGN_INS.spend(_address(request))
            log.warning("logout_refused", provider=chosen.key, why=failure.why)
            return Response({"error": "invalid_request", "error_description": failure.details}, status_code=400)
        await sync_to_thread(_end_of, chosen, claims.get("sub"), claims.get("sid"))
        return Response(None)

    @get("/providers/{key:str}/logout", media_type=MediaType.TEXT)
    async def ended_in_frame(self, request: AnyRequest, key: FromPath[str]) -> Response[str]:
        """End one session that the provider has ended, from a frame on its page (Front-Channel Logout 1.0)."""
        chosen = provider(key)
        issuer, session_id = request.query_params.get("iss", ""), request.query_params.get("sid", "")
        if issuer.rstrip("/") == chosen.issuer and session_id:
            await sync_to_thread(_end_of, chosen, None, session_id)
        return Response("", headers={"content-security-policy": "default-src 'none'", "x-frame-options": "ALLOWALL"})


def _signed_in(request: AnyRequest, identity: Identity, proof: Proof, wanted: str) -> Redirect:
    """Sign somebody in, or ask in which organisation."""
    with db.unit_of_work() as session:
        found = sign_in.memberships(session, identity)
        if not found:
            raise SignInFailed(_why_nobody(session, identity), f"organisations {', '.join(identity.organisations)}")
        if len(found) == 1:
            _begin(request, session, found[0][0], identity, proof)
            return see_other(request, wanted)
    request.session[_MEMBERSHIP] = msgspec.to_builtins(_Chooser(identity, proof, wanted))
    return Redirect("/sign-in/membership", status_code=303)


def _why_nobody(session: Session, identity: Identity) -> Why:
    if sign_in.have_left(session, identity.organisations):
        return Why.LEFT
    return Why.NO_MEMBER if sign_in.are_registered(session, identity.organisations) else Why.NO_ORGANISATION


def _begin(request: AnyRequest, session: Session, member: Member, identity: Identity, proof: Proof) -> None:
    request.session.pop(_MEMBERSHIP, None)
    sign_in.link(session, member, identity)
    begin_session(request, session, queries.actor_for(session, member.id), proof)


def _told(failure: SignInFailed, chosen: IdentityProvider | None, wanted: str, address: str) -> Template:
    """Write down that a sign-in failed, and say what to do about it."""
    key, details = chosen.key if chosen else None, failure.details[:LONGEST_DETAILS]
    log.warning("sign_in_refused", provider=key, why=failure.why)  # the details, for the audit, may name somebody
    SIGN_INS.spend(address)
    if REFUSALS_KEPT.spend("all") == 0:  # the audit only grows: of a flood the log alone tells
        with db.unit_of_work() as session:
            sign_in.record_refusal(session, failure.why, {"provider": key, "details": details})
    context = {"why": failure.why, "provider": chosen.name if chosen else "", "again": sign_in_address(wanted)}
    return page("sign_in/failed.html", context, status=503 if failure.why is Why.PROVIDER_AWAY else 403)


def _end_of(chosen: IdentityProvider, subject: str | None, session_id: str | None) -> None:
    """End one session of the provider's where it names one, else all of a person."""
    with db.unit_of_work() as session:
        sessions.end_of_provider(session, chosen.issuer, None if session_id else subject, session_id)


def _address(request: AnyRequest) -> str:
    return of_address(request.client.host if request.client else None)


def _chooser(request: AnyRequest) -> _Chooser | None:
    try:
        return msgspec.convert(request.session.get(_MEMBERSHIP), _Chooser)
    except msgspec.ValidationError:  # nobody, or as another version of ours has written it
        return None
