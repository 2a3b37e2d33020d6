"""Every form is posted once: a second post of it is answered as the first was, and nothing is done.

Its token is claimed as an ``Idempotency-Key`` is, in the transaction that does the work: `claim_form` looks it up
before anything is done, and `keep_outcome` writes down where it led to. What was refused is not kept, so a form may be
sent again with its faults mended.
"""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request
from sqlmodel import Session

from api.http.forms.kept import Why, keep
from api.http.forms.posted import Posted
from core.actor import Actor
from core.database import idempotency


class AlreadyPosted(Exception):
    """This form was posted before; `outcome` says where that led to, and the word about it that the page shows."""

    def __init__(self, location: str, outcome: dict[str, Any]) -> None:
        self.location, self.outcome = location, outcome
        super().__init__(location)


@dataclass(frozen=True)
class ClaimedForm:
    """A form that is being handled, and will not be a second time."""

    session: Session
    member_id: UUID
    key: str


def claim_form(request: Request[Any, Any, Any], session: Session, actor: Actor, posted: Posted) -> None:
    """Let a form with a token be handled once.

    Of two at once, the second waits for the first.

    Raises
    ------
    AlreadyPosted
        It was handled before.
    FormKept
        It was handled before, and something else stood in it then.
    """
    if posted.token is None:
        return
    path = request.url.path
    key = f"form {posted.token.page}.{posted.token.place} {hashlib.sha256(path.encode()).hexdigest()}"
    digest = posted.digest(path)
    said = idempotency.claim(session, actor, key, digest)
    if said is None:
        request.state.claimed_form = ClaimedForm(session, actor.member_id, key)
        return
    location, outcome = said.location or "/", said.body
    if said.request_digest != digest:
        session.rollback()  # gives its connection back before another is asked for
        raise keep(request, posted, Why.SENT_BEFORE, led_to=location)
    raise AlreadyPosted(location, outcome)


def keep_outcome(request: Request[Any, Any, Any], location: str, outcome: dict[str, Any]) -> None:
    """Remember where a form led to, for when it is posted again."""
    claimed = getattr(request.state, "claimed_form", None)
    if isinstance(claimed, ClaimedForm):
        idempotency.remember(
            claimed.session, claimed.member_id, claimed.key, status=303, body=outcome, location=location
        )
